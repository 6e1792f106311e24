/**
 * Test support: for each operator, random calls that together reach every way of using it (broadcasting, ranks, flags,
 * element types), and calls that it must refuse. Typed by operator: one without examples does not compile.
 * Long, because it is one table: an operator's examples are read beside its neighbours'.
 */
import type { Random } from '../src/base/index.ts';
import type { Attributes, DType, OpName, TensorType } from '../src/tensor/index.ts';
import { build, type NdArray } from './reference.ts';

/** Data and its element type. Float values are such that a float32 holds them exactly. */
export interface ExampleInput extends NdArray {
  readonly dtype: DType;
}

export interface Example<A> {
  readonly inputs: readonly ExampleInput[];
  readonly attributes: A;
}

/** A call that breaks the operator's rules. */
export interface WrongCall<A> {
  readonly inputs: readonly TensorType[];
  readonly attributes: A;
}

export interface OpExamples<A> {
  readonly right: (random: Random) => readonly Example<A>[];
  readonly wrong: readonly WrongCall<A>[];
}

export const OP_EXAMPLES: { readonly [K in OpName]: OpExamples<Attributes[K]> } = {
  add: pairs(normal),
  subtract: pairs(normal),
  multiply: pairs(normal),
  divide: pairs(awayFromZero),
  maximum: pairs(normal),
  minimum: pairs(normal),
  equal: pairs(small),
  greater: pairs(small),
  select: {
    right: (random) =>
      broadcastShapes(random).map(([a, b]) => ({ inputs: [bools(random, b), normal(random, a), normal(random, b)], attributes: {} })),
    wrong: [
      call([type([2]), type([2]), type([2])]),
      call([type([2], 'bool'), type([2]), type([3])]),
      call([type([2], 'bool'), type([2]), type([2], 'int64')]),
    ],
  },

  negate: singles(normal),
  exp: singles(normal),
  log: singles(positive),
  sqrt: singles(positive),
  sigmoid: singles(normal),
  silu: singles(normal),
  softplus: singles(normal),
  tanh: singles(normal),
  cast: {
    right: (random) => {
      const shape = sizes(random, 2);
      const [whole, real] = [integers(random, shape, 5, 'int64'), normal(random, shape)];
      return [
        { inputs: [real], attributes: { to: 'float32' } },
        { inputs: [whole], attributes: { to: 'float32' } },
        { inputs: [whole], attributes: { to: 'int32' } },
        { inputs: [integers(random, shape, 5, 'int32')], attributes: { to: 'int64' } },
        { inputs: [bools(random, shape)], attributes: { to: 'float32' } },
        { inputs: [whole], attributes: { to: 'bool' } },
      ];
    },
    wrong: [call([type([2]), type([2])], { to: 'int32' })],
  },

  matmul: {
    right: (random) =>
      Array.from({ length: 16 }, (_, flags) => ({
        transposeA: !!(flags & 1),
        transposeB: !!(flags & 2),
        timeMajorA: !!(flags & 4),
        timeMajorB: !!(flags & 8),
      })).flatMap((flags) =>
        matmulBatches(random, flags.timeMajorA || flags.timeMajorB).map(([batchA, batchB]) => {
          const [m, k, n] = sizes(random, 3) as [number, number, number];
          const a = operandShape(batchA, flags.transposeA ? [k, m] : [m, k], flags.timeMajorA);
          const b = operandShape(batchB, flags.transposeB ? [n, k] : [k, n], flags.timeMajorB);
          return { inputs: [normal(random, a), normal(random, b)], attributes: { ...flags, alpha: random.pick([1, -0.5, 0.25]) } };
        }),
      ),
    wrong: [
      call([type([2, 3]), type([4, 5])], { transposeA: false, transposeB: false, timeMajorA: false, timeMajorB: false, alpha: 1 }),
      call([type([3]), type([3, 5])], { transposeA: false, transposeB: false, timeMajorA: false, timeMajorB: false, alpha: 1 }),
      call([type([2, 3], 'int64'), type([3, 5])], { transposeA: false, transposeB: false, timeMajorA: false, timeMajorB: false, alpha: 1 }),
      call([type([2, 3]), type([3, 5])], { transposeA: false, transposeB: false, timeMajorA: true, timeMajorB: false, alpha: 1 }),
      call([type([2, 4, 3]), type([3, 5])], { transposeA: false, transposeB: false, timeMajorA: true, timeMajorB: false, alpha: 1 }),
      call([type([2, 3]), type([3, 5])], { transposeA: true, transposeB: false, timeMajorA: false, timeMajorB: false, alpha: 1 }),
    ],
  },
  matmulInt8: {
    right: (random) =>
      [32, 64, 80].flatMap((inWidth) =>
        [[1], [3], [2, 3]].map((batch) => {
          const [outWidth, blockSize] = [8 + random.below(9), random.pick([16, 32])];
          const blocks = Math.ceil(inWidth / blockSize);
          return {
            inputs: [
              normal(random, [...batch, inWidth]),
              { ...build([outWidth, blocks, blockSize], () => random.below(256)), dtype: 'uint8' },
              fill([outWidth * blocks], () => 0.002 + 0.01 * random.uniform()),
            ],
            attributes: { inWidth, outWidth, blockSize },
          };
        }),
      ),
    wrong: [
      call([type([2, 32]), type([8, 1, 32]), type([8])], { inWidth: 32, outWidth: 8, blockSize: 32 }),
      call([type([2, 30]), type([8, 1, 32], 'uint8'), type([8])], { inWidth: 32, outWidth: 8, blockSize: 32 }),
    ],
  },

  softmax: singles(normal, 1),
  logSoftmax: singles(normal, 1),
  sum: {
    right: (random) => {
      const x = normal(random, sizes(random, 3));
      const axes = [[0], [1], [2], [0, 1], [1, 2], [0, 2], [0, 1, 2]];
      return axes.flatMap((over) => [true, false].map((keepDims) => ({ inputs: [x], attributes: { axes: over, keepDims } })));
    },
    wrong: [call([type([2, 3])], { axes: [2], keepDims: false }), call([type([2, 3])], { axes: [-1], keepDims: false })],
  },

  reshape: {
    right: (random) => {
      const [a, b, c] = sizes(random, 3) as [number, number, number];
      const x = normal(random, [a, b, c]);
      return [[a * b, c], [a, b * c], [a * b * c], [c, a, b], [1, a, b, 1, c]].map((shape) => ({ inputs: [x], attributes: { shape } }));
    },
    wrong: [call([type([2, 3])], { shape: [5] }), call([type(['n', 3])], { shape: [3, 'm'] })],
  },
  expand: {
    right: (random) =>
      broadcastShapes(random).flatMap(([from, to]) =>
        [from, to].map((own) => ({ inputs: [normal(random, own)], attributes: { shape: together(from, to) } })),
      ),
    wrong: [call([type([2, 3])], { shape: [2, 4] }), call([type([2, 3])], { shape: [3] }), call([type([1, 3])], { shape: ['n', 3] })],
  },
  expandAs: {
    right: (random) =>
      broadcastShapes(random).map(([from, to]) => ({ inputs: [normal(random, from), normal(random, together(from, to))], attributes: {} })),
    wrong: [call([type([2, 3]), type([2, 4])]), call([type([2, 3])])],
  },
  transpose: {
    right: (random) =>
      [1, 2, 3, 4].flatMap((rank) =>
        [0, 1, 2].map(() => ({
          inputs: [normal(random, sizes(random, rank))],
          attributes: { permutation: random.shuffle([...Array(rank).keys()]) },
        })),
      ),
    wrong: [call([type([2, 3])], { permutation: [0, 0] }), call([type([2, 3])], { permutation: [0] })],
  },
  slice: {
    right: (random) =>
      [0, 1, 2].map((axis) => {
        const shape = sizes(random, 3);
        const start = random.below(shape[axis] as number);
        return {
          inputs: [normal(random, shape)],
          attributes: { axis, start, end: start + 1 + random.below((shape[axis] as number) - start) },
        };
      }),
    wrong: [
      call([type([2, 3])], { axis: 1, start: 1, end: 4 }),
      call([type([2, 3])], { axis: 2, start: 0, end: 1 }),
      call([type(['n'])], { axis: 0, start: 0, end: 1 }),
    ],
  },
  pad: {
    right: (random) =>
      [0, 1, 2].map((axis) => ({
        inputs: [normal(random, sizes(random, 3))],
        attributes: { axis, before: random.below(3), after: random.below(3) },
      })),
    wrong: [call([type([2])], { axis: 0, before: -1, after: 0 }), call([type([2])], { axis: 1, before: 0, after: 1 })],
  },
  concat: {
    right: (random) =>
      [0, 1, 2].map((axis) => {
        const shape = sizes(random, 3);
        return { inputs: [1, 2, 3].map(() => normal(random, shape.with(axis, 1 + random.below(4)))), attributes: { axis } };
      }),
    wrong: [
      call([], { axis: 0 }),
      call([type([2, 3]), type([2, 4])], { axis: 0 }),
      call([type([2, 3]), type([2, 3])], { axis: 2 }),
      call([type([2]), type([2], 'int32')], { axis: 0 }),
    ],
  },
  split: {
    right: (random) =>
      [0, 1, 2].map((axis) => {
        const parts = sizes(random, 3);
        return {
          inputs: [
            normal(
              random,
              sizes(random, 3).with(
                axis,
                parts.reduce((a, b) => a + b),
              ),
            ),
          ],
          attributes: { axis, sizes: parts },
        };
      }),
    wrong: [
      call([type([5])], { axis: 0, sizes: [2, 2] }),
      call([type([5])], { axis: 1, sizes: [5] }),
      call([type([5])], { axis: 0, sizes: [6, -1] }),
    ],
  },

  gatherRows: {
    right: (random) =>
      [[4], [5, 3], [2, 3, 2]].flatMap((shape) =>
        [[6], [2, 3]].map((count) => ({
          inputs: [normal(random, shape), integers(random, count, shape[0] as number, random.pick(['int32', 'int64']))],
          attributes: {},
        })),
      ),
    wrong: [call([type([4, 3]), type([2])]), call([type([]), type([2], 'int64')])],
  },
  scatterAddRows: {
    right: (random) =>
      [[6], [2, 3]].flatMap((count) =>
        [[], [3], [2, 2]].map((rest) => ({
          inputs: [integers(random, count, 4, 'int64'), normal(random, [...count, ...rest])],
          attributes: { rows: 4 + random.below(2) },
        })),
      ),
    wrong: [call([type([2], 'int32'), type([2, 3])], { rows: 4 }), call([type([3], 'int64'), type([2, 3])], { rows: 4 })],
  },
  takeAlong: {
    right: (random) =>
      [[4], [3, 5], [2, 3, 4]].map((shape) => ({
        inputs: [
          normal(random, shape),
          integers(random, shape.with(-1, 1 + random.below(6)), shape.at(-1) as number, random.pick(['int32', 'int64'])),
        ],
        attributes: {},
      })),
    wrong: [call([type([2, 3]), type([2, 1])]), call([type([2, 3]), type([3, 1], 'int64')]), call([type([3]), type([], 'int64')])],
  },
  scatterAddAlong: {
    right: (random) =>
      [[4], [3, 5], [2, 3, 4]].map((shape) => {
        const picks = shape.with(-1, 1 + random.below(6));
        return {
          inputs: [
            normal(random, shape),
            integers(random, picks, shape.at(-1) as number, random.pick(['int32', 'int64'])),
            normal(random, picks),
          ],
          attributes: {},
        };
      }),
    wrong: [call([type([2, 3]), type([2, 1], 'int64'), type([2, 2])]), call([type([2, 3]), type([2, 1], 'int64'), type([2, 1], 'int32')])],
  },

  rmsNorm: {
    right: (random) =>
      [1, 2, 3].map((rank) => {
        const shape = sizes(random, rank);
        return { inputs: [normal(random, shape), normal(random, shape.slice(-1))], attributes: { epsilon: random.pick([1e-5, 0.1]) } };
      }),
    wrong: [call([type([2, 3]), type([2])], { epsilon: 1e-5 }), call([type([]), type([])], { epsilon: 1e-5 })],
  },
  rotary: {
    right: (random) =>
      [true, false].flatMap((inverse) =>
        [1, 2, 3].map((heads) => {
          // More rows than positions, positions out of order.
          const [rows, half, positions] = [1 + random.below(8), 1 + random.below(3), 4];
          const angles = build([positions, half], () => 6 * random.uniform());
          return {
            inputs: [
              normal(random, [rows, heads * 2 * half]),
              integers(random, [rows], positions, 'int64'),
              { ...single(angles, Math.cos), dtype: 'float32' },
              { ...single(angles, Math.sin), dtype: 'float32' },
            ],
            attributes: { heads, inverse },
          };
        }),
      ),
    wrong: [
      call([type([4, 8]), type([4], 'int32'), type([9, 2]), type([9, 2])], { heads: 2, inverse: false }),
      call([type([4, 8]), type([4], 'int64'), type([9, 4]), type([9, 4])], { heads: 2, inverse: false }),
      call([type([4, 8]), type([3], 'int64'), type([9, 2]), type([9, 2])], { heads: 2, inverse: false }),
    ],
  },
  attention: {
    right: (random) =>
      [0, 1, 2, 3].map((kind) => {
        const [Tq, Tk, B, H, D] = sizes(random, 5) as [number, number, number, number, number];
        const mask = [[], [Tq, Tk], [B, 1, Tq, Tk], [B, H, 1, Tk]][kind] as number[];
        return {
          inputs: [
            normal(random, [Tq, B, H, D]),
            normal(random, [Tk, B, H, D]),
            normal(random, [Tk, B, H, D]),
            fill(mask, () => random.pick([0, 0, -1, -80])),
          ],
          attributes: { scale: random.pick([1, 0.5, 1 / Math.sqrt(D)]) },
        };
      }),
    wrong: [
      call([type([3, 2, 1, 4]), type([5, 2, 1, 4]), type([6, 2, 1, 4]), type([3, 5])], { scale: 1 }),
      call([type([3, 2, 1, 4]), type([5, 1, 2, 4]), type([5, 1, 2, 4]), type([3, 5])], { scale: 1 }),
      call([type([3, 2, 1, 4]), type([5, 2, 1, 4]), type([5, 2, 1, 4]), type([5, 3])], { scale: 1 }),
    ],
  },
  cachedAttention: {
    right: (random) =>
      [1, 2, 3].flatMap((G) =>
        [1, 2, 5].map((S) => {
          const [n, B, K, D] = sizes(random, 4) as [number, number, number, number];
          const cache = (): ExampleInput => normal(random, [B, K, S, D]);
          const fresh = (): ExampleInput => normal(random, [n, B, K, D]);
          const mask = (shape: number[]): ExampleInput => fill(shape, () => random.pick([0, 0, -1, -80]));
          return {
            inputs: [normal(random, [n, B, K * G, D]), cache(), cache(), fresh(), fresh(), mask([B, 1, 1, S]), mask([B, 1, n * G, n])],
            attributes: { scale: random.pick([1, 0.5]) },
          };
        }),
      ),
    wrong: [
      // Three query heads over two key heads; then caches of two lengths.
      call(
        [
          type([2, 1, 3, 4]),
          ...[9, 9].map((rows) => type([1, 2, rows, 4])),
          ...[2, 2].map((time) => type([time, 1, 2, 4])),
          type([1, 1, 1, 9]),
          type([1, 1, 3, 2]),
        ],
        {
          scale: 1,
        },
      ),
      call(
        [
          type([2, 1, 4, 4]),
          ...[9, 8].map((rows) => type([1, 2, rows, 4])),
          ...[2, 2].map((time) => type([time, 1, 2, 4])),
          type([1, 1, 1, 9]),
          type([1, 1, 4, 2]),
        ],
        {
          scale: 1,
        },
      ),
    ],
  },
  crossEntropy: {
    right: (random) =>
      [1, 4].flatMap((rows) =>
        (['int32', 'int64'] as const).map((dtype) => {
          const width = 2 + random.below(5);
          return { inputs: [normal(random, [rows, width]), integers(random, [rows], width, dtype)], attributes: {} };
        }),
      ),
    wrong: [call([type([2, 3]), type([2])]), call([type([2, 3]), type([3], 'int64')]), call([type([6]), type([6], 'int64')])],
  },
};

