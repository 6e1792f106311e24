/**
 * `npm run bench -- SUITE [--json] [--only NAME,NAME] [--seed N]`: measures a suite's rows and prints them as they come,
 * the machine first. With `--json` one line a row on stdout, everything else on stderr.
 */
import { cpus, totalmem } from 'node:os';
import { parseArgs } from 'node:util';
import { ConfigError, JourneymanError } from '../src/base/index.ts';
import { CURVES_SUITE } from './engine/curves.ts';
import { ENGINE_SUITE } from './engine/suite.ts';
import { GYMS_SUITE } from './gyms/suite.ts';
import { RL_SUITE } from './rl/suite.ts';
import { type Bench, formatNumber, type Row } from './row.ts';
import { DRIFT_SUITE } from './serve/drift.ts';
import { SERVE_SUITE } from './serve/suite.ts';
import { UNDO_SUITE } from './serve/undo.ts';

const SUITES: Readonly<Record<string, readonly Bench[]>> = {
  engine: ENGINE_SUITE,
  curves: CURVES_SUITE,
  gyms: GYMS_SUITE,
  rl: RL_SUITE,
  serve: SERVE_SUITE,
  drift: DRIFT_SUITE,
  undo: UNDO_SUITE,
};

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { json: { type: 'boolean', default: false }, only: { type: 'string' }, seed: { type: 'string', default: '1' } },
  });
  const [suite = ''] = positionals;
  const benches = Object.hasOwn(SUITES, suite) ? (SUITES[suite] as readonly Bench[]) : undefined;
  if (!benches || positionals.length > 1)
    throw new ConfigError({
      operation: 'bench',
      got: positionals.join(' ') || 'no suite',
      expected: `one of ${Object.keys(SUITES).join(', ')}`,
    });
  const known = benches.flatMap(({ names }) => names);
  const wanted = values.only?.split(',') ?? known;
  const unknown = wanted.find((name) => !known.includes(name));
  if (unknown !== undefined) throw new ConfigError({ operation: 'bench --only', got: unknown, expected: `some of ${known.join(', ')}` });
  const seed = Number(values.seed);
  if (!Number.isInteger(seed)) throw new ConfigError({ operation: 'bench --seed', got: values.seed, expected: 'a whole number' });

  const say = (line: string): void => console.error(line);
  const [cpu] = cpus();
  say(
    `${cpu?.model ?? 'unknown processor'}, ${cpus().length} cores, ${Math.round(totalmem() / 2 ** 30)} GiB, Node ${process.version}, ${process.platform}-${process.arch}`,
  );
  for (const { names, measure } of benches) {
    if (!names.some((name) => wanted.includes(name))) continue;
    say(`… ${names.join(', ')}`);
    for (const measured of await measure({ seed, say })) {
      const row: Row = { suite, ...measured };
      console.log(values.json ? JSON.stringify(row) : formatRow(row));
    }
  }
}

function formatRow({ name, value, unit, ratio, peer, spread, note }: Row): string {
  const parts = [name.padEnd(28), `${formatNumber(value)} ${unit}`.padEnd(22)];
  if (ratio !== undefined) parts.push(`${formatNumber(ratio)} × ${peer ?? 'reference'}`);
  if (spread) parts.push(`[${formatNumber(spread[0])} … ${formatNumber(spread[1])}]`);
  if (note) parts.push(note);
  return parts.join('  ');
}

try {
  await main();
} catch (error) {
  if (!(error instanceof JourneymanError)) throw error;
  console.error(error.message);
  // A worker or a peer of the bench that failed may still be alive.
  process.exit(1);
}
