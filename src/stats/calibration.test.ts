import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ConfigError, Random } from '../base/index.ts';
import { lowerBound } from './binomial.ts';
import { auroc, baseRateBrier, brier, calibrationBins, expectedCalibrationError, type Prediction, riskCoverage } from './calibration.ts';

const SEED = 26;
const PROBABILITIES = [0.1, 0.4, 0.35, 0.8, 0.8, 0.9, 0.55, 0.2, 1, 0.35];
const OUTCOMES = [0, 0, 1, 1, 0, 1, 1, 0, 1, 0];
const given: readonly Prediction[] = PROBABILITIES.map((probability, i) => ({ probability, outcome: OUTCOMES[i] === 1 }));

const predictions = fc.array(fc.record({ probability: fc.integer({ min: 0, max: 20 }).map((x) => x / 20), outcome: fc.boolean() }), {
  minLength: 1,
  maxLength: 60,
});
const RUNS = { seed: 7, numRuns: 200 };

describe(`calibration (simulation with seed ${SEED})`, () => {
  // python -c "from sklearn.metrics import roc_auc_score as a, brier_score_loss as b
  //   p = [.1, .4, .35, .8, .8, .9, .55, .2, 1, .35]; y = [0, 0, 1, 1, 0, 1, 1, 0, 1, 0]; print(a(y, p), b(y, p))"     # scikit-learn 1.9.1
  it('agrees with scikit-learn', () => {
    expect(auroc(given)).toBeCloseTo(0.84, 12);
    expect(brier(given)).toBeCloseTo(0.16475, 12);
    expect(baseRateBrier(given)).toBe(0.25);
  });

  it('has an error of bins by hand', () => {
    // Below ½: .1 .4 .35 .2 .35, one success: |.2 − .28|. From ½ on: .8 .8 .9 .55 1, four: |.8 − .81|. Half of the predictions each.
    expect(expectedCalibrationError({ predictions: given, bins: 2 })).toBeCloseTo(0.5 * 0.08 + 0.5 * 0.01, 12);
    const [low] = calibrationBins({ predictions: given, bins: 2 });
    expect(low).toMatchObject({ from: 0, to: 0.5, count: 5, rate: 0.2 });
    expect(low?.rateLower).toBe(lowerBound({ successes: 1, trials: 5, alpha: 0.025 }));
    expect(calibrationBins({ predictions: given, bins: 20 })[1]).toMatchObject({
      count: 0,
      rate: null,
      meanProbability: null,
      rateLower: 0,
      rateUpper: 1,
    });
  });

  it('puts the true rate inside a bar at least as often as it says', () => {
    const random = new Random(SEED);
    let inside = 0;
    let bars = 0;
    for (let run = 0; run < 150; run++) {
      const drawn = Array.from({ length: 200 }, () => {
        // One probability a bin, so that the bin's true rate is known.
        const probability = (random.below(10) + 0.5) / 10;
        return { probability, outcome: random.uniform() < probability };
      });
      for (const { from, to, rateLower, rateUpper } of calibrationBins({ predictions: drawn, bins: 10 })) {
        bars++;
        if (rateLower <= (from + to) / 2 && (from + to) / 2 <= rateUpper) inside++;
      }
    }
    expect(inside / bars).toBeGreaterThan(0.95);
  });

  it('ranks as counting all pairs would, ties at half (property)', () => {
    fc.assert(
      fc.property(predictions, (drawn) => {
        const successes = drawn.filter(({ outcome }) => outcome);
        const failures = drawn.filter(({ outcome }) => !outcome);
        let wins = 0;
        for (const s of successes)
          for (const f of failures) wins += s.probability > f.probability ? 1 : s.probability === f.probability ? 0.5 : 0;
        const pairs = successes.length * failures.length;
        if (pairs === 0) expect(auroc(drawn)).toBeNull();
        else expect(auroc(drawn)).toBeCloseTo(wins / pairs, 12);
      }),
      RUNS,
    );
  });

  it('has a curve from the strictest threshold to all, as counting would have it (property)', () => {
    fc.assert(
      fc.property(predictions, (drawn) => {
        const curve = riskCoverage(drawn);
        expect(curve.at(-1)?.coverage).toBe(1);
        for (const [i, { threshold, coverage, risk }] of curve.entries()) {
          const acts = drawn.filter(({ probability }) => probability >= threshold);
          expect(coverage).toBeCloseTo(acts.length / drawn.length, 12);
          expect(risk).toBeCloseTo(acts.filter(({ outcome }) => !outcome).length / acts.length, 12);
          expect(threshold).toBeLessThan(curve[i - 1]?.threshold ?? Infinity);
        }
        // No forecast beats stating the truth; the bins hold all predictions.
        expect(brier(drawn.map(({ outcome }) => ({ probability: Number(outcome), outcome })))).toBe(0);
        expect(calibrationBins({ predictions: drawn, bins: 7 }).reduce((sum, { count }) => sum + count, 0)).toBe(drawn.length);
        const error = expectedCalibrationError({ predictions: drawn, bins: 7 });
        expect(error >= 0 && error <= 1).toBe(true);
      }),
      RUNS,
    );
  });

  it('refuses what is no probability, and no predictions', () => {
    expect(() => brier([])).toThrow(ConfigError);
    expect(() => auroc([{ probability: 1.2, outcome: true }])).toThrow(ConfigError);
    expect(() => calibrationBins({ predictions: given, bins: 0 })).toThrow(ConfigError);
  });
});
