/**
 * The operators as functions over symbolic tensors. A number in an elementwise operator stands for a float32 scalar.
 * Each only records a node; the rules are in the tables.
 */
import { GraphError } from '../base/index.ts';
import type { Tensor } from './graph.ts';
import type { Attributes, MatmulAttributes, OpName } from './op-names.ts';
import { type DType, formatShape, type Shape } from './types.ts';

type Operand = Tensor | number;

function one<K extends OpName>(op: K, inputs: readonly Tensor[], attributes: Attributes[K]): Tensor {
  const [first] = inputs as readonly [Tensor];
  return first.graph.apply(op, inputs, attributes)[0] as Tensor;
}

function elementwise(op: 'add' | 'subtract' | 'multiply' | 'divide' | 'maximum' | 'minimum' | 'equal' | 'greater') {
  return (a: Operand, b: Operand): Tensor => {
    const { graph } = (typeof a === 'number' ? b : a) as Tensor;
    return graph.apply(
      op,
      [a, b].map((x) => (typeof x === 'number' ? graph.scalar(x) : x)),
      {},
    )[0] as Tensor;
  };
}

function pointwise(op: 'negate' | 'exp' | 'log' | 'sqrt' | 'sigmoid' | 'silu' | 'softplus' | 'tanh' | 'softmax' | 'logSoftmax') {
  return (x: Tensor): Tensor => one(op, [x], {});
}

export const add = elementwise('add');
export const subtract = elementwise('subtract');
export const multiply = elementwise('multiply');
export const divide = elementwise('divide');
export const maximum = elementwise('maximum');
export const minimum = elementwise('minimum');
/** bool where a = b. */
export const equal = elementwise('equal');
/** bool where a > b. */
export const greater = elementwise('greater');
export const negate = pointwise('negate');
export const exp = pointwise('exp');
export const log = pointwise('log');
export const sqrt = pointwise('sqrt');
export const sigmoid = pointwise('sigmoid');
/** x·σ(x). */
export const silu = pointwise('silu');
/** log(1 + eˣ). */
export const softplus = pointwise('softplus');
export const tanh = pointwise('tanh');
/** Over the last axis. */
export const softmax = pointwise('softmax');
/** Over the last axis. */
export const logSoftmax = pointwise('logSoftmax');

/** `condition ? a : b`, elementwise. Slow in ONNX Runtime: keep it off large tensors. */
export const select = (condition: Tensor, a: Tensor, b: Tensor): Tensor => one('select', [condition, a, b], {});
export const cast = (x: Tensor, to: DType): Tensor => one('cast', [x], { to });

/** alpha · A·B over the last two axes, batch axes broadcast; each operand may be transposed and may come time-major. */
export const matmul = (a: Tensor, b: Tensor, options: Partial<MatmulAttributes> = {}): Tensor =>
  one('matmul', [a, b], { transposeA: false, transposeB: false, timeMajorA: false, timeMajorB: false, alpha: 1, ...options });

/** x·Wᵀ with W [out, in] stored as int8 in blocks along `in` with one scale a block. Inference only. */
export const matmulInt8 = (x: Tensor, weights: Tensor, scales: Tensor, attributes: Attributes['matmulInt8']): Tensor =>
  one('matmulInt8', [x, weights, scales], attributes);

/** Σ of x float32 over `axes` (default all), which are left out of the result or, with `keepDims`, kept with size 1. */
export const sum = (x: Tensor, axes: readonly number[] = x.shape.map((_, i) => i), options: { keepDims?: boolean } = {}): Tensor =>
  axes.length === 0 ? x : one('sum', [x], { axes, keepDims: options.keepDims ?? false });

/** The same elements in the same order, in `shape` of the same size; any dtype. */
export const reshape = (x: Tensor, shape: Shape): Tensor => one('reshape', [x], { shape });
export const expand = (x: Tensor, shape: Shape): Tensor => one('expand', [x], { shape });
/** x broadcast to the shape of `like`, whose sizes may be known only at run time. */
export const expandAs = (x: Tensor, like: Tensor): Tensor => one('expandAs', [x, like], {});
export const transpose = (x: Tensor, permutation: readonly number[]): Tensor => one('transpose', [x], { permutation });
export const slice = (x: Tensor, axis: number, start: number, end: number): Tensor => one('slice', [x], { axis, start, end });
/** Zeros before and after on one axis. */
export const pad = (x: Tensor, axis: number, before: number, after: number): Tensor => one('pad', [x], { axis, before, after });
export const concat = (parts: readonly Tensor[], axis: number): Tensor =>
  parts.length === 1 ? (parts[0] as Tensor) : one('concat', parts, { axis });
