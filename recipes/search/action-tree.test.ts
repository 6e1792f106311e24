/** Best-first enumeration against a model that is a table: exact, and no more read than needed. */
import { expect, it } from 'vitest';
import { gymModule as warehouse } from '../../gyms/warehouse/gym.ts';
import { Random } from '../../src/base/index.ts';
import { formatAction } from '../../src/grammar/index.ts';
import type { Observation } from '../../src/records/index.ts';
import { actionTree, likeliestActions } from './action-tree.ts';

const { gym } = warehouse;

async function firstScreen(): Promise<Observation> {
  const session = await gym.open(gym.task({ split: 'validate', n: 0 }, 'small'), { seed: 'a' });
  const observation = await session.observe();
  await session.close();
  return observation;
}

/** log p of a token, by all that was read before it; `sharp`: how far apart. */
const logprobOf = (read: readonly number[], token: number, sharp: number): number =>
  -sharp * new Random(`${read.join(' ')} ${token}`).uniform();

it('finds the likeliest of all actions, in order', async () => {
  const tree = actionTree(gym.manifest.actions, await firstScreen(), { longest: 6 });
  const enumerate = async (count: number, sharp: number) => {
    let reads = 0;
    const actions = await likeliestActions<readonly number[]>(tree, [], {
      count,
      read: async (place, unread, { tokens }) => {
        reads++;
        const read = [...place, ...unread];
        return { place: read, logprobs: tokens.map((token) => logprobOf(read, token, sharp)) };
      },
    });
    return { actions: actions.map(({ action, logprob }) => ({ line: formatAction(action), logprob })), reads };
  };
  const all = await enumerate(1000, 8);
  // done, abstain, and calls of 4 tools with 0, 1 or 2 goods out of 2.
  expect(all.actions.length).toBe(2 + 4 * (1 + 2 + 4));
  expect(all.actions.reduce((sum, { logprob }) => sum + Math.exp(logprob), 0)).toBeCloseTo(1, 9);
  expect(all.actions).toEqual(all.actions.toSorted((a, b) => b.logprob - a.logprob));
  for (const count of [1, 2, 5, 11]) {
    const some = await enumerate(count, 8);
    expect(some.actions).toEqual(all.actions.slice(0, count));
    expect(some.reads).toBeLessThanOrEqual(all.reads);
  }
  expect((await enumerate(1, 8)).reads).toBeLessThan(all.reads);
});

it('asks nothing where there is one way only', async () => {
  const observation = await firstScreen();
  const tree = actionTree({ done: 'read' }, observation);
  const read = () => Promise.reject(new Error('asked'));
  expect(await likeliestActions(tree, null, { count: 3, read })).toEqual([{ action: { kind: 'done' }, logprob: 0 }]);
});
