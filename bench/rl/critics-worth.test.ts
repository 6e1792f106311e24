import { expect, it } from 'vitest';
import { episodesToGain } from './critics-worth.ts';

const curve = (...successes: readonly number[]) => successes.map((ownSuccess, i) => ({ ownSuccess, episodes: 100 * (i + 1) }));

it('counts the episodes played before success was there for two rounds', () => {
  expect(episodesToGain(curve(0.25, 0.5), 0.125)).toBe(100);
  expect(episodesToGain(curve(0.25, 0.25, 0.5, 0.5), 0.125)).toBe(200);
  expect(episodesToGain(curve(0.25, 0.25, 0.375, 0.25, 0.5), 0.125)).toBe(400);
  expect(episodesToGain(curve(0.25, 0.25, 0.25), 0.125)).toBeNaN();
  expect(episodesToGain([], 0.125)).toBeNaN();
});
