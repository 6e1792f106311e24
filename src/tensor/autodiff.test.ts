/** What the table of operators can't show: how gradients meet, stop and are refused in a graph. Float64 by the reference interpreter. */
import { describe, expect, it } from 'vitest';
import { evaluateGraph, type NdArray } from '../../test/reference.ts';
import { GraphError } from '../base/index.ts';
import { differentiate } from './autodiff.ts';
import { Graph, type Tensor } from './graph.ts';
import * as ops from './ops.ts';

function vector(...values: number[]): NdArray {
  return { shape: [values.length], data: Float64Array.from(values) };
}

function gradientAt(graph: Graph, loss: Tensor, target: Tensor, feeds: Readonly<Record<string, NdArray>>): number[] {
  return Array.from(evaluateGraph(graph, feeds, differentiate(loss, [target]))[0]?.data ?? []);
}

describe('graph', () => {
  it('refuses a second input of one name', () => {
    const graph = new Graph();
    graph.input('x', [2]);
    expect(() => graph.input('x', [3])).toThrow(GraphError);
  });

  it('refuses a constant of another size than its shape', () => {
    expect(() => new Graph().constant(Float32Array.of(1, 2), [3], 'float32')).toThrow(GraphError);
  });

  it('refuses tensors of another graph', () => {
    expect(() => ops.add(new Graph().input('x', [2]), new Graph().input('y', [2]))).toThrow(GraphError);
  });

  it('keeps one tensor a scalar', () => {
    const graph = new Graph();
    expect(graph.scalar(0.5)).toBe(graph.scalar(0.5));
    expect(graph.constants).toHaveLength(1);
  });
});

describe('differentiate', () => {
  it('adds the gradients of every use of a value', () => {
    // loss = Σ y·eʸ + y with y = x²: d/dx = 2x·(eʸ(1 + y) + 1).
    const graph = new Graph();
    const x = graph.input('x', [2]);
    const y = ops.multiply(x, x);
    const loss = ops.sum(ops.add(ops.multiply(y, ops.exp(y)), y));
    const expected = [0.5, -1.5].map((v) => 2 * v * (Math.exp(v * v) * (1 + v * v) + 1));
    gradientAt(graph, loss, x, { x: vector(0.5, -1.5) }).forEach((got, i) => void expect(got).toBeCloseTo(expected[i] as number, 12));
  });

  it('gives the gradient of a value inside the graph', () => {
    const graph = new Graph();
    const x = graph.input('x', [2]);
    const y = ops.multiply(x, 3);
    expect(gradientAt(graph, ops.sum(ops.multiply(y, y)), y, { x: vector(1, 2) })).toEqual([6, 12]);
  });

  it('is 1 for the loss itself', () => {
    const graph = new Graph();
    const loss = ops.sum(graph.input('x', [2]));
    expect(gradientAt(graph, loss, loss, { x: vector(1, 2) })).toEqual([1]);
  });

  it('fills in zeros for parts of a split that nobody used', () => {
    const graph = new Graph();
    const x = graph.input('x', [4]);
    const [, middle] = ops.split(x, 0, [1, 2, 1]);
    expect(gradientAt(graph, ops.sum(middle as Tensor), x, { x: vector(1, 2, 3, 4) })).toEqual([0, 1, 1, 0]);
  });

  it('gives the whole gradient of a tie in maximum to the second operand', () => {
    const graph = new Graph();
    const [a, b] = [graph.input('a', [1]), graph.input('b', [1])];
    const loss = ops.sum(ops.maximum(a, b));
    const feeds = { a: vector(1), b: vector(1) };
    expect(gradientAt(graph, loss, a, feeds)).toEqual([0]);
    expect(gradientAt(graph, loss, b, feeds)).toEqual([1]);
  });

  it('gives the second derivative', () => {
    // f = Σ tanh(x)³: f'' = 6t(1 − t²)² − 6t³(1 − t²) with t = tanh x.
    const graph = new Graph();
    const x = graph.input('x', [3]);
    const t = ops.tanh(x);
    const [first] = differentiate(ops.sum(ops.multiply(t, ops.multiply(t, t))), [x]) as [Tensor];
    const points = [-0.7, 0.1, 1.2];
    const got = gradientAt(graph, ops.sum(first), x, { x: vector(...points) });
    points.forEach((point, i) => {
      const v = Math.tanh(point);
      expect(got[i]).toBeCloseTo(6 * v * (1 - v * v) ** 2 - 6 * v ** 3 * (1 - v * v), 12);
    });
  });

  it('refuses a second derivative through a fused operator instead of giving a wrong one', () => {
    const graph = new Graph();
    const [x, weight] = [graph.input('x', [2, 3]), graph.input('w', [3])];
    const [first] = differentiate(ops.sum(ops.exp(ops.rmsNorm(x, weight, 1e-5))), [x]) as [Tensor];
    expect(() => differentiate(ops.sum(ops.multiply(first, first)), [x])).toThrow(/differentiate rmsNorm: got .* second derivative/);
  });

  it('refuses a loss that is no scalar', () => {
    const graph = new Graph();
    const x = graph.input('x', [2]);
    expect(() => differentiate(ops.exp(x), [x])).toThrow(GraphError);
  });

  it('refuses a loss that is no float', () => {
    const graph = new Graph();
    const x = graph.input('x', [], 'int32');
    expect(() => differentiate(x, [x])).toThrow(GraphError);
  });

  it('refuses a target that the loss does not depend on, and one it depends on without a gradient', () => {
    const graph = new Graph();
    const [x, other] = [graph.input('x', [2]), graph.input('other', [2])];
    expect(() => differentiate(ops.sum(x), [x, other])).toThrow(/target 1, float32\[2\], on which the loss does not depend/);
    const steps = ops.sum(ops.cast(ops.greater(other, 0), 'float32'));
    expect(() => differentiate(steps, [other])).toThrow(GraphError);
  });

  it('traces nothing for values that lead to no target', () => {
    const graph = new Graph();
    const [x, frozen] = [graph.input('x', [2]), graph.input('frozen', [2])];
    const loss = ops.sum(ops.add(x, ops.exp(ops.exp(frozen))));
    const before = graph.nodes.length;
    differentiate(loss, [x]);
    expect(graph.nodes.slice(before).map(({ op }) => op)).not.toContain('multiply');
  });
});
