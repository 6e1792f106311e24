/** Running a model: batched generation with caches, log-probabilities, values, surprise. */
export { Engine } from './engine.ts';
export type { AppendResult, DecodeResult, StopReason } from './lane.ts';
export { type DecodeOptions, type EngineOptions, LaneEngine } from './lane-engine.ts';
export type { SamplingOptions } from './sampling.ts';