type None = Readonly<Record<never, never>>;
type Fill = (random: Random, shape: readonly number[]) => ExampleInput;

/** Every rank from `lowest` on. */
function singles(values: Fill, lowest = 0): OpExamples<None> {
  return {
    right: (random) =>
      [0, 1, 2, 3, 4].filter((rank) => rank >= lowest).map((rank) => ({ inputs: [values(random, sizes(random, rank))], attributes: {} })),
    wrong: [call([type([2], 'int64')]), call([]), call([type([2]), type([2])]), ...(lowest > 0 ? [call([type([])])] : [])],
  };
}

function pairs(values: Fill): OpExamples<None> {
  return {
    right: (random) => broadcastShapes(random).map(([a, b]) => ({ inputs: [values(random, a), values(random, b)], attributes: {} })),
    wrong: [call([type([2, 3]), type([2, 4])]), call([type([2]), type([2], 'int64')]), call([type([2])]), call([type(['n']), type(['m'])])],
  };
}

/** Pairs of shapes that broadcast: equal, scalars, missing axes, axes of size 1 on either side and on both. */
function broadcastShapes(random: Random): readonly (readonly [number[], number[]])[] {
  const full = sizes(random, 3);
  const thin = full.map((size) => random.pick([1, size]));
  const other = full.map((size, axis) => (thin[axis] === 1 ? size : 1));
  return [
    [full, full],
    [full, []],
    [[], full],
    [full, full.slice(-1)],
    [full.slice(1), full],
    [thin, full],
    [thin, other],
  ];
}

