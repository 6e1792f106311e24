/**
 * How unlike are the success rates of slices, once sampling noise is taken away? The logit-normal model: logit(p_s) ~ N(μ, τ²),
 * successes_s ~ Bin(n_s, p_s). τ = 0: all slices alike; τ = 1: a slice one τ below the middle has its odds divided by e.
 * Descriptive: the interval is the likelihood's, not exact. Bounds to certify by are in `slices.ts`.
 *
 * Always: the likelihood of one slice is log-concave in its logit, and so is the whole in μ (Prékopa 1973). So each has one peak.
 *
 * Sources: Stijnen, Hamza & Özdemir 2010 (binomial-normal model); Hardy & Thompson 1996 (profile-likelihood interval of τ).
 */
import { requireCount, requireSome } from './domain.ts';

export interface SliceCount {
  readonly successes: number;
  readonly trials: number;
}

export interface RandomEffects {
  /** Middle of the logits. At ±15 where every trial of every slice ended alike. */
  readonly mu: number;
  /** Most likely standard deviation between slices, in logits. */
  readonly tau: number;
  /** 95 % profile-likelihood interval; `upper` is Infinity where the counts set no limit below 10. */
  readonly tauInterval: { readonly lower: number; readonly upper: number };
}

const WIDEST_MU = 15;
const WIDEST_TAU = 10;
const TAUS = [0, 0.05, 0.1, 0.2, 0.35, 0.5, 0.75, 1, 1.5, 2, 3, 4.5, 6.5, WIDEST_TAU] as const;
/** Half the 95 % quantile of χ² with one degree of freedom. */
const ALLOWED_DROP = 1.920729410347062;
/** What the integrand may have dropped, in nats, where it is cut off. */
const CUT_NATS = 36;
const POINTS = 48;

/** ln σ(x), without overflow. */
const logSigmoid = (x: number): number => (x > 0 ? -Math.log1p(Math.exp(-x)) : x - Math.log1p(Math.exp(x)));

/** Maximum of a function with one peak (golden section), to `tolerance` in its argument. */
function peak(
  f: (x: number) => number,
  { low, high, tolerance }: { readonly low: number; readonly high: number; readonly tolerance: number },
) {
  const ratio = (Math.sqrt(5) - 1) / 2;
  let [from, to] = [low, high];
  let [left, right] = [to - ratio * (to - from), from + ratio * (to - from)];
  let [atLeft, atRight] = [f(left), f(right)];
  while (to - from > tolerance) {
    if (atLeft < atRight) {
      from = left;
      [left, atLeft] = [right, atRight];
      right = from + ratio * (to - from);
      atRight = f(right);
    } else {
      to = right;
      [right, atRight] = [left, atLeft];
      left = to - ratio * (to - from);
      atLeft = f(left);
    }
  }
  return atLeft < atRight ? { x: right, value: atRight } : { x: left, value: atLeft };
}

/** ln ∫ σ(θ)^s·(1−σ(θ))^(n−s)·N(θ; μ, τ²) dθ, θ = μ + τu, by the trapezoid rule around the integrand's one peak. */
function sliceLogLikelihood({ successes, trials }: SliceCount, { mu, tau }: { readonly mu: number; readonly tau: number }): number {
  const failures = trials - successes;
  const integrand = (u: number): number => {
    const theta = mu + tau * u;
    // s·lnσ(θ) + (n−s)·lnσ(−θ), with lnσ(−θ) = lnσ(θ) − θ.
    return trials * logSigmoid(theta) - failures * theta - (u * u) / 2;
  };
  if (tau === 0) return integrand(0);
  // The peak, by Newton's steps inside a bracket that is sure to hold it.
  let [low, high] = [-tau * trials, tau * trials];
  let mode = 0;
  let width = 1;
  for (let turn = 0; turn < 100 && high - low > 1e-6 * width; turn++) {
    const sigmoid = Math.exp(logSigmoid(mu + tau * mode));
    const slope = tau * (successes - trials * sigmoid) - mode;
    const curvature = tau * tau * trials * sigmoid * (1 - sigmoid) + 1;
    width = 1 / Math.sqrt(curvature);
    if (slope > 0) low = mode;
    else high = mode;
    const next = mode + slope / curvature;
    if (Math.abs(next - mode) < 1e-4 * width) break;
    mode = next > low && next < high ? next : (low + high) / 2;
  }
  const top = integrand(mode);
  const reach = (sign: number): number => {
    let distance = 6 * width;
    while (top - integrand(mode + sign * distance) < CUT_NATS) distance *= 1.3;
    return distance;
  };
  const [left, right] = [reach(-1), reach(1)];
  const step = (left + right) / POINTS;
  let sum = 0;
  for (let i = 0; i <= POINTS; i++) sum += Math.exp(integrand(mode - left + i * step) - top);
  return top + Math.log((sum * step) / Math.sqrt(2 * Math.PI));
}

/**
 * Fits μ and τ by maximum likelihood. Needs two slices to say anything about τ; one leaves it unlimited.
 * Throws ConfigError for no slices, counts out of range or a slice without trials.
 */
export function fitRandomEffects({ slices }: { readonly slices: readonly SliceCount[] }): RandomEffects {
  requireSome('fitRandomEffects', slices);
  for (const { successes, trials } of slices) {
    requireCount({ operation: 'fitRandomEffects', name: 'trials', value: trials }, { least: 1 });
    requireCount({ operation: 'fitRandomEffects', name: 'successes', value: successes }, { most: trials });
  }
  const profile = (tau: number): { readonly x: number; readonly value: number } =>
    peak((mu) => slices.reduce((sum, slice) => sum + sliceLogLikelihood(slice, { mu, tau }), 0), {
      low: -WIDEST_MU,
      high: WIDEST_MU,
      tolerance: 1e-5,
    });
  const height = (tau: number): number => profile(tau).value;
  const coarse = TAUS.map(height);
  const best = coarse.indexOf(Math.max(...coarse));
  const around = { low: TAUS[Math.max(0, best - 1)] as number, high: TAUS[Math.min(TAUS.length - 1, best + 1)] as number };
  const refined = peak(height, { ...around, tolerance: 1e-3 });
  // Golden section never tries the ends of its bracket, and τ = 0 is where the peak often is.
  const isAtNode = (coarse[best] as number) >= refined.value - 1e-9;
  const tau = isAtNode ? (TAUS[best] as number) : refined.x;
  const least = Math.max(refined.value, coarse[best] as number) - ALLOWED_DROP;
  const crossing = (inside: number, outside: number): number => {
    let [near, far] = [inside, outside];
    while (Math.abs(far - near) > 1e-3) {
      const middle = (near + far) / 2;
      if (height(middle) >= least) near = middle;
      else far = middle;
    }
    return far;
  };
  return {
    mu: profile(tau).x,
    tau,
    tauInterval: {
      lower: (coarse[0] as number) >= least ? 0 : crossing(tau, 0),
      upper: (coarse.at(-1) as number) >= least ? Infinity : crossing(tau, WIDEST_TAU),
    },
  };
}
