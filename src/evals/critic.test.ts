import { describe, expect, it } from 'vitest';
import { Random } from '../base/index.ts';
import type { RawScore } from '../records/index.ts';
import { abstentionThreshold, brier, lowerBound } from '../stats/index.ts';
import { abstentionOf, actsOf, calibrationOf } from './critic.ts';
import { planExam } from './plan.ts';
import { pretendEpisode } from './pretend-exam.fixture.ts';
import { rawScore } from './raw-score.ts';

const sequential = planExam({ slices: ['base'] });
const fixed = planExam({ slices: ['base'], isFull: true });

/** Tasks with an error rate, and a critic that knows nothing. */
function blind(seed: string, { error, n }: { readonly error: number; readonly n: number }): readonly RawScore[] {
  const random = new Random(seed);
  const model = rawScore(pretendEpisode({ slice: 'base', n: 0, run: 0 }, { seed: 'm', success: { base: 1 } }));
  return Array.from({ length: n }, (_, i) => {
    const value = random.uniform();
    return { ...model, episode: `${i}`, n: i, success: random.uniform() >= error, value, lowestValue: value };
  });
}

describe('the critic in a certificate', () => {
  it('gets the threshold of fixed-sequence testing where the number of tasks is fixed', () => {
    const scores = Array.from({ length: 300 }, (_, n) =>
      rawScore(pretendEpisode({ slice: 'base', n, run: 0 }, { seed: 'c', success: { base: 0.9 } })),
    );
    const found = abstentionOf(scores, fixed);
    expect(found).toMatchObject(abstentionThreshold({ predictions: actsOf(scores, 'base'), risk: 0.03, delta: 0.05 }));
    expect(found?.threshold).not.toBe(null);
    // Bounds that hold at every moment cost something.
    const early = abstentionOf(scores, sequential);
    expect(early?.errorUpperBound).toBeLessThanOrEqual(0.03);
    expect(early?.threshold).toBeGreaterThanOrEqual(found?.threshold ?? 1);
    expect(calibrationOf(scores)?.brier).toBe(
      brier(scores.map(({ value, success }) => ({ probability: value ?? 0, outcome: success === true }))),
    );
  });

  // The rate of errors is 0.06 whatever the critic says: any threshold for 0.03 is a false promise, allowed in 5 % of exams.
  it.each([
    ['ended early', sequential],
    ['of fixed size', fixed],
  ])('makes false promises in at most δ of exams %s', (_, plan) => {
    const exams = 120;
    let promises = 0;
    for (let i = 0; i < exams; i++) if (abstentionOf(blind(`blind-${i}`, { error: 0.06, n: 250 }), plan)?.threshold !== null) promises++;
    expect(lowerBound({ successes: promises, trials: exams, alpha: 0.01 })).toBeLessThan(0.05);
  });

  it('is silent without values', () => {
    const scores = blind('x', { error: 0.1, n: 50 }).map((score) => ({ ...score, value: null, lowestValue: null }));
    expect([calibrationOf(scores), abstentionOf(scores, sequential)]).toEqual([null, null]);
  });
});
