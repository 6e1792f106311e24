/**
 * A lower bound for the mean of scores in [0, 1], of any distribution, that holds at every moment at once. A gambler bets against
 * "the mean is at most m"; the m that would have made the gambler rich are rejected. Adapts to the variance: scores that hardly vary
 * need few trials. For scores that are only ever 0 or 1, `sequential.ts` is sharper.
 *
 * Always: the stake on a score is fixed before it is seen, and a gambler's wealth falls as m rises. So the rejected m form an interval
 * from 0, and its end is the bound. The order of scores matters: give them as they came.
 *
 * Source: Waudby-Smith & Ramdas 2024, Estimating means of bounded random variables by betting, §4 (predictable plug-in stakes).
 */
import { requireCount, requireInside, requireProbability } from './domain.ts';

/** Share of the wealth that is at stake at most: the c of λ_t ≤ c/m. */
const LARGEST_SHARE = 0.75;

export interface BettingOptions {
  /** Scores in [0, 1] in the order in which they came. */
  readonly values: readonly number[];
  /** P(some bound of the sequence > mean), at most; in (0, 1). */
  readonly alpha: number;
  /** The number of scores that stakes are tuned for. Where left out: for all numbers alike. The bound is valid either way. */
  readonly planned?: number;
}

/**
 * The stakes before their cap: λ_t = √(2·ln(1/α) / (σ̂²_{t−1}·h)), h = t·ln(1+t), or `planned`;
 * μ̂_t = (½ + Σx)/(t+1), σ̂²_t = (¼ + Σ(x_i − μ̂_i)²)/(t+1).
 */
function stakes(operation: string, { values, alpha, planned }: BettingOptions): Float64Array {
  requireInside({ operation, name: 'alpha', value: alpha });
  if (planned !== undefined) requireCount({ operation, name: 'planned', value: planned }, { least: 1 });
  const numerator = -2 * Math.log(alpha);
  let sum = 0.5;
  let squares = 0.25;
  return Float64Array.from(values, (value, i) => {
    requireProbability({ operation, name: `values[${i}]`, value });
    const t = i + 1;
    const lambda = Math.sqrt(numerator / ((squares / t) * (planned ?? t * Math.log1p(t))));
    sum += value;
    squares += (value - sum / (t + 1)) ** 2;
    return lambda;
  });
}

/** max over t of ln Π_{i≤t} (1 + min(λ_i, c/m)·(x_i − m)), at least 0. */
function largestWealth(mean: number, { values, lambdas }: { readonly values: readonly number[]; readonly lambdas: Float64Array }): number {
  const cap = LARGEST_SHARE / mean;
  let wealth = 0;
  let largest = 0;
  for (let i = 0; i < values.length; i++) {
    wealth += Math.log1p(Math.min(lambdas[i] as number, cap) * ((values[i] as number) - mean));
    if (wealth > largest) largest = wealth;
  }
  return largest;
}

/**
 * The largest ln wealth so far of the gambler against H0: mean ≤ `mean`; nats, at least 0. exp(−it) is a p-value, valid at any moment.
 * Throws ConfigError for scores outside [0, 1], or α or `mean` outside (0, 1).
 */
export function bettingLogWealth({ mean, ...options }: BettingOptions & { readonly mean: number }): number {
  const operation = 'bettingLogWealth';
  requireInside({ operation, name: 'mean', value: mean });
  return largestWealth(mean, { values: options.values, lambdas: stakes(operation, options) });
}

/**
 * Lower bound for the mean: the largest m against which the wealth once reached 1/α, to 1e-12 from below. In [0, 1); 0 for no scores.
 * Throws ConfigError for scores outside [0, 1] or α outside (0, 1).
 */
export function bettingLowerBound(options: BettingOptions): number {
  const lambdas = stakes('bettingLowerBound', options);
  const needed = -Math.log(options.alpha);
  let low = 0;
  let high = 1;
  while (high - low > 1e-12) {
    const middle = (low + high) / 2;
    if (largestWealth(middle, { values: options.values, lambdas }) >= needed) low = middle;
    else high = middle;
  }
  return low;
}
