import { describe, expect, it } from 'vitest';
import { ConfigError, Random } from '../base/index.ts';
import { fitRandomEffects } from './random-effects.ts';

const SEED = 24;

describe(`the spread between slices (simulation with seed ${SEED})`, () => {
  // python: import numpy as np; from scipy.special import expit; from scipy import optimize as o, stats
  //   us = np.linspace(-10, 10, 200001)
  //   ll = lambda m, t: sum(np.log(np.trapezoid(np.exp(s*np.log(expit(m+t*us)) + (100-s)*np.log(expit(-m-t*us)) - us*us/2), us))
  //                         for s in (97, 90, 99, 80, 95))
  //   prof = lambda t: -o.minimize_scalar(lambda m: -ll(m, t), bounds=(0, 6), method='bounded', options=dict(xatol=1e-7)).fun
  //   top = o.minimize_scalar(lambda t: -prof(t), bounds=(.2, 2), method='bounded', options=dict(xatol=1e-5))
  //   drop = lambda t: prof(t) + top.fun + stats.chi2.ppf(.95, 1)/2
  //   print(top.x, o.brentq(drop, .05, top.x), o.brentq(drop, top.x, 6))     # scipy 1.17.1; μ by the inner maximum at top.x
  it('is the one of brute-force integration', () => {
    const found = fitRandomEffects({ slices: [97, 90, 99, 80, 95].map((successes) => ({ successes, trials: 100 })) });
    expect(found.tau).toBeCloseTo(0.9429017684336837, 2);
    expect(found.mu).toBeCloseTo(2.8173860963070316, 2);
    expect(found.tauInterval.lower).toBeCloseTo(0.42490560683628875, 2);
    expect(found.tauInterval.upper).toBeCloseTo(2.3717799711767595, 2);
  });

  it('is found again in what it made, and mostly inside its interval', () => {
    const random = new Random(SEED);
    let covered = 0;
    const taus: number[] = [];
    for (let run = 0; run < 24; run++) {
      const slices = Array.from({ length: 8 }, () => {
        const rate = 1 / (1 + Math.exp(-2 - 0.8 * random.normal()));
        return { successes: Array.from({ length: 120 }, () => random.uniform() < rate).filter(Boolean).length, trials: 120 };
      });
      const { tau, tauInterval } = fitRandomEffects({ slices });
      taus.push(tau);
      if (tauInterval.lower <= 0.8 && tauInterval.upper >= 0.8) covered++;
    }
    expect(covered).toBeGreaterThanOrEqual(20);
    expect(taus.reduce((sum, tau) => sum + tau, 0) / taus.length).toBeCloseTo(0.75, 0);
  });

  it('has no limit above where nothing failed, and none below ten where slices are all or nothing', () => {
    const perfect = fitRandomEffects({
      slices: [
        { successes: 50, trials: 50 },
        { successes: 100, trials: 100 },
      ],
    });
    expect(perfect.tauInterval).toEqual({ lower: 0, upper: Infinity });
    const torn = fitRandomEffects({
      slices: [
        { successes: 0, trials: 50 },
        { successes: 100, trials: 100 },
      ],
    });
    expect(torn.tau).toBe(10);
    expect(torn.tauInterval.lower).toBeGreaterThan(3);
    expect(torn.tauInterval.upper).toBe(Infinity);
    expect(() => fitRandomEffects({ slices: [{ successes: 3, trials: 2 }] })).toThrow(ConfigError);
  });
});
