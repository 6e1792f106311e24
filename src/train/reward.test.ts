import { describe, expect, it } from 'vitest';
import type { Score, StepRecord } from '../records/index.ts';
import { episodeOutcome, episodeReward } from './reward.ts';

const played = (score: Partial<Score> | null, count = 10) => ({
  score: score && { success: null, credit: null, broken: [], reasons: [], ...score },
  steps: Array.from({ length: count }, (): StepRecord => ({ value: null, logprobs: [], surpriseNats: null, milliseconds: 1 })),
});

describe('the reward', () => {
  it('of a success is more than of a failure, and that more than of a broken invariant, however long it took', () => {
    const [success, failure, broken] = [{ success: true }, { success: false }, { success: false, broken: ['paid twice'] }];
    for (const steps of [1, 160, 10_000]) {
      expect(episodeReward(played(success, steps))).toBeGreaterThanOrEqual(0.5);
      expect(episodeReward(played(failure, steps))).toBe(0);
      expect(episodeReward(played(broken, steps))).toBe(-0.5);
    }
    expect([success, failure, broken].map((score) => episodeOutcome(played(score)))).toEqual([1, 0, 0]);
  });

  it('of a success pays for each step beyond need', () => {
    expect(episodeReward(played({ success: true }, 10))).toBeCloseTo(0.98, 10);
    expect(episodeReward(played({ success: true }, 10), { neededSteps: 7 })).toBeCloseTo(0.994, 10);
    expect(episodeReward(played({ success: true }, 5), { neededSteps: 7 })).toBe(1);
  });

  it('is null without a verdict', () => {
    for (const score of [null, {}]) expect([episodeReward(played(score)), episodeOutcome(played(score))]).toEqual([null, null]);
    expect(episodeReward(played({ broken: ['paid twice'] }))).toBe(-0.5);
  });

  it('refuses a broken invariant that is worth as much as a failure', () => {
    expect(() => episodeReward(played({ success: true }), { broken: 0 })).toThrow(/expected less than 0/);
  });
});
