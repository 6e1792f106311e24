/**
 * One lane: one episode as the engine sees it. Tokens of the caller wait in `jobs`, the one sampled last in `unread`, until
 * a step reads them into the cache; what the last read token predicts is kept, so that the next one can be sampled or its
 * surprise be told.
 *
 * Both are in natural units with opposite signs: `logprobs` are log p ≤ 0, `nats` are −log p ≥ 0.
 */
import type { Random } from '../base/index.ts';
import type { CompiledState } from '../grammar/index.ts';
import type { PointerMemory, PointerState, Prediction } from './prediction.ts';
import type { SamplingOptions, TokenBias } from './sampling.ts';

export type StopReason =
  /** The grammar's end: the action is whole. */
  | 'end'
  /** The grammar's pause: the runtime appends before decoding goes on. */
  | 'pause'
  /** A token of `stopTokens`. */
  | 'stop token'
  /** `maxTokens` were sampled. */
  | 'length'
  /** The lane's context is full. */
  | 'context';

export interface DecodeResult {
  readonly tokens: Int32Array;
  /** log p of each token under the model (softmax, mixed with the pointer head where a reference was expected). */
  readonly logprobs: Float64Array;
  /** log p of each token under what it was drawn from: after grammar, temperature, top-k and top-p. */
  readonly sampledLogprobs: Float64Array;
  /** 1 where the pointer head took part. */
  readonly pointed: Uint8Array;
  /** The value head at the token before the first sampled one; NaN without a value head. */
  readonly value: number;
  readonly stopReason: StopReason;
  /** The grammar's state after the last token, for resuming after a pause; 0 without a grammar. */
  readonly state: number;
}

export interface AppendResult {
  /** −log p of each appended token given all before it; the first token of a lane has none and counts 0. */
  readonly nats: Float64Array;
}

export interface PredictOptions {
  /** Those asked about. */
  readonly tokens: readonly number[];
  /** Whether a reference is expected, so that the pointer head takes part. Default false. */
  readonly pointing?: boolean;
}

export interface PredictResult {
  /** log p of each token asked about, under the model (softmax, mixed with the pointer head where pointing). */
  readonly logprobs: Float64Array;
  /** The value head's output here; NaN without one. */
  readonly value: number;
}

/** Tokens given by the caller, being read. */
export interface AppendJob {
  readonly kind: 'append';
  readonly tokens: Int32Array;
  readonly nats: Float64Array;
  /** How many have been read. */
  read: number;
  readonly resolve: (result: AppendResult) => void;
  readonly reject: (error: Error) => void;
}

/** Tokens being sampled. */
export interface DecodeJob {
  readonly kind: 'decode';
  readonly sampling: Required<SamplingOptions>;
  readonly states: readonly CompiledState[] | undefined;
  readonly stopTokens: ReadonlySet<number>;
  readonly maxTokens: number;
  readonly bias: readonly TokenBias[];
  state: number;
  value: number;
  readonly tokens: number[];
  readonly logprobs: number[];
  readonly sampledLogprobs: number[];
  readonly pointed: number[];
  readonly resolve: (result: DecodeResult) => void;
  readonly reject: (error: Error) => void;
}

/** All of a lane but its rows in the cache, which stay as they are up to `length` when more is read. */
export interface LaneState {
  readonly length: number;
  readonly unread: number | undefined;
  readonly prediction: Prediction | undefined;
  readonly pointer: PointerState | undefined;
}

export function laneState({ length, unread, prediction, pointer }: Lane): LaneState {
  return { length, unread, prediction, pointer: pointer?.save() };
}

export function restoreLane(lane: Lane, { length, unread, prediction, pointer }: LaneState): void {
  Object.assign(lane, { length, unread, prediction });
  if (pointer) lane.pointer?.load(pointer);
}

export interface Lane {
  readonly id: number;
  /** Its column in the cache; −1 until the next step gives it one. */
  column: number;
  /** Tokens in the cache. */
  length: number;
  /** The sampled token that no step has read yet. */
  unread: number | undefined;
  prediction: Prediction | undefined;
  /** Absent without a pointer head. */
  readonly pointer: PointerMemory | undefined;
  /** Where `rewind` goes back to. */
  mark: LaneState | undefined;
  readonly random: Random;
  /** In order of arrival; the first is under way. */
  readonly jobs: (AppendJob | DecodeJob)[];
  /** Why the lane can only be closed: work on it failed half-way, so that its cache is not what the caller was told. */
  failure: Error | undefined;
}

/** Ends all work of the lane by `error`. From now on it can only be closed. */
export function failLane(lane: Lane, error: Error): void {
  lane.failure = error;
  for (const { reject } of lane.jobs.splice(0)) reject(error);
}

/** What a lane has to read: the token sampled last, then those of an append that is its turn. */
export function pendingTokens(lane: Lane, limit: number): readonly number[] {
  const [job] = lane.jobs;
  // The token sampled last is read only when something needs what follows it.
  if (!job) return [];
  const first = lane.unread === undefined ? [] : [lane.unread];
  return job.kind === 'append' ? [...first, ...job.tokens.subarray(job.read, job.read + limit - first.length)] : first;
}

export function pendingCount(lane: Lane): number {
  const [job] = lane.jobs;
  if (!job) return 0;
  return (lane.unread === undefined ? 0 : 1) + (job.kind === 'append' ? job.tokens.length - job.read : 0);
}
