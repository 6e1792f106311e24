import { describe, expect, it } from 'vitest';
import { loadGym } from '../../src/gym/index.ts';
import { attemptAlpha, lowerBound } from '../../src/stats/index.ts';
import { countTasks, everydayPlan } from './exam.ts';

const gym = await loadGym('countdown');
const tasksIn = (seconds?: number): readonly number[] =>
  everydayPlan(gym, { isFull: false, ...(seconds === undefined ? {} : { seconds }) }).slices.map(({ tasks }) => tasks);

describe('the everyday exam', () => {
  it('asks the first slice for as many tasks as it takes, the others for what the time allows', () => {
    expect(tasksIn()).toEqual([400, 60, 60]);
    expect(tasksIn(1800)).toEqual([400, 60, 60]);
    expect(tasksIn(900)).toEqual([400, 45, 45]);
    expect(tasksIn(60)).toEqual([400, 30, 30]);
    expect(countTasks(everydayPlan(gym, { isFull: true, seconds: 60 }))).toBe(900);
  });

  it('asks for the same bounds in any time, and leaves enough tasks to reach them at a second attempt', () => {
    const { slices, alpha } = everydayPlan(gym, { isFull: false, seconds: 60 });
    expect(slices.map(({ required }) => required)).toEqual([0.95, 0.8, 0.8]);
    const bound = lowerBound({ successes: 30, trials: 30, alpha: attemptAlpha({ alpha, attempt: 2 }) });
    expect(bound).toBeGreaterThan(0.8);
  });
});
