/**
 * Batches out of an endless stream of episodes. Where there are long lanes, there are two streams, of the episodes that fit a short lane and of those that
 * don't, read side by side so that both have come equally far: attention over a long lane costs the more the shorter its episodes are.
 *
 * Invariant: a pure function of the cursors, which are all that a resumed run needs.
 */
import type { Batch } from '../records/index.ts';
import type { EpisodeSource } from './episode-source.ts';
import { type EpisodeStream, episodeStream, type StreamOptions } from './episode-stream.ts';
import { type BatchSize, packEpisodes } from './packing.ts';

/** Positions in the stream of short episodes and in that of long ones: the next episode that no step has seen. */
export interface Cursors {
  readonly cursor: number;
  readonly longCursor: number;
}

export interface BatchStreamOptions extends StreamOptions {
  readonly batch: BatchSize;
  readonly longBatch?: BatchSize | undefined;
}

export interface Taken {
  readonly batches: readonly Batch[];
  readonly cursors: Cursors;
  /** Which episodes went in, by epoch and index in the source. */
  readonly places: readonly { readonly epoch: number; readonly index: number }[];
}

/** One of the two. */
interface Lane {
  readonly size: BatchSize;
  readonly stream: EpisodeStream;
  readonly name: keyof Cursors;
  readonly length: number;
}

export class BatchStream {
  readonly #lanes: readonly Lane[];

  /** Throws `DataError` for a source without episodes. */
  constructor(source: EpisodeSource, { batch, longBatch, ...options }: BatchStreamOptions) {
    if (!longBatch) {
      this.#lanes = [{ size: batch, stream: episodeStream(source, options), name: 'cursor', length: source.length }];
      return;
    }
    const indices = Array.from({ length: source.length }, (_, index) => index);
    const isLong = (index: number): boolean => source.episode(index).tokens.length > batch.time;
    const parts = [
      { name: 'cursor', size: batch, among: indices.filter((index) => !isLong(index)) },
      { name: 'longCursor', size: longBatch, among: indices.filter(isLong) },
    ] as const;
    this.#lanes = parts
      .filter(({ among }) => among.length > 0)
      .map(({ name, size, among }) => ({ name, size, length: among.length, stream: episodeStream(source, { ...options, among }) }));
  }

  /** The next `count` batches, all of one size. */
  take(cursors: Cursors, count: number): Taken {
    const progress = ({ name, length }: Lane): number => cursors[name] / length;
    const [first, second] = this.#lanes as readonly [Lane, Lane?];
    const { name, stream, size } = second && progress(second) < progress(first) ? second : first;
    const start = cursors[name];
    const batches: Batch[] = [];
    let cursor = start;
    for (let i = 0; i < count; i++) {
      const { batch, used } = packEpisodes(stream.from(cursor), size);
      batches.push(batch);
      cursor += used;
    }
    const places = Array.from({ length: cursor - start }, (_, i) => stream.locate(start + i));
    return { batches, cursors: { ...cursors, [name]: cursor }, places };
  }
}
