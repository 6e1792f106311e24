/**
 * Giving up inside an episode that will fail, at any step, with few false alarms. The critic's probability of failure, as odds against
 * the odds before the first step, is a likelihood ratio of what was seen; under episodes that succeed it is a martingale.
 *
 * Always: if the critic is calibrated at every step, at most α of the episodes that would have succeeded are ever stopped (Ville).
 * A critic that is not calibrated breaks this: check with `calibrationBins`, and measure false alarms on episodes that ran to their end.
 * Source: E-valuator, arXiv 2512.03109.
 */
import { requireInside } from './domain.ts';

/**
 * M_t = p̂(fail|s_1:t)/p̂(ok|s_1:t) · π_ok/π_fail ≥ 0, from the critic's probability of failure now and the share of episodes that fail.
 * Both in (0, 1); throws ConfigError otherwise.
 */
export function stopEvidence({ failure, baseFailure }: { readonly failure: number; readonly baseFailure: number }): number {
  requireInside({ operation: 'stopEvidence', name: 'failure', value: failure });
  requireInside({ operation: 'stopEvidence', name: 'baseFailure', value: baseFailure });
  return ((failure / (1 - failure)) * (1 - baseFailure)) / baseFailure;
}

/**
 * The critic's probability of failure from which on to stop: where M_t = 1/α, that is 1/(1 + α·π_ok/π_fail), in (0, 1).
 * Throws ConfigError for values outside (0, 1).
 */
export function stopThreshold({ alpha, baseFailure }: { readonly alpha: number; readonly baseFailure: number }): number {
  requireInside({ operation: 'stopThreshold', name: 'alpha', value: alpha });
  requireInside({ operation: 'stopThreshold', name: 'baseFailure', value: baseFailure });
  return 1 / (1 + (alpha * (1 - baseFailure)) / baseFailure);
}
