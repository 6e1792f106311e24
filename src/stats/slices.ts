/**
 * Slices of a distribution: which of them fall behind, and is that more than noise? "Every slice clears the floor" is an
 * intersection–union test (Berger 1982): each slice at level α, no correction. Only reporting all bounds at once needs one: Holm's.
 * Not for slices that were found in the same data: those need fresh trials.
 */
import { lowerBound } from './binomial.ts';
import { requireInside, requireProbability, requireSome } from './domain.ts';
import { fitRandomEffects, type RandomEffects, type SliceCount } from './random-effects.ts';
import { rangeNoise } from './range-noise.ts';

export interface HolmResult {
  /** Adjusted p-values in the order given; each is at most α exactly where its hypothesis is rejected. */
  readonly adjusted: readonly number[];
  readonly isRejected: readonly boolean[];
}

/**
 * Holm 1979: with p_(1) ≤ … ≤ p_(m), adjusted p_(i) = max_{j≤i} min(1, (m−j+1)·p_(j)). P(any true hypothesis rejected) ≤ α, however the
 * p-values depend on each other. No p-values: none rejected. Throws ConfigError for p-values outside [0, 1] or α outside (0, 1).
 */
export function holm(pValues: readonly number[], alpha: number): HolmResult {
  requireInside({ operation: 'holm', name: 'alpha', value: alpha });
  for (const value of pValues) requireProbability({ operation: 'holm', name: 'p-value', value });
  const adjusted = new Array<number>(pValues.length).fill(1);
  let largest = 0;
  const order = [...pValues.keys()].sort((x, y) => (pValues[x] as number) - (pValues[y] as number));
  for (const [rank, place] of order.entries()) {
    largest = Math.max(largest, Math.min(1, (pValues.length - rank) * (pValues[place] as number)));
    adjusted[place] = largest;
  }
  return { adjusted, isRejected: adjusted.map((p) => p <= alpha) };
}

export interface Jaggedness extends RandomEffects {
  /** The slice with the lowest bound. Its bound is one for the least rate of all slices, at level α, without correction. */
  readonly worst: { readonly index: number; readonly rate: number; readonly lowerBound: number };
  /** max − min of the observed rates. */
  readonly range: number;
  /** What that range would be, on average, if all slices had one rate. */
  readonly expectedRange: number;
  /** The range less what noise explains, at least 0. */
  readonly rangeBeyondNoise: number;
  /** P(a range at least as wide), if all slices had the pooled rate. */
  readonly rangeP: number;
}

/**
 * How unlike slices are: τ of the logit-normal model with a 95 % interval, the worst slice's lower bound (Clopper–Pearson at `alpha`,
 * 0.05 where left out), and the range beside what noise makes.
 * P(min_s LB_s > min_s p_s) ≤ α: for that to happen, the bound of the truly worst slice must exceed its rate.
 * Throws ConfigError for no slices, a slice without trials, counts or α out of range.
 */
export function jaggedness({ slices, alpha = 0.05 }: { readonly slices: readonly SliceCount[]; readonly alpha?: number }): Jaggedness {
  requireSome('jaggedness', slices);
  const effects = fitRandomEffects({ slices });
  const bounds = slices.map(({ successes, trials }) => lowerBound({ successes, trials, alpha }));
  const least = Math.min(...bounds);
  const index = bounds.indexOf(least);
  const { successes, trials } = slices[index] as SliceCount;
  const { observed, expected, pValue } = rangeNoise(slices);
  return {
    ...effects,
    worst: { index, rate: successes / trials, lowerBound: least },
    range: observed,
    expectedRange: expected,
    rangeBeyondNoise: Math.max(0, observed - expected),
    rangeP: pValue,
  };
}
