import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ConfigError } from '../base/index.ts';
import { logBeta, lowerBound } from '../stats/index.ts';
import type { Exam, ExamSlice } from './history.ts';
import { findRegressions, regressionEvidence, rejectByEBH } from './regression.ts';

/** ln P(Bin(n, p) = k), 0 < p < 1. */
const logPmf = (k: number, { n, p }: { readonly n: number; readonly p: number }): number =>
  -Math.log(n + 1) - logBeta(k + 1, n - k + 1) + k * Math.log(p) + (n - k) * Math.log1p(-p);

/** Mean of the e-value over all outcomes of n trials. */
function meanEvidence(n: number, { p, nullRate }: { readonly p: number; readonly nullRate: number }): number {
  let mean = 0;
  for (let passes = 0; passes <= n; passes++)
    mean += Math.exp(logPmf(passes, { n, p }) + regressionEvidence({ passes, trials: n, nullRate }));
  return mean;
}

/** The same where one stops as soon as the evidence reaches `enough`, by going through all paths of at most n trials. */
function meanStopped(
  n: number,
  { p, nullRate, enough }: { readonly p: number; readonly nullRate: number; readonly enough: number },
): number {
  let mean = 0;
  let going = new Map([[0, 1]]);
  for (let trials = 1; trials <= n; trials++) {
    const next = new Map<number, number>();
    for (const [passes, mass] of going) {
      next.set(passes + 1, (next.get(passes + 1) ?? 0) + mass * p);
      next.set(passes, (next.get(passes) ?? 0) + mass * (1 - p));
    }
    going = new Map();
    for (const [passes, mass] of next) {
      const logE = regressionEvidence({ passes, trials, nullRate });
      if (logE >= enough || trials === n) mean += mass * Math.exp(logE);
      else going.set(passes, mass);
    }
  }
  return mean;
}

const rate = fc.double({ min: 0.02, max: 0.98, noNaN: true });

describe('the evidence for a regression (exact sums over all outcomes)', () => {
  it('has mean 1 at the null rate and at most 1 above it', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 150 }), rate, fc.double({ min: 0, max: 0.999, noNaN: true }), (n, nullRate, up) => {
        expect(meanEvidence(n, { p: nullRate, nullRate })).toBeCloseTo(1, 8);
        const p = nullRate + up * (1 - nullRate);
        expect(meanEvidence(n, { p, nullRate })).toBeLessThanOrEqual(1 + 1e-8);
      }),
      { seed: 11, numRuns: 60 },
    );
  });

  it('keeps it where the trials were stopped by their own outcomes', () => {
    fc.assert(
      fc.property(
        rate,
        fc.double({ min: 0, max: 0.9, noNaN: true }),
        fc.double({ min: 0.1, max: 4, noNaN: true }),
        (nullRate, up, enough) => {
          const p = nullRate + up * (1 - nullRate);
          expect(meanStopped(60, { p, nullRate, enough })).toBeLessThanOrEqual(1 + 1e-8);
        },
      ),
      { seed: 12, numRuns: 30 },
    );
  });

  it('exceeds 1 on average where the rate has fallen', () => {
    expect(meanEvidence(60, { p: 0.75, nullRate: 0.92 })).toBeGreaterThan(20);
  });

  it('falls with every pass, and says nothing where nothing can be worse', () => {
    const of = (passes: number) => regressionEvidence({ passes, trials: 60, nullRate: 0.9 });
    for (let passes = 1; passes <= 60; passes++) expect(of(passes)).toBeLessThan(of(passes - 1));
    expect(regressionEvidence({ passes: 0, trials: 60, nullRate: 0 })).toBe(0);
    expect(regressionEvidence({ passes: 0, trials: 0, nullRate: 0.9 })).toBeCloseTo(0, 12);
  });

  // By hand: one failure against p ≥ ½: ∫_0^½ (1−θ) dθ / ½ / ½ = 1.5; one pass: 0.5.
  it('is the integral', () => {
    expect(Math.exp(regressionEvidence({ passes: 0, trials: 1, nullRate: 0.5 }))).toBeCloseTo(1.5, 12);
    expect(Math.exp(regressionEvidence({ passes: 1, trials: 1, nullRate: 0.5 }))).toBeCloseTo(0.5, 12);
  });
});

