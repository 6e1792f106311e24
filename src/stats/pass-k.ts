/**
 * pass^k: the probability that k fresh runs of one task all pass. For a certificate, run blocks of k and count a block as one trial;
 * this estimate is for tasks that were run n ≥ k times anyway. Never raise a rate to the k: (c/n)^k is biased up.
 *
 * Source: Yao et al. 2024 (τ-bench, arXiv 2406.12045); the estimate is the U-statistic of Hoeffding 1948.
 */
import { requireCount } from './domain.ts';

/**
 * C(c, k)/C(n, k) with c = `passes` of n = `runs`: unbiased for p^k, in [0, 1], 0 where c < k.
 * Average it over tasks. Throws ConfigError unless 0 ≤ passes ≤ runs and 1 ≤ k ≤ runs.
 */
export function passK({ passes, runs, k }: { readonly passes: number; readonly runs: number; readonly k: number }): number {
  requireCount({ operation: 'passK', name: 'runs', value: runs }, { least: 1 });
  requireCount({ operation: 'passK', name: 'passes', value: passes }, { most: runs });
  requireCount({ operation: 'passK', name: 'k', value: k }, { least: 1, most: runs });
  let share = 1;
  for (let i = 0; i < k; i++) share *= Math.max(0, passes - i) / (runs - i);
  return share;
}
