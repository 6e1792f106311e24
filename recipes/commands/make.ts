/** `journeyman make GYM`: the whole factory, from a gym to a certified agent, with a live view. */
import { join } from 'node:path';
import { type ArgsDef, defineCommand } from 'citty';
import { Options, terminalOf } from '../../src/cli/index.ts';
import { terminalSummary } from '../../src/evals/index.ts';
import { PRESET_NAMES } from '../../src/model/index.ts';
import { Stopped } from '../factory/workshop.ts';
import { make as makeAgent } from '../make.ts';
import { parseDuration } from './duration.ts';
import { stopOnSignal } from './stop-signal.ts';
import { createView } from './view.ts';

export const MAKE_ARGS: ArgsDef = {
  gym: { type: 'positional', required: false, description: 'The gym to be learned' },
  budget: { type: 'string', valueHint: '30m', default: '30m', description: 'Time for everything: s, m or h' },
  demonstrations: { type: 'string', valueHint: 'N', default: '300', description: 'Demonstrations at most' },
  start: { type: 'string', valueHint: 'warm|cold', default: 'warm', description: 'Begin from the base, or from nothing' },
  from: { type: 'string', valueHint: 'AGENT', description: 'Begin from this agent or model instead' },
  preset: { type: 'string', valueHint: PRESET_NAMES.join('|'), default: 'micro', description: 'Size of a model that begins from nothing' },
  seed: { type: 'string', valueHint: 'N', default: '1', description: 'Seed of everything but the exam' },
  lanes: { type: 'string', valueHint: 'N', default: '6', description: 'Episodes side by side' },
  full: { type: 'boolean', description: 'Examine every slice in full, and pass^8' },
  out: {
    type: 'string',
    valueHint: 'DIR',
    description: 'Folder of the run; default runs/GYM/SEED. The same command goes on with a run that is there',
  },
  json: { type: 'boolean', description: 'Every event as a line of JSON' },
};

export const make = defineCommand({
  meta: { name: 'make', description: 'Make a certified agent of a gym' },
  args: MAKE_ARGS,
  run: async ({ rawArgs }) => {
    const options = new Options(rawArgs, { command: 'make', args: MAKE_ARGS });
    const [gym, ...rest] = options.rest;
    if (gym === undefined) throw options.wrong('no gym', 'the name of one, such as invoices (npx journeyman gym list)');
    if (rest.length > 0) throw options.wrong(`'${rest[0]}' after the gym`, 'one gym');
    const seed = options.count('seed', 0) as number;
    const start = options.text('from') ?? (options.oneOf('start', ['warm', 'cold']) as string);
    const folder = options.text('out') ?? join('runs', ...gym.split('/'), `${start === 'cold' ? 'cold-' : ''}${seed}`);
    const view = createView({ terminal: terminalOf(process.stderr), isJson: options.flag('json') });
    const stop = stopOnSignal(() => view.note('Stopping: what is finished is kept. Again stops at once.'));
    try {
      const budget = options.text('budget') as string;
      const { certificate, reportPath, agentFolder, certificatePath } = await makeAgent({
        gym,
        folder,
        seed,
        start,
        preset: options.oneOf('preset', PRESET_NAMES) ?? 'micro',
        seconds: parseDuration(budget, options),
        demonstrations: options.count('demonstrations') as number,
        isFull: options.flag('full'),
        lanes: options.count('lanes') as number,
        settings: { budget, demonstrations: options.count('demonstrations') as number, full: options.flag('full') },
        signal: stop.signal,
        onEvent: view.event,
      });
      view.end();
      if (!options.flag('json'))
        console.log(`\n${terminalSummary(certificate)}\n\nWritten:\n  ${agentFolder}\n  ${certificatePath}\n  ${reportPath}`);
      if (certificate.kind === 'no-certificate') process.exitCode = 3;
    } catch (cause) {
      view.end();
      if (!(cause instanceof Stopped)) throw cause;
      console.error(`Stopped. To go on: the same command again. The best agent so far, if there is one: ${join(folder, 'agent')}`);
      process.exitCode = stop.exitCode();
    } finally {
      stop.dispose();
    }
  },
});
