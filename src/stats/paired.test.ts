import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ConfigError, Random } from '../base/index.ts';
import { binomialTail } from './binomial.ts';
import { clusterStandardError, mcnemarP, nonInferiority } from './paired.ts';

const SEED = 22;
const ALPHA = 0.05;

/** P(Bin(n, p) = k). */
const exactly = (k: number, of: { readonly n: number; readonly p: number }): number => binomialTail(k, of) - binomialTail(k + 1, of);

/** Outcomes of `n` pairs that get worse or better with the stated probabilities; of the rest, half pass under both. */
function drawPairs(random: Random, { n, worse, better }: { readonly n: number; readonly worse: number; readonly better: number }) {
  const pairs = Array.from({ length: n }, () => {
    const u = random.uniform();
    if (u < worse) return [true, false] as const;
    if (u < worse + better) return [false, true] as const;
    const both = random.uniform() < 0.5;
    return [both, both] as const;
  });
  return { before: pairs.map(([passed]) => passed), after: pairs.map(([, passed]) => passed) };
}

describe(`two agents on the same tasks (simulations with seed ${SEED})`, () => {
  // python -c "from scipy import stats; print(stats.binomtest(12, 15, .5, alternative='greater').pvalue)"     # scipy 1.17.1
  it('are told apart by the exact sign test: small when better outnumbers worse', () => {
    expect(mcnemarP({ worse: 3, better: 12 })).toBeCloseTo(0.017578125, 12);
    expect(mcnemarP({ worse: 12, better: 3 })).toBeGreaterThan(0.99);
    expect(mcnemarP({ worse: 0, better: 0 })).toBe(1);
    expect(mcnemarP({ worse: 5, better: 0 })).toBe(1);
    expect(() => mcnemarP({ worse: -1, better: 0 })).toThrow(ConfigError);
  });

  it('take about 400 tasks to tell .94 from .97 with 80 % power, at 5 % discordance', () => {
    const power = (n: number): number => {
      let sum = 0;
      for (let discordant = 0; discordant <= 80; discordant++)
        for (let worse = 0; worse <= discordant; worse++)
          // Asked the other way round: is the new one worse?
          if (mcnemarP({ worse: discordant - worse, better: worse }) <= ALPHA)
            sum += exactly(discordant, { n, p: 0.05 }) * exactly(worse, { n: discordant, p: 0.8 });
      return sum;
    };
    expect(power(400)).toBeGreaterThan(0.8);
    expect(power(400)).toBeLessThan(0.85);
    expect(power(350)).toBeLessThan(0.8);
  });

  it('are called non-inferior falsely in at most α of samples, and the bound exceeds the truth no more often', () => {
    const random = new Random(SEED);
    const runs = 400;
    // At the margin exactly: few discordant pairs, many, and only worse ones.
    for (const [worse, better] of [
      [0.06, 0.03],
      [0.315, 0.285],
      [0.03, 0],
    ] as const) {
      let passed = 0;
      for (let run = 0; run < runs; run++) {
        const found = nonInferiority({ ...drawPairs(random, { n: 200, worse, better }), margin: 0.03, alpha: ALPHA });
        expect(found.isNonInferior).toBe(found.lowerBound >= -0.03 - 1e-9);
        if (found.isNonInferior) passed++;
      }
      expect(passed / runs).toBeLessThanOrEqual(ALPHA + 2 * Math.sqrt((ALPHA * (1 - ALPHA)) / runs));
    }
  });

  it('are called non-inferior when they are alike and differ rarely', () => {
    const random = new Random(SEED).fork('alike');
    let passed = 0;
    for (let run = 0; run < 100; run++)
      if (nonInferiority({ ...drawPairs(random, { n: 400, worse: 0.01, better: 0.01 }), margin: 0.03, alpha: ALPHA }).isNonInferior)
        passed++;
    expect(passed).toBeGreaterThan(80);
    const same = Array.from({ length: 400 }, (_, i) => i % 20 > 0);
    expect(nonInferiority({ before: same, after: same, margin: 0.03, alpha: ALPHA }).pValue).toBeLessThan(0.001);
  });

  it('are not called so out of range, without tasks, or on unlike tasks', () => {
    expect(() => nonInferiority({ before: [true], after: [], margin: 0.03, alpha: ALPHA })).toThrow(/the same tasks/);
    expect(() => nonInferiority({ before: [], after: [], margin: 0.03, alpha: ALPHA })).toThrow(ConfigError);
    expect(() => nonInferiority({ before: [true], after: [true], margin: 1, alpha: ALPHA })).toThrow(ConfigError);
    expect(nonInferiority({ before: [true], after: [true], margin: 0, alpha: ALPHA }).isNonInferior).toBe(false);
  });

  it('have the cluster error of the means of tasks where tasks are equally large (property)', () => {
    const clusters = fc
      .integer({ min: 1, max: 5 })
      .chain((size) =>
        fc.array(fc.array(fc.integer({ min: 0, max: 9 }), { minLength: size, maxLength: size }), { minLength: 2, maxLength: 12 }),
      );
    fc.assert(
      fc.property(clusters, (given) => {
        const means = given.map((values) => values.reduce((sum, value) => sum + value, 0) / values.length);
        const mean = means.reduce((sum, value) => sum + value, 0) / means.length;
        const variance = means.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (means.length - 1);
        expect(clusterStandardError({ clusters: given })).toBeCloseTo(Math.sqrt(variance / means.length), 10);
      }),
      { seed: 7, numRuns: 100 },
    );
    expect(() => clusterStandardError({ clusters: [[1, 2]] })).toThrow(ConfigError);
    expect(() => clusterStandardError({ clusters: [[1], []] })).toThrow(ConfigError);
  });
});
