/**
 * Causal attention inside a batch, for training: queries in blocks, each over the keys up to its own end, and in a layer with a
 * window only over those that some query of the block sees. No single T×T matrix of scores exists; without a window all blocks together
 * hold about half of T×T a lane and head, and nearly half of the work is never done. Episodes packed into one lane don't see each other.
 */
import { type Dim, type Graph, ops, type Tensor } from '../tensor/index.ts';
import { type ModelConfig, windowOf } from './config.ts';
import type { Attend } from './transformer.ts';

/**
 * Added to the score of what must not be seen: far below any score, so that its weight is exactly 0. At −80, scores with a
 * standard deviation of 16 already let episodes and the future through.
 */
export const HIDDEN_SCORE = -1e4;

export interface CausalOptions {
  /** T: tokens a lane. */
  readonly time: number;
  /** B: lanes. */
  readonly lanes: number;
  /** Queries a block; default: 64 up to 512 tokens a lane, then 128. */
  readonly block?: number;
}

/** `episodes` float32 [T·B]: the number of the episode that each token belongs to. */
export function causalAttention(
  graph: Graph,
  config: ModelConfig,
  episodes: Tensor,
  { time: T, lanes: B, block = T <= 512 ? 64 : 128 }: CausalOptions,
): Attend {
  const { heads: H, keyValueHeads: K, headWidth: D } = config;
  const scale = 1 / Math.sqrt(D);
  const blocks = Array.from({ length: Math.ceil(T / block) }, (_, i) => ({ start: i * block, end: Math.min(T, (i + 1) * block) }));
  const grid = ops.reshape(episodes, [T, B]);
  const layoutOf = new Map<number, Layout>();
  for (const window of new Set(Array.from({ length: config.layers }, (_, layer) => windowOf(config, layer)))) {
    const chunk = window > 0 && block % WINDOW_CHUNK === 0 ? WINDOW_CHUNK : block;
    const ranges = blocks.map(({ start, end }) => {
      const from = window > 0 ? Math.max(0, start - window + 1) : 0;
      const range = { start, end, from: from - (from % chunk), window };
      return { ...range, mask: blockMask(graph, grid, range) };
    });
    layoutOf.set(window, { chunk, ranges });
  }

  return (layer, q, k, v) => {
    const { chunk, ranges } = layoutOf.get(windowOf(config, layer)) as Layout;
    const queries = cut(ops.reshape(q, [T, B, H, D]), block);
    const keys = cut(repeatHeads(ops.reshape(k, [T, B, K, D]), H / K), chunk);
    const values = cut(repeatHeads(ops.reshape(v, [T, B, K, D]), H / K), chunk);
    const parts = ranges.map(({ start, end, from, mask }) => {
      const seen = (chunks: readonly Tensor[]): Tensor => ops.concat(chunks.slice(from / chunk, Math.ceil(end / chunk)), 0);
      return ops.attention(queries[start / block] as Tensor, seen(keys), seen(values), mask, scale);
    });
    return ops.reshape(ops.concat(parts, 0), [T * B, H * D]);
  };
}

/** Of the keys of a layer with a window: a block of queries sees few more of them than it must. */
const WINDOW_CHUNK = 64;

/** Keys are cut into chunks once, and each block of queries puts those together that it sees: so their gradients are small ones that are added up, not one of full length from each block. */
interface Layout {
  readonly chunk: number;
  readonly ranges: readonly (BlockRange & { readonly mask: Tensor })[];
}

/** Along time; the last one may be shorter. */
function cut(x: Tensor, size: number): readonly Tensor[] {
  const T = Number(x.shape[0]);
  if (T <= size) return [x];
  const sizes = Array.from({ length: Math.ceil(T / size) }, (_, i) => Math.min(size, T - i * size));
  return ops.split(x, 0, sizes);
}

/** Queries [start, end) over keys [from, end); a query sees `window` tokens, all for 0. */
interface BlockRange {
  readonly start: number;
  readonly end: number;
  readonly from: number;
  readonly window: number;
}

/** [B, 1, Tq, Tk]: 0 where the key is at most the query, in the same episode and within the window, else `HIDDEN_SCORE`. */
function blockMask(graph: Graph, episodes: Tensor, { start, end, from, window }: BlockRange): Tensor {
  const [Tq, Tk, B] = [end - start, end - from, Number(episodes.shape[1])];
  const unseen = Float32Array.from({ length: Tq * Tk }, (_, i) => {
    const back = start + Math.floor(i / Tk) - (from + (i % Tk));
    return back < 0 || (window > 0 && back >= window) ? 1 : 0;
  });
  const ofQueries = ops.reshape(ops.transpose(part(episodes, start, end), [1, 0]), [B, 1, Tq, 1]);
  const ofKeys = ops.reshape(ops.transpose(part(episodes, from, end), [1, 0]), [B, 1, 1, Tk]);
  const apart = ops.subtract(ofQueries, ofKeys);
  const hidden = ops.minimum(1, ops.add(ops.multiply(apart, apart), graph.constant(unseen, [Tq, Tk], 'float32')));
  return ops.multiply(hidden, HIDDEN_SCORE);
}

function part(x: Tensor, start: number, end: number): Tensor {
  return start === 0 && end === x.shape[0] ? x : ops.slice(x, 0, start, end);
}

/** [T, B, K, D] → [T, B, K·G, D], each key-value head G times in a row. */
function repeatHeads(x: Tensor, times: number): Tensor {
  if (times === 1) return x;
  const [T, B, K, D] = x.shape as [Dim, Dim, number, number];
  return ops.reshape(ops.expand(ops.reshape(x, [T, B, K, 1, D]), [T, B, K, times, D]), [T, B, K * times, D]);
}
