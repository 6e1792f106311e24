/**
 * The bounds of one slice from its raw scores: one pure function for the exam that is still being played, the certificate and whoever checks it.
 *
 * Invariant: a slice that is looked at after each task gets bounds that hold at every moment at once, for success, audit and never-events alike;
 * only a number of tasks that was fixed beforehand gets Clopper–Pearson. Gates go by the lowest bound.
 *
 * Where the second verifier judges every episode, "accepted and confirmed" is itself one Bernoulli trial a task, and its bound spends all of α;
 * the product of two bounds at α/2 (STATISTICS §9) is for audits of a sample.
 */
import type { CertificationPlan, RawScore, SliceCertificate, SlicePlan } from '../records/index.ts';
import { logEvidence, lowerBound, sequentialBound, upperBound, verifierAdjustedBound } from '../stats/index.ts';

export interface SliceBoundsOptions {
  readonly plan: SlicePlan;
  readonly audit: CertificationPlan['audit'];
  /** What this attempt may spend. */
  readonly alpha: number;
}

export type SliceBounds = Pick<
  SliceCertificate,
  | 'n'
  | 'successes'
  | 'unresolved'
  | 'lowerBound'
  | 'lowerBoundResolved'
  | 'lowerBoundAudited'
  | 'audited'
  | 'falseAccepts'
  | 'gateBound'
  | 'isReached'
>;

/** Bounds from the first runs of the slice's tasks, in the order in which they were drawn. */
export function sliceBounds(scores: readonly RawScore[], { plan, audit, alpha }: SliceBoundsOptions): SliceBounds {
  const bound = boundOf(plan.method);
  const resolved = scores.filter(({ success }) => success !== null);
  const accepted = scores.filter(({ success }) => success === true);
  const judged = accepted.filter((score) => score.audit !== null);
  const unaudited = bound(resolved.map(isAccepted), alpha);
  const pessimistic = bound(scores.map(isAccepted), alpha);
  const audited = auditedBound(scores, { plan, audit, alpha });
  const gateBound = Math.min(unaudited, pessimistic, audited ?? 1);
  return {
    n: resolved.length,
    successes: accepted.length,
    unresolved: scores.length - resolved.length,
    lowerBound: unaudited,
    lowerBoundResolved: pessimistic,
    lowerBoundAudited: audited,
    audited: judged.length,
    falseAccepts: judged.filter((score) => score.audit === false).length,
    gateBound,
    isReached: gateBound >= plan.required,
  };
}

const isAccepted = ({ success }: RawScore): boolean => success === true;
const isConfirmed = ({ success, audit }: RawScore): boolean => success === true && audit === true;

/** A lower bound for the rate of `true`. */
export function boundOf(method: SlicePlan['method']): (outcomes: readonly boolean[], alpha: number) => number {
  return method === 'sequential'
    ? (outcomes, alpha) => sequentialBound({ outcomes, alpha })
    : (outcomes, alpha) => lowerBound({ successes: outcomes.filter(Boolean).length, trials: outcomes.length, alpha });
}

function auditedBound(scores: readonly RawScore[], { plan, audit, alpha }: SliceBoundsOptions): number | null {
  const bound = boundOf(plan.method);
  switch (audit) {
    case 'none':
      return null;
    case 'every':
      return bound(scores.map(isConfirmed), alpha);
    case 'sample': {
      const judged = scores.filter((score) => score.success === true && score.audit !== null);
      if (plan.method === 'sequential') return bound(scores.map(isAccepted), alpha / 2) * bound(judged.map(isConfirmed), alpha / 2);
      const falseAccepts = judged.filter((score) => score.audit === false).length;
      const successes = scores.filter(isAccepted).length;
      return verifierAdjustedBound({ successes, trials: scores.length, audited: judged.length, falseAccepts, alpha });
    }
  }
}

/** Broken invariants in all runs of a slice, and an upper bound on the share of tasks. Seen is seen, with or without a verdict. */
export function neverEvents(
  scores: readonly RawScore[],
  { plan, alpha }: Omit<SliceBoundsOptions, 'audit'>,
): SliceCertificate['neverEvents'] {
  const broken = scores.filter((score) => score.broken.length > 0);
  const looked = scores.filter(({ run, success, broken: names }) => run === 0 && (success !== null || names.length > 0));
  const isClean = looked.map((score) => score.broken.length === 0);
  const events = isClean.filter((clean) => !clean).length;
  const names: Record<string, number> = {};
  for (const name of broken.flatMap((score) => score.broken).sort()) names[name] = (names[name] ?? 0) + 1;
  const bound =
    plan.method === 'sequential' ? 1 - sequentialBound({ outcomes: isClean, alpha }) : upperBound({ events, trials: looked.length, alpha });
  return { n: looked.length, tasks: events, episodes: broken.length, names, upperBound: bound };
}

/**
 * Whether a sequential slice whose bound is not reached can't reach it any more, even if every task that is left succeeds. Evidence only rises
 * with successes, so it is enough to look at the end.
 */
export function isHopeless(scores: readonly RawScore[], { plan, audit, alpha }: SliceBoundsOptions): boolean {
  // In an audit of a sample the product of two bounds is at most the one that is tested here.
  const counts = audit === 'every' ? isConfirmed : isAccepted;
  const failures = scores.filter((score) => !counts(score)).length;
  if (failures >= plan.tasks) return true;
  return logEvidence({ successes: plan.tasks - failures, failures, floor: plan.required }) < -Math.log(alpha);
}