export const split = (x: Tensor, axis: number, sizes: readonly number[]): readonly Tensor[] => x.graph.apply('split', [x], { axis, sizes });

/** table[indices]: table [R, …] of any dtype, indices int32 or int64 [N] within 0 … R − 1 → [N, …]. */
export const gatherRows = (table: Tensor, indices: Tensor): Tensor => one('gatherRows', [table, indices], {});
/** Zeros [rows, …] plus updates[n] added at row indices[n]: indices integer [N], updates float32 [N, …] → float32 [rows, …]. Rows may repeat. */
export const scatterAddRows = (indices: Tensor, updates: Tensor, rows: number): Tensor =>
  one('scatterAddRows', [indices, updates], { rows });
/** x[…, indices[…, j]]: picks along the last axis; x [A, …, V], integer indices [A, …, J] within 0 … V − 1 → [A, …, J]. */
export const takeAlong = (x: Tensor, indices: Tensor): Tensor => one('takeAlong', [x, indices], {});
/** x with updates added at the given positions of the last axis. */
export const scatterAddAlong = (x: Tensor, indices: Tensor, updates: Tensor): Tensor => one('scatterAddAlong', [x, indices, updates], {});

/** x / √(mean(x²) + ε) · weight over the last axis (Zhang & Sennrich 2019, arXiv 1910.07467, eq. 4). */
export const rmsNorm = (x: Tensor, weight: Tensor, epsilon: number): Tensor => one('rmsNorm', [x, weight], { epsilon });

/**
 * Rotary position embedding (Su et al. 2021, arXiv 2104.09864, §3.4.2), pairs (i, i + D/2) as in Llama's `rotate_half`.
 * x [N, heads·D], positions int64 [N], cosines and sines [T, D/2].
 */
export const rotary = (x: Tensor, positions: Tensor, tables: { cosines: Tensor; sines: Tensor }, heads: number): Tensor =>
  one('rotary', [x, positions, tables.cosines, tables.sines], { heads, inverse: false });

/** softmax(scale · q·kᵀ + mask) · v, time-major: q [Tq, B, H, D], k and v [Tk, B, H, D], mask to [B, H, Tq, Tk] → [Tq, B, H, D]. */
export const attention = (q: Tensor, k: Tensor, v: Tensor, mask: Tensor, scale: number): Tensor =>
  one('attention', [q, k, v, mask], { scale });

export interface CachedAttentionInputs {
  /** [n, B, H, D]. */
  readonly q: Tensor;
  /** [B, K, S, D]: keys and values of earlier tokens. */
  readonly cached: { readonly keys: Tensor; readonly values: Tensor };
  /** [n, B, K, D]: those of the new tokens. */
  readonly fresh: { readonly keys: Tensor; readonly values: Tensor };
  /** Added to the scores: [B, 1, 1, S] and [B, 1, n·H/K, n]; the latter is not read for n = 1, where a token sees itself. */
  readonly masks: { readonly cached: Tensor; readonly fresh: Tensor };
}

/** Attention of n new tokens a lane to a cache and to themselves → [n, B, H, D]. Query heads in groups over K key heads. Inference only. */
export const cachedAttention = ({ q, cached, fresh, masks }: CachedAttentionInputs, scale: number): Tensor =>
  one('cachedAttention', [q, cached.keys, cached.values, fresh.keys, fresh.values, masks.cached, masks.fresh], { scale });

/** −log softmax(logits)[target] for each row: logits [N, V], integer targets [N] → [N] nats. */
export const crossEntropy = (logits: Tensor, targets: Tensor): Tensor => one('crossEntropy', [logits, targets], {});

/** The mean of x float32 over `axes` (default all), which are left out of the result. Throws `GraphError` where such a size is known only at run time. */
export const mean = (x: Tensor, axes: readonly number[] = x.shape.map((_, i) => i)): Tensor => {
  const count = axes.reduce((product, axis) => product * Number(x.shape[axis]), 1);
  if (!Number.isFinite(count))
    throw new GraphError({
      operation: 'mean',
      got: `axes ${axes.join(', ')} of ${formatShape(x.shape)}`,
      expected: 'axes whose sizes are known now',
      fix: 'sum, and multiply by the inverse of the count as an input',
    });
  return multiply(sum(x, axes), 1 / count);
};
