/**
 * Evidence that may be looked at after every trial. An e-process against "the rate is at most the floor": it starts at 1, its expectation
 * never exceeds 1 where that holds, so it reaches 1/α with probability at most α, whenever and however often one looks.
 *
 * Always: the evidence falls as the floor rises, and a failure never raises it. So the floors that are rejected form an interval from
 * 0, its end is the bound, and only a success can move it. (For θ = p0 + (1−p0)u, the derivative of ln L(θ) − ln L(p0) by p0 is
 * [h(θ) − h(p0)]/(1−p0) with h(t) = S(1−t)/t − F, and h falls.)
 *
 * Sources: Ville 1939; Robbins 1970 (mixtures); Ramdas, Grünwald, Vovk & Shafer 2023 (Game-theoretic statistics and safe anytime-valid inference).
 * The mixture is Beta(1, 1) cut to (p0, 1).
 */
import { logBeta, logUpperBeta } from './beta.ts';
import { requireCount, requireInside } from './domain.ts';

interface Counts {
  readonly successes: number;
  readonly failures: number;
}

/**
 * ln E after S successes and F failures, against H0: p ≤ p0 = `floor`:
 * `lnB(S+1, F+1) + ln(1 − I_p0(S+1, F+1)) − ln(1−p0) − S·ln p0 − F·ln(1−p0)`; nats, 0 before the first trial.
 * The order of outcomes does not matter. Throws ConfigError for counts out of range or a floor not strictly inside (0, 1).
 */
export function logEvidence({ successes, failures, floor }: Counts & { readonly floor: number }): number {
  const operation = 'logEvidence';
  requireCount({ operation, name: 'successes', value: successes });
  requireCount({ operation, name: 'failures', value: failures });
  requireInside({ operation, name: 'floor', value: floor });
  const shape = { a: successes + 1, b: failures + 1 };
  const mixture = logBeta(shape.a, shape.b) + logUpperBeta(floor, shape);
  return mixture - successes * Math.log(floor) - (failures + 1) * Math.log1p(-floor);
}

/**
 * The floor at which the evidence is ln(1/α), searched above `from`, where it is known to be at least that.
 * Newton's steps inside a bracket; what is returned is the bracket's lower end: a floor that the evidence does reject.
 */
function rejectedFloor({ successes, failures }: Counts, { from, needed }: { readonly from: number; readonly needed: number }): number {
  let low = from;
  // At p̂ and beyond, every likelihood ratio in the mixture is at most 1.
  let high = Math.min(successes / (successes + failures), 1 - 2 ** -53);
  let floor = low > 0 ? low : high / 2;
  for (let turn = 0; turn < 100 && high - low > 1e-13; turn++) {
    const value = logEvidence({ successes, failures, floor }) - needed;
    if (value >= 0) low = floor;
    else high = floor;
    // d lnE/dp0 = (1+F)/(1−p0) − S/p0 − L(p0)/∫L, the last from the evidence itself: ∫L = E·(1−p0)·L(p0).
    const slope = (1 + failures - Math.exp(-value - needed)) / (1 - floor) - successes / floor;
    const step = floor - value / slope;
    // A hair beyond Newton's point, so that the bracket closes from both sides.
    const next = step + (value >= 0 ? 5e-14 : -5e-14);
    floor = next > low && next < high ? next : (low + high) / 2;
  }
  return low;
}

/** The larger of `bound` and the floor that the counts reject at level α. One evaluation where nothing moves. */
function raisedBound(counts: Counts, { bound, alpha }: { readonly bound: number; readonly alpha: number }): number {
  const needed = -Math.log(alpha);
  if (counts.successes === 0) return bound;
  if (bound > 0 && logEvidence({ ...counts, floor: bound }) < needed) return bound;
  return Math.max(bound, rejectedFloor(counts, { from: bound, needed }));
}

/**
 * Lower bound for the rate that holds at every moment at once: the running maximum over t of inf{p0 : lnE_t(p0) < ln(1/α)}.
 * In [0, 1); 0 for no outcomes; never falls as outcomes are added. P(some bound of the sequence > p) ≤ α for every p.
 * Throws ConfigError for α out of range.
 */
export function sequentialBound({ outcomes, alpha }: { readonly outcomes: readonly boolean[]; readonly alpha: number }): number {
  requireInside({ operation: 'sequentialBound', name: 'alpha', value: alpha });
  let bound = 0;
  let successes = 0;
  for (const [t, outcome] of outcomes.entries()) {
    if (!outcome) continue;
    successes++;
    bound = raisedBound({ successes, failures: t + 1 - successes }, { bound, alpha });
  }
  return bound;
}

/** Where a sequential test stands. Never changed in place: `observeOutcome` makes the next one. */
export interface SequentialState {
  /** The rate to be certified, in (0, 1). */
  readonly floor: number;
  /** Probability of certifying a rate at or below the floor, at most. */
  readonly alpha: number;
  /** Trials after which the test ends without a certificate. */
  readonly largest: number;
  readonly successes: number;
  readonly failures: number;
  /** ln E against the floor, now; nats. */
  readonly logEvidence: number;
  /** What `sequentialBound` gives for the outcomes so far. At least the floor exactly when the evidence once reached ln(1/α). */
  readonly bound: number;
  /** Final once it is not 'undecided': later outcomes count, but decide nothing. */
  readonly decision: 'certified' | 'undecided' | 'exhausted';
}

/** A test before its first trial. Throws ConfigError for a floor or α outside (0, 1), or `largest` below 1. */
export function beginSequential({
  floor,
  alpha,
  largest,
}: {
  readonly floor: number;
  readonly alpha: number;
  readonly largest: number;
}): SequentialState {
  const operation = 'beginSequential';
  requireInside({ operation, name: 'floor', value: floor });
  requireInside({ operation, name: 'alpha', value: alpha });
  requireCount({ operation, name: 'largest', value: largest }, { least: 1 });
  return { floor, alpha, largest, successes: 0, failures: 0, logEvidence: 0, bound: 0, decision: 'undecided' };
}

/** The state after one more trial: certified when ln E ≥ ln(1/α), exhausted when `largest` trials went by without. Pure. */
export function observeOutcome(state: SequentialState, success: boolean): SequentialState {
  const { floor, alpha, largest } = state;
  const successes = state.successes + (success ? 1 : 0);
  const failures = state.failures + (success ? 0 : 1);
  const evidence = logEvidence({ successes, failures, floor });
  const isReached = evidence >= -Math.log(alpha);
  const raised = success ? raisedBound({ successes, failures }, { bound: state.bound, alpha }) : state.bound;
  const reached = isReached ? 'certified' : successes + failures >= largest ? 'exhausted' : 'undecided';
  return {
    ...state,
    successes,
    failures,
    logEvidence: evidence,
    bound: isReached ? Math.max(raised, floor) : raised,
    decision: state.decision === 'undecided' ? reached : state.decision,
  };
}
