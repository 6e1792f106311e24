/**
 * The Beta distribution in double precision: its normaliser, its distribution function with both tails in logarithms, its quantiles.
 * Everything exact about binomial counts rests on it. Not a library of special functions: a, b from about 1e-3 to 1e7 is what is tested.
 *
 * Sources: Abramowitz & Stegun 1964, 6.1.15 and 6.1.41 (lnΓ), 26.5.8 (continued fraction); Lentz 1976 as modified by
 * Thompson & Barnett 1986 (its evaluation); Didonato & Morris 1992 (lnB without cancellation).
 */
import { ConfigError } from '../base/index.ts';
import { requireProbability } from './domain.ts';

/** The two shapes of a Beta distribution, both positive. */
export interface BetaShape {
  readonly a: number;
  readonly b: number;
}

const HALF_LOG_TWO_PI = 0.9189385332046727;
/** B_2k / (2k(2k−1)): with nine of them the remainder at x = 10 is below 1e-17. */
const STIRLING = [1 / 12, -1 / 360, 1 / 1260, -1 / 1680, 1 / 1188, -691 / 360360, 1 / 156, -3617 / 122400, 43867 / 244188] as const;
/** From here on Stirling's series is exact to the last digit. */
const LARGE = 10;
const TINY = 1e-300;
const LARGEST_TERMS = 100_000;

/** lnΓ(x) − [(x−½)·ln x − x + ½·ln 2π] for x ≥ 10. */
function stirlingRest(x: number): number {
  const step = 1 / (x * x);
  let sum = 0;
  for (let k = STIRLING.length - 1; k >= 0; k--) sum = sum * step + (STIRLING[k] as number);
  return sum / x;
}

/** lnΓ(x), x > 0, to some 1e-15 absolute or relative, whichever is larger (A&S 6.1.41 after 6.1.15). Throws ConfigError for x ≤ 0. */
export function logGamma(x: number): number {
  if (!(x > 0 && x < Infinity))
    throw new ConfigError({ operation: 'logGamma', got: String(x), expected: 'a positive finite number', fix: 'check the counts.' });
  if (x === 1 || x === 2) return 0;
  let product = 1;
  let shifted = x;
  while (shifted < LARGE) product *= shifted++;
  return (shifted - 0.5) * Math.log(shifted) - shifted + HALF_LOG_TWO_PI + stirlingRest(shifted) - Math.log(product);
}

/** ln B(a, b) = lnΓ(a) + lnΓ(b) − lnΓ(a+b), a, b > 0, without the cancellation that large arguments bring. Throws ConfigError for a, b ≤ 0. */
export function logBeta(a: number, b: number): number {
  const small = Math.min(a, b);
  const large = Math.max(a, b);
  if (!(large >= LARGE && small > 0)) return logGamma(a) + logGamma(b) - logGamma(a + b);
  // lnΓ(large) − lnΓ(small+large), the large terms cancelled on paper.
  const ratio =
    stirlingRest(large) - stirlingRest(small + large) - (large - 0.5) * Math.log1p(small / large) - small * Math.log(small + large) + small;
  if (small < LARGE) return logGamma(small) + ratio;
  return (small - 0.5) * Math.log(small) - small + HALF_LOG_TWO_PI + stirlingRest(small) + ratio;
}

/** The continued fraction of A&S 26.5.8 for I_x(a,b)·a·B(a,b) / (x^a·(1−x)^b); it converges quickly for x ≤ (a+1)/(a+b+2). */
function betaFraction(x: number, a: number, b: number): number {
  let c = 1;
  let d = 1 - ((a + b) * x) / (a + 1);
  d = 1 / (Math.abs(d) < TINY ? TINY : d);
  let value = d;
  for (let m = 1; m <= LARGEST_TERMS; m++) {
    const even = (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m));
    d = 1 + even * d;
    c = 1 + even / c;
    d = 1 / (Math.abs(d) < TINY ? TINY : d);
    if (Math.abs(c) < TINY) c = TINY;
    value *= d * c;
    const odd = (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1));
    d = 1 + odd * d;
    c = 1 + odd / c;
    d = 1 / (Math.abs(d) < TINY ? TINY : d);
    if (Math.abs(c) < TINY) c = TINY;
    const factor = d * c;
    value *= factor;
    if (Math.abs(factor - 1) < 3e-16) return value;
  }
  throw new ConfigError({
    operation: 'regularizedBeta',
    got: `a = ${a}, b = ${b}`,
    expected: 'shapes for which the fraction converges',
    fix: 'keep counts below ten million.',
  });
}

/** ln of both tails of Beta(a, b) at x in (0, 1). The smaller one comes from the fraction, so that neither loses digits. */
function logTails(x: number, { a, b }: BetaShape): { readonly lower: number; readonly upper: number } {
  const front = a * Math.log(x) + b * Math.log1p(-x) - logBeta(a, b);
  if (x <= (a + 1) / (a + b + 2)) {
    const lower = Math.min(0, front + Math.log(betaFraction(x, a, b) / a));
    return { lower, upper: Math.log1p(-Math.exp(lower)) };
  }
  const upper = Math.min(0, front + Math.log(betaFraction(1 - x, b, a) / b));
  return { lower: Math.log1p(-Math.exp(upper)), upper };
}

/**
 * I_x(a, b) = P(Beta(a, b) ≤ x), x in [0, 1], in [0, 1] and non-decreasing in x (A&S 26.5.1, 26.5.8).
 * Throws ConfigError for x outside [0, 1] or a, b ≤ 0.
 */
export function regularizedBeta(x: number, shape: BetaShape): number {
  requireProbability({ operation: 'regularizedBeta', name: 'x', value: x });
  if (x === 0 || x === 1) return x;
  return Math.exp(logTails(x, shape).lower);
}

/** ln(1 − I_x(a, b)), exact far into the tail where 1 − I_x would round to 0. −∞ at x = 1. Throws as `regularizedBeta` does. */
export function logUpperBeta(x: number, shape: BetaShape): number {
  requireProbability({ operation: 'logUpperBeta', name: 'x', value: x });
  if (x === 0) return 0;
  return x === 1 ? -Infinity : logTails(x, shape).upper;
}

/**
 * The x with I_x(a, b) = p, to the last digits: Newton's steps on ln I_x, halving where a step leaves the bracket.
 * 0 at p = 0, 1 at p = 1. Throws ConfigError for p outside [0, 1] or a, b ≤ 0.
 */
export function betaQuantile(p: number, { a, b }: BetaShape): number {
  requireProbability({ operation: 'betaQuantile', name: 'p', value: p });
  const normaliser = logBeta(a, b);
  if (p === 0 || p === 1) return p;
  // The upper half by reflection: there ln I_x is flat, and Newton's steps would be noise.
  if (p > 0.5) return 1 - betaQuantile(1 - p, { a: b, b: a });
  const target = Math.log(p);
  let low = 0;
  let high = 1;
  let x = a / (a + b);
  for (let turn = 0; turn < 400; turn++) {
    const { lower } = logTails(x, { a, b });
    if (lower < target) low = x;
    else high = x;
    const logDensity = (a - 1) * Math.log(x) + (b - 1) * Math.log1p(-x) - normaliser;
    const next = x - (lower - target) * Math.exp(lower - logDensity);
    const isInside = next > low && next < high;
    const taken = isInside ? next : low > 0 || high < 1e-3 ? (low + high) / 2 : high / 8;
    if (Math.abs(taken - x) <= 2e-16 * x || high - low <= 2e-16 * high) return taken;
    x = taken;
  }
  return x;
}
