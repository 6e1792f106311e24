import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ConfigError, Random } from '../base/index.ts';
import { lowerBound } from './binomial.ts';
import { beginSequential, logEvidence, observeOutcome, sequentialBound } from './sequential.ts';

const SEED = 20;
const ALPHA = 0.05;
const outcomes = fc.array(
  fc.integer({ min: 0, max: 9 }).map((x) => x > 0),
  { maxLength: 120 },
);
const RUNS = { seed: 7, numRuns: 100 };

type Clears = (successes: number, failures: number) => boolean;
const evidenceClears =
  (floor: number): Clears =>
  (successes, failures) =>
    logEvidence({ successes, failures, floor }) >= -Math.log(ALPHA);

const clopperPearsonClears: Clears = (successes, failures) =>
  successes > 0 && lowerBound({ successes, trials: successes + failures, alpha: ALPHA }) >= 0.95;

/** For each number of failures the least number of successes that clears, Infinity where none within `largest` trials does. */
function boundary(clears: Clears, largest: number): number[] {
  const needed: number[] = [];
  let successes = 0;
  for (let failures = 0; failures <= largest; failures++) {
    while (successes + failures <= largest && !clears(successes, failures)) successes++;
    needed.push(successes + failures <= largest ? successes : Infinity);
  }
  return needed;
}

/** P(cleared by trial `largest`) and the mean number of trials until cleared or over, by going through all paths. */
function exactly(p: number, clears: Clears, largest: number): { readonly cleared: number; readonly meanTrials: number } {
  const needed = boundary(clears, largest);
  let mass = new Float64Array(largest + 2);
  mass[0] = 1;
  let cleared = 0;
  let meanTrials = 0;
  for (let n = 1; n <= largest; n++) {
    const next = new Float64Array(largest + 2);
    for (let failures = 0; failures < n; failures++) {
      const here = mass[failures] as number;
      if (here < 1e-15) continue;
      next[failures] = (next[failures] as number) + here * p;
      next[failures + 1] = (next[failures + 1] as number) + here * (1 - p);
    }
    for (let failures = 0; failures <= n; failures++) {
      if ((next[failures] as number) === 0 || n - failures < (needed[failures] as number)) continue;
      cleared += next[failures] as number;
      meanTrials += n * (next[failures] as number);
      next[failures] = 0;
    }
    mass = next;
  }
  return { cleared, meanTrials: meanTrials + largest * (1 - cleared) };
}

/** The same by simulation. */
function simulated(p: number, floor: number, { runs, largest }: { readonly runs: number; readonly largest: number }) {
  const needed = boundary(evidenceClears(floor), largest);
  const random = new Random(SEED).fork(`${p}/${floor}`);
  let cleared = 0;
  let trials = 0;
  for (let run = 0; run < runs; run++) {
    let failures = 0;
    for (let n = 1; n <= largest; n++) {
      if (random.uniform() >= p) failures++;
      trials++;
      if (n - failures < (needed[failures] as number)) continue;
      cleared++;
      break;
    }
  }
  return { cleared: cleared / runs, meanTrials: trials / runs };
}

