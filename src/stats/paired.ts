/**
 * Two agents on the same tasks: common seeds make pairs, and only pairs that differ tell the agents apart.
 * A sequential comparison needs nothing of its own: the outcomes of pairs that differ, in `sequential.ts` with the floor ½.
 *
 * Sources: McNemar 1947 (exact form); Waudby-Smith & Ramdas 2024 (non-inferiority by betting); Miller 2024 (arXiv 2411.00640) §2.2
 * (clusters), with the small-sample factor C/(C−1) of Liang & Zeger 1986 as it is used since.
 */
import { ConfigError } from '../base/index.ts';
import { bettingLogWealth, bettingLowerBound } from './betting.ts';
import { binomialTail } from './binomial.ts';
import { requireCount, requireInside, requireSome } from './domain.ts';

/**
 * Exact one-sided p-value for "the new agent is better": P(Bin(b+c, ½) ≥ c), b = `worse` tasks (old passed, new fails), c = `better`
 * tasks (old failed, new passes). Small when better outnumbers worse; 1 when c = 0.
 * For "the new agent is worse" hand them over swapped: `mcnemarP({ worse: c, better: b })` = P(Bin(b+c, ½) ≥ b).
 * Throws ConfigError for what is not a count.
 */
export function mcnemarP({ worse, better }: { readonly worse: number; readonly better: number }): number {
  requireCount({ operation: 'mcnemarP', name: 'worse', value: worse });
  requireCount({ operation: 'mcnemarP', name: 'better', value: better });
  return binomialTail(better, { n: worse + better, p: 0.5 });
}

export interface NonInferiority {
  /** Lower bound at level α for (success rate after) − (success rate before); in [−1, 1). */
  readonly lowerBound: number;
  /** The loss is at most the margin, at level α. The same as pValue ≤ α. */
  readonly isNonInferior: boolean;
  /** For H0: after ≤ before − margin; in (0, 1]. */
  readonly pValue: number;
}

/**
 * Is the new agent at most `margin` worse? Outcomes of task t under both agents stand at the same place, in the order they were run.
 * Bets on y_t = (d_t + 1)/2, d_t = after_t − before_t in {−1, 0, 1}: mean(d) > −δ is mean(y) > (1−δ)/2. No assumption about how the two
 * outcomes depend on each other; valid for every n, and under looking, with stakes tuned for the n that is given.
 * `margin` in [0, 1), `alpha` in (0, 1). Throws ConfigError out of these ranges, for no pairs, and for lists of unlike length.
 */
export function nonInferiority({
  before,
  after,
  margin,
  alpha,
}: {
  readonly before: readonly boolean[];
  readonly after: readonly boolean[];
  readonly margin: number;
  readonly alpha: number;
}): NonInferiority {
  const operation = 'nonInferiority';
  if (margin !== 0) requireInside({ operation, name: 'margin', value: margin });
  requireInside({ operation, name: 'alpha', value: alpha });
  requireSome(operation, before);
  if (before.length !== after.length)
    throw new ConfigError({
      operation,
      got: `${before.length} outcomes before, ${after.length} after`,
      expected: 'as many of one as of the other, task by task',
      fix: 'run both agents on the same tasks.',
    });
  const values = before.map((passed, t) => (Number(after[t]) - Number(passed) + 1) / 2);
  const betting = { values, alpha, planned: values.length };
  const pValue = Math.exp(-bettingLogWealth({ ...betting, mean: (1 - margin) / 2 }));
  return { lowerBound: 2 * bettingLowerBound(betting) - 1, isNonInferior: pValue <= alpha, pValue };
}

/**
 * Standard error of the mean of all values where the values of one cluster (repeats of a task, tasks of one family) go together:
 * `√(C/(C−1) · Σ_c (Σ_i (x_ci − x̄))²) / N`, C clusters, N values. In the unit of the values. For display, never for a certificate.
 * Throws ConfigError for fewer than two clusters or an empty one.
 */
export function clusterStandardError({ clusters }: { readonly clusters: readonly (readonly number[])[] }): number {
  const operation = 'clusterStandardError';
  requireCount({ operation, name: 'clusters', value: clusters.length }, { least: 2 });
  for (const cluster of clusters) requireSome(operation, cluster);
  const sums = clusters.map((cluster) => cluster.reduce((sum, value) => sum + value, 0));
  const count = clusters.reduce((sum, cluster) => sum + cluster.length, 0);
  const mean = sums.reduce((sum, value) => sum + value, 0) / count;
  const squares = clusters.reduce((sum, cluster, c) => sum + ((sums[c] as number) - cluster.length * mean) ** 2, 0);
  return Math.sqrt((clusters.length / (clusters.length - 1)) * squares) / count;
}
