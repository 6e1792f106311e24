/**
 * Batches out of an endless stream of episodes. Where there are long lanes, there are two streams, of the episodes that fit a short lane and of those that
 * don't, read side by side so that both have come equally far: attention over a long lane costs the more the shorter its episodes are.
 *
 * Invariant: a pure function of the cursors, which are all that a resumed run needs.
 */
import { DataError } from '../base/index.ts';
import type { Batch, Episode } from '../records/index.ts';
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
  /** Where its episodes stand in the source. */
  readonly indexOf: (own: number) => number;
}

export class BatchStream {
  readonly #lanes: readonly Lane[];

  /** Throws `DataError` for a source without episodes. */
  constructor(source: EpisodeSource, { batch, longBatch, ...options }: BatchStreamOptions) {
    const whole: Lane = {
      size: batch,
      stream: episodeStream(source, options),
      name: 'cursor',
      length: source.length,
      indexOf: (own) => own,
    };
    if (!longBatch) {
      this.#lanes = [whole];
      return;
    }
    const indices = Array.from({ length: source.length }, (_, index) => index);
    const isLong = indices.map((index) => source.episode(index).tokens.length > batch.time);
    const lane = (kept: readonly number[], size: BatchSize, name: keyof Cursors): Lane[] => {
      if (kept.length === 0) return [];
      const indexOf = (own: number): number => kept[own] as number;
      const part = { ...source, length: kept.length, episode: (own: number): Episode => source.episode(indexOf(own)) };
      const order = typeof options.order === 'object' ? { ...options.order, key: movedKey(options.order.key, indexOf) } : options.order;
      const stream = episodeStream(part, { ...options, seed: `${options.seed}/${name}`, ...(order ? { order } : {}) });
      return [{ size, stream, name, length: kept.length, indexOf }];
    };
    this.#lanes = [
      ...lane(
        indices.filter((index) => !isLong[index]),
        batch,
        'cursor',
      ),
      ...lane(
        indices.filter((index) => isLong[index]),
        longBatch,
        'longCursor',
      ),
    ];
  }

  /** The next `count` batches, all of one size. */
  take(cursors: Cursors, count: number): Taken {
    const progress = ({ name, length }: Lane): number => (Number.isFinite(length) ? cursors[name] / length : 0);
    const [first, second] = this.#lanes;
    const lane = second && progress(second) < progress(first as Lane) ? second : (first as Lane);
    const start = cursors[lane.name];
    const batches: Batch[] = [];
    let cursor = start;
    for (let i = 0; i < count; i++) {
      const { batch, used } = packEpisodes(lane.stream.from(cursor), lane.size);
      batches.push(batch);
      cursor += used;
    }
    if (cursor === start) throw new DataError({ operation: 'pack a batch', got: 'no episode', expected: 'at least one' });
    const places = Array.from({ length: cursor - start }, (_, i) => {
      const { epoch, index } = lane.stream.locate(start + i);
      return { epoch, index: lane.indexOf(index) };
    });
    return { batches, cursors: { ...cursors, [lane.name]: cursor }, places };
  }
}

const movedKey =
  (key: (index: number) => number, indexOf: (own: number) => number) =>
  (own: number): number =>
    key(indexOf(own));
