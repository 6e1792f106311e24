/** `journeyman compare A B`: both on the same validation tasks, so that only what differs between them counts. */
import { type ArgsDef, defineCommand } from 'citty';
import { Options } from '../../src/cli/index.ts';
import { compareAgents, printComparison, rawScore } from '../../src/evals/index.ts';
import { jobsFor } from '../../src/rollout/index.ts';
import { openContestant } from '../factory/contestant.ts';
import { withGym } from '../factory/with-gym.ts';
import { gymOf } from './contestants.ts';
import { FIRST_TASK } from './eval.ts';
import { LANES_ARG, lanesOf, playTasks, slicesOf, stoppable } from './playing.ts';

const args: ArgsDef = {
  before: { type: 'positional', required: false, description: 'Folder of an agent, or openai:URL#MODEL' },
  after: { type: 'positional', required: false, description: 'The other one' },
  gym: { type: 'string', valueHint: 'GYM', description: 'The gym; default: the one that they were made for' },
  slices: { type: 'string', valueHint: 'A,B', description: 'Slices; default: all' },
  tasks: { type: 'string', valueHint: 'N', default: '50', description: 'Tasks of each slice' },
  margin: { type: 'string', valueHint: 'X', default: '0.02', description: 'Loss of success that would still be accepted' },
  ...LANES_ARG,
  json: { type: 'boolean', description: 'The result as a line of JSON' },
};

export const compare = defineCommand({
  meta: { name: 'compare', description: 'Compare two agents on the same validation tasks' },
  args,
  run: async ({ rawArgs }) => {
    const options = new Options(rawArgs, { command: 'compare', args });
    const count = options.count('tasks') as number;
    const lanes = lanesOf(options);
    const margin = options.number('margin', { check: (x) => x > 0 && x < 1, expected: 'a share between 0 and 1' }) as number;
    const [a, b, ...rest] = options.rest;
    if (a === undefined || b === undefined)
      throw options.wrong(a === undefined ? 'no agents' : 'one agent', 'two: the old one, then the new one');
    if (rest.length > 0) throw options.wrong(`'${rest[0]}' after the agents`, 'two agents, and --gym GYM');
    const contestants = [openContestant(a), openContestant(b)] as const;
    await stoppable({ goOn: 'Nothing was kept.' }, (watch) =>
      withGym(gymOf(options, contestants, options.text('gym')), async (gym) => {
        const jobs = [
          ...jobsFor({ gym: gym.module.gym, split: 'validate', slices: slicesOf(options, gym), from: FIRST_TASK, count, lane: 'eval' }),
        ];
        const [before, after] = contestants;
        // One after the other: two engines side by side would share the processor.
        const old = await playTasks({ ...watch, gym, contestant: before, jobs, lanes });
        const fresh = await playTasks({ ...watch, gym, contestant: after, jobs, lanes });
        watch.view.end();
        const rows = compareAgents({
          before: old.map((record) => rawScore(record)),
          after: fresh.map((record) => rawScore(record)),
          margin,
        });
        if (options.flag('json')) {
          console.log(JSON.stringify({ gym: gym.manifest.name, before: before.agent, after: after.agent, margin, slices: rows }));
          return;
        }
        console.log(`before: ${before.agent.name} (${a})\nafter:  ${after.agent.name} (${b})\n\n${printComparison(rows)}`);
        console.log(
          `\n“no worse”: with 95 % confidence it loses at most ${100 * margin} percentage points. p worse is adjusted for all slices.`,
        );
      }),
    );
  },
});
