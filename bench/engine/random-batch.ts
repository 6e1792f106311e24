/** Random episodes of one length: for timings, where what is learned does not matter. */
import { Random } from '../../src/base/index.ts';
import { SPECIAL_TOKENS } from '../../src/grammar/index.ts';
import type { Batch } from '../../src/records/index.ts';
import { type BatchSize, packEpisodes } from '../../src/train/index.ts';

export function randomBatch(size: BatchSize, vocabularySize: number, seed: number): Batch {
  const random = new Random(seed);
  const first = SPECIAL_TOKENS.length;
  const episodes = Array.from({ length: size.lanes }, () => ({
    tokens: Int32Array.from({ length: size.time }, () => first + random.below(vocabularySize - first)),
    weights: new Float32Array(size.time).fill(1),
    pointed: new Uint8Array(size.time),
  }));
  return packEpisodes(episodes, size).batch;
}
