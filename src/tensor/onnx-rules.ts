/**
 * ONNX rules: for each operator, the ONNX nodes that compute it on ONNX Runtime's CPU provider. One table in one file, longer
 * than others, so that an operator without a rule does not compile.
 *
 * Contributed operators (domain com.microsoft) are used where they are measured faster: FusedMatMul makes transposes and
 * scaling free, QuickGelu with alpha 1 is SiLU, RotaryEmbedding and MatMulNBits have no plain equivalent.
 */
import type { Tensor } from './graph.ts';
import type { Attributes, OpName } from './op-names.ts';
import type { DType, Shape } from './types.ts';

/** ONNX attribute values: integers are typed as such, because protobuf can't tell 1 from 1.0. */
export type OnnxAttribute =
  | { readonly int: number }
  | { readonly ints: readonly number[] }
  | { readonly float: number }
  | { readonly string: string };

/** Writes nodes; values are ONNX value names. */
export interface OnnxEmitter {
  /** Adds a node and returns the names of its outputs (named as given, or fresh ones by count). */
  node(type: string, inputs: readonly string[], options?: NodeOptions): readonly string[];
  /** int64 [values.length]. */
  ints(values: readonly number[]): string;
  /** A float32 scalar. */
  float(value: number): string;
}

export interface NodeOptions {
  readonly attributes?: Readonly<Record<string, OnnxAttribute>>;
  readonly domain?: 'com.microsoft';
  readonly outputs?: readonly string[];
}

export interface OnnxContext<K extends OpName> {
  readonly emitter: OnnxEmitter;
  readonly tensors: readonly Tensor[];
  readonly results: readonly Tensor[];
  readonly attributes: Attributes[K];
  /** Names of the inputs and of the outputs that must be written. */
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
}

type OnnxRule<K extends OpName> = (context: OnnxContext<K>) => void;

const MICROSOFT = 'com.microsoft' as const;

/** TensorProto.DataType (onnx.proto). */
export const ONNX_TYPE: Readonly<Record<DType, number>> = { float32: 1, uint8: 2, int32: 6, int64: 7, bool: 9 };

