/** `journeyman demos GYM`: episodes of the gym's expert as a journal, which `sft --transcripts` reads. */
import { type ArgsDef, defineCommand } from 'citty';
import { Options } from '../../src/cli/index.ts';
import { jobsFor, openJournal, rollout } from '../../src/rollout/index.ts';
import { expertPolicy } from '../factory/expert-policy.ts';
import { withGym } from '../factory/with-gym.ts';
import { isSuccess, Stopped } from '../factory/workshop.ts';
import { LANES_ARG, lanesOf, onlyGym, slicesOf, stoppable } from './playing.ts';

const args: ArgsDef = {
  gym: { type: 'positional', required: false, description: 'The gym' },
  count: { type: 'string', valueHint: 'N', default: '100', description: 'Tasks of each slice' },
  out: { type: 'string', valueHint: 'FILE.jsonl', description: 'The journal; the same command goes on with one that is there' },
  slices: { type: 'string', valueHint: 'A,B', description: 'Slices; default: all' },
  from: { type: 'string', valueHint: 'N', default: '0', description: 'Number of the first task of the split train' },
  mistakes: { type: 'string', valueHint: 'P', default: '0.03', description: 'Probability of a slip that is then repaired' },
  ...LANES_ARG,
  json: { type: 'boolean', description: 'The result as a line of JSON' },
};

export const demos = defineCommand({
  meta: { name: 'demos', description: 'Let a gym’s expert show how it is done' },
  args,
  run: async ({ rawArgs }) => {
    const options = new Options(rawArgs, { command: 'demos', args });
    const name = onlyGym(options);
    const out = options.required('out', 'FILE.jsonl');
    const count = options.count('count') as number;
    const from = options.count('from', 0) as number;
    const lanes = lanesOf(options);
    const mistakes = options.number('mistakes', { check: (p) => p >= 0 && p <= 1, expected: 'a probability' }) as number;
    await stoppable({ goOn: `To go on: the same command again. What was played is in ${out}.` }, ({ signal, view }) =>
      withGym(name, async (gym) => {
        const jobs = jobsFor({ gym: gym.module.gym, split: 'train', slices: slicesOf(options, gym), from, count, lane: 'shown' });
        const journal = openJournal(out);
        let accepted = 0;
        try {
          const { reason } = await rollout({
            gym: gym.module.gym,
            policy: ({ task }) => expertPolicy(gym.module, { task, seed: 'demos', mistakes }),
            policyId: `expert, slips ${mistakes}`,
            jobs,
            journal,
            lanes,
            signal,
            onEpisode(record, { done, of, perSecond, secondsLeft }) {
              if (isSuccess(record)) accepted++;
              const at = new Date().toISOString();
              const figures = { success: accepted / done };
              view.event({ at, kind: 'progress', stage: 'demonstrations', done, of, unit: 'episodes', perSecond, secondsLeft, figures });
            },
          });
          if (reason === 'interrupted') throw new Stopped('the demonstrations were stopped');
        } finally {
          await journal.close();
        }
        view.end();
        if (options.flag('json')) console.log(JSON.stringify({ gym: name, journal: out, episodes: jobs.length, accepted }));
        else
          console.log(
            `${accepted} of ${jobs.length} episodes accepted by the verifier, in ${out}\nTo learn from them: npx journeyman sft --transcripts ${out} --out DIR`,
          );
      }),
    );
  },
});
