import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ConfigError } from '../base/index.ts';
import { binomialTail } from './binomial.ts';
import { passK } from './pass-k.ts';

/** Expectation of f(c) over c ~ Bin(n, p). */
function expected(f: (passes: number) => number, { n, p }: { readonly n: number; readonly p: number }): number {
  let sum = 0;
  for (let c = 0; c <= n; c++) sum += f(c) * (binomialTail(c, { n, p }) - binomialTail(c + 1, { n, p }));
  return sum;
}

describe('pass^k', () => {
  it('is .430 at p = .9 and k = 8, where the plug-in says .578', () => {
    expect(0.9 ** 8).toBeCloseTo(0.43, 3);
    expect(expected((passes) => passK({ passes, runs: 8, k: 8 }), { n: 8, p: 0.9 })).toBeCloseTo(0.9 ** 8, 12);
    expect(expected((passes) => (passes / 8) ** 8, { n: 8, p: 0.9 })).toBeCloseTo(0.578, 3);
  });

  it('is unbiased for p^k, and falls with k (property)', () => {
    const sizes = fc.integer({ min: 1, max: 30 }).chain((runs) => fc.tuple(fc.constant(runs), fc.integer({ min: 1, max: runs })));
    fc.assert(
      fc.property(sizes, fc.double({ min: 0.01, max: 0.99, noNaN: true }), ([runs, k], p) => {
        expect(expected((passes) => passK({ passes, runs, k }), { n: runs, p })).toBeCloseTo(p ** k, 10);
        for (let passes = 0; passes <= runs; passes++) {
          const value = passK({ passes, runs, k });
          expect(value).toBeLessThanOrEqual((passes / runs) ** k + 1e-12);
          expect(passes < k ? value === 0 : value > 0).toBe(true);
        }
      }),
      { seed: 7, numRuns: 50 },
    );
  });

  it('counts pairs by hand: 3 of 4, two at a time, 3/6', () => {
    expect(passK({ passes: 3, runs: 4, k: 2 })).toBe(0.5);
    expect(() => passK({ passes: 3, runs: 4, k: 5 })).toThrow(ConfigError);
    expect(() => passK({ passes: 5, runs: 4, k: 1 })).toThrow(ConfigError);
  });
});
