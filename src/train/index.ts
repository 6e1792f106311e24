/** Training: batches in, updated weights out. Never calls a rollout. */

export { loadTexts, type TextSourceOptions, textSource } from './corpus.ts';
export {
  type EpisodeSource,
  type GeneratedOptions,
  generatedSource,
  listSource,
  type SplitOptions,
  type SplitSource,
  splitSource,
} from './episode-source.ts';
export { type EpisodeStream, episodeStream, type Order, type StreamOptions } from './episode-stream.ts';
export { type EvaluateOptions, type EvaluationReport, evaluate } from './evaluation.ts';
export { batchFeeds, batchWeight, type LanguageModelGraph, type LanguageModelOptions, traceLanguageModel } from './language-model.ts';
export type { ExplosionRule } from './loss-watch.ts';
export { type BatchSize, type Packed, packEpisodes } from './packing.ts';
export { CHECKPOINT_FOLDER, METRICS_FILE, trainRun } from './run.ts';
export { loadRunState, type RunState } from './run-checkpoint.ts';
export type { StepEvent, TrainEvent, TrainRunOptions, TrainRunResult } from './run-options.ts';
export { type BatchNats, type StepReport, Trainer, type TrainerOptions, type TrainState } from './trainer.ts';
export {
  type LocatedTranscript,
  loadTranscripts,
  parseTranscripts,
  type TranscriptSourceOptions,
  textsOf,
  transcriptSource,
} from './transcript-source.ts';
