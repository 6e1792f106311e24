/**
 * The verifier errs too. What was accepted is not yet what was right: an audit of accepted episodes, by an independent check or a
 * person, bounds the share of false accepts, and that lowers the bound.
 */
import { lowerBound, upperBound } from './binomial.ts';
import { requireInside } from './domain.ts';

/**
 * Lower bound for the true success rate: `LB_{α/2}(P(accepted)) × (1 − UB_{α/2}(P(false | accepted)))`, both Clopper–Pearson, α halved
 * by Bonferroni. `audited` accepted episodes were drawn at random and looked at, `falseAccepts` of them were wrong.
 * In [0, 1]; 0 without an audit. Wrongly rejected episodes only make it more careful. Throws ConfigError for counts or α out of range.
 */
export function verifierAdjustedBound({
  successes,
  trials,
  audited,
  falseAccepts,
  alpha,
}: {
  readonly successes: number;
  readonly trials: number;
  readonly audited: number;
  readonly falseAccepts: number;
  readonly alpha: number;
}): number {
  requireInside({ operation: 'verifierAdjustedBound', name: 'alpha', value: alpha });
  const accepted = lowerBound({ successes, trials, alpha: alpha / 2 });
  return accepted * (1 - upperBound({ events: falseAccepts, trials: audited, alpha: alpha / 2 }));
}