/** The common shape of two that broadcast. */
function together(a: readonly number[], b: readonly number[]): number[] {
  const [long, short] = a.length >= b.length ? [a, b] : [b, a];
  return long.map((size, i) => Math.max(size, short[i - long.length + short.length] ?? 1));
}

function matmulBatches(random: Random, timeMajor: boolean): readonly (readonly [number[], number[]])[] {
  const [b, h] = sizes(random, 2) as [number, number];
  const equalRanks = [
    [[b], [b]],
    [
      [b, h],
      [b, h],
    ],
    [
      [b, 1],
      [1, h],
    ],
    [
      [b, h],
      [1, 1],
    ],
  ] as const;
  return timeMajor
    ? equalRanks.map(([x, y]) => [[...x], [...y]])
    : [...equalRanks.map(([x, y]): [number[], number[]] => [[...x], [...y]]), [[], []], [[b], []], [[], [b]], [[h], [b, h]]];
}

function operandShape(batch: readonly number[], [rows, columns]: readonly [number, number], timeMajor: boolean): number[] {
  return timeMajor ? [rows, ...batch, columns] : [...batch, rows, columns];
}

function sizes(random: Random, rank: number): number[] {
  return Array.from({ length: rank }, () => 1 + random.below(4));
}

function type(shape: TensorType['shape'], dtype: DType = 'float32'): TensorType {
  return { shape, dtype };
}

