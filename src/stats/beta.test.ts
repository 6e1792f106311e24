import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ConfigError } from '../base/index.ts';
import { betaQuantile, logBeta, logGamma, logUpperBeta, regularizedBeta } from './beta.ts';

const shape = fc.record({ a: fc.integer({ min: 1, max: 3000 }), b: fc.integer({ min: 1, max: 3000 }) });
const inside = fc.double({ min: 1e-6, max: 1 - 1e-6, noNaN: true });
const RUNS = { seed: 7, numRuns: 300 };

/** Relative difference. */
const off = (value: number, reference: number): number => Math.abs(value / reference - 1);

describe('the Beta distribution', () => {
  // python -c "from scipy import stats, special as s; print([s.gammaln(x) for x in (.001, .5, 3.7, 25.5, 1e6)], stats.beta.cdf(.3, 2.5, 7),
  //   stats.beta.cdf(.97, 970, 31), stats.beta.logsf(.9, 3, 200), stats.beta.ppf(1e-6, 40, 3), stats.beta.ppf(.9, .5, .5),
  //   stats.beta.ppf(1e-12, 2.5, 7), stats.beta.ppf(.05, 9e5, 30))"     # scipy 1.17.1
  it('agrees with SciPy', () => {
    for (const [x, reference] of [
      [0.001, 6.907178885383853],
      [0.5, 0.5723649429247],
      [3.7, 1.428072326665388],
      [25.5, 56.38916764371994],
      [1e6, 12815504.569147611],
    ] as const)
      expect(off(logGamma(x), reference)).toBeLessThan(1e-14);
    expect(regularizedBeta(0.3, { a: 2.5, b: 7 })).toBeCloseTo(0.6412224629717214, 13);
    expect(regularizedBeta(0.97, { a: 970, b: 31 })).toBeCloseTo(0.5483571283247759, 12);
    expect(logUpperBeta(0.9, { a: 3, b: 200 })).toBeCloseTo(-450.80820862527656, 10);
    expect(betaQuantile(1e-6, { a: 40, b: 3 })).toBeCloseTo(0.6268173271773553, 13);
    expect(betaQuantile(0.9, { a: 0.5, b: 0.5 })).toBeCloseTo(0.9755282581475768, 13);
    expect(off(betaQuantile(1e-12, { a: 2.5, b: 7 }), 3.3183390035524143e-6)).toBeLessThan(1e-12);
    expect(betaQuantile(0.05, { a: 9e5, b: 30 })).toBeCloseTo(0.999956067259283, 13);
  });

  it('keeps its digits where lnΓ(a) + lnΓ(b) − lnΓ(a+b) would lose them', () => {
    // B(a, 3) = 2/(a(a+1)(a+2)); B(a, 1) = 1/a.
    const a = 1e6;
    expect(off(logBeta(a, 3), Math.log(2) - Math.log(a) - Math.log(a + 1) - Math.log(a + 2))).toBeLessThan(1e-15);
    expect(off(logBeta(1, a), -Math.log(a))).toBeLessThan(1e-15);
  });

  it('has the closed forms of a = 1 and of b = 1 (property)', () => {
    fc.assert(
      fc.property(inside, fc.integer({ min: 1, max: 2000 }), (x, n) => {
        expect(regularizedBeta(x, { a: n, b: 1 })).toBeCloseTo(x ** n, 12);
        expect(off(logUpperBeta(x, { a: 1, b: n }), n * Math.log1p(-x))).toBeLessThan(1e-12);
      }),
      RUNS,
    );
  });

  it('is mirrored by swapping its shapes, and does not fall (property)', () => {
    fc.assert(
      fc.property(inside, inside, shape, (x, y, { a, b }) => {
        expect(regularizedBeta(x, { a, b }) + regularizedBeta(1 - x, { a: b, b: a })).toBeCloseTo(1, 10);
        expect(Math.exp(logUpperBeta(x, { a, b })) + regularizedBeta(x, { a, b })).toBeCloseTo(1, 12);
        expect(regularizedBeta(Math.min(x, y), { a, b })).toBeLessThanOrEqual(regularizedBeta(Math.max(x, y), { a, b }) + 1e-12);
      }),
      RUNS,
    );
  });

  it('is inverted by its quantile, far into the tails (property)', () => {
    fc.assert(
      fc.property(fc.double({ min: -40, max: -1e-3, noNaN: true }), shape, (logP, { a, b }) => {
        const p = Math.exp(logP);
        expect(off(regularizedBeta(betaQuantile(p, { a, b }), { a, b }), p)).toBeLessThan(1e-9);
      }),
      RUNS,
    );
  });

  it('has its ends, and nothing beyond them', () => {
    expect([regularizedBeta(0, { a: 2, b: 3 }), regularizedBeta(1, { a: 2, b: 3 })]).toEqual([0, 1]);
    expect([logUpperBeta(0, { a: 2, b: 3 }), logUpperBeta(1, { a: 2, b: 3 })]).toEqual([0, -Infinity]);
    expect([betaQuantile(0, { a: 2, b: 3 }), betaQuantile(1, { a: 2, b: 3 })]).toEqual([0, 1]);
    expect(() => regularizedBeta(1.1, { a: 2, b: 3 })).toThrow(ConfigError);
    expect(() => betaQuantile(Number.NaN, { a: 2, b: 3 })).toThrow(ConfigError);
    expect(() => betaQuantile(0, { a: -1, b: 3 })).toThrow(ConfigError);
    expect(() => logBeta(20, 0)).toThrow(ConfigError);
    expect(() => logGamma(0)).toThrow(ConfigError);
  });
});
