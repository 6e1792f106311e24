/** Every operator of the table, on random calls: shapes, values and gradients of ONNX Runtime against the float64 reference. */
import { describe, expect, it } from 'vitest';
import { type Example, type ExampleInput, OP_EXAMPLES } from '../../test/op-examples.ts';
import { build, type NdArray, REFERENCE } from '../../test/reference.ts';
import { GraphError, Random, ShapeError } from '../base/index.ts';
import { differentiate } from './autodiff.ts';
import { Graph, type Tensor, type TensorData } from './graph.ts';
import type { Attributes, OpName } from './op-names.ts';
import * as ops from './ops.ts';
import { Session, type Value } from './session.ts';
import { SHAPE_RULES } from './shape-rules.ts';
import type { DType } from './types.ts';

const SEED = process.env.JOURNEYMAN_TEST_SEED ?? String(Date.now());

/** Largest difference of float32 results from float64 ones, as a part of 1 + the tensor's largest value. */
const VALUE_TOLERANCE = 1e-5;
const GRADIENT_TOLERANCE = 1e-4;
/** MatMulNBits rounds the activations to 8 bits too: half a step of 1/127 an element; the sum's error is a small part of the largest value. */
const INT8_TOLERANCE = 0.02;

/** Float inputs that no gradient flows to. */
const WITHOUT_GRADIENT: { readonly [K in OpName]?: readonly number[] } = {
  equal: [0, 1],
  greater: [0, 1],
  matmulInt8: [0, 2],
  expandAs: [1],
  rotary: [2, 3],
  attention: [3],
  cachedAttention: [0, 1, 2, 3, 4, 5, 6],
};

const OP_NAMES = Object.keys(OP_EXAMPLES) as OpName[];

describe(`operators (replay with JOURNEYMAN_TEST_SEED=${SEED})`, () => {
  it.each(OP_NAMES)('%s: shapes and values', async (op) => {
    for (const { traced, example, outputs, label } of examplesOf(op)) {
      const session = await Session.create(traced.graph, named(traced.outputs));
      const results = await session.run(feedsOf(example.inputs));
      await session.dispose();
      traced.outputs.forEach((output, i) => {
        const result = results[`y${i}`] as Value;
        expect(result.shape, `${label}: shape of output ${i}`).toEqual(output.shape);
        expectClose(
          toArray(result),
          outputs[i] as NdArray,
          op === 'matmulInt8' ? INT8_TOLERANCE : VALUE_TOLERANCE,
          `${label}: output ${i}`,
        );
      });
    }
  });

  it.each(OP_NAMES)('%s: gradients', async (op) => {
    for (const { traced, example, outputs, label, random } of examplesOf(op)) {
      if (traced.outputs[0]?.dtype !== 'float32') continue;
      const { graph } = traced;
      const flowing = new Set<number>();
      const reals = example.inputs.flatMap(({ dtype }, i) => (dtype === 'float32' ? [i] : []));
      const weights = outputs.map(({ shape }) => build(shape, () => Math.fround(random.normal())));
      const first = SECOND_OUTPUT_IS_INTERNAL.has(op) ? traced.outputs.slice(0, 1) : traced.outputs;
      const loss = first
        .map((output, i) => ops.sum(ops.multiply(output, graph.input(`w${i}`, output.shape))))
        .reduce((a, b) => ops.add(a, b));
      const gradients: Record<string, Tensor> = {};
      for (const i of reals) {
        if (WITHOUT_GRADIENT[op]?.includes(i)) {
          expect(() => differentiate(loss, [traced.inputs[i] as Tensor]), `${label}: input ${i}`).toThrow(
            'on which the loss does not depend',
          );
          continue;
        }
        flowing.add(i);
        gradients[`g${i}`] = differentiate(loss, [traced.inputs[i] as Tensor])[0] as Tensor;
      }
      if (flowing.size === 0) continue;
      const session = await Session.create(graph, gradients);
      const weightFeeds = Object.fromEntries(first.map((_, i) => [`w${i}`, toValue({ ...(weights[i] as NdArray), dtype: 'float32' })]));
      const results = await session.run({ ...feedsOf(example.inputs), ...weightFeeds });
      await session.dispose();
      for (const i of flowing) {
        const numeric = centralDifferences(op, example, i, weights.slice(0, first.length));
        expect(results[`g${i}`]?.shape, `${label}: gradient of input ${i}`).toEqual(numeric.shape);
        expectClose(toArray(results[`g${i}`] as Value), numeric, GRADIENT_TOLERANCE, `${label}: gradient of input ${i}`);
      }
    }
  });
});

describe('wrong calls', () => {
  it.each(OP_NAMES)('%s names itself, what came and what it expected', (op) => {
    for (const call of OP_EXAMPLES[op].wrong) {
      const graph = new Graph();
      const inputs = call.inputs.map(({ shape, dtype }, i) => graph.input(`x${i}`, shape, dtype));
      const attempt = () => graph.apply(op, inputs, call.attributes as Attributes[OpName]);
      expect(attempt, JSON.stringify(call)).toThrow(ShapeError);
      expect(attempt).toThrow(new RegExp(`^${op}: got .+, expected .+\\.$`));
      expect(graph.nodes).toEqual([]);
    }
  });
});

