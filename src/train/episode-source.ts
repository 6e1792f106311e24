/**
 * Where a trainer's episodes come from. A source is a pure function of an index: asked twice, it gives the same episode,
 * in any order and any process. So a run needs to keep no more of its data than a number (see `episode-stream.ts`).
 *
 * It doesn't say in which order episodes are seen, nor how often: that is the stream's business.
 */
import { ConfigError, hashBytes, hashJson, Random } from '../base/index.ts';
import type { Episode } from '../records/index.ts';

export interface EpisodeSource {
  /** Episodes there are; `Infinity` for a generator without end. */
  readonly length: number;
  /** Sources with the same identity have the same episodes: a run that is resumed must find the one that it began with. */
  readonly identity: string;
  /** The episode of this index, 0 ≤ index < length. The caller doesn't change its arrays. */
  episode(index: number): Episode;
}

/** The given episodes; their content is the identity. */
export function listSource(episodes: readonly Episode[]): EpisodeSource {
  const parts = episodes.flatMap(({ tokens, weights, pointed }) => [String(tokens.length), bytesOf(tokens), bytesOf(weights), pointed]);
  return { length: episodes.length, identity: hashBytes(...parts), episode: (index) => at(episodes, index) };
}

export interface GeneratedOptions {
  /** Names the function and everything that it depends on, e.g. `copying v1`: it stands in for the content that can't be hashed. */
  readonly name: string;
  /** Default: without end. */
  readonly length?: number;
}

/** Episodes that are made when they are asked for. `generate` is pure: its index is all that it goes by. */
export function generatedSource(
  generate: (index: number) => Episode,
  { name, length = Number.POSITIVE_INFINITY }: GeneratedOptions,
): EpisodeSource {
  return { length, identity: `generated: ${name}`, episode: generate };
}

export interface SplitOptions {
  /** Share of the episodes that is kept for evaluation, 0 ≤ share < 1. */
  readonly share: number;
  readonly seed: number | string;
}

export interface SplitSource {
  readonly train: EpisodeSource;
  /** Absent where the share is 0, or where there is but one episode. */
  readonly evaluation: EpisodeSource | undefined;
}

/** Two disjoint sources, drawn at random: `share` of the episodes, at least one, for evaluation, the rest for training. */
export function splitSource(source: EpisodeSource, { share, seed }: SplitOptions): SplitSource {
  const operation = 'split the episodes';
  if (!(share >= 0 && share < 1))
    throw new ConfigError({ operation, got: `an evaluation share of ${share}`, expected: '0 or more, below 1' });
  if (share === 0 || source.length === 1) return { train: source, evaluation: undefined };
  if (!Number.isFinite(source.length))
    throw new ConfigError({ operation, got: 'a source without end', expected: 'a finite one', fix: 'evaluate on a generator of its own' });
  const shuffled = new Random(seed).fork('split').shuffle(Array.from({ length: source.length }, (_, i) => i));
  const held = Math.min(source.length - 1, Math.max(1, Math.round(share * source.length)));
  const part = (name: string, indices: readonly number[]): EpisodeSource => {
    const kept = indices.toSorted((a, b) => a - b);
    return {
      length: kept.length,
      identity: hashJson({ of: source.identity, part: name, share, seed }),
      episode: (index) => source.episode(at(kept, index)),
    };
  };
  return { train: part('train', shuffled.slice(held)), evaluation: part('evaluation', shuffled.slice(0, held)) };
}

function at<T>(items: readonly T[], index: number): T {
  const item = items[index];
  if (item === undefined) throw new ConfigError({ operation: 'episode', got: `index ${index}`, expected: `0 … ${items.length - 1}` });
  return item;
}

const bytesOf = ({ buffer, byteOffset, byteLength }: Int32Array | Float32Array): Uint8Array =>
  new Uint8Array(buffer, byteOffset, byteLength);
