import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ConfigError, Random } from '../base/index.ts';
import { bettingLogWealth, bettingLowerBound } from './betting.ts';

const SEED = 25;
const ALPHA = 0.05;
const scores = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 1, maxLength: 60 });
const RUNS = { seed: 7, numRuns: 100 };

describe(`the betting bound (simulations with seed ${SEED})`, () => {
  // python: import numpy as np
  //   from scipy.optimize import brentq
  //   x = np.array([.9,.7,1,.8,.95,.6,1,.85,.9,1]*6); t = np.arange(1, 61); L = np.log(20)
  //   mu = (.5+np.cumsum(x))/(t+1); var = (.25+np.cumsum((x-mu)**2))/(t+1); prev = np.r_[.25, var[:-1]]
  //   wealth = lambda m, h: np.log1p(np.minimum(np.sqrt(2*L/(prev*h)), .75/m)*(x-m)).cumsum().max()
  //   print(wealth(.7, t*np.log1p(t)), [brentq(lambda m: wealth(m, h)-L, .1, .87, xtol=1e-14) for h in (t*np.log1p(t), 60)])     # NumPy, SciPy 1.17.1
  it('has the wealth and the bound of the published formulas', () => {
    const values = Array.from({ length: 6 }, () => [0.9, 0.7, 1, 0.8, 0.95, 0.6, 1, 0.85, 0.9, 1]).flat();
    expect(bettingLogWealth({ values, mean: 0.7, alpha: ALPHA })).toBeCloseTo(9.595620064551419, 10);
    expect(bettingLowerBound({ values, alpha: ALPHA })).toBeCloseTo(0.8070508049441092, 10);
    expect(bettingLowerBound({ values, alpha: ALPHA, planned: 60 })).toBeCloseTo(0.8068014517354732, 10);
  });

  it('exceeds the mean, at any moment, in at most α of samples, whatever the distribution', () => {
    const random = new Random(SEED);
    const draws: readonly { readonly mean: number; readonly draw: () => number }[] = [
      // Rarely a low score is the worst case for a lower bound: what brings the mean down has often not been seen yet.
      { mean: 0.95, draw: () => (random.uniform() < 0.05 ? 0 : 1) },
      { mean: 0.99, draw: () => (random.uniform() < 0.01 ? 0 : 1) },
      { mean: 0.5, draw: () => random.uniform() },
      { mean: 0.7, draw: () => 0.7 },
      { mean: 0.1, draw: () => (random.uniform() < 0.1 ? 1 : 0) },
    ];
    const runs = 400;
    for (const planned of [undefined, 300])
      for (const { mean, draw } of draws) {
        let exceeded = 0;
        for (let run = 0; run < runs; run++) {
          const values = Array.from({ length: 300 }, draw);
          const wealth = bettingLogWealth({ values, mean, alpha: ALPHA, ...(planned === undefined ? {} : { planned }) });
          if (wealth >= -Math.log(ALPHA)) exceeded++;
        }
        expect(exceeded / runs).toBeLessThanOrEqual(ALPHA + 2 * Math.sqrt((ALPHA * (1 - ALPHA)) / runs));
      }
  });

  it('comes near the mean quickly where scores hardly vary', () => {
    const random = new Random(SEED);
    const values = Array.from({ length: 500 }, () => 0.88 + 0.04 * random.uniform());
    expect(bettingLowerBound({ values, alpha: ALPHA })).toBeGreaterThan(0.885);
    const coins = Array.from({ length: 500 }, () => (random.uniform() < 0.9 ? 1 : 0));
    expect(bettingLowerBound({ values: coins, alpha: ALPHA })).toBeGreaterThan(0.84);
  });

  it('is where the wealth reaches 1/α, and wealth falls as the mean rises (property)', () => {
    fc.assert(
      fc.property(scores, fc.double({ min: 0.01, max: 0.98, noNaN: true }), (values, mean) => {
        const bound = bettingLowerBound({ values, alpha: ALPHA });
        const wealth = bettingLogWealth({ values, mean, alpha: ALPHA });
        expect(bound > mean).toBe(wealth >= -Math.log(ALPHA));
        expect(bettingLogWealth({ values, mean: mean + 0.01, alpha: ALPHA })).toBeLessThanOrEqual(wealth + 1e-12);
        expect(bound).toBeLessThanOrEqual(Math.max(...values));
      }),
      RUNS,
    );
  });

  it('never falls as scores are added, nor as one of the last is raised (property)', () => {
    fc.assert(
      fc.property(scores, (values) => {
        const bound = bettingLowerBound({ values, alpha: ALPHA });
        expect(bound).toBeGreaterThanOrEqual(bettingLowerBound({ values: values.slice(0, -1), alpha: ALPHA }) - 1e-11);
        expect(bettingLowerBound({ values: [...values.slice(0, -1), 1], alpha: ALPHA })).toBeGreaterThanOrEqual(bound - 1e-11);
      }),
      RUNS,
    );
  });

  it('says nothing without scores, and refuses what is none', () => {
    expect(bettingLowerBound({ values: [], alpha: ALPHA })).toBeLessThan(1e-11);
    expect(() => bettingLowerBound({ values: [1.5], alpha: ALPHA })).toThrow(ConfigError);
    expect(() => bettingLowerBound({ values: [Number.NaN], alpha: ALPHA })).toThrow(/look for what is not a number/);
    expect(() => bettingLowerBound({ values: [1], alpha: 1 })).toThrow(ConfigError);
  });
});
