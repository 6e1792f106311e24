/**
 * Acting only when confident enough, with a guarantee: a threshold on confidence such that, with probability 1−δ over the data it was
 * chosen on, errors among what is acted on stay at or below a stated risk. Needs fresh outcomes that the confidence was not trained on.
 *
 * Sources: Angelopoulos et al. 2021 (Learn then Test, arXiv 2110.01052), fixed-sequence testing; Geifman & El-Yaniv 2017 (SGR).
 */
import { ConfigError } from '../base/index.ts';
import { upperBound } from './binomial.ts';
import { requireInside, requireProbability } from './domain.ts';

/** A confidence in [0, 1] and whether acting on it was right. */
export interface ConfidentAct {
  readonly confidence: number;
  readonly correct: boolean;
}

export interface AbstentionThreshold {
  /** Act where confidence ≥ this; null: no threshold is safe, never act. */
  readonly threshold: number | null;
  /** Share of the data that is acted on, in [0, 1]. */
  readonly coverage: number;
  /** Clopper–Pearson bound at δ for P(error | acts) at the threshold; 1 where there is none. */
  readonly errorUpperBound: number;
}

/** 1.00, 0.99, … 0.00: chosen before any data, as the guarantee requires. */
const HUNDREDTHS: readonly number[] = Array.from({ length: 101 }, (_, i) => (100 - i) / 100);

/**
 * Goes from the strictest threshold to the loosest and keeps the last one before the first whose error bound exceeds `risk`.
 * `thresholds` (default: hundredths from 1 to 0) must be fixed beforehand and fall strictly. Thresholds with so few acts that even no
 * error among them would not do are passed over: a test that cannot reject. The guarantee then also asks that among thresholds passed
 * over, errors do not become rarer as confidence falls; begin `thresholds` where there will be plenty of acts, and it asks nothing.
 * `risk` and `delta` in (0, 1). No predictions: null. Throws ConfigError for values out of range or thresholds out of order.
 */
export function abstentionThreshold({
  predictions,
  risk,
  delta,
  thresholds = HUNDREDTHS,
}: {
  readonly predictions: readonly ConfidentAct[];
  readonly risk: number;
  readonly delta: number;
  readonly thresholds?: readonly number[];
}): AbstentionThreshold {
  const operation = 'abstentionThreshold';
  requireInside({ operation, name: 'risk', value: risk });
  requireInside({ operation, name: 'delta', value: delta });
  for (const { confidence } of predictions) requireProbability({ operation, name: 'confidence', value: confidence });
  for (const [i, value] of thresholds.entries())
    if (!(value < (thresholds[i - 1] ?? Infinity)))
      throw new ConfigError({
        operation,
        got: `threshold ${value} at place ${i}`,
        expected: 'thresholds that fall',
        fix: 'sort them, once each.',
      });
  const sorted = [...predictions].sort((x, y) => y.confidence - x.confidence);
  let chosen: AbstentionThreshold = { threshold: null, coverage: 0, errorUpperBound: 1 };
  let acts = 0;
  let errors = 0;
  for (const threshold of thresholds) {
    for (let next = sorted[acts]; next && next.confidence >= threshold; next = sorted[acts]) {
      acts++;
      if (!next.correct) errors++;
    }
    if (upperBound({ events: 0, trials: acts, alpha: delta }) > risk) continue;
    const errorUpperBound = upperBound({ events: errors, trials: acts, alpha: delta });
    if (errorUpperBound > risk) break;
    chosen = { threshold, coverage: acts / sorted.length, errorUpperBound };
  }
  return chosen;
}

/**
 * The least share on which any rule must abstain to bring an error rate of `error` down to `risk`: max(0, (μ−r)/(1−r)), in [0, 1].
 * Reached by a rule that abstains on errors only. Throws ConfigError for `error` outside [0, 1] or `risk` outside (0, 1).
 */
export function impliedAbstention({ error, risk }: { readonly error: number; readonly risk: number }): number {
  requireProbability({ operation: 'impliedAbstention', name: 'error', value: error });
  requireInside({ operation: 'impliedAbstention', name: 'risk', value: risk });
  return Math.max(0, (error - risk) / (1 - risk));
}
