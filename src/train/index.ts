/** Training: batches in, updated weights out. Never calls a rollout. */
export { batchFeeds, batchWeight, type LanguageModelGraph, type LanguageModelOptions, traceLanguageModel } from './language-model.ts';
export { type BatchSize, type Packed, packEpisodes } from './packing.ts';
export { type BatchNats, type StepReport, Trainer, type TrainerOptions, type TrainState } from './trainer.ts';
