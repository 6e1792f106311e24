/** Learning from episodes that were shown, or corrected: what is to be imitated, what only happened, and how it ended. */
import { ConfigError } from '../../src/base/index.ts';
import { boundaryId, encodeTranscript, type SegmentWeights } from '../../src/grammar/index.ts';
import { loadModel } from '../../src/model/index.ts';
import type { Episode, EpisodeRecord, Stage } from '../../src/records/index.ts';
import { type BatchSize, listSource, trainRun, withMixturePlaces } from '../../src/train/index.ts';
import { hashWeights } from './agent.ts';
import { isSuccess, Stopped, type Student, type Workshop } from './workshop.ts';

/** Tokens of a batch, about. */
const PLACES = 8192;
/** How full batches get, of short episodes and of long ones: of these a lane has room for one or two. */
const FILLED = { short: 0.9, long: 0.7 };
const [ACT, OBSERVE] = [boundaryId('act'), boundaryId('observe')];
const WEIGHTS: SegmentWeights = { goal: 0, observe: 0.1, think: 1, act: 1, outcome: 0.3 };

/** Most episodes fit such a lane; attention over a longer one would cost them more. */
const SHORT_LANE = 3072;

/** Lanes as long as the model's context. */
export const batchOf = ({ config: { contextLength } }: Student): BatchSize => sizeOf(Math.min(PLACES, contextLength));

const sizeOf = (time: number): BatchSize => ({ time, lanes: Math.max(1, Math.round(PLACES / time)) });

/** The episode as it is learned from: of one that failed only what happened and how it ended. undefined: longer than a lane. */
export function lessonOf(record: EpisodeRecord, student: Student): Episode | undefined {
  const { segments } = record.transcript;
  const transcript = isSuccess(record)
    ? record.transcript
    : { ...record.transcript, segments: segments.map((segment) => (segment.kind === 'act' ? { ...segment, imitate: false } : segment)) };
  const episode = emphasized(withMixturePlaces(encodeTranscript(transcript, student.tokenizer, { weights: WEIGHTS })), record);
  return episode.tokens.length <= batchOf(student).time ? episode : undefined;
}

/** How much more a decision counts in which the policy had to be helped: that is what it has yet to learn. */
const EMPHASIS = 3;

/** With more weight on the actions of an adviser among the policy's own, which have log-probabilities. */
function emphasized(episode: Episode, { steps }: EpisodeRecord): Episode {
  const isHelped = steps.map(({ logprobs }) => logprobs.length === 0);
  if (isHelped.every((helped) => helped)) return episode;
  let step = -1;
  let isActing = false;
  const weights = episode.weights.map((weight, i) => {
    const token = episode.tokens[i] as number;
    if (token === ACT) step++;
    if (token === ACT || token === OBSERVE) isActing = token === ACT;
    return isActing && isHelped[step] ? EMPHASIS * weight : weight;
  });
  return { ...episode, weights };
}

/** Mean over an epoch, about. */
function tokensOfStep(
  episodes: readonly Episode[],
  { batch, longBatch }: { readonly batch: BatchSize; readonly longBatch?: BatchSize },
): number {
  const lengths = episodes.map((episode) => episode.tokens.length);
  const sum = (some: readonly number[]): number => some.reduce((total, length) => total + length, 0);
  const places = ({ time, lanes }: BatchSize): number => time * lanes;
  const steps =
    sum(lengths.filter((length) => length <= batch.time)) / (FILLED.short * places(batch)) +
    (longBatch ? sum(lengths.filter((length) => length > batch.time)) / (FILLED.long * places(longBatch)) : 0);
  return sum(lengths) / steps;
}

/**
 * Learning rates: where imitation begins, where it ends and practice goes on, where practice ends. They fall over everything, for a rate that rises again
 * undoes what was settled.
 */
export const RATES = { imitation: 0.003, practice: 0.0015, last: 0.00003 } as const;

export interface LearnOptions {
  readonly stage: Stage;
  /** Folder of the training run, in the run's. */
  readonly folder: string;
  readonly student: Student;
  readonly episodes: readonly Episode[];
  /** To train on; at least ten steps are made. */
  readonly tokens: number;
  /** Learning rates at the beginning and at the end. */
  readonly rate: { readonly from: number; readonly to: number };
}

export interface Learned {
  readonly student: Student;
  readonly tokens: number;
  readonly seconds: number;
}

/** Trains a copy of the student. Goes on where an earlier start of the same run stood. Throws `Stopped`. */
export async function learn(shop: Workshop, options: LearnOptions): Promise<Learned> {
  const { stage, folder, student, episodes, tokens, rate } = options;
  if (episodes.length === 0)
    throw new ConfigError({
      operation: `learn (${stage})`,
      got: 'no episode that fits a lane',
      expected: 'at least one',
      fix: 'gather more demonstrations',
    });
  const startedMs = performance.now();
  const whole = batchOf(student);
  const lanes = whole.time > SHORT_LANE ? { batch: sizeOf(SHORT_LANE), longBatch: whole } : { batch: whole };
  const steps = Math.max(10, Math.round(tokens / tokensOfStep(episodes, lanes)));
  const result = await trainRun({
    folder: shop.run.path(folder),
    config: student.config,
    initial: { identity: hashWeights(student.weights), weights: student.weights },
    tokenizerJson: student.tokenizerJson,
    source: listSource(episodes),
    permuteReferences: true,
    ...lanes,
    steps,
    schedule: { peak: rate.from, floor: rate.to / rate.from, warmup: Math.min(30, Math.ceil(steps / 5)) },
    optimizer: { beta2: 0.98, weightDecay: 0.05 },
    seed: shop.seed,
    saveEvery: { seconds: 30 },
    signal: shop.signal,
    onProgress(event) {
      if (event.kind !== 'step') return;
      shop.run.tell({
        kind: 'progress',
        stage,
        done: event.step,
        of: event.steps,
        unit: 'steps',
        perSecond: event.tokensPerSecond,
        secondsLeft: event.secondsLeft,
        figures: { loss: event.smoothedLoss, tokens: event.tokens },
      });
    },
  });
  if (result.reason === 'interrupted') throw new Stopped('the run was stopped');
  const { weights } = loadModel(result.checkpointFolder);
  return { student: { ...student, weights }, tokens: result.tokens, seconds: (performance.now() - startedMs) / 1000 };
}
