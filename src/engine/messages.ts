/** What an engine and its worker thread say to each other: calls by number, answers by the same number. */
import type { TokenGrammar } from '../grammar/index.ts';
import type { ModelConfig, Weights } from '../model/index.ts';
import type { DecodeOptions } from './decoding.ts';
import type { AppendResult, DecodeResult, PredictOptions, PredictResult } from './lane.ts';
import type { EngineOptions } from './lane-engine.ts';

/** What the worker is started with. */
export interface EngineSetup {
  readonly config: ModelConfig;
  readonly weights: Weights;
  readonly options: EngineOptions;
}

/** The calls of a `LaneEngine` with what each takes and gives. */
export interface EngineCalls {
  open: { readonly takes: { readonly seed: number | string }; readonly gives: number };
  append: { readonly takes: { readonly lane: number; readonly tokens: Int32Array }; readonly gives: AppendResult };
  /** `grammar` numbers a grammar; its states come with its first use only. */
  decode: {
    readonly takes: { readonly lane: number; readonly options: Omit<DecodeOptions, 'grammar'>; readonly grammar?: SentGrammar };
    readonly gives: DecodeResult;
  };
  /** The caller has let go of a grammar. */
  forget: { readonly takes: { readonly grammar: number }; readonly gives: undefined };
  predict: { readonly takes: PredictOptions & { readonly lane: number }; readonly gives: PredictResult };
  mark: { readonly takes: { readonly lane: number }; readonly gives: undefined };
  rewind: { readonly takes: { readonly lane: number }; readonly gives: undefined };
  fork: { readonly takes: { readonly lane: number; readonly seed: number | string }; readonly gives: number };
  close: { readonly takes: { readonly lane: number }; readonly gives: undefined };
  updateWeights: { readonly takes: { readonly weights: Weights }; readonly gives: undefined };
  dispose: { readonly takes: Readonly<Record<never, never>>; readonly gives: undefined };
}
export interface SentGrammar {
  readonly number: number;
  readonly grammar?: TokenGrammar;
}

export type EngineCall = keyof EngineCalls;

export interface Request<K extends EngineCall = EngineCall> {
  readonly number: number;
  readonly call: K;
  readonly input: EngineCalls[K]['takes'];
}

export type Answer =
  | { readonly number: number; readonly result: EngineCalls[EngineCall]['gives'] }
  | { readonly number: number; readonly error: SentError };

/** An error as data: classes don't survive the crossing of threads. */
export interface SentError {
  readonly code: string;
  readonly name: string;
  readonly message: string;
}
