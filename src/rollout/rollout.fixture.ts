/** Rolls out in the press gym until it is killed: journal, jobs, lanes are its arguments. Prints the id of each episode that it is told of. */
import { setTimeout as sleep } from 'node:timers/promises';
import { jobsFor } from './jobs-for.ts';
import { openJournal } from './journal.ts';
import { PressGym, PressPolicy } from './press-gym.fixture.ts';
import { rollout } from './rollout.ts';

const [path = '', count = '', lanes = ''] = process.argv.slice(2);
const gym = new PressGym();
const journal = openJournal(path);
const result = await rollout({
  gym,
  policy: new PressPolicy({ decide: () => sleep(1) }),
  policyId: 'p',
  jobs: jobsFor({ gym, split: 'train', count: Number(count) }),
  journal,
  lanes: Number(lanes),
  onEpisode: ({ id }, { isResumed }) => {
    process.stdout.write(`${isResumed ? 'resumed' : 'played'} ${id}\n`);
  },
});
await journal.close();
process.stdout.write(`${result.reason} ${result.records}\n`);