describe('e-BH', () => {
  it('rejects by hand-made examples', () => {
    const rejected = (...evalues: number[]) => rejectByEBH(evalues.map(Math.log), 0.05);
    expect(rejected()).toEqual([]);
    expect(rejected(20.001)).toEqual([true]);
    expect(rejected(19.9)).toEqual([false]);
    // m = 2: the larger alone needs 40, both together 20 each.
    expect(rejected(30, 1)).toEqual([false, false]);
    expect(rejected(1, 41)).toEqual([false, true]);
    expect(rejected(21, 22)).toEqual([true, true]);
    expect(rejected(0, 0)).toEqual([false, false]);
    expect(() => rejectByEBH([Number.NaN], 0.05)).toThrow(ConfigError);
    expect(() => rejectByEBH([1], 1)).toThrow(ConfigError);
  });

  it('is the greatest k with e_(k) ≥ m/(αk), whatever the order', () => {
    const values = fc.array(fc.double({ min: -3, max: 9, noNaN: true }), { minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(values, fc.double({ min: 0.01, max: 0.5, noNaN: true }), (logs, alpha) => {
        const isRejected = rejectByEBH(logs, alpha);
        const counted = logs.filter((_, i) => isRejected[i]).length;
        const holds = (k: number) => (logs.toSorted((a, b) => b - a)[k - 1] as number) >= Math.log(logs.length / (alpha * k));
        for (let k = counted + 1; k <= logs.length; k++) expect(holds(k)).toBe(false);
        if (counted > 0) expect(holds(counted)).toBe(true);
        expect(rejectByEBH(logs.toReversed(), alpha)).toEqual(isRejected.toReversed());
      }),
      { seed: 13 },
    );
  });
});

const ALPHA = 0.03;
const slice = (name: string, passes: number, trials: number): ExamSlice => ({
  slice: name,
  trials,
  passes,
  neverEvents: 0,
  neverEventsBound: 0.05,
  alpha: ALPHA,
  lowerBound: lowerBound({ successes: passes, trials, alpha: ALPHA }),
  upperBound: 1,
});
const exam = (...slices: ExamSlice[]): Exam => ({ gym: { name: 'g', version: '1' }, certificate: '', commitment: '', slices });

describe('findRegressions', () => {
  const earlier = [
    { ...exam(slice('a', 298, 300), slice('b', 50, 60)), of: 1 },
    { ...exam(slice('a', 200, 300), slice('b', 59, 60)), of: 2 },
  ];

  it('compares with the best version ever, slice by slice', () => {
    const [a, b] = findRegressions(exam(slice('a', 240, 300), slice('b', 59, 60)), earlier);
    expect([a?.best.version, a?.isRegression]).toEqual([1, true]);
    expect([b?.best.version, b?.isRegression]).toEqual([2, false]);
  });

  it('has the power that its description states', () => {
    for (const [trials, failures] of [
      [60, 14],
      [300, 24],
    ] as const) {
      const names = ['a', 'b', 'c', 'd', 'e'];
      const best = [{ ...exam(...names.map((name) => slice(name, trials, trials))), of: 1 }];
      const alarms = (failed: number) =>
        findRegressions(exam(...names.map((name) => slice(name, trials - (name === 'a' ? failed : 0), trials))), best).map(
          (test) => test.isRegression,
        );
      expect(alarms(failures)).toEqual([true, false, false, false, false]);
      expect(alarms(failures - 1)).not.toContain(true);
    }
  });

  it('is silent about what is new, about chance and about the margin', () => {
    expect(findRegressions(exam(slice('c', 0, 60)), earlier)).toEqual([]);
    expect(findRegressions(exam(slice('a', 290, 300), slice('b', 56, 60)), earlier).map(({ isRegression }) => isRegression)).toEqual([
      false,
      false,
    ]);
    const loss = exam(slice('a', 270, 300));
    expect(findRegressions(loss, earlier)[0]?.isRegression).toBe(true);
    expect(findRegressions(loss, earlier, { margin: 0.09 })[0]?.isRegression).toBe(false);
  });
});