export const ONNX_RULES: { readonly [K in OpName]: OnnxRule<K> } = {
  add: plain('Add'),
  subtract: plain('Sub'),
  multiply: plain('Mul'),
  divide: plain('Div'),
  maximum: plain('Max'),
  minimum: plain('Min'),
  equal: plain('Equal'),
  greater: plain('Greater'),
  select: plain('Where'),
  negate: plain('Neg'),
  exp: plain('Exp'),
  log: plain('Log'),
  sqrt: plain('Sqrt'),
  sigmoid: plain('Sigmoid'),
  silu: ({ emitter, inputs, outputs }) =>
    void emitter.node('QuickGelu', inputs, { outputs, domain: MICROSOFT, attributes: { alpha: { float: 1 } } }),
  softplus: plain('Softplus'),
  tanh: plain('Tanh'),
  cast: ({ emitter, inputs, outputs, attributes: { to } }) =>
    void emitter.node('Cast', inputs, { outputs, attributes: { to: { int: ONNX_TYPE[to] } } }),

  matmul: ({ emitter, inputs, outputs, attributes }) => void fusedMatMul(emitter, inputs, attributes, outputs),
  matmulInt8: ({ emitter, inputs, outputs, attributes: { inWidth, outWidth, blockSize } }) =>
    void emitter.node('MatMulNBits', inputs, {
      outputs,
      domain: MICROSOFT,
      attributes: {
        K: { int: inWidth },
        N: { int: outWidth },
        bits: { int: 8 },
        block_size: { int: blockSize },
        accuracy_level: { int: 4 },
      },
    }),

  softmax: alongLast('Softmax'),
  logSoftmax: alongLast('LogSoftmax'),
  sum: ({ emitter, inputs, outputs, attributes: { axes, keepDims } }) =>
    void emitter.node('ReduceSum', [...inputs, emitter.ints(axes)], { outputs, attributes: { keepdims: { int: keepDims ? 1 : 0 } } }),

  reshape: ({ emitter, tensors, inputs, outputs, attributes: { shape } }) =>
    void emitter.node('Reshape', [...inputs, emitter.ints(reshapeSizes(shape, tensors[0]?.shape ?? []))], { outputs }),
  // A named size is one that the input has (see its shape rule): Expand keeps it where it is given 1.
  expand: ({ emitter, inputs, outputs, attributes: { shape } }) =>
    void emitter.node('Expand', [...inputs, emitter.ints(shape.map((dim) => (typeof dim === 'number' ? dim : 1)))], { outputs }),
  expandAs: ({ emitter, inputs, outputs }) => {
    const [x, like] = inputs as [string, string];
    emitter.node('Expand', [x, ...emitter.node('Shape', [like])], { outputs });
  },
  transpose: ({ emitter, inputs, outputs, attributes: { permutation } }) =>
    void emitter.node('Transpose', inputs, { outputs, attributes: { perm: { ints: permutation } } }),
  slice: ({ emitter, inputs, outputs, attributes: { axis, start, end } }) =>
    void emitter.node('Slice', [...inputs, emitter.ints([start]), emitter.ints([end]), emitter.ints([axis])], { outputs }),
  pad: ({ emitter, tensors, inputs, outputs, attributes: { axis, before, after } }) => {
    const rank = tensors[0]?.shape.length ?? 0;
    const pads = Array.from({ length: 2 * rank }, (_, i) => (i === axis ? before : i === rank + axis ? after : 0));
    emitter.node('Pad', [...inputs, emitter.ints(pads)], { outputs });
  },
  concat: ({ emitter, inputs, outputs, attributes: { axis } }) =>
    void emitter.node('Concat', inputs, { outputs, attributes: { axis: { int: axis } } }),
  split: ({ emitter, inputs, outputs, attributes: { axis, sizes: parts } }) =>
    void emitter.node('Split', [...inputs, emitter.ints(parts)], { outputs, attributes: { axis: { int: axis } } }),

  gatherRows: ({ emitter, inputs, outputs }) => void emitter.node('Gather', inputs, { outputs, attributes: { axis: { int: 0 } } }),
  // Not ScatterND: with two threads it loses additions to the same row.
  scatterAddRows: ({ emitter, results, inputs, outputs }) => {
    const [indices, updates] = inputs as [string, string];
    const shape = sizes(results[0]?.shape ?? []);
    const rest = shape.slice(1);
    const [zeros] = emitter.node('Expand', [emitter.float(0), emitter.ints(shape)]) as [string];
    const [columns] = emitter.node('Reshape', [indices, emitter.ints([-1, ...rest.map(() => 1)])]) as [string];
    const [positions] = emitter.node('Expand', [columns, emitter.ints([1, ...rest])]) as [string];
    const [rows] = emitter.node('Reshape', [updates, emitter.ints([-1, ...rest])]) as [string];
    emitter.node('ScatterElements', [zeros, positions, rows], { outputs, attributes: { axis: { int: 0 }, reduction: { string: 'add' } } });
  },
  takeAlong: ({ emitter, inputs, outputs }) => void emitter.node('GatherElements', inputs, { outputs, attributes: { axis: { int: -1 } } }),
  scatterAddAlong: ({ emitter, inputs, outputs }) =>
    void emitter.node('ScatterElements', inputs, { outputs, attributes: { axis: { int: -1 }, reduction: { string: 'add' } } }),

  rmsNorm: ({ emitter, inputs, outputs, attributes: { epsilon } }) =>
    void emitter.node('SimplifiedLayerNormalization', inputs, {
      outputs,
      attributes: { axis: { int: -1 }, epsilon: { float: epsilon }, stash_type: { int: 1 } },
    }),
  rotary: ({ emitter, tensors, inputs, outputs, attributes: { heads, inverse } }) => {
    const [x, positions, cosines, sines] = inputs as [string, string, string, string];
    const width = Number(tensors[0]?.shape[1]);
    // Each row is a sequence of one: the kernel wants no more rows in a sequence than its tables have.
    const [batched] = emitter.node('Unsqueeze', [x, emitter.ints([1])]) as [string];
    const [lane] = emitter.node('Unsqueeze', [positions, emitter.ints([1])]) as [string];
    const turn = inverse ? (emitter.node('Neg', [sines])[0] as string) : sines;
    const [turned] = emitter.node('RotaryEmbedding', [batched, lane, cosines, turn], {
      domain: MICROSOFT,
      attributes: { num_heads: { int: heads }, interleaved: { int: 0 } },
    }) as [string];
    emitter.node('Reshape', [turned, emitter.ints([-1, width])], { outputs });
  },
  attention: ({ emitter, inputs, outputs, attributes: { scale } }) => {
    const [q, k, v, mask] = inputs as [string, string, string, string];
    const [output, probabilities] = outputs as [string, string];
    const [scores] = fusedMatMul(emitter, [q, k], {
      transposeA: false,
      transposeB: true,
      timeMajorA: true,
      timeMajorB: true,
      alpha: scale,
    });
    const [masked] = emitter.node('Add', [scores as string, mask]) as [string];
    emitter.node('Softmax', [masked], { outputs: [probabilities], attributes: { axis: { int: -1 } } });
    const [mixed] = fusedMatMul(emitter, [probabilities, v], {
      transposeA: false,
      transposeB: false,
      timeMajorA: false,
      timeMajorB: true,
      alpha: 1,
    });
    emitter.node('Transpose', [mixed as string], { outputs: [output], attributes: { perm: { ints: [2, 0, 1, 3] } } });
  },
  cachedAttention: ({ emitter, tensors, inputs, outputs, attributes: { scale } }) => {
    const [q, cachedKeys, cachedValues, keys, values, cachedMask, mask] = inputs as Seven<string>;
    const [{ shape }, , , { shape: freshShape }] = tensors as unknown as Seven<Tensor>;
    const [n, B, H, D] = shape as [number, number, number, number];
    const K = freshShape[2] as number;
    const G = H / K;
    // Scaled here and not by alpha: the runtime has a fast path for one row a product, with alpha 1 only.
    const [scaled] = emitter.node('Mul', [q, emitter.float(scale)]) as [string];
    // Head-major, and the query heads that share a key head as rows of one product: [B, K, n·G, D].
    const grouped =
      n === 1
        ? (emitter.node('Reshape', [scaled, emitter.ints([B, K, G, D])])[0] as string)
        : regroup(emitter, scaled, { split: [n, B, K, G, D], permutation: [1, 2, 0, 3, 4], joined: [B, K, n * G, D] });
    const product = (a: string, b: string, how: { readonly transposeB: boolean; readonly timeMajorB: boolean }): string =>
      fusedMatMul(emitter, [a, b], { transposeA: false, timeMajorA: false, alpha: 1, ...how })[0] as string;
    const cachedScores = product(grouped, cachedKeys, { transposeB: true, timeMajorB: false });
    const freshScores = product(grouped, keys, { transposeB: true, timeMajorB: true });
    const [cachedMasked] = emitter.node('Add', [cachedScores, cachedMask]) as [string];
    const freshMasked = n === 1 ? freshScores : (emitter.node('Add', [freshScores, mask])[0] as string);
    const [scores] = emitter.node('Concat', [cachedMasked, freshMasked], { attributes: { axis: { int: 3 } } }) as [string];
    const [weights] = emitter.node('Softmax', [scores], { attributes: { axis: { int: -1 } } }) as [string];
    const part = (from: number, to: number): string =>
      emitter.node('Slice', [weights, emitter.ints([from]), emitter.ints([to]), emitter.ints([3])])[0] as string;
    const fromCache = product(part(0, -n), cachedValues, { transposeB: false, timeMajorB: false });
    const fromFresh = product(part(-n, Number.MAX_SAFE_INTEGER), values, { transposeB: false, timeMajorB: true });
    const [mixed] = emitter.node('Add', [fromCache, fromFresh]) as [string];
    const result =
      n === 1
        ? (emitter.node('Reshape', [mixed, emitter.ints([1, B, H, D])])[0] as string)
        : regroup(emitter, mixed, { split: [B, K, n, G, D], permutation: [2, 0, 1, 3, 4], joined: [n, B, H, D] });
    emitter.node('Identity', [result], { outputs });
  },
  crossEntropy: ({ emitter, inputs, outputs }) => {
    const [logits, targets] = inputs as [string, string];
    const [logProbabilities] = emitter.node('LogSoftmax', [logits], { attributes: { axis: { int: -1 } } }) as [string];
    const [columns] = emitter.node('Unsqueeze', [targets, emitter.ints([1])]) as [string];
    const [picked] = emitter.node('GatherElements', [logProbabilities, columns], { attributes: { axis: { int: 1 } } }) as [string];
    const [flat] = emitter.node('Squeeze', [picked, emitter.ints([1])]) as [string];
    emitter.node('Neg', [flat], { outputs });
  },
};

