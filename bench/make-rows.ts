/**
 * `node bench/make-rows.ts RUN`: the figures of a finished run of `make` as rows of the suite `make`, read off its certificate, its events and its agent.
 * Nothing is measured here and nothing is typed by hand.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { agentBytes } from '../recipes/factory/agent.ts';
import { loadCertificate } from '../src/evals/index.ts';
import type { RunEvent } from '../src/records/index.ts';
import type { Measurement, Row } from './row.ts';

const [folder] = process.argv.slice(2);
if (folder === undefined) throw new Error('node bench/make-rows.ts RUN');
const settings = JSON.parse(readFileSync(join(folder, 'run.json'), 'utf8')) as { gym: string; seed: number; start: string; budget: string };
const events = readFileSync(join(folder, 'events.jsonl'), 'utf8')
  .split('\n')
  .filter((line) => line !== '')
  .map((line) => JSON.parse(line) as RunEvent);
const certificate = loadCertificate(join(folder, 'exam', 'certificate.json'));

const seed = settings.seed;
const minutes = events.reduce((sum, event) => sum + (event.kind === 'ended' ? event.seconds : 0), 0) / 60;
const exam = certificate.slices.map((slice): Measurement => {
  const share = slice.n === 0 ? 0 : slice.successes / slice.n;
  const { episodes, upperBound } = slice.neverEvents;
  return {
    name: `${settings.gym}-${settings.start}-${slice.slice}`,
    value: share,
    unit: 'success',
    spread: null,
    seed,
    note: `${slice.successes} of ${slice.n} fresh tasks; lower bound ${slice.gateBound.toFixed(3)} of ${slice.required} asked, ${slice.isReached ? 'reached' : 'not reached'}; never-events ${episodes}, at most ${upperBound.toFixed(3)}; attempt ${slice.attempt}`,
  };
});
const curve = events
  .filter((event) => event.kind === 'measured')
  .reduce((rounds, { stage, round, successes, n }) => {
    const key = `${stage} ${round}`;
    const [right, all] = rounds.get(key) ?? [0, 0];
    return rounds.set(key, [right + successes, all + n]);
  }, new Map<string, readonly [number, number]>());
const rows: readonly Measurement[] = [
  ...exam,
  {
    name: `${settings.gym}-${settings.start}-minutes`,
    value: minutes,
    unit: 'minutes',
    spread: null,
    seed,
    note: `everything: demonstrations, learning, the exam; budget ${settings.budget}; ${certificate.lineage.demonstrations?.count} demonstrations`,
  },
  {
    name: `${settings.gym}-${settings.start}-decision-ms`,
    value: certificate.cost.decisionMs ?? Number.NaN,
    unit: 'ms',
    spread: null,
    seed,
    note: 'median of the exam’s decisions, several lanes beside two browsers, waiting for the engine included',
  },
  {
    name: `${settings.gym}-${settings.start}-exam-rate`,
    value: certificate.cost.episodesPerSecond,
    unit: 'episodes/s',
    spread: null,
    seed,
    note: 'the exam alone, both verifiers, in Chromium',
  },
  {
    name: `${settings.gym}-${settings.start}-agent`,
    value: agentBytes(join(folder, 'agent')) / 1e6,
    unit: 'MB',
    spread: null,
    seed,
    note: 'the whole folder',
  },
  {
    name: `${settings.gym}-${settings.start}-curve`,
    value: Math.max(...[...curve.values()].map(([right, all]) => right / all)),
    unit: 'success',
    spread: null,
    seed,
    note: `on validation tasks: ${[...curve].map(([key, [right, all]]) => `${key}: ${right}/${all}`).join(', ')}`,
  },
];
for (const measurement of rows) console.log(JSON.stringify({ suite: 'make', ...measurement } satisfies Row));
