/**
 * The exam: plays the plan's tasks slice by slice, ends a sequential slice as soon as its bound is reached or out of reach, and makes the
 * certificate, or says why there is none. It knows no gym: whoever calls says how episodes are played.
 *
 * Invariant: what decides about the end of a slice is the very bound that is certified. An exam that was interrupted and goes on plays the same
 * tasks in the same order and comes to the same end, because `play` tells in the order of the jobs what stands in its journal.
 */
import { ConfigError, RuntimeError } from '../base/index.ts';
import type { Certificate, EpisodeRecord, RawScore, SlicePlan } from '../records/index.ts';
import { attemptAlpha } from '../stats/index.ts';
import { type CertificateContext, makeCertificate } from './make-certificate.ts';
import { type ExamJob, examJobs } from './plan.ts';
import { rawScore } from './raw-score.ts';
import { examNumbers, isRevealed } from './seeds.ts';
import { isHopeless, type SliceBounds, sliceBounds } from './slice-bounds.ts';

export interface PlayRequest {
  readonly slice: string;
  readonly jobs: readonly ExamJob[];
  /** To be called with each episode in the order of `jobs`. True: no further one is needed. */
  readonly onEpisode: (record: EpisodeRecord) => boolean;
}

/** Plays jobs of the split `exam`; false where it was interrupted. */
export type PlayExam = (request: PlayRequest) => Promise<boolean>;

export interface CertifyOptions extends Omit<CertificateContext, 'wallSeconds'> {
  readonly play: PlayExam;
  /** What earlier parts of an exam that goes on took on the wall clock. Default 0. */
  readonly secondsBefore?: number;
  /** Told after each episode. */
  readonly onProgress?: (progress: ExamProgress) => void;
}

export interface ExamProgress {
  readonly slice: string;
  readonly score: RawScore;
  readonly record: EpisodeRecord;
  /** Of the slice so far; its bounds are 0 while a slice of fixed size is being played. */
  readonly bounds: Pick<SliceBounds, 'n' | 'successes' | 'unresolved' | 'gateBound'>;
  /** At most. */
  readonly of: number;
}

export type CertifyResult =
  | { readonly kind: 'finished'; readonly certificate: Certificate; readonly scores: readonly RawScore[] }
  | { readonly kind: 'interrupted'; readonly scores: readonly RawScore[] };

/** Throws `ConfigError` where the nonce is not the one that was committed to, or an attempt is missing; and whatever `play` throws. */
export async function certify({ play, onProgress, secondsBefore = 0, ...context }: CertifyOptions): Promise<CertifyResult> {
  const { plan, seeds, gym, attempts } = context;
  const refuse = (got: string, expected: string): ConfigError =>
    new ConfigError({ operation: `certify ${context.agent.name}`, got, expected });
  if (!isRevealed(seeds)) throw refuse('a nonce that is not the one committed to', 'the nonce whose hash was written down before training');
  const missing = plan.slices.find(({ slice }) => attempts[slice] === undefined);
  if (missing) throw refuse(`no attempt on ${missing.slice}`, 'an attempt on each slice, opened in the ledger');
  const startedMs = performance.now();
  const scores: RawScore[] = [];
  for (const slice of plan.slices) {
    const alpha = attemptAlpha({ alpha: plan.alpha, attempt: attempts[slice.slice] as number });
    const numbers = examNumbers({ nonce: seeds.nonce, gym: gym.name, version: gym.version, slice: slice.slice, count: slice.tasks });
    const played = await playSlice({ play, slice, jobs: examJobs(slice, numbers), audit: plan.audit, alpha, onProgress });
    scores.push(...played.scores);
    if (!played.isFinished) return { kind: 'interrupted', scores };
  }
  const wallSeconds = secondsBefore + (performance.now() - startedMs) / 1000;
  return { kind: 'finished', certificate: makeCertificate(scores, { ...context, wallSeconds }), scores };
}

interface SliceExam {
  readonly play: PlayExam;
  readonly slice: SlicePlan;
  readonly jobs: readonly ExamJob[];
  readonly audit: CertificateContext['plan']['audit'];
  readonly alpha: number;
  readonly onProgress: CertifyOptions['onProgress'];
}

async function playSlice({ play, slice: plan, jobs, audit, alpha, onProgress }: SliceExam) {
  const { slice, method, tasks } = plan;
  const scores: RawScore[] = [];
  let isEnough = false;
  const onEpisode = (record: EpisodeRecord): boolean => {
    if (isEnough) return true;
    const score = scoreOf(record, jobs[scores.length]);
    scores.push(score);
    const isSequential = method === 'sequential';
    const counts = {
      n: scores.filter(({ success }) => success !== null).length,
      successes: scores.filter(({ success }) => success).length,
    };
    const bounds = isSequential
      ? sliceBounds(scores, { plan, audit, alpha })
      : { ...counts, unresolved: scores.length - counts.n, gateBound: 0, isReached: false };
    isEnough = isSequential && (bounds.isReached || isHopeless(scores, { plan, audit, alpha }));
    onProgress?.({ slice, score, record, bounds, of: isSequential ? tasks : jobs.length });
    return isEnough;
  };
  const isFinished = await play({ slice, jobs, onEpisode });
  if (isFinished && !isEnough && scores.length < jobs.length)
    throw new RuntimeError({
      operation: `examine ${slice}`,
      got: `${scores.length} episodes`,
      expected: `${jobs.length}, told of in the order of the jobs`,
    });
  return { scores, isFinished: isFinished || isEnough };
}

/** An exam that counts an episode for another task would certify nonsense. */
function scoreOf(record: EpisodeRecord, job: ExamJob | undefined): RawScore {
  const { slice, seed, id } = record;
  if (job === undefined || seed.split !== 'exam' || seed.n !== job.n || slice !== job.slice)
    throw new RuntimeError({
      operation: 'count an exam episode',
      got: `episode ${id} of ${slice}, ${seed.split} task ${seed.n}`,
      expected: job ? `exam task ${job.n} of ${job.slice}: episodes come in the order of the jobs` : 'no further episode',
    });
  return rawScore(record, job.run);
}