interface Emission {
  readonly emitter: OnnxEmitter;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
}

function plain(type: string): (emission: Emission) => void {
  return ({ emitter, inputs, outputs }) => void emitter.node(type, inputs, { outputs });
}

function alongLast(type: string): (emission: Emission) => void {
  return ({ emitter, inputs, outputs }) => void emitter.node(type, inputs, { outputs, attributes: { axis: { int: -1 } } });
}

function fusedMatMul(
  emitter: OnnxEmitter,
  inputs: readonly string[],
  attributes: Attributes['matmul'],
  outputs?: readonly string[],
): readonly string[] {
  const { transposeA, transposeB, timeMajorA, timeMajorB, alpha } = attributes;
  const flag = (on: boolean): OnnxAttribute => ({ int: on ? 1 : 0 });
  return emitter.node('FusedMatMul', inputs, {
    ...(outputs ? { outputs } : {}),
    domain: MICROSOFT,
    attributes: {
      transA: flag(transposeA),
      transB: flag(transposeB),
      transBatchA: flag(timeMajorA),
      transBatchB: flag(timeMajorB),
      alpha: { float: alpha },
    },
  });
}

/** A shape for Reshape: 0 copies the size at the same place of the input, −1 (once) infers it. */
function reshapeSizes(shape: Shape, from: Shape): number[] {
  return shape.map((dim, i) => (typeof dim === 'number' ? dim : from[i] === dim ? 0 : -1));
}

/** At most one named size, which ONNX infers from −1. */
function sizes(shape: Shape): number[] {
  return shape.map((dim) => (typeof dim === 'number' ? dim : -1));
}

type Seven<T> = readonly [T, T, T, T, T, T, T];

interface Regrouping {
  readonly split: readonly number[];
  readonly permutation: readonly number[];
  readonly joined: readonly number[];
}

function regroup(emitter: OnnxEmitter, x: string, { split, permutation, joined }: Regrouping): string {
  const [apart] = emitter.node('Reshape', [x, emitter.ints(split)]) as [string];
  const [turned] = emitter.node('Transpose', [apart], { attributes: { perm: { ints: permutation } } }) as [string];
  return emitter.node('Reshape', [turned, emitter.ints(joined)])[0] as string;
}
