/** `journeyman eval AGENT`: how often it succeeds, by slice, on validation tasks. No certificate, and no attempt is spent. */
import { type ArgsDef, defineCommand } from 'citty';
import { Options } from '../../src/cli/index.ts';
import { rawScore, textTable } from '../../src/evals/index.ts';
import type { EpisodeRecord } from '../../src/records/index.ts';
import { jobsFor } from '../../src/rollout/index.ts';
import { lowerBound } from '../../src/stats/index.ts';
import { openContestant } from '../factory/contestant.ts';
import { withGym } from '../factory/with-gym.ts';
import { gymOf } from './contestants.ts';
import { LANES_ARG, lanesOf, playTasks, slicesOf, stoppable } from './playing.ts';

/** Behind the tasks by which `make` chooses among agents. */
export const FIRST_TASK = 1000;

const args: ArgsDef = {
  agent: { type: 'positional', required: false, description: 'Folder of an agent, or openai:URL#MODEL' },
  gym: { type: 'positional', required: false, description: 'The gym; default: the one that it was made for' },
  slices: { type: 'string', valueHint: 'A,B', description: 'Slices; default: all' },
  tasks: { type: 'string', valueHint: 'N', default: '50', description: 'Tasks of each slice' },
  split: { type: 'string', valueHint: 'validate|train', default: 'validate', description: 'Where the tasks come from' },
  ...LANES_ARG,
  json: { type: 'boolean', description: 'The result as a line of JSON' },
};

interface SliceResult {
  readonly slice: string;
  readonly n: number;
  readonly successes: number;
  /** Lower bound at 95 %, unresolved counted as failures. */
  readonly lowerBound: number;
  readonly unresolved: number;
  /** Accepted by the first verifier and rejected by the second one. */
  readonly falseAccepts: number;
  readonly neverEvents: number;
}

export const evaluate = defineCommand({
  meta: { name: 'eval', description: 'Measure an agent on validation tasks, without a certificate' },
  args,
  run: async ({ rawArgs }) => {
    const options = new Options(rawArgs, { command: 'eval', args });
    if (options.text('split') === 'exam')
      throw options.wrong('--split exam', 'validate or train: exam tasks are played once, by npx journeyman certify');
    const split = options.oneOf('split', ['validate', 'train']) ?? 'validate';
    const count = options.count('tasks') as number;
    const lanes = lanesOf(options);
    const [name, gymName, ...rest] = options.rest;
    if (name === undefined) throw options.wrong('no agent', 'the folder of one, such as runs/invoices/1/agent, or openai:URL#MODEL');
    if (rest.length > 0) throw options.wrong(`'${rest[0]}' after the gym`, 'one agent and one gym');
    const contestant = openContestant(name);
    await stoppable({ goOn: 'Nothing was kept.' }, (watch) =>
      withGym(gymOf(options, [contestant], gymName), async (gym) => {
        const slices = slicesOf(options, gym);
        const jobs = [...jobsFor({ gym: gym.module.gym, split, slices, from: FIRST_TASK, count, lane: 'eval' })];
        const records = await playTasks({ ...watch, gym, contestant, jobs, lanes });
        watch.view.end();
        const results = slices.map((slice) => resultOf(slice, records));
        const { manifest } = gym;
        if (options.flag('json')) {
          console.log(JSON.stringify({ agent: contestant.agent, gym: manifest.name, version: manifest.version, split, slices: results }));
          return;
        }
        console.log(`${contestant.agent.name} on ${manifest.name} ${manifest.version}, ${split} tasks from ${FIRST_TASK} on\n`);
        console.log(printResults(results));
        console.log(`\nBounds are at 95 %, each for itself. This is no certificate: npx journeyman certify ${name}`);
      }),
    );
  },
});

function resultOf(slice: string, records: readonly EpisodeRecord[]): SliceResult {
  const scores = records.filter((record) => record.slice === slice).map((record) => rawScore(record));
  const successes = scores.filter(({ success }) => success === true).length;
  return {
    slice,
    n: scores.length,
    successes,
    lowerBound: lowerBound({ successes, trials: scores.length, alpha: 0.05 }),
    unresolved: scores.filter(({ success }) => success === null).length,
    falseAccepts: scores.filter(({ success, audit }) => success === true && audit === false).length,
    neverEvents: scores.filter(({ broken }) => broken.length > 0).length,
  };
}

const printResults = (results: readonly SliceResult[]): string =>
  textTable(
    ['slice', 'tasks', 'right', 'at least', 'no verdict', 'wrongly accepted', 'never-events'],
    results.map(({ slice, n, successes, lowerBound, unresolved, falseAccepts, neverEvents }) => [
      slice,
      `${n}`,
      `${((100 * successes) / n).toFixed(1)} %`,
      `${(Math.floor(1000 * lowerBound + 1e-9) / 10).toFixed(1)} %`,
      `${unresolved}`,
      `${falseAccepts}`,
      `${neverEvents}`,
    ]),
  );