describe('scatterAddRows', () => {
  it('loses no addition to the same row, however many threads', async () => {
    const [count, width, rows] = [20_000, 8, 3];
    const graph = new Graph();
    const total = ops.scatterAddRows(graph.input('indices', [count], 'int64'), graph.input('updates', [count, width]), rows);
    const session = await Session.create(graph, { total }, { threads: 4 });
    const random = new Random(SEED);
    const indices = BigInt64Array.from({ length: count }, () => BigInt(random.below(rows)));
    const updates = { data: new Float32Array(count * width).fill(1), shape: [count, width] };
    for (let run = 0; run < 10; run++) {
      const results = await session.run({ indices: { data: indices, shape: [count] }, updates });
      const expected = Array.from(
        { length: rows * width },
        (_, i) => indices.filter((row) => row === BigInt(Math.floor(i / width))).length,
      );
      expect(Array.from(results.total?.data ?? [], Number)).toEqual(expected);
    }
    await session.dispose();
  });
});

/** Their second output serves their gradient. */
const SECOND_OUTPUT_IS_INTERNAL: ReadonlySet<OpName> = new Set(['rmsNorm', 'attention']);

interface Traced {
  readonly graph: Graph;
  readonly inputs: readonly Tensor[];
  readonly outputs: readonly Tensor[];
}

function examplesOf(op: OpName) {
  const random = new Random(SEED).fork(op);
  return OP_EXAMPLES[op].right(random).map((example, i) => {
    const call = example as Example<Attributes[OpName]>;
    const types = call.inputs.map(({ dtype, shape }) => ({ dtype, shape }));
    const label = `${op} ${JSON.stringify(call.attributes)} of ${types.map(({ dtype, shape }) => `${dtype}[${shape}]`).join(', ')}, seed ${SEED}`;
    return { traced: trace(op, call), example: call, outputs: reference(op, call.inputs, call.attributes), label, random: random.fork(i) };
  });
}

function trace(op: OpName, { inputs, attributes }: Example<Attributes[OpName]>): Traced {
  const graph = new Graph();
  const tensors = inputs.map(({ shape, dtype }, i) => graph.input(`x${i}`, shape, dtype));
  const outputs = graph.apply(op, tensors, attributes);
  expect(outputs).toHaveLength(SHAPE_RULES[op](inputs, attributes as never).length);
  return { graph, inputs: tensors, outputs };
}

function reference(op: OpName, inputs: readonly NdArray[], attributes: Attributes[OpName]): readonly NdArray[] {
  return REFERENCE[op](inputs, attributes as never);
}

/** d Σ weights∘output / d input, by (f(x + h) − f(x − h)) / 2h in float64. */
function centralDifferences(
  op: OpName,
  { inputs, attributes }: Example<Attributes[OpName]>,
  which: number,
  weights: readonly NdArray[],
): NdArray {
  const h = 1e-5;
  const input = inputs[which] as ExampleInput;
  const lossAt = (i: number, x: number): number => {
    const moved = inputs.with(which, { ...input, data: input.data.with(i, x) });
    const outputs = reference(op, moved, attributes);
    return weights.reduce(
      (sum, { data }, k) => sum + data.reduce((total, weight, j) => total + weight * (outputs[k]?.data[j] as number), 0),
      0,
    );
  };
  return { shape: input.shape, data: input.data.map((x, i) => (lossAt(i, x + h) - lossAt(i, x - h)) / (2 * h)) };
}

function expectClose(got: NdArray, expected: NdArray, tolerance: number, label: string): void {
  const scale = 1 + expected.data.reduce((largest, x) => Math.max(largest, Math.abs(x)), 0);
  const worst = got.data.reduce((most, x, i) => Math.max(most, Math.abs(x - (expected.data[i] as number))), 0);
  expect(got.data.length, label).toBe(expected.data.length);
  // A comparison with NaN is false: written so that it fails.
  if (!(worst <= tolerance * scale)) expect(Array.from(got.data), label).toEqual(Array.from(expected.data));
}

const ARRAY_OF: { readonly [T in DType]: (data: Float64Array) => TensorData } = {
  float32: (data) => Float32Array.from(data),
  int32: (data) => Int32Array.from(data),
  int64: (data) => BigInt64Array.from(data, BigInt),
  bool: (data) => Uint8Array.from(data),
  uint8: (data) => Uint8Array.from(data),
};

function toValue({ data, shape, dtype }: ExampleInput): Value {
  return { data: ARRAY_OF[dtype](data), shape };
}

function toArray({ data, shape }: Value): NdArray {
  return { shape, data: Float64Array.from(data as ArrayLike<number | bigint>, Number) };
}

function feedsOf(inputs: readonly ExampleInput[]): Record<string, Value> {
  return Object.fromEntries(inputs.map((input, i) => [`x${i}`, toValue(input)]));
}

function named(outputs: readonly Tensor[]): Record<string, Tensor> {
  return Object.fromEntries(outputs.map((output, i) => [`y${i}`, output]));
}

it('a mean over an axis whose size only the run knows is refused, over another it is taken', () => {
  const x = new Graph().input('x', ['n', 4]);
  expect(() => ops.mean(x)).toThrow(GraphError);
  expect(() => ops.mean(x, [0])).toThrow(/axes 0 of \[n, 4\]/);
  expect(ops.mean(x, [1]).shape).toEqual(['n']);
});
