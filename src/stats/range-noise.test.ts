import { describe, expect, it } from 'vitest';
import { rangeNoise } from './range-noise.ts';

describe('the range that noise makes', () => {
  // python: import numpy as np; rng = np.random.default_rng(1)
  //   x = rng.binomial(100, 461/500, (2000000, 5)); r = x.max(1) - x.min(1); print(r.mean()/100, (r >= 19).mean())
  //   x = np.stack([rng.binomial(n, .9, 2000000)/n for n in (30, 50, 80)], 1); r = x.max(1) - x.min(1); print(r.mean(), (r >= .0975 - 1e-9).mean())
  it('is the one of a simulation in NumPy', () => {
    const alike = rangeNoise([97, 90, 99, 80, 95].map((successes) => ({ successes, trials: 100 })));
    expect(alike.observed).toBeCloseTo(0.19, 12);
    expect(Math.abs(alike.expected - 0.061883245)).toBeLessThan(1e-4);
    expect(Math.abs(alike.pValue - 1.85e-5)).toBeLessThan(1e-5);
    // Pooled .9; rates .9, .84 and .9375.
    const unlike = rangeNoise([
      { successes: 27, trials: 30 },
      { successes: 42, trials: 50 },
      { successes: 75, trials: 80 },
    ]);
    expect(Math.abs(unlike.expected - 0.07468639124999998)).toBeLessThan(1e-4);
    expect(Math.abs(unlike.pValue - 0.2613425)).toBeLessThan(2e-3);
  });

  it('is by hand what two coins make', () => {
    // Rates 0 or 1 with probability ½ each: apart half of the time.
    const { observed, expected, pValue } = rangeNoise([
      { successes: 0, trials: 1 },
      { successes: 1, trials: 1 },
    ]);
    expect(observed).toBe(1);
    expect(expected).toBeCloseTo(0.5, 12);
    expect(pValue).toBeCloseTo(0.5, 12);
    expect(rangeNoise([{ successes: 3, trials: 4 }])).toMatchObject({ observed: 0, pValue: 1 });
    expect(
      rangeNoise([
        { successes: 4, trials: 4 },
        { successes: 9, trials: 9 },
      ]),
    ).toEqual({ observed: 0, expected: 0, pValue: 1 });
  });
});
