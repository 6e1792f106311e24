/**
 * What a training run is told, what it tells, and which part of that its result depends on.
 */
import { ConfigError, hashBytes } from '../base/index.ts';
import { checkConfig, type ModelConfig, type Weights } from '../model/index.ts';
import { ADAMW_DEFAULTS, type AdamWOptions, resolveSchedule, type Schedule } from '../tensor/index.ts';
import type { EpisodeSource } from './episode-source.ts';
import { defaultOrder, nameOfOrder, type Order } from './episode-stream.ts';
import { checkEnds, type EvaluationReport } from './evaluation.ts';
import type { ExplosionRule } from './loss-watch.ts';
import type { BatchSize } from './packing.ts';
import type { Settings } from './settings.ts';

export interface TrainRunOptions {
  /** The run's folder: `checkpoint/` and `metrics.jsonl` go there. A run that is already there is resumed. */
  readonly folder: string;
  readonly config: ModelConfig;
  /** Weights to begin with, which stay as they are; default: drawn from the seed. `identity` stands for them in the settings, e.g. a file's hash. */
  readonly initial?: { readonly identity: string; readonly weights: Weights };
  /** Saved beside the weights. */
  readonly tokenizerJson?: string;
  readonly source: EpisodeSource;
  /** Default: shuffled; a source without end is read as given. */
  readonly order?: Order;
  /** Default false. */
  readonly permuteReferences?: boolean;
  /** Evaluated every `every` steps (default: a tenth of all) and at the end, on `batches` batches (default all). */
  readonly evaluation?: { readonly source: EpisodeSource; readonly every?: number; readonly batches?: number } | undefined;
  readonly batch: BatchSize;
  /** Batches of the episodes that are longer than a lane of `batch`, so that the short ones don't pay for attention over long lanes. Default: there are none. */
  readonly longBatch?: BatchSize | undefined;
  /** Batches a step; default 1. */
  readonly accumulate?: number;
  readonly optimizer?: AdamWOptions;
  /** Largest global gradient norm; default 1. */
  readonly clipNorm?: number;
  /** Threads of the runtime; default: `JOURNEYMAN_THREADS`, else 2. */
  readonly threads?: number;
  readonly steps: number;
  readonly schedule: Omit<Schedule, 'steps'>;
  /** Default 0. */
  readonly seed?: number | string;
  /** When to save besides beginning and end: after so many steps, or so many seconds, whichever comes first. Default: 60 seconds. */
  readonly saveEvery?: { readonly steps?: number; readonly seconds?: number };
  readonly explosion?: ExplosionRule;
  /** What else the caller's data or model came from and must stay, e.g. `{ vocabulary: 1024 }`. */
  readonly callerSettings?: Settings;
  readonly onProgress?: (event: TrainEvent) => void;
  /** Aborted: the running step is finished, the run saved, and the result says `interrupted`. */
  readonly signal?: AbortSignal;
}

export type TrainEvent =
  | { readonly kind: 'begun'; readonly step: number; readonly steps: number; readonly folder: string; readonly resumed: boolean }
  | StepEvent
  | ({ readonly kind: 'evaluation'; readonly step: number } & EvaluationReport)
  | { readonly kind: 'saved'; readonly step: number; readonly folder: string };

export interface StepEvent {
  readonly kind: 'step';
  readonly step: number;
  readonly steps: number;
  /** Tokens trained on since the run began. */
  readonly tokens: number;
  /** Of this process; null at its first step, which compiles the graph. */
  readonly tokensPerSecond: number | null;
  /** Weighted mean nats of this step's batches. */
  readonly loss: number;
  readonly smoothedLoss: number;
  readonly gradientNorm: number;
  readonly learningRate: number;
  readonly secondsLeft: number | null;
}

export interface TrainRunResult {
  readonly reason: 'finished' | 'interrupted';
  readonly step: number;
  readonly steps: number;
  readonly tokens: number;
  readonly smoothedLoss: number;
  /** Of the last step; null without an evaluation source, or where this process had no step to do. */
  readonly evaluation: EvaluationReport | null;
  readonly weights: Weights;
  /** What the run has written. */
  readonly checkpointFolder: string;
  readonly metricsPath: string;
}

/** Options that the result depends on, with their defaults written out: a default that changes is noticed on resumption. */
export function resolveOptions({ steps, schedule, accumulate = 1, clipNorm = 1, optimizer = {}, seed = 0 }: TrainRunOptions) {
  const {
    beta1 = ADAMW_DEFAULTS.beta1,
    beta2 = ADAMW_DEFAULTS.beta2,
    epsilon = ADAMW_DEFAULTS.epsilon,
    weightDecay = ADAMW_DEFAULTS.weightDecay,
  } = optimizer;
  return {
    accumulate,
    clipNorm,
    optimizer: { beta1, beta2, epsilon, weightDecay },
    seed,
    schedule: resolveSchedule({ ...schedule, steps }),
  };
}

/** What must not change on resumption. Throws `ConfigError` for options that can't be. */
export function settingsOf(options: TrainRunOptions): Settings {
  const { config, source, batch, longBatch, steps, permuteReferences = false, evaluation } = options;
  const { accumulate, clipNorm, optimizer, seed, schedule: fullSchedule } = resolveOptions(options);
  const { steps: _, ...schedule } = fullSchedule;
  checkConfig(config);
  for (const [name, value] of Object.entries({
    steps,
    accumulate,
    ...sizesOf('batch', batch),
    ...(longBatch ? sizesOf('longBatch', longBatch) : {}),
  }))
    checkCount(name, value);
  if (longBatch && !(longBatch.time > batch.time && Number.isFinite(source.length)))
    throw wrong(
      `long lanes of ${longBatch.time} tokens beside lanes of ${batch.time}, for ${source.length} episodes`,
      'longer ones, and a source that ends',
      'leave `longBatch` out',
    );
  const longest = (longBatch ?? batch).time;
  if (longest > config.contextLength)
    throw wrong(
      `lanes of ${longest} tokens`,
      `at most ${config.contextLength}, the model's context`,
      'shorten the lanes, or give the model a longer context',
    );
  for (const [name, value] of Object.entries({ 'schedule.peak': schedule.peak, clipNorm }))
    if (!(value > 0 && Number.isFinite(value))) throw wrong(`${name} = ${value}`, 'a positive number');
  if (evaluation) checkEnds(evaluation.source, evaluation.batches);
  return {
    ...options.callerSettings,
    model: { ...config },
    tokenizer: options.tokenizerJson === undefined ? null : hashBytes(options.tokenizerJson),
    initial: options.initial?.identity ?? 'from the seed',
    data: source.identity,
    order: nameOfOrder(options.order ?? defaultOrder(source)),
    permuteReferences,
    batch: { time: batch.time, lanes: batch.lanes },
    ...(longBatch ? { longBatch: { time: longBatch.time, lanes: longBatch.lanes } } : {}),
    accumulate,
    optimizer,
    clipNorm,
    schedule,
    steps,
    seed,
  };
}

const sizesOf = (name: string, { time, lanes }: BatchSize): Record<string, number> => ({
  [`${name}.time`]: time,
  [`${name}.lanes`]: lanes,
});

function checkCount(name: string, value: number): void {
  if (!(Number.isInteger(value) && value > 0)) throw wrong(`${name} = ${value}`, 'a positive whole number');
}

function wrong(got: string, expected: string, fix?: string): ConfigError {
  return new ConfigError({ operation: 'set up the training run', got, expected, ...(fix === undefined ? {} : { fix }) });
}
