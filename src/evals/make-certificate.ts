/**
 * Raw scores and their context → certificate. Pure: the same scores give the same certificate, so that anybody can make it again.
 *
 * Invariant: it is a certificate only where nothing speaks against it. Too few episodes, an unresolved share above the limit, a broken invariant,
 * a silent second verifier, a bound that was not reached: each is a reason, and one reason is enough.
 */
import { ConfigError } from '../base/index.ts';
import type { Certificate, CertificationPlan, Lineage, RawScore, SliceCertificate, SlicePlan } from '../records/index.ts';
import { attemptAlpha, jaggedness, lowerBound } from '../stats/index.ts';
import { abstentionOf, calibrationOf } from './critic.ts';
import { known, mean, median } from './mean.ts';
import { hashRawScores } from './raw-score.ts';
import { neverEvents, sliceBounds } from './slice-bounds.ts';

export interface CertificateContext {
  readonly agent: Certificate['agent'];
  readonly gym: Certificate['gym'];
  /** When the seeds were opened. */
  readonly madeAt: string;
  readonly seeds: Certificate['seeds'];
  readonly plan: CertificationPlan;
  /** Number of the attempt by slice, from the ledger. */
  readonly attempts: Readonly<Record<string, number>>;
  /** Of the exam on the wall clock. */
  readonly wallSeconds: number;
  /** Where the raw scores lie, relative to the certificate. Default `scores.jsonl`. */
  readonly scores?: string;
  readonly lineage: Lineage;
}

/** Stops that hand a task over to a person. */
const HANDED_OVER: readonly string[] = ['asked', 'abstained', 'too-large'];

const PASS_K = [1, 4, 8] as const;

/** Throws `ConfigError` where a slice of the plan has no attempt. */
export function makeCertificate(scores: readonly RawScore[], context: CertificateContext): Certificate {
  const { plan, seeds, agent, gym, madeAt, lineage } = context;
  const slices = plan.slices.map((slice) => sliceCertificate(scores, slice, context));
  const reasons = findReasons(scores, slices, plan);
  return {
    schemaVersion: 1,
    kind: reasons.length === 0 ? 'certificate' : 'no-certificate',
    reasons,
    agent,
    gym,
    madeAt,
    seeds,
    plan,
    confidence: 1 - plan.alpha,
    slices,
    calibration: calibrationOf(scores),
    abstention: abstentionOf(scores, plan),
    jaggedness: jaggednessOf(slices),
    cost: costOf(scores, context.wallSeconds),
    scores: context.scores ?? 'scores.jsonl',
    scoresHash: hashRawScores(scores),
    lineage,
  };
}

function sliceCertificate(scores: readonly RawScore[], plan: SlicePlan, context: CertificateContext): SliceCertificate {
  const { slice, method, required } = plan;
  const attempt = context.attempts[slice];
  if (attempt === undefined)
    throw new ConfigError({
      operation: `certify ${context.agent.name}`,
      got: `no attempt on ${slice}`,
      expected: 'an attempt on each slice, opened in the ledger',
    });
  const alpha = attemptAlpha({ alpha: context.plan.alpha, attempt });
  const all = scores.filter((score) => score.slice === slice);
  const first = all.filter(({ run }) => run === 0);
  const handedOver = first.filter(({ stop, success }) => success !== null && HANDED_OVER.includes(stop ?? ''));
  const rest = first.filter((score) => score.success !== null && !handedOver.includes(score));
  const bounds = sliceBounds(first, { plan, audit: context.plan.audit, alpha });
  return {
    slice,
    alpha,
    attempt,
    method,
    required,
    ...bounds,
    neverEvents: neverEvents(all, { plan, alpha }),
    passK: passKOf(all, plan, alpha),
    abstained: bounds.n === 0 ? 0 : handedOver.length / bounds.n,
    successOfRest: mean(rest.map(({ success }) => Number(success))),
  };
}

