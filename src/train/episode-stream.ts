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
}

export interface EpisodeStream {
  /** Which episode of the source stands at this position, and in which epoch. */
  locate(position: number): { readonly epoch: number; readonly index: number };
  episode(position: number): Episode;
  /** Episodes from this position on, without end. */
  from(position: number): Generator<Episode, never>;
}

export function episodeStream(source: EpisodeSource, options: StreamOptions): EpisodeStream {
  const { length } = source;
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
  const keys = keysOf(source, order);
  // The order of one epoch is remembered: it is a matter of speed alone.
  let remembered: { readonly epoch: number; readonly indices: readonly number[] } | undefined;

  function indicesOf(epoch: number): readonly number[] {
    if (remembered?.epoch !== epoch) {
      const given = Array.from({ length }, (_, index) => index);
      const indices = order === 'given' ? given : random.fork('order').fork(epoch).shuffle(given);
      remembered = { epoch, indices: keys ? indices.sort((a, b) => (keys[a] as number) - (keys[b] as number)) : indices };
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

function keysOf({ length, episode }: EpisodeSource, order: Order): Float64Array | undefined {
  if (order === 'shuffled' || order === 'given') return undefined;
  const key = order === 'short first' ? (index: number): number => episode(index).tokens.length : order.key;
  const keys = Float64Array.from({ length }, (_, index) => key(index));
  const wrong = keys.findIndex(Number.isNaN);
  if (wrong >= 0)
    throw new ConfigError({ operation: `order ${nameOfOrder(order)}`, got: `NaN for episode ${wrong}`, expected: 'a number' });
  return keys;
}

const permutation = (random: Random): readonly number[] =>
  random.shuffle(Array.from({ length: REFERENCE_COUNT }, (_, reference) => reference));
