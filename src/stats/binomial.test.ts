import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ConfigError } from '../base/index.ts';
import { binomialTail, lowerBound, trialsNeeded, upperBound } from './binomial.ts';

const counts = fc.integer({ min: 1, max: 500 }).chain((trials) => fc.record({ trials: fc.constant(trials), successes: fc.nat(trials) }));
const level = fc.double({ min: 1e-6, max: 0.5, noNaN: true });
const RUNS = { seed: 7, numRuns: 200 };

/** P(Bin(n, p) = k). */
const exactly = (k: number, of: { readonly n: number; readonly p: number }): number => binomialTail(k, of) - binomialTail(k + 1, of);

/** P(bound ≤ p) over all outcomes of n trials, exactly. */
function coverage(bound: (successes: number) => number, { n, p }: { readonly n: number; readonly p: number }): number {
  let sum = 0;
  for (let s = 0; s <= n; s++) if (bound(s) <= p) sum += exactly(s, { n, p });
  return sum;
}

describe('Clopper–Pearson bounds', () => {
  // python -c "from scipy import stats as t; print([t.beta.ppf(.05, s, n-s+1) for s, n in ((297,300), (47,50), (1,10), (990,1000))],
  //   [t.beta.ppf(.95, x+1, n-x) for x, n in ((3,300), (9,10))], t.binom.sf(94, 100, .9), t.binom.sf(2, 10, .05))"     # scipy 1.17.1
  it('agree with SciPy', () => {
    for (const [successes, trials, reference] of [
      [297, 300, 0.9743586069173904],
      [47, 50, 0.8521628236358187],
      [1, 10, 0.005116196891823701],
      [990, 1000, 0.9830968248794375],
    ] as const)
      expect(lowerBound({ successes, trials, alpha: 0.05 })).toBeCloseTo(reference, 12);
    expect(upperBound({ events: 3, trials: 300, alpha: 0.05 })).toBeCloseTo(0.025641393082609616, 12);
    expect(upperBound({ events: 9, trials: 10, alpha: 0.05 })).toBeCloseTo(0.9948838031081763, 12);
    expect(binomialTail(95, { n: 100, p: 0.9 })).toBeCloseTo(0.05757688648703389, 12);
    expect(binomialTail(3, { n: 10, p: 0.05 })).toBeCloseTo(0.011503557379296871, 12);
  });

  it('need the published numbers of trials', () => {
    const needed = (bound: number): number[] => [0, 1, 2, 3, 4, 5].map((failures) => trialsNeeded({ bound, failures, alpha: 0.05 }));
    expect(needed(0.9)).toEqual([29, 46, 61, 76, 89, 103]);
    expect(needed(0.95)).toEqual([59, 93, 124, 153, 181, 208]);
    expect(needed(0.99)).toEqual([299, 473, 628, 773, 913, 1049]);
  });

  it('give about 3/n for what was never seen in n trials', () => {
    for (const trials of [100, 1000, 1e6]) {
      const bound = upperBound({ events: 0, trials, alpha: 0.05 });
      expect(bound / (3 / trials)).toBeGreaterThan(0.97);
      expect(bound).toBeLessThan(3 / trials);
    }
  });

  it('say nothing without trials, and refuse what are no counts', () => {
    expect(lowerBound({ successes: 0, trials: 0, alpha: 0.05 })).toBe(0);
    expect(upperBound({ events: 0, trials: 0, alpha: 0.05 })).toBe(1);
    expect(() => lowerBound({ successes: 4, trials: 3, alpha: 0.05 })).toThrow(ConfigError);
    expect(() => lowerBound({ successes: 1.5, trials: 3, alpha: 0.05 })).toThrow(ConfigError);
    expect(() => upperBound({ events: 0, trials: 3, alpha: 0 })).toThrow(ConfigError);
    expect(() => trialsNeeded({ bound: 1, failures: 0, alpha: 0.05 })).toThrow(/strictly between 0 and 1/);
  });

  it('cover at every rate, and are tight somewhere; a t bound covers 63.6 % where it says 95 % (exact sums)', () => {
    const alpha = 0.05;
    for (const n of [5, 50, 200]) {
      let least = 1;
      for (let i = 1; i < 100; i++) {
        const p = i / 100;
        const lower = coverage((successes) => lowerBound({ successes, trials: n, alpha }), { n, p });
        expect(lower).toBeGreaterThanOrEqual(1 - alpha - 1e-12);
        least = Math.min(least, lower);
      }
      expect(least).toBeLessThan(0.96);
      // Worst case: a rate a hair below a bound. There the coverage is exactly what is said.
      for (const successes of [1, n - 1, n]) {
        const p = lowerBound({ successes, trials: n, alpha }) - 1e-10;
        expect(coverage((s) => lowerBound({ successes: s, trials: n, alpha }), { n, p })).toBeCloseTo(1 - alpha, 6);
      }
    }
    // python -c "from scipy import stats; print(stats.t.ppf(.95, 49))"
    const t49 = 1.6765508919142629;
    const tBound = (successes: number): number => {
      const rate = successes / 50;
      return rate - t49 * Math.sqrt((rate * (1 - rate)) / 49);
    };
    expect(tBound(50)).toBe(1);
    expect(coverage(tBound, { n: 50, p: 0.98 })).toBeCloseTo(0.636, 3);
    expect(coverage((successes) => lowerBound({ successes, trials: 50, alpha }), { n: 50, p: 0.98 })).toBeGreaterThan(0.95);
  });

  it('lie around the rate, mirror each other, and move the right way (property)', () => {
    fc.assert(
      fc.property(counts, level, ({ trials, successes }, alpha) => {
        const bound = lowerBound({ successes, trials, alpha });
        expect(bound).toBeLessThanOrEqual(successes / trials);
        expect(bound).toBeGreaterThanOrEqual(0);
        expect(upperBound({ events: trials - successes, trials, alpha })).toBeCloseTo(1 - bound, 12);
        expect(lowerBound({ successes: successes + 1, trials: trials + 1, alpha })).toBeGreaterThanOrEqual(bound);
        expect(lowerBound({ successes, trials: trials + 1, alpha })).toBeLessThanOrEqual(bound);
        expect(lowerBound({ successes, trials, alpha: alpha / 2 })).toBeLessThanOrEqual(bound);
        if (successes > 0) expect(binomialTail(successes, { n: trials, p: bound }) / alpha).toBeCloseTo(1, 8);
      }),
      RUNS,
    );
  });

  it('are reached by the trials that were asked for, not by one fewer (property)', () => {
    fc.assert(
      fc.property(fc.double({ min: 0.5, max: 0.99, noNaN: true }), fc.nat(20), (bound, failures) => {
        const trials = trialsNeeded({ bound, failures, alpha: 0.05 });
        const reached = (n: number): number => lowerBound({ successes: n - failures, trials: n, alpha: 0.05 });
        expect(reached(trials)).toBeGreaterThanOrEqual(bound - 1e-12);
        if (trials - 1 >= failures && trials > 1) expect(reached(trials - 1)).toBeLessThan(bound);
      }),
      RUNS,
    );
  });
});
