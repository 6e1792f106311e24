import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ConfigError, Random } from '../base/index.ts';
import { holm, jaggedness } from './slices.ts';

const SEED = 23;

describe(`slices (simulation with seed ${SEED})`, () => {
  // By hand: 4·.005, 3·.01, 2·.03, and .04 raised to what came before it.
  it("are rejected by Holm's rule", () => {
    const { adjusted, isRejected } = holm([0.01, 0.04, 0.03, 0.005], 0.05);
    for (const [i, reference] of [0.03, 0.06, 0.06, 0.02].entries()) expect(adjusted[i]).toBeCloseTo(reference, 12);
    expect(isRejected).toEqual([true, false, false, true]);
    expect(holm([], 0.05)).toEqual({ adjusted: [], isRejected: [] });
    expect(() => holm([2], 0.05)).toThrow(ConfigError);
  });

  it('are rejected as stepping down would (property)', () => {
    const pValues = fc.array(fc.double({ min: 0, max: 0.2, noNaN: true }), { minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(pValues, (given) => {
        const sorted = [...given].sort((x, y) => x - y);
        const stop = sorted.findIndex((p, i) => p * (given.length - i) > 0.05);
        const rejected = stop < 0 ? given.length : stop;
        expect(holm(given, 0.05).isRejected.filter(Boolean).length).toBe(rejected);
      }),
      { seed: 7, numRuns: 200 },
    );
  });

  it('have a worst one, whose bound exceeds the least true rate in at most α of samples', () => {
    const random = new Random(SEED);
    let exceeded = 0;
    for (let run = 0; run < 60; run++) {
      const slices = [0.8, 0.95].map((rate) => ({
        successes: Array.from({ length: 40 }, () => random.uniform() < rate).filter(Boolean).length,
        trials: 40,
      }));
      const found = jaggedness({ slices });
      if (found.worst.lowerBound > 0.8) exceeded++;
      expect(found.tau).toBeGreaterThanOrEqual(found.tauInterval.lower);
      expect(found.tau).toBeLessThanOrEqual(found.tauInterval.upper);
    }
    expect(exceeded).toBeLessThanOrEqual(6);
  });

  it('that are unlike show it, and name the one that falls behind', () => {
    const found = jaggedness({ slices: [97, 90, 99, 80, 95].map((successes) => ({ successes, trials: 100 })) });
    expect(found.worst.index).toBe(3);
    expect(found.worst.rate).toBe(0.8);
    // python -c "from scipy import stats; print(stats.beta.ppf(.05, 80, 21))"
    expect(found.worst.lowerBound).toBeCloseTo(0.722799750329086, 10);
    expect(found.range).toBeCloseTo(0.19, 12);
    expect(found.rangeBeyondNoise).toBeCloseTo(found.range - found.expectedRange, 12);
    expect(found.rangeP).toBeLessThan(1e-4);
    expect(found.tauInterval.lower).toBeGreaterThan(0);
  });

  it('that are alike within noise say so', () => {
    const found = jaggedness({
      slices: [
        { successes: 48, trials: 50 },
        { successes: 47, trials: 50 },
        { successes: 49, trials: 50 },
      ],
    });
    expect(found.tau).toBe(0);
    expect(found.tauInterval.lower).toBe(0);
    expect(found.rangeBeyondNoise).toBe(0);
    expect(found.rangeP).toBeGreaterThan(0.3);
    expect(() => jaggedness({ slices: [] })).toThrow(ConfigError);
    expect(() => jaggedness({ slices: [{ successes: 0, trials: 0 }] })).toThrow(ConfigError);
  });
});
