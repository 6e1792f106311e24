/**
 * A source read without end: epoch after epoch, each in an order of its own. A pure function of a position: the stream's
 * whole state is a number, the cursor, so a resumed run reads on exactly where the other one stopped.
 */
import { ConfigError, DataError, Random } from '../base/index.ts';
import { permuteReferences, REFERENCE_COUNT } from '../grammar/index.ts';
import type { Episode } from '../records/index.ts';
import type { EpisodeSource } from './episode-source.ts';

/**
 * `shuffled`: anew in every epoch. `given`: as the source has them. `short first`: by length. A curriculum of one's own:
 * by `key`, lowest first; `name` says in the run's settings which key it is. Equal keys come in a new order every epoch.
 */
export type Order = 'shuffled' | 'given' | 'short first' | { readonly name: string; readonly key: (index: number) => number };

export interface StreamOptions {
  /** Default: shuffled; a source without end is read as given. */
  readonly order?: Order;
  readonly seed: number | string;
  /** Whether references are renamed at random, anew in every epoch, so that numbers come to mean nothing. Default false. */
  readonly permuteReferences?: boolean;
  /** Only the episodes of these indices, in this order where it is given. Default: all. */
  readonly among?: readonly number[];
}

export interface EpisodeStream {
  /** Which episode of the source stands at this position, and in which epoch. */
  locate(position: number): { readonly epoch: number; readonly index: number };
  episode(position: number): Episode;
  /** Episodes from this position on, without end. */
  from(position: number): Generator<Episode, never>;
}

export function episodeStream(source: EpisodeSource, options: StreamOptions): EpisodeStream {
  const { among } = options;
  const length = among?.length ?? source.length;
  const order = options.order ?? defaultOrder(source);
  if (length === 0)
    throw new DataError({
      operation: 'read episodes',
      got: 'a source without episodes',
      expected: 'at least one',
      fix: 'look at the corpus and at the evaluation share',
    });
  if (!Number.isFinite(length) && order !== 'given')
    throw new ConfigError({ operation: 'read episodes', got: `order ${nameOfOrder(order)} for a source without end`, expected: "'given'" });
  const random = new Random(options.seed);
  const indices = among ?? (Number.isFinite(length) ? Array.from({ length }, (_, index) => index) : []);
  const keys = keysOf(source, { order, indices });
  // The order of one epoch is remembered: it is a matter of speed alone.
  let remembered: { readonly epoch: number; readonly indices: readonly number[] } | undefined;

  function indicesOf(epoch: number): readonly number[] {
    if (remembered?.epoch !== epoch) {
      const mixed =
        order === 'given'
          ? indices
          : random
              .fork('order')
              .fork(epoch)
              .shuffle([...indices]);
      remembered = { epoch, indices: keys ? mixed.toSorted((a, b) => (keys.get(a) as number) - (keys.get(b) as number)) : mixed };
    }
    return remembered.indices;
  }

  function locate(position: number): { readonly epoch: number; readonly index: number } {
    if (!Number.isFinite(length)) return { epoch: 0, index: position };
    const epoch = Math.floor(position / length);
    return { epoch, index: indicesOf(epoch)[position - epoch * length] as number };
  }

  function episode(position: number): Episode {
    const { epoch, index } = locate(position);
    const found = source.episode(index);
    return options.permuteReferences ? permuteReferences(found, permutation(random.fork('references').fork(epoch).fork(index))) : found;
  }

  return {
    locate,
    episode,
    *from(position) {
      for (let next = position; ; next++) yield episode(next);
    },
  };
}

export function defaultOrder({ length }: EpisodeSource): Order {
  return Number.isFinite(length) ? 'shuffled' : 'given';
}

export function nameOfOrder(order: Order): string {
  return typeof order === 'string' ? order : `by ${order.name}`;
}

function keysOf(
  { episode }: EpisodeSource,
  { order, indices }: { readonly order: Order; readonly indices: readonly number[] },
): ReadonlyMap<number, number> | undefined {
  if (order === 'shuffled' || order === 'given') return undefined;
  const key = order === 'short first' ? (index: number): number => episode(index).tokens.length : order.key;
  const keys = new Map(indices.map((index) => [index, key(index)]));
  const wrong = indices.find((index) => Number.isNaN(keys.get(index)));
  if (wrong !== undefined)
    throw new ConfigError({ operation: `order ${nameOfOrder(order)}`, got: `NaN for episode ${wrong}`, expected: 'a number' });
  return keys;
}

const permutation = (random: Random): readonly number[] =>
  random.shuffle(Array.from({ length: REFERENCE_COUNT }, (_, reference) => reference));
