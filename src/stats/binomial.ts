/**
 * Exact bounds for a success rate from a number of trials fixed beforehand. They cover at least as often as they say, at every rate and
 * every n. Not for looking after each trial and stopping when it suits: that is `sequential.ts`.
 *
 * Sources: Clopper & Pearson 1934; on why not a normal bound: Miller 2024 (arXiv 2411.00640), Bowyer et al. 2025 (arXiv 2503.01747).
 */
import { betaQuantile, regularizedBeta } from './beta.ts';
import { requireCount, requireInside, requireProbability } from './domain.ts';

/**
 * One-sided lower bound for the rate: the p at which P(Bin(n, p) ≥ s) = α, that is BetaInv(α; s, n−s+1); α^(1/n) without a failure.
 * In [0, s/n]. No trials say nothing: 0. P(bound ≤ p) ≥ 1−α for every p. Throws ConfigError for counts or α out of range.
 */
export function lowerBound({
  successes,
  trials,
  alpha,
}: {
  readonly successes: number;
  readonly trials: number;
  readonly alpha: number;
}): number {
  const operation = 'lowerBound';
  requireCount({ operation, name: 'trials', value: trials });
  requireCount({ operation, name: 'successes', value: successes }, { most: trials });
  requireInside({ operation, name: 'alpha', value: alpha });
  if (successes === 0) return 0;
  if (successes === trials) return alpha ** (1 / trials);
  return betaQuantile(alpha, { a: successes, b: trials - successes + 1 });
}

/**
 * One-sided upper bound for the rate of an event: the p at which P(Bin(n, p) ≤ x) = α; 1 − α^(1/n) ≈ −ln α/n where none was seen.
 * In [x/n, 1]. No trials say nothing: 1. Throws ConfigError for counts or α out of range.
 */
export function upperBound({
  events,
  trials,
  alpha,
}: {
  readonly events: number;
  readonly trials: number;
  readonly alpha: number;
}): number {
  const operation = 'upperBound';
  requireCount({ operation, name: 'trials', value: trials });
  requireCount({ operation, name: 'events', value: events }, { most: trials });
  requireInside({ operation, name: 'alpha', value: alpha });
  // By −expm1, since 1 − α^(1/n) loses digits for large n.
  if (events === 0 && trials > 0) return -Math.expm1(Math.log(alpha) / trials);
  return 1 - lowerBound({ successes: trials - events, trials, alpha });
}

/** P(Bin(n, p) ≥ k) = I_p(k, n−k+1) (A&S 26.5.24), any whole k. Throws ConfigError for n or p out of range. */
export function binomialTail(k: number, { n, p }: { readonly n: number; readonly p: number }): number {
  const operation = 'binomialTail';
  requireCount({ operation, name: 'n', value: n });
  requireProbability({ operation, name: 'p', value: p });
  requireCount({ operation, name: 'k', value: k }, { least: -Infinity });
  if (k <= 0) return 1;
  return k > n ? 0 : regularizedBeta(p, { a: k, b: n - k + 1 });
}

/**
 * The least number of trials at which `failures` of them still leave a lower bound of at least `bound`:
 * the least n with P(Bin(n, bound) ≥ n − failures) ≤ α. Throws ConfigError for counts, bound or α out of range.
 */
export function trialsNeeded({
  bound,
  failures,
  alpha,
}: {
  readonly bound: number;
  readonly failures: number;
  readonly alpha: number;
}): number {
  const operation = 'trialsNeeded';
  requireInside({ operation, name: 'bound', value: bound });
  requireCount({ operation, name: 'failures', value: failures });
  requireInside({ operation, name: 'alpha', value: alpha });
  // P(Bin(n, bound) ≥ n − f) = P(at most f failures) falls with n: double, then halve.
  const isEnough = (n: number): boolean => binomialTail(n - failures, { n, p: bound }) <= alpha;
  let low = failures;
  let high = failures + 1;
  while (!isEnough(high)) {
    low = high;
    high *= 2;
  }
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (isEnough(middle)) high = middle;
    else low = middle;
  }
  return high;
}
