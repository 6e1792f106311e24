/**
 * Shape rules: for each operator, the types of its outputs from the types of its inputs, or a `ShapeError` that names
 * the operator, what came and what was expected. One table in one file, longer than others, so that an operator without a
 * rule does not compile.
 */
import { ShapeError } from '../base/index.ts';
import type { Attributes, OpName } from './op-names.ts';
import { type Dim, type DType, formatShape, formatType, type Shape, sameShape, type TensorType } from './types.ts';

type ShapeRule<K extends OpName> = (inputs: readonly TensorType[], attributes: Attributes[K]) => readonly TensorType[];

export const SHAPE_RULES: { readonly [K in OpName]: ShapeRule<K> } = {
  add: binary('add'),
  subtract: binary('subtract'),
  multiply: binary('multiply'),
  divide: binary('divide'),
  maximum: binary('maximum'),
  minimum: binary('minimum'),
  equal: binary('equal', 'bool'),
  greater: binary('greater', 'bool'),
  select: (inputs) => {
    const [condition, a, b] = take('select', inputs, 3);
    if (condition.dtype !== 'bool' || a.dtype !== b.dtype) throw wrong('select', inputs, 'a bool condition and two tensors of one type');
    return [{ shape: broadcastShapes('select', condition.shape, broadcastShapes('select', a.shape, b.shape)), dtype: a.dtype }];
  },

  negate: unary('negate'),
  exp: unary('exp'),
  log: unary('log'),
  sqrt: unary('sqrt'),
  sigmoid: unary('sigmoid'),
  silu: unary('silu'),
  softplus: unary('softplus'),
  tanh: unary('tanh'),
  cast: (inputs, { to }) => [{ shape: take('cast', inputs, 1)[0].shape, dtype: to }],

  matmul: (inputs, attributes) => {
    const [a, b] = take('matmul', inputs, 2);
    floats('matmul', inputs);
    if (a.shape.length < 2 || b.shape.length < 2) throw wrong('matmul', inputs, 'two tensors of rank 2 or more');
    if ((attributes.timeMajorA || attributes.timeMajorB) && (a.shape.length < 3 || a.shape.length !== b.shape.length))
      throw wrong('matmul', inputs, 'equal ranks of 3 or more, as one comes time-major');
    const left = matrixView(a.shape, attributes.timeMajorA, attributes.transposeA);
    const right = matrixView(b.shape, attributes.timeMajorB, attributes.transposeB);
    if (left.columns !== right.rows) throw wrong('matmul', inputs, `equal inner sizes, not ${left.columns} and ${right.rows}`);
    const batch = broadcastShapes('matmul', left.batch, right.batch);
    return [{ shape: [...batch, left.rows, right.columns], dtype: 'float32' }];
  },
  matmulInt8: (inputs, { inWidth, outWidth, blockSize }) => {
    const [a, weights, scales] = take('matmulInt8', inputs, 3);
    const blocks = Math.ceil(inWidth / blockSize);
    const typed = a.dtype === 'float32' && weights.dtype === 'uint8' && scales.dtype === 'float32';
    if (
      !typed ||
      a.shape.at(-1) !== inWidth ||
      !sameShape(weights.shape, [outWidth, blocks, blockSize]) ||
      !sameShape(scales.shape, [outWidth * blocks])
    )
      throw wrong('matmulInt8', inputs, `[…, ${inWidth}], uint8[${outWidth}, ${blocks}, ${blockSize}], [${outWidth * blocks}]`);
    return [{ shape: [...a.shape.slice(0, -1), outWidth], dtype: 'float32' }];
  },

  softmax: lastAxis('softmax'),
  logSoftmax: lastAxis('logSoftmax'),
  sum: (inputs, { axes, keepDims }) => {
    const [a] = take('sum', inputs, 1);
    if (axes.some((axis) => !(axis >= 0 && axis < a.shape.length))) throw wrong('sum', inputs, `axes [${axes}] inside the rank`);
    const shape = keepDims ? a.shape.map((dim, i) => (axes.includes(i) ? 1 : dim)) : a.shape.filter((_, i) => !axes.includes(i));
    return [{ shape, dtype: a.dtype }];
  },

  reshape: (inputs, { shape }) => {
    const [a] = take('reshape', inputs, 1);
    if (!sameShape(...withoutCommonNames(a.shape, shape))) throw wrong('reshape', inputs, `as many elements as ${formatShape(shape)}`);
    return [{ shape, dtype: a.dtype }];
  },
  expand: (inputs, { shape }) => {
    const [a] = take('expand', inputs, 1);
    const named = shape.every((dim, i) => typeof dim === 'number' || a.shape[i - shape.length + a.shape.length] === dim);
    if (!named || !sameShape(broadcastShapes('expand', a.shape, shape), shape))
      throw wrong('expand', inputs, `a shape that broadcasts to ${formatShape(shape)}`);
    return [{ shape, dtype: a.dtype }];
  },
  expandAs: (inputs) => {
    const [a, like] = take('expandAs', inputs, 2);
    if (!sameShape(broadcastShapes('expandAs', a.shape, like.shape), like.shape))
      throw wrong('expandAs', inputs, 'a shape that broadcasts to the second');
    return [{ shape: like.shape, dtype: a.dtype }];
  },
  transpose: (inputs, { permutation }) => {
    const [a] = take('transpose', inputs, 1);
    if (![...permutation].sort((x, y) => x - y).every((axis, i) => axis === i) || permutation.length !== a.shape.length)
      throw wrong('transpose', inputs, `[${permutation}] to be a permutation of its axes`);
    return [{ shape: permutation.map((axis) => a.shape[axis] as Dim), dtype: a.dtype }];
  },
  slice: (inputs, { axis, start, end }) => {
    const [a] = take('slice', inputs, 1);
    const size = a.shape[axis];
    if (typeof size !== 'number' || !(start >= 0 && start < end && end <= size))
      throw wrong('slice', inputs, `axis ${axis} to hold ${start} … ${end}`);
    return [{ shape: a.shape.with(axis, end - start), dtype: a.dtype }];
  },
  pad: (inputs, { axis, before, after }) => {
    const [a] = take('pad', inputs, 1);
    const size = a.shape[axis];
    if (typeof size !== 'number' || before < 0 || after < 0) throw wrong('pad', inputs, `a known size on axis ${axis} and padding ≥ 0`);
    return [{ shape: a.shape.with(axis, size + before + after), dtype: a.dtype }];
  },
  concat: (inputs, { axis }) => {
    const [first] = take('concat', inputs, inputs.length);
    const sizes = inputs.map(({ shape }) => shape[axis]);
    const others = (shape: Shape): Shape => shape.filter((_, i) => i !== axis);
    const alike = inputs.every(({ shape, dtype }) => dtype === first.dtype && sameShape(others(shape), others(first.shape)));
    if (!alike || sizes.some((size) => size === undefined)) throw wrong('concat', inputs, `one type, equal sizes but on axis ${axis}`);
    const known = sizes.every((size): size is number => typeof size === 'number');
    return [{ shape: first.shape.with(axis, known ? sizes.reduce((x, y) => x + y, 0) : sizes.join('+')), dtype: first.dtype }];
  },
  split: (inputs, { axis, sizes }) => {
    const [a] = take('split', inputs, 1);
    if (sizes.some((size) => size <= 0) || sizes.reduce((x, y) => x + y, 0) !== a.shape[axis])
      throw wrong('split', inputs, `axis ${axis} to be ${sizes.join(' + ')}`);
    return sizes.map((size) => ({ shape: a.shape.with(axis, size), dtype: a.dtype }));
  },

  gatherRows: (inputs) => {
    const [table, indices] = take('gatherRows', inputs, 2);
    if (!isIndex(indices.dtype) || table.shape.length < 1) throw wrong('gatherRows', inputs, 'a table and integer row numbers');
    return [{ shape: [...indices.shape, ...table.shape.slice(1)], dtype: table.dtype }];
  },
  scatterAddRows: (inputs, { rows }) => {
    const [indices, updates] = take('scatterAddRows', inputs, 2);
    if (indices.dtype !== 'int64' || !sameShape(updates.shape.slice(0, indices.shape.length), indices.shape))
      throw wrong('scatterAddRows', inputs, 'int64 row numbers [N…] and updates [N…, …]');
    return [{ shape: [rows, ...updates.shape.slice(indices.shape.length)], dtype: updates.dtype }];
  },
  takeAlong: (inputs) => {
    const [a, indices] = take('takeAlong', inputs, 2);
    if (!isIndex(indices.dtype) || !sameButLast(a.shape, indices.shape))
      throw wrong('takeAlong', inputs, 'integer positions on the last axis, other axes equal');
    return [{ shape: indices.shape, dtype: a.dtype }];
  },
  scatterAddAlong: (inputs) => {
    const [a, indices, updates] = take('scatterAddAlong', inputs, 3);
    if (
      !isIndex(indices.dtype) ||
      a.dtype !== updates.dtype ||
      !sameShape(indices.shape, updates.shape) ||
      !sameButLast(a.shape, indices.shape)
    )
      throw wrong('scatterAddAlong', inputs, 'integer positions on the last axis with updates alike');
    return [{ shape: a.shape, dtype: a.dtype }];
  },

  rmsNorm: (inputs) => {
    const [x, weight] = take('rmsNorm', inputs, 2);
    floats('rmsNorm', inputs);
    if (x.shape.length === 0 || !sameShape(weight.shape, x.shape.slice(-1)))
      throw wrong('rmsNorm', inputs, 'a weight as wide as the last axis');
    return [x, { shape: x.shape.with(-1, 1), dtype: 'float32' }];
  },
  rotary: (inputs, { heads }) => {
    const [x, positions, cosines, sines] = take('rotary', inputs, 4);
    const half = Number(x.shape[1]) / heads / 2;
    const typed = [x, cosines, sines].every(({ dtype }) => dtype === 'float32');
    const fits =
      typed &&
      x.shape.length === 2 &&
      cosines.shape.length === 2 &&
      positions.dtype === 'int64' &&
      sameShape(positions.shape, x.shape.slice(0, 1));
    if (!fits || cosines.shape[1] !== half || !sameShape(cosines.shape, sines.shape))
      throw wrong('rotary', inputs, `x [N, ${heads}·D], int64 positions [N], cosines and sines [T, D/2]`);
    return [x];
  },
  attention: (inputs) => {
    const [q, k, v, mask] = take('attention', inputs, 4);
    floats('attention', inputs);
    const [queries, lanes, heads] = q.shape;
    const fits = [q, k, v].every(({ shape }) => shape.length === 4 && shape[1] === lanes && shape[2] === heads && shape[3] === q.shape[3]);
    if (!fits || k.shape[0] !== v.shape[0]) throw wrong('attention', inputs, 'q [Tq, B, H, D], k and v [Tk, B, H, D], mask');
    const scores = [lanes as Dim, heads as Dim, queries as Dim, k.shape[0] as Dim];
    if (!sameShape(broadcastShapes('attention', mask.shape, scores), scores))
      throw wrong('attention', inputs, `a mask that broadcasts to ${formatShape(scores)}`);
    return [
      { shape: q.shape, dtype: 'float32' },
      { shape: scores, dtype: 'float32' },
    ];
  },
  cachedAttention: (inputs) => {
    const [q, cachedKeys, cachedValues, keys, values, cachedMask, mask] = takeMany('cachedAttention', inputs, 7);
    floats('cachedAttention', inputs);
    const [n, lanes, heads, width] = q.shape as [number, Dim, number, Dim];
    const [, groups, cached] = cachedKeys.shape as [Dim, number, Dim];
    const fits =
      [cachedKeys, cachedValues].every(({ shape }) => sameShape(shape, [lanes, groups, cached, width])) &&
      [keys, values].every(({ shape }) => sameShape(shape, [n, lanes, groups, width])) &&
      heads % groups === 0 &&
      [1, (n * heads) / groups].some((rows) => sameShape(cachedMask.shape, [lanes, 1, rows, cached])) &&
      sameShape(mask.shape, [lanes, 1, (n * heads) / groups, n]);
    if (!fits)
      throw wrong(
        'cachedAttention',
        inputs,
        'q [n, B, H, D], cached [B, K, S, D] twice, new [n, B, K, D] twice, masks [B, 1, 1 or n·H/K, S], [B, 1, n·H/K, n]',
      );
    return [q];
  },
  crossEntropy: (inputs) => {
    const [logits, targets] = take('crossEntropy', inputs, 2);
    if (
      logits.dtype !== 'float32' ||
      logits.shape.length !== 2 ||
      !sameShape(targets.shape, logits.shape.slice(0, 1)) ||
      !isIndex(targets.dtype)
    )
      throw wrong('crossEntropy', inputs, 'logits [N, V] and integer targets [N]');
    return [{ shape: targets.shape, dtype: 'float32' }];
  },
};

