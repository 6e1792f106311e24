import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { actionAdvantages, criticTargets, groupAdvantages, normaliseAdvantages, terminalRewards } from './advantages.ts';

const values = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 1, maxLength: 20 });
const close = (got: readonly (number | null)[], expected: readonly number[]): void => {
  expect(got.length).toBe(expected.length);
  for (const [i, x] of expected.entries()) expect(got[i]).toBeCloseTo(x, 10);
};

describe('advantages of actions', () => {
  it('are those of a table worked out by hand', () => {
    // γ = 0.5, λ = 0.5. δ = (0 + 0.5·0.6 − 0.4, 0 + 0.5·0.2 − 0.6, 1 + 0.5·0 − 0.2) = (−0.1, −0.5, 0.8).
    // Â₂ = 0.8, Â₁ = −0.5 + 0.25·0.8 = −0.3, Â₀ = −0.1 + 0.25·(−0.3) = −0.175.
    close(actionAdvantages({ rewards: [0, 0, 1], values: [0.4, 0.6, 0.2] }, { gamma: 0.5, lambda: 0.5 }), [-0.175, -0.3, 0.8]);
    // The episode goes on: the critic's 0.8 afterwards adds 0.5·0.8 to the last δ.
    close(
      actionAdvantages({ rewards: [0, 0, 1], values: [0.4, 0.6, 0.2], valueAfter: 0.8 }, { gamma: 0.5, lambda: 0.5 }),
      [-0.15, -0.2, 1.2],
    );
    expect(actionAdvantages({ rewards: [], values: [] })).toEqual([]);
  });

  it('are what came less what was expected for λ = 1, and one step of surprise for λ = 0 (property)', () => {
    fc.assert(
      fc.property(values, fc.double({ min: -1, max: 1, noNaN: true }), (expected, reward) => {
        const rewards = terminalRewards(expected.length, reward);
        close(
          actionAdvantages({ rewards, values: expected }, { lambda: 1 }),
          expected.map((value) => reward - value),
        );
        const next = [...expected.slice(1), reward];
        close(
          actionAdvantages({ rewards, values: expected }, { lambda: 0 }),
          expected.map((value, t) => (next[t] as number) - value),
        );
      }),
      { seed: 11 },
    );
  });

  it('refuse what does not fit', () => {
    expect(() => actionAdvantages({ rewards: [1], values: [] })).toThrow(/1 rewards and 0 values/);
    expect(() => actionAdvantages({ rewards: [1], values: [0] }, { lambda: 1.1 })).toThrow(/lambda = 1.1/);
  });
});

describe('what the critic should have expected', () => {
  it('is the outcome, or on the way to it what it expected later', () => {
    expect(criticTargets(1, [0.2, 0.4, 0.9])).toEqual([1, 1, 1]);
    expect(criticTargets(0, [0.2, 0.4])).toEqual([0, 0]);
    close(criticTargets(1, [0.2, 0.4, 0.9], { lambda: 0 }), [0.4, 0.9, 1]);
    close(criticTargets(1, [0.2, 0.4], { lambda: 0.5 }), [0.7, 1]);
  });
});

describe('advantages in a group', () => {
  it('are rewards against the mean, by the deviation or not', () => {
    // Mean 0.25, population deviation √(3/16).
    close(groupAdvantages([1, 0, 0, 0]), [Math.sqrt(3), -1 / Math.sqrt(3), -1 / Math.sqrt(3), -1 / Math.sqrt(3)]);
    close(groupAdvantages([1, 0, 0, 0], { scale: 'none' }), [0.75, -0.25, -0.25, -0.25]);
  });

  it('leave out what has no reward, and are 0 where all are alike', () => {
    expect(groupAdvantages([1, null, 0])).toEqual([1, null, -1]);
    expect(groupAdvantages([0.3, 0.3, null, 0.1 + 0.2])).toEqual([0, 0, null, 0]);
    expect(groupAdvantages([null, null])).toEqual([null, null]);
    expect(groupAdvantages([])).toEqual([]);
  });
});

describe('normalised advantages', () => {
  it('have mean 0 and deviation 1 over all episodes', () => {
    expect(normaliseAdvantages([[1, 1], [-1], [-1]])).toEqual([[1, 1], [-1], [-1]]);
    close(normaliseAdvantages([[3], [1, 2]]).flat(), [Math.sqrt(1.5), -Math.sqrt(1.5), 0]);
  });

  it('that hardly differ are not blown up', () => {
    close(normaliseAdvantages([[0.01], [-0.01]]).flat(), [0.1, -0.1]);
    expect(normaliseAdvantages([])).toEqual([]);
  });
});
