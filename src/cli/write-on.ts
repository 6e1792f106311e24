/** What a model writes after a prompt, through the engine, which computes in a thread of its own. */
import { Engine, type StopReason } from '../engine/index.ts';
import { boundaryId } from '../grammar/index.ts';
import type { FolderModel } from './model-folder.ts';

export interface SampleOptions {
  readonly prompt: string;
  readonly tokens: number;
  readonly temperature: number;
  readonly seed: number | string;
  readonly threads?: number;
  readonly topK?: number;
  readonly topP?: number;
}

export interface Written {
  /** Without the prompt. */
  readonly text: string;
  readonly tokens: readonly number[];
  /** Nats of each token under the model. */
  readonly logprobs: readonly number[];
  readonly stopReason: StopReason;
}

/** Throws `DataError` for a prompt that is longer than the context. Special tokens that the prompt spells are read as such. */
export async function writeOn({ config, weights, tokenizer }: FolderModel, options: SampleOptions): Promise<Written> {
  const { prompt, tokens: maxTokens, seed, threads, ...sampling } = options;
  const engine = await Engine.start(config, weights, threads === undefined ? {} : { threads });
  try {
    const lane = await engine.open(seed);
    await engine.append(lane, Int32Array.of(boundaryId('begin'), ...tokenizer.encode(prompt)));
    const stopTokens = [boundaryId('begin'), boundaryId('pad')];
    const { tokens, logprobs, stopReason } = await engine.decode(lane, { maxTokens, stopTokens, ...sampling });
    const kept = stopReason === 'stop token' ? tokens.subarray(0, -1) : tokens;
    return { text: tokenizer.decode(kept), tokens: [...kept], logprobs: [...logprobs.subarray(0, kept.length)], stopReason };
  } finally {
    await engine.dispose();
  }
}
