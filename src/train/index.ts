/** Training: batches in, updated weights out. Never calls a rollout. */

export {
  type AdvantageOptions,
  actionAdvantages,
  type CriticTargetOptions,
  criticTargets,
  type GroupOptions,
  groupAdvantages,
  normaliseAdvantages,
  type Trajectory,
  terminalRewards,
} from './advantages.ts';
export { loadTexts, type TextSourceOptions, textSource } from './corpus.ts';
export { type CriticReport, criticBeatsBaseRate, type TrainCriticOptions, type TrainCriticReport, trainCritic } from './critic-warmup.ts';
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
export type { PolicyObjectiveOptions } from './policy-objective.ts';
export { type PolicyStepReport, PolicyTrainer, type PolicyTrainerOptions } from './policy-trainer.ts';
export {
  type GroupUpdateOptions,
  groupUpdate,
  type PolicyUpdateOptions,
  type PolicyUpdateResult,
  policyUpdate,
  type RewardedEpisode,
} from './policy-update.ts';
export { episodeOutcome, episodeReward, type RewardOptions } from './reward.ts';
export { CHECKPOINT_FOLDER, METRICS_FILE, trainRun } from './run.ts';
export { loadRunState, type RunState } from './run-checkpoint.ts';
export type { StepEvent, TrainEvent, TrainRunOptions, TrainRunResult } from './run-options.ts';
export { type ScoredRollouts, type ScoreRolloutsOptions, scoreRollouts } from './score-rollouts.ts';
export {
  type ActionScores,
  imitatedEpisode,
  NO_IMITATION,
  type ScoredEpisode,
  type ScoreOptions,
  scoreEpisode,
  withMixturePlaces,
  withScores,
} from './scored-episode.ts';
export { packScoredEpisodes, type ScoredBatch } from './scored-packing.ts';
export { type BatchNats, type StepReport, Trainer, type TrainerOptions } from './trainer.ts';
export {
  type LocatedTranscript,
  loadTranscripts,
  parseTranscripts,
  type TranscriptSourceOptions,
  textsOf,
  transcriptSource,
} from './transcript-source.ts';
export type { InitialState, TrainState } from './updater.ts';
