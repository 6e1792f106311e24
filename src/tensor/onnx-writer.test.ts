/** Models as bytes: the same graph is the same bytes, and only what is needed is written. */
import protobuf from 'protobufjs/light.js';
import { describe, expect, it } from 'vitest';
import { GraphError, hashBytes } from '../base/index.ts';
import { differentiate } from './autodiff.ts';
import { Graph, type Tensor } from './graph.ts';
import { writeOnnx } from './onnx-writer.ts';
import * as ops from './ops.ts';
import { Session } from './session.ts';

interface Traced {
  readonly graph: Graph;
  readonly outputs: Readonly<Record<string, Tensor>>;
}

function elementwise(): Traced {
  const graph = new Graph();
  const x = graph.input('x', [2, 3]);
  return { graph, outputs: { y: ops.silu(ops.add(ops.multiply(x, 0.5), graph.constant(Float32Array.of(1, 2, 3), [3], 'float32'))) } };
}

function attentionGradient(): Traced {
  const graph = new Graph();
  const [q, k, v] = ['q', 'k', 'v'].map((name) => graph.input(name, [3, 2, 1, 4])) as [Tensor, Tensor, Tensor];
  const loss = ops.sum(ops.attention(q, k, v, graph.input('mask', [3, 3]), 0.5));
  const [dq, dk, dv] = differentiate(loss, [q, k, v]) as [Tensor, Tensor, Tensor];
  return { graph, outputs: { loss, dq, dk, dv } };
}

function embeddingLoss(): Traced {
  const graph = new Graph();
  const table = graph.input('table', [5, 4]);
  const rows = ops.rmsNorm(ops.gatherRows(table, graph.input('tokens', [3], 'int32')), graph.input('norm', [4]), 1e-5);
  const loss = ops.mean(ops.crossEntropy(ops.matmul(rows, table, { transposeB: true }), graph.input('targets', [3], 'int32')));
  const [gradient] = differentiate(loss, [table]) as [Tensor];
  return { graph, outputs: { loss, gradient } };
}

/** The fields of onnx.proto that lead to a model's nodes and their types. */
const Outline = protobuf.Root.fromJSON({
  nested: {
    Model: { fields: { graph: { id: 7, type: 'Graph' } } },
    Graph: { fields: { node: { id: 1, type: 'Node', rule: 'repeated' } } },
    Node: { fields: { opType: { id: 4, type: 'string' } } },
  },
}).lookupType('Model');

function nodeTypes(model: Uint8Array): string[] {
  const { graph } = Outline.toObject(Outline.decode(model)) as { graph: { node: { opType: string }[] } };
  return graph.node.map(({ opType }) => opType);
}

describe('writeOnnx', () => {
  // Recorded from this writer once its models agreed with the reference (ops.test.ts): a change of bytes is to be meant.
  it.each([
    ['elementwise', elementwise, 'ba87a2c3f458ee9375b401e8bc47bbda5ff8d07fdd2fa75fbd0de2e35aacf62e'],
    ['attention with gradients', attentionGradient, 'ae4aeeb9d78f2437c2a42686918ea35ef8ef3d581ba6c15cdcfe22c84b05edc4'],
    ['embedding, norm and loss with gradients', embeddingLoss, '986e18885d429f62fb832dc803348eb3beae2742bf85cd9270b9e74e02e8793b'],
  ])('%s: known bytes, the same every time', (_, trace, hash) => {
    const [first, second] = [trace(), trace()];
    expect(writeOnnx(first.graph, first.outputs)).toEqual(writeOnnx(second.graph, second.outputs));
    expect(hashBytes(writeOnnx(first.graph, first.outputs))).toBe(hash);
  });

  it('writes only what the outputs need', () => {
    const graph = new Graph();
    const [x, unused] = [graph.input('x', [2]), graph.input('unused', [2])];
    const y = ops.exp(x);
    ops.log(ops.add(y, unused));
    graph.constant(new Float32Array(10_000), [10_000], 'float32');
    const model = writeOnnx(graph, { y });
    expect(nodeTypes(model)).toEqual(['Exp', 'Identity']);
    expect(model.length).toBeLessThan(300);
  });

  it('leaves the graph as it was', () => {
    const { graph, outputs } = attentionGradient();
    const before = graph.nodes.slice();
    writeOnnx(graph, outputs);
    expect(graph.nodes).toEqual(before);
  });

  it('refuses outputs of another graph, and outputs named like inputs', () => {
    const { graph } = elementwise();
    expect(() => writeOnnx(graph, elementwise().outputs)).toThrow(GraphError);
    expect(() => writeOnnx(graph, { x: graph.nodes[0]?.outputs[0] as Tensor })).toThrow('an output named like the input x');
  });

  it('runs one model at several sizes of a named axis', async () => {
    const graph = new Graph();
    const x = graph.input('x', ['n', 2]);
    const loss = ops.sum(ops.multiply(ops.concat([x, x], 0), 3));
    const [gradient] = differentiate(ops.sum(ops.exp(x)), [x]) as [Tensor];
    const session = await Session.create(graph, {
      loss,
      gradient,
      flat: ops.reshape(x, ['n', 1, 2]),
      tripled: ops.expand(ops.reshape(x, [1, 'n', 2]), [3, 'n', 2]),
    });
    for (const n of [2, 5]) {
      const results = await session.run({ x: { data: new Float32Array(2 * n).fill(1), shape: [n, 2] } });
      expect(results.loss).toEqual({ data: Float32Array.of(12 * n), shape: [] });
      expect(results.gradient?.shape).toEqual([n, 2]);
      expect(results.gradient?.data[0]).toBeCloseTo(Math.E, 5);
      expect(results.flat?.shape).toEqual([n, 1, 2]);
      expect(results.tripled?.shape).toEqual([3, n, 2]);
    }
    await session.dispose();
  });

  it('gives an input, a constant and one value twice as outputs', async () => {
    const graph = new Graph();
    // A name that looks like one of the writer's own.
    const x = graph.input('v1', [2]);
    const y = ops.exp(ops.exp(x));
    const session = await Session.create(graph, { same: x, constant: graph.scalar(7), y, again: y });
    const results = await session.run({ v1: { data: Float32Array.of(0, -1), shape: [2] } });
    await session.dispose();
    expect(results.same?.data).toEqual(Float32Array.of(0, -1));
    expect(results.constant).toEqual({ data: Float32Array.of(7), shape: [] });
    expect(results.again).toEqual(results.y);
    expect(results.y?.data[0]).toBeCloseTo(Math.E, 5);
  });
});