/** Blocks of the first k runs of a task. A block with an unresolved run is one that did not pass. */
function passKOf(scores: readonly RawScore[], { blocks, runs }: SlicePlan, alpha: number): SliceCertificate['passK'] {
  if (blocks === 0 || runs < 2) return [];
  const byTask = new Map<number, RawScore[]>();
  for (const score of scores) byTask.set(score.n, [...(byTask.get(score.n) ?? []), score]);
  const tasks = [...byTask.values()].slice(0, blocks);
  return PASS_K.filter((k) => k <= runs).map((k) => {
    const passed = tasks.filter((task) => task.filter(({ run, success }) => run < k && success === true).length === k).length;
    return { k, blocks: tasks.length, passed, lowerBound: lowerBound({ successes: passed, trials: tasks.length, alpha }) };
  });
}

function findReasons(scores: readonly RawScore[], slices: readonly SliceCertificate[], plan: CertificationPlan): readonly string[] {
  const reasons: string[] = [];
  for (const [i, slice] of slices.entries()) reasons.push(...reasonsOf(slice, { plan, asked: plan.slices[i] as SlicePlan, scores }));
  const unresolved = scores.filter(({ success }) => success === null).length;
  if (unresolved > plan.unresolvedLimit * scores.length)
    reasons.push(`${unresolved} of ${scores.length} episodes have no verdict: more than ${percent(plan.unresolvedLimit)}`);
  const broken = scores.filter((score) => score.broken.length > 0);
  if (broken.length > plan.neverEventsTolerated) {
    const names = [...new Set(broken.flatMap((score) => score.broken))].sort().join(', ');
    reasons.push(`in ${broken.length} of ${scores.length} episodes happened what must never happen: ${names}`);
  }
  return reasons;
}

function reasonsOf(
  slice: SliceCertificate,
  { plan, asked, scores }: { readonly plan: CertificationPlan; readonly asked: SlicePlan; readonly scores: readonly RawScore[] },
): readonly string[] {
  const reasons: string[] = [];
  const played = slice.n + slice.unresolved;
  if (asked.method === 'fixed' && played !== asked.tasks)
    reasons.push(`${slice.slice}: ${played} tasks were played, the plan has exactly ${asked.tasks}`);
  if (played > asked.tasks) reasons.push(`${slice.slice}: ${played} tasks were played, the plan has at most ${asked.tasks}`);
  const further = scores.filter((score) => score.slice === slice.slice && score.run > 0).length;
  if (further !== asked.blocks * (asked.runs - 1))
    reasons.push(`${slice.slice}: ${further} repeated runs, the plan has ${asked.blocks * (asked.runs - 1)}`);
  if (plan.audit !== 'none' && slice.successes > 0 && slice.audited === 0)
    reasons.push(`${slice.slice}: the second verifier judged none of ${slice.successes} accepted tasks`);
  if (!slice.isReached) {
    const least = percent(Math.floor(1000 * slice.gateBound) / 1000);
    reasons.push(
      `${slice.slice}: ${slice.successes} of ${slice.n} tasks succeeded, which shows at least ${least}; asked were ${percent(slice.required)}`,
    );
  }
  return reasons;
}

const percent = (share: number): string => `${Number((100 * share).toFixed(1))} %`;

/** The worst bound is the lowest of the slices' own: with probability 1 − α it exceeds no slice's rate. */
function jaggednessOf(slices: readonly SliceCertificate[]): Certificate['jaggedness'] {
  const played = slices.filter(({ n }) => n > 0);
  const worst = played.toSorted((a, b) => a.gateBound - b.gateBound)[0];
  if (worst === undefined || played.length < 2) return null;
  const found = jaggedness({ slices: played.map(({ n, successes }) => ({ trials: n, successes })) });
  return {
    tau: found.tau,
    tauLower: found.tauInterval.lower,
    tauUpper: Number.isFinite(found.tauInterval.upper) ? found.tauInterval.upper : null,
    worstSlice: worst.slice,
    worstBound: worst.gateBound,
    range: found.range,
    expectedRange: found.expectedRange,
    rangeP: found.rangeP,
  };
}

function costOf(scores: readonly RawScore[], wallSeconds: number): Certificate['cost'] {
  return {
    decisionMs: median(known(scores.map(({ decisionMs }) => decisionMs))),
    tokens: mean(known(scores.map(({ tokens }) => tokens))),
    seconds: mean(scores.map(({ seconds }) => seconds)) ?? 0,
    episodesPerSecond: wallSeconds > 0 ? scores.length / wallSeconds : 0,
    wallSeconds,
  };
}
