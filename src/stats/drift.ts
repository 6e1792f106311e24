/**
 * Watching a rate in production: an alarm soon after it left its reference, and rarely before. For each alternative rate, evidence that
 * starts anew with every run: M ← (M + 1)·L, L the likelihood ratio of the run. The alarm is raised on their average.
 *
 * Always: while the rate is on the good side of the reference, the average less the number of runs is a supermartingale, so the mean
 * number of runs to a false alarm is at least 1/α. Alternatives below the reference watch for decay, above it for a leak or a verifier that is fooled.
 * Source: Shin, Ramdas & Rinaldo 2023, E-detectors (arXiv 2203.03532), in the form of Shiryaev and Roberts.
 */
import { ConfigError } from '../base/index.ts';
import { requireInside, requireSome } from './domain.ts';

/** Never changed in place: `observeRun` makes the next one. */
export interface DriftState {
  /** Rate in (0, 1) that production should stay on the good side of. */
  readonly reference: number;
  /** Rates to watch for, all below the reference or all above it. */
  readonly alternatives: readonly number[];
  /** 1 / (least mean number of runs to a false alarm). */
  readonly alpha: number;
  readonly runs: number;
  /** M of each alternative. */
  readonly evidence: readonly number[];
  /** Final: a fired alarm expires the certificate, and only a new one resets it. */
  readonly isAlarm: boolean;
}

/** A detector before its first run. Throws ConfigError for values outside (0, 1) or alternatives that do not lie on one side of the reference. */
export function beginDrift({
  reference,
  alternatives,
  alpha,
}: {
  readonly reference: number;
  readonly alternatives: readonly number[];
  readonly alpha: number;
}): DriftState {
  const operation = 'beginDrift';
  requireInside({ operation, name: 'reference', value: reference });
  requireInside({ operation, name: 'alpha', value: alpha });
  requireSome(operation, alternatives);
  for (const value of alternatives) requireInside({ operation, name: 'alternative', value });
  const below = alternatives.filter((rate) => rate < reference).length;
  const above = alternatives.filter((rate) => rate > reference).length;
  if (Math.max(below, above) !== alternatives.length)
    throw new ConfigError({
      operation,
      got: `alternatives ${alternatives.join(', ')} around ${reference}`,
      expected: 'all of them below the reference, or all above it',
      fix: 'run one detector downwards and another upwards.',
    });
  return { reference, alternatives, alpha, runs: 0, evidence: alternatives.map(() => 0), isAlarm: false };
}

/** The detector after one more run of production. Pure; a detector that has fired stays as it is. */
export function observeRun(state: DriftState, success: boolean): DriftState {
  if (state.isAlarm) return state;
  const { reference, alternatives, alpha } = state;
  const evidence = alternatives.map((rate, k) => {
    const ratio = success ? rate / reference : (1 - rate) / (1 - reference);
    return ((state.evidence[k] as number) + 1) * ratio;
  });
  const average = evidence.reduce((sum, value) => sum + value, 0) / evidence.length;
  return { ...state, runs: state.runs + 1, evidence, isAlarm: average >= 1 / alpha };
}