function call(inputs: readonly TensorType[]): WrongCall<None>;
function call<A>(inputs: readonly TensorType[], attributes: A): WrongCall<A>;
function call(inputs: readonly TensorType[], attributes: object = {}): object {
  return { inputs, attributes };
}

function single({ shape, data }: NdArray, f: (x: number) => number): NdArray {
  return { shape, data: data.map((x) => Math.fround(f(x))) };
}

function fill(shape: readonly number[], value: () => number): ExampleInput {
  return { ...build(shape, () => Math.fround(value())), dtype: 'float32' };
}

function normal(random: Random, shape: readonly number[]): ExampleInput {
  return fill(shape, () => random.normal());
}

function positive(random: Random, shape: readonly number[]): ExampleInput {
  return fill(shape, () => 0.3 + 2 * random.uniform());
}

function awayFromZero(random: Random, shape: readonly number[]): ExampleInput {
  return fill(shape, () => random.pick([-1, 1]) * (0.5 + 2 * random.uniform()));
}

/** Few values, so that equal ones meet. */
function small(random: Random, shape: readonly number[]): ExampleInput {
  return fill(shape, () => random.below(3));
}

function integers(random: Random, shape: readonly number[], below: number, dtype: 'int32' | 'int64'): ExampleInput {
  return { ...build(shape, () => random.below(below)), dtype };
}

function bools(random: Random, shape: readonly number[]): ExampleInput {
  return { ...build(shape, () => random.below(2)), dtype: 'bool' };
}