/** The common shape of two that broadcast (numpy's rule; a named size broadcasts with 1 and with itself). */
export function broadcastShapes(operation: string, a: Shape, b: Shape): Shape {
  const rank = Math.max(a.length, b.length);
  return Array.from({ length: rank }, (_, i) => {
    const x = a[i - rank + a.length] ?? 1;
    const y = b[i - rank + b.length] ?? 1;
    if (x !== y && x !== 1 && y !== 1)
      throw new ShapeError({ operation, got: `${formatShape(a)} and ${formatShape(b)}`, expected: 'shapes that broadcast' });
    return x === 1 ? y : x;
  });
}

/** How matmul reads an operand: time-major first, then transposed. */
function matrixView(shape: Shape, timeMajor: boolean, transposed: boolean): { batch: Shape; rows: Dim; columns: Dim } {
  const rowAxis = timeMajor ? 0 : shape.length - 2;
  const batch = shape.slice(0, -1).filter((_, i) => i !== rowAxis);
  const [rows, columns] = [shape[rowAxis] as Dim, shape.at(-1) as Dim];
  return transposed ? { batch, rows: columns, columns: rows } : { batch, rows, columns };
}

/** For comparing element counts: each shape as [product of known sizes, ...named sizes sorted]. */
function withoutCommonNames(a: Shape, b: Shape): [Shape, Shape] {
  const canonical = (shape: Shape): Shape => [
    shape.reduce<number>((product, dim) => (typeof dim === 'number' ? product * dim : product), 1),
    ...shape.filter((dim) => typeof dim === 'string').sort(),
  ];
  return [canonical(a), canonical(b)];
}

