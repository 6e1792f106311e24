/**
 * The gap between the best and the worst slice that would be seen although all slices had one rate. The more slices and the fewer
 * trials, the wider: a gap says something only beyond this one. Exact sums over the binomials, at the pooled rate in place of the true one.
 * Source: the distribution of a range, David & Nagaraja 2003 §2.3, for unlike discrete variables.
 */
import { logBeta } from './beta.ts';
import type { SliceCount } from './random-effects.ts';

export interface RangeNoise {
  /** max − min of the observed rates, in [0, 1]. */
  readonly observed: number;
  /** Its expectation if all slices had the pooled rate. */
  readonly expected: number;
  /** P(a range at least as wide as the observed one) if all slices had the pooled rate. */
  readonly pValue: number;
}

/** Guards comparisons of fractions k/n of unlike n: closer than this they are the same. */
const SAME = 1e-9;

/** P(X ≤ k) for k = 0 … n, X ~ Bin(n, p), p in (0, 1). */
function cumulative(n: number, p: number): Float64Array {
  let sum = 0;
  return Float64Array.from({ length: n + 1 }, (_, k) => {
    const logChoose = -Math.log(n + 1) - logBeta(k + 1, n - k + 1);
    sum += Math.exp(logChoose + k * Math.log(p) + (n - k) * Math.log1p(-p));
    return Math.min(1, sum);
  });
}

/** The range of the slices' rates beside what noise alone would make. Slices as `fitRandomEffects` takes them. Pure, deterministic. */
export function rangeNoise(slices: readonly SliceCount[]): RangeNoise {
  const rates = slices.map(({ successes, trials }) => successes / trials);
  const observed = Math.max(...rates) - Math.min(...rates);
  const pooled = slices.reduce((sum, s) => sum + s.successes, 0) / slices.reduce((sum, s) => sum + s.trials, 0);
  if (pooled === 0 || pooled === 1) return { observed, expected: 0, pValue: 1 };
  const tables = slices.map(({ trials }) => ({ trials, table: cumulative(trials, pooled) }));
  /** P(rate ≤ x) of one slice. */
  const atMost = ({ trials, table }: (typeof tables)[number], x: number): number =>
    x < 0 ? 0 : (table[Math.min(trials, Math.floor(x * trials + SAME * trials))] as number);
  const support = [...new Set(slices.flatMap(({ trials }) => Array.from({ length: trials + 1 }, (_, k) => k / trials)))].sort(
    (x, y) => x - y,
  );
  let expected = 0;
  let narrower = 0;
  for (const [i, x] of support.entries()) {
    // E(max) − E(min) = ∫ [1 − P(all ≤ x) − P(all > x)] dx, constant between neighbours.
    const allAtMost = tables.reduce((product, slice) => product * atMost(slice, x), 1);
    const allAbove = tables.reduce((product, slice) => product * (1 - atMost(slice, x)), 1);
    expected += (1 - allAtMost - allAbove) * ((support[i + 1] ?? x) - x);
    // P(min = x, max < x + observed), from what lies in [x, x + observed) less what lies in (x, x + observed).
    const end = x + observed - 3 * SAME;
    const within = (start: number): number =>
      tables.reduce((product, slice) => product * Math.max(0, atMost(slice, end) - atMost(slice, start)), 1);
    narrower += within(x - 3 * SAME) - within(x);
  }
  return { observed, expected: Math.max(0, expected), pValue: Math.min(1, Math.max(0, 1 - narrower)) };
}
