import { expect, it } from 'vitest';
import { jobsFor } from './jobs-for.ts';
import { PressGym } from './press-gym.fixture.ts';

it('makes the jobs of a split task by task, every slice and run of each', () => {
  const gym = new PressGym();
  const jobs = jobsFor({ gym, split: 'exam', slices: ['base', 'more'], from: 7, count: 2, runs: 2, lane: 'a' });
  const names = [...jobs].map(({ task, lane }) => `${task.seed.split} ${task.seed.n} ${task.slice} ${lane.seed}`);
  expect(names).toEqual([7, 8].flatMap((n) => ['base', 'more'].flatMap((slice) => [0, 1].map((run) => `exam ${n} ${slice} a-${run}`))));
  expect(jobs.length).toBe(8);
  expect([...jobs]).toHaveLength(8);
  expect([...jobsFor({ gym, split: 'train', count: 1 })].map(({ task, lane }) => [task.slice, lane.seed])).toEqual([['base', 'run-0']]);
});
