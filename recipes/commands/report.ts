/** `journeyman report RUN|CERTIFICATE`: the HTML report, made again from what lies on the disk. */
import { statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type ArgsDef, defineCommand } from 'citty';
import { DataError, saveAtomically } from '../../src/base/index.ts';
import { Options } from '../../src/cli/index.ts';
import { reportOfCertificate, saveReport } from '../factory/report.ts';

const args: ArgsDef = {
  from: { type: 'positional', required: false, valueHint: 'RUN|CERTIFICATE', description: 'Folder of a run, or a certificate.json' },
  out: { type: 'string', valueHint: 'FILE', description: 'Where to; default: report.html in the run, or beside the certificate' },
  json: { type: 'boolean', description: 'Where it lies, as a line of JSON' },
};

export const report = defineCommand({
  meta: { name: 'report', description: 'Make the report of a run or a certificate again' },
  args,
  run: async ({ rawArgs }) => {
    const options = new Options(rawArgs, { command: 'report', args });
    const [from, ...rest] = options.rest;
    if (from === undefined) throw options.wrong('nothing to report on', 'the folder of a run, or a certificate.json');
    if (rest.length > 0) throw options.wrong(`'${rest[0]}' after it`, 'one run or certificate');
    const path = writeReport(from, options.text('out'));
    console.log(options.flag('json') ? JSON.stringify({ report: path }) : `Written:\n  ${path}`);
  },
});

function writeReport(from: string, out: string | undefined): string {
  const found = statSync(from, { throwIfNoEntry: false });
  if (found === undefined)
    throw new DataError({
      operation: `report on ${from}`,
      got: 'nothing there',
      expected: 'the folder of a run, or a certificate.json',
      fix: 'runs of make lie in runs/GYM/SEED, exams of certify in runs/exams/GYM/AGENT',
    });
  if (found.isDirectory()) return saveReport(from, out);
  const path = out ?? join(dirname(from), 'report.html');
  saveAtomically(path, reportOfCertificate(from));
  return path;
}
