import { describe, expect, it } from 'vitest';
import { ConfigError, Random } from '../base/index.ts';
import { verifierAdjustedBound } from './verifier-error.ts';

const SEED = 21;

describe(`the bound behind a verifier that errs (simulation with seed ${SEED})`, () => {
  it('is .971 × .940 = .913 at 297 of 300 accepted and none of 60 false', () => {
    expect(verifierAdjustedBound({ successes: 297, trials: 300, audited: 60, falseAccepts: 0, alpha: 0.05 })).toBeCloseTo(0.913, 3);
    expect(verifierAdjustedBound({ successes: 297, trials: 300, audited: 0, falseAccepts: 0, alpha: 0.05 })).toBe(0);
  });

  it('exceeds the true rate in at most α of samples', () => {
    const random = new Random(SEED);
    let exceeded = 0;
    const runs = 2000;
    for (let run = 0; run < runs; run++) {
      let successes = 0;
      for (let i = 0; i < 200; i++) if (random.uniform() < 0.95) successes++;
      let falseAccepts = 0;
      for (let i = 0; i < 60; i++) if (random.uniform() < 0.06) falseAccepts++;
      if (verifierAdjustedBound({ successes, trials: 200, audited: 60, falseAccepts, alpha: 0.05 }) > 0.95 * 0.94) exceeded++;
    }
    expect(exceeded / runs).toBeLessThan(0.05);
  });

  it('refuses more false accepts than were audited', () => {
    expect(() => verifierAdjustedBound({ successes: 9, trials: 10, audited: 1, falseAccepts: 2, alpha: 0.05 })).toThrow(ConfigError);
  });
});