function unary(op: OpName): (inputs: readonly TensorType[]) => readonly TensorType[] {
  return (inputs) => {
    floats(op, inputs);
    return [take(op, inputs, 1)[0]];
  };
}

function lastAxis(op: OpName): (inputs: readonly TensorType[]) => readonly TensorType[] {
  return (inputs) => {
    if (take(op, inputs, 1)[0].shape.length === 0) throw wrong(op, inputs, 'rank 1 or more');
    return unary(op)(inputs);
  };
}

function binary(op: OpName, result?: DType): (inputs: readonly TensorType[]) => readonly TensorType[] {
  return (inputs) => {
    const [a, b] = take(op, inputs, 2);
    if (a.dtype !== b.dtype) throw wrong(op, inputs, 'two tensors of one type');
    return [{ shape: broadcastShapes(op, a.shape, b.shape), dtype: result ?? a.dtype }];
  };
}

type Taken = readonly [TensorType, TensorType, TensorType, TensorType];

/** The inputs after checking how many there are. */
function take(op: OpName, inputs: readonly TensorType[], count: number): Taken {
  if (inputs.length !== count || count === 0) throw wrong(op, inputs, `${count || 'some'} inputs`);
  return inputs as unknown as Taken;
}

function takeMany(op: OpName, inputs: readonly TensorType[], count: number): readonly [...Taken, TensorType, TensorType, TensorType] {
  return take(op, inputs, count) as unknown as readonly [...Taken, TensorType, TensorType, TensorType];
}

function floats(op: OpName, inputs: readonly TensorType[]): void {
  if (inputs.some(({ dtype }) => dtype !== 'float32')) throw wrong(op, inputs, 'float32');
}

const sameButLast = (a: Shape, b: Shape): boolean => a.length > 0 && a.length === b.length && sameShape(a.slice(0, -1), b.slice(0, -1));

const isIndex = (dtype: DType): boolean => dtype === 'int32' || dtype === 'int64';

function wrong(op: OpName, inputs: readonly TensorType[], expected: string): ShapeError {
  return new ShapeError({ operation: op, got: inputs.map(formatType).join(', ') || 'no inputs', expected });
}
