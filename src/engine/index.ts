/** Running a model: batched generation with caches, log-probabilities, values, surprise. */
export type { DecodeOptions } from './decoding.ts';
export { Engine } from './engine.ts';
export { type EnginePolicyOptions, enginePolicy } from './engine-policy.ts';
export { stepOnnx } from './incremental-graph.ts';
export type { AppendResult, DecodeResult, PredictOptions, PredictResult, StopReason } from './lane.ts';
export { type EngineOptions, LaneEngine } from './lane-engine.ts';
export type { SamplingOptions } from './sampling.ts';