describe(`the sequential bound (simulations with seed ${SEED})`, () => {
  // python: from scipy.integrate import quad; import numpy as np
  //   f = lambda S, F, p: np.log(quad(lambda t: np.exp(S*np.log(t/p) + F*np.log((1-t)/(1-p))), p, 1, epsabs=0, epsrel=1e-12, limit=500)[0]/(1-p))
  //   [f(59, 0, .95), f(100, 2, .95), f(190, 15, .9), f(10, 30, .5)]     # scipy 1.17.1
  it('has the evidence of the integral it stands for', () => {
    expect(logEvidence({ successes: 59, failures: 0, floor: 0.95 })).toBeCloseTo(1.8805273054303127, 10);
    expect(logEvidence({ successes: 100, failures: 2, floor: 0.95 })).toBeCloseTo(0.8222894330034122, 10);
    expect(logEvidence({ successes: 190, failures: 15, floor: 0.9 })).toBeCloseTo(-0.011369622415866788, 10);
    expect(logEvidence({ successes: 10, failures: 30, floor: 0.5 })).toBeCloseTo(-3.081528786608605, 10);
    expect(logEvidence({ successes: 0, failures: 0, floor: 0.95 })).toBeCloseTo(0, 14);
  });

  it('is fair at the floor: the evidence expected after a trial is the evidence before it (property)', () => {
    fc.assert(
      fc.property(fc.nat(300), fc.nat(100), fc.double({ min: 0.01, max: 0.99, noNaN: true }), (successes, failures, floor) => {
        const now = logEvidence({ successes, failures, floor });
        const up = logEvidence({ successes: successes + 1, failures, floor });
        const down = logEvidence({ successes, failures: failures + 1, floor });
        expect(floor * Math.exp(up - now) + (1 - floor) * Math.exp(down - now)).toBeCloseTo(1, 9);
        expect(down).toBeLessThanOrEqual(now + 1e-9);
        expect(logEvidence({ successes, failures, floor: floor * 0.99 })).toBeGreaterThanOrEqual(now - 1e-9);
      }),
      RUNS,
    );
  });

  it('certifies falsely 4.0 % of the time at the floor, where stopping when Clopper–Pearson clears does so 21 %', () => {
    const { cleared } = exactly(0.95, evidenceClears(0.95), 3000);
    expect(cleared).toBeCloseTo(0.04, 3);
    const runs = 4000;
    const found = simulated(0.95, 0.95, { runs, largest: 3000 }).cleared;
    expect(Math.abs(found - cleared)).toBeLessThan(4 * Math.sqrt((cleared * (1 - cleared)) / runs));
    const peeking = exactly(0.95, clopperPearsonClears, 750).cleared;
    expect(peeking).toBeGreaterThan(0.205);
    expect(peeking).toBeLessThan(0.22);
  });

  it('needs the published mean numbers of trials: 290, 147 and 97', () => {
    for (const [p, floor, published, exact] of [
      [0.98, 0.95, 290, 286.24],
      [0.99, 0.95, 147, 147.33],
      [0.97, 0.9, 97, 97.02],
    ] as const) {
      const { meanTrials } = exactly(p, evidenceClears(floor), 2000);
      expect(meanTrials).toBeCloseTo(exact, 1);
      expect(Math.abs(meanTrials / published - 1)).toBeLessThan(0.015);
      expect(Math.abs(simulated(p, floor, { runs: 4000, largest: 2000 }).meanTrials / meanTrials - 1)).toBeLessThan(0.05);
    }
  });

  it('exceeds no rate more often than it says, at any moment (all paths, worst case included)', () => {
    // The bound exceeds p at some moment exactly where the evidence against p reaches 1/α.
    for (const p of [0.05, 0.2, 0.5, 0.8, 0.9, 0.99]) {
      const { cleared } = exactly(p, evidenceClears(p), 600);
      expect(cleared).toBeGreaterThan(0.001);
      expect(cleared).toBeLessThanOrEqual(ALPHA);
    }
  });

  it('is the running maximum of where the evidence crosses 1/α, step by step the same (property)', () => {
    fc.assert(
      fc.property(outcomes, (given) => {
        const bound = sequentialBound({ outcomes: given, alpha: ALPHA });
        let state = beginSequential({ floor: 0.8, alpha: ALPHA, largest: 100 });
        let slow = 0;
        let hasReached = false;
        for (const [t, outcome] of given.entries()) {
          const before = state;
          state = observeOutcome(state, outcome);
          expect(state.bound).toBeGreaterThanOrEqual(before.bound);
          const counts = { successes: state.successes, failures: state.failures };
          // By plain halving.
          let [low, high] = [1e-9, 1 - 1e-9];
          while (high - low > 1e-12) {
            const middle = (low + high) / 2;
            if (logEvidence({ ...counts, floor: middle }) >= -Math.log(ALPHA)) low = middle;
            else high = middle;
          }
          slow = Math.max(slow, low);
          hasReached ||= state.logEvidence >= -Math.log(ALPHA) && t < 100;
          expect(state.decision).toBe(hasReached ? 'certified' : t + 1 >= 100 ? 'exhausted' : 'undecided');
          if (hasReached) expect(state.bound).toBeGreaterThanOrEqual(0.8);
          expect(state.bound).toBeLessThanOrEqual(state.successes === 0 ? 0 : 1);
        }
        expect(state.bound).toBeCloseTo(given.includes(true) ? slow : 0, 8);
        expect(bound).toBeCloseTo(state.bound, 11);
        // Stopping whenever one likes has its price.
        const successes = given.filter(Boolean).length;
        if (given.every(Boolean)) expect(bound).toBeLessThanOrEqual(lowerBound({ successes, trials: given.length, alpha: ALPHA }) + 1e-9);
      }),
      { ...RUNS, numRuns: 40 },
    );
  });

  it('is quick at 2000 trials, also far from the floor', () => {
    const random = new Random(SEED);
    const started = performance.now();
    for (const rate of [0.3, 0.98, 1]) {
      const given = Array.from({ length: 2000 }, () => random.uniform() < rate);
      const bound = sequentialBound({ outcomes: given, alpha: ALPHA });
      expect(bound).toBeLessThan(rate);
      expect(bound).toBeGreaterThan(rate - 0.06);
    }
    expect(performance.now() - started).toBeLessThan(2000);
  });

  it('refuses floors, levels and lengths that mean nothing', () => {
    expect(() => beginSequential({ floor: 1, alpha: 0.05, largest: 10 })).toThrow(ConfigError);
    expect(() => beginSequential({ floor: 0.9, alpha: 0, largest: 10 })).toThrow(ConfigError);
    expect(() => beginSequential({ floor: 0.9, alpha: 0.05, largest: 0 })).toThrow(ConfigError);
    expect(() => logEvidence({ successes: -1, failures: 0, floor: 0.9 })).toThrow(ConfigError);
    expect(sequentialBound({ outcomes: [], alpha: 0.05 })).toBe(0);
    expect(sequentialBound({ outcomes: [false, false], alpha: 0.05 })).toBe(0);
  });
});
