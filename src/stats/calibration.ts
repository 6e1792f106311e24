/**
 * Do probabilities mean what they say (Brier score, bins), and do they tell success from failure (AUROC, risk–coverage curve)?
 * Descriptions with honest bars. A guarantee on errors among what is acted on comes from `abstention.ts`.
 */
import { lowerBound, upperBound } from './binomial.ts';
import { requireCount, requireInside, requireProbability, requireSome } from './domain.ts';

/** A probability in [0, 1] that was stated beforehand, and what happened. */
export interface Prediction {
  readonly probability: number;
  readonly outcome: boolean;
}

function requirePredictions(operation: string, predictions: readonly Prediction[]): void {
  requireSome(operation, predictions);
  for (const { probability } of predictions) requireProbability({ operation, name: 'probability', value: probability });
}

/** Mean of (probability − outcome)², in [0, 1], 0 is perfect (Brier 1950). Throws ConfigError for no predictions, or for what is no probability. */
export function brier(predictions: readonly Prediction[]): number {
  requirePredictions('brier', predictions);
  return predictions.reduce((sum, { probability, outcome }) => sum + (probability - Number(outcome)) ** 2, 0) / predictions.length;
}

/** The Brier score of always stating the base rate ȳ: ȳ(1−ȳ), in [0, ¼]. What a useful score stays below. Throws as `brier` does. */
export function baseRateBrier(predictions: readonly Prediction[]): number {
  requirePredictions('baseRateBrier', predictions);
  const rate = predictions.filter(({ outcome }) => outcome).length / predictions.length;
  return rate * (1 - rate);
}

/** Probabilities in [from, to) (the last bin: [from, 1]) and how often what they announced came true. */
export interface CalibrationBin {
  readonly from: number;
  readonly to: number;
  readonly count: number;
  /** null in an empty bin, as is `rate`. */
  readonly meanProbability: number | null;
  readonly rate: number | null;
  /** Two-sided Clopper–Pearson interval of the rate at 1−α for this bin alone; [0, 1] in an empty one. */
  readonly rateLower: number;
  readonly rateUpper: number;
}

export interface BinOptions {
  readonly predictions: readonly Prediction[];
  /** Number of bins of equal width. */
  readonly bins: number;
}

/**
 * The reliability diagram as data: `bins` bins of equal width with exact bars (α = 0.05 where left out).
 * Throws ConfigError for no predictions, no bins, α outside (0, 1) or what is no probability.
 */
export function calibrationBins({ predictions, bins, alpha = 0.05 }: BinOptions & { readonly alpha?: number }): readonly CalibrationBin[] {
  requirePredictions('calibrationBins', predictions);
  requireCount({ operation: 'calibrationBins', name: 'bins', value: bins }, { least: 1 });
  requireInside({ operation: 'calibrationBins', name: 'alpha', value: alpha });
  const members = Array.from({ length: bins }, (): Prediction[] => []);
  for (const prediction of predictions) members[Math.min(bins - 1, Math.floor(prediction.probability * bins))]?.push(prediction);
  return members.map((inside, i) => {
    const count = inside.length;
    const successes = inside.filter(({ outcome }) => outcome).length;
    return {
      from: i / bins,
      to: (i + 1) / bins,
      count,
      meanProbability: count === 0 ? null : inside.reduce((sum, { probability }) => sum + probability, 0) / count,
      rate: count === 0 ? null : successes / count,
      rateLower: lowerBound({ successes, trials: count, alpha: alpha / 2 }),
      rateUpper: upperBound({ events: successes, trials: count, alpha: alpha / 2 }),
    };
  });
}

/**
 * Σ_b (n_b/n)·|rate_b − mean probability_b|, in [0, 1] (Naeini et al. 2015; Guo et al. 2017 §2). It depends on the bins, and few
 * predictions a bin push it up even where calibration is perfect: read it with the bars. Throws as `calibrationBins` does.
 */
export function expectedCalibrationError({ predictions, bins }: BinOptions): number {
  return calibrationBins({ predictions, bins }).reduce(
    (sum, { count, meanProbability, rate }) => sum + (count / predictions.length) * Math.abs((rate ?? 0) - (meanProbability ?? 0)),
    0,
  );
}

/**
 * P(a success was given a higher probability than a failure), a tie counting half: the Mann–Whitney U over its largest value
 * (Hanley & McNeil 1982). In [0, 1], ½ is chance; null where all outcomes are alike. Throws as `brier` does.
 */
export function auroc(predictions: readonly Prediction[]): number | null {
  requirePredictions('auroc', predictions);
  const sorted = [...predictions].sort((x, y) => x.probability - y.probability);
  let failuresBelow = 0;
  let wins = 0;
  for (let start = 0; start < sorted.length; ) {
    let end = start;
    let successes = 0;
    while (end < sorted.length && sorted[end]?.probability === sorted[start]?.probability) successes += Number(sorted[end++]?.outcome);
    const failures = end - start - successes;
    wins += successes * (failuresBelow + failures / 2);
    failuresBelow += failures;
    start = end;
  }
  const pairs = failuresBelow * (sorted.length - failuresBelow);
  return pairs === 0 ? null : wins / pairs;
}

/** Acting on what has at least this probability: on which share, and how often in vain. */
export interface RiskCoveragePoint {
  readonly threshold: number;
  /** Share of predictions acted on, in (0, 1]. */
  readonly coverage: number;
  /** Share of failures among those, in [0, 1]. */
  readonly risk: number;
}

/**
 * The risk–coverage curve (El-Yaniv & Wiener 2010), one point for each distinct probability, strictest first; the last covers all.
 * Thresholds read off it are chosen on the data that shows them: no guarantee. Throws as `brier` does.
 */
export function riskCoverage(predictions: readonly Prediction[]): readonly RiskCoveragePoint[] {
  requirePredictions('riskCoverage', predictions);
  const sorted = [...predictions].sort((x, y) => y.probability - x.probability);
  const points: RiskCoveragePoint[] = [];
  let failures = 0;
  for (const [i, { probability, outcome }] of sorted.entries()) {
    if (!outcome) failures++;
    if (sorted[i + 1]?.probability === probability) continue;
    points.push({ threshold: probability, coverage: (i + 1) / sorted.length, risk: failures / (i + 1) });
  }
  return points;
}
