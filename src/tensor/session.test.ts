/** The runtime's contract as the layers above lean on it: what a session refuses, and where it writes. */
import { describe, expect, it } from 'vitest';
import { RuntimeError, ShapeError } from '../base/index.ts';
import { differentiate } from './autodiff.ts';
import { Graph, type Tensor } from './graph.ts';
import * as ops from './ops.ts';
import { Session, type Value } from './session.ts';

function doubling(shape: readonly (number | string)[] = [2]): Promise<Session> {
  const graph = new Graph();
  return Session.create(graph, { y: ops.multiply(graph.input('x', shape), 2) });
}

function floats(values: readonly number[], shape: readonly number[] = [values.length]): Value {
  return { data: Float32Array.from(values), shape };
}

describe('Session', () => {
  it('runs, and runs again', async () => {
    const session = await doubling();
    expect((await session.run({ x: floats([1, 2]) })).y).toEqual(floats([2, 4]));
    expect((await session.run({ x: floats([3, 4]) })).y).toEqual(floats([6, 8]));
    await session.dispose();
  });

  it('asks only for the inputs that its outputs need', async () => {
    const graph = new Graph();
    const x = graph.input('x', [2]);
    graph.input('unused', [2]);
    const session = await Session.create(graph, { y: ops.exp(x) });
    expect(session.inputNames).toEqual(['x']);
    await session.dispose();
  });

  it('refuses to run once disposed; disposing twice is nothing', async () => {
    const session = await doubling();
    await session.dispose();
    await session.dispose();
    await expect(session.run({ x: floats([1, 2]) })).rejects.toThrow(RuntimeError);
    await expect(session.run({ x: floats([1, 2]) })).rejects.toThrow('a session that is disposed');
  });

  it('refuses a second run beside the first, and goes on after it', async () => {
    const session = await doubling();
    const first = session.run({ x: floats([1, 2]) });
    await expect(session.run({ x: floats([1, 2]) })).rejects.toThrow('a session that is running');
    expect((await first).y).toEqual(floats([2, 4]));
    expect((await session.run({ x: floats([1, 2]) })).y).toEqual(floats([2, 4]));
    await session.dispose();
  });

  it.each([
    ['nothing', {}],
    ['another type', { x: { data: Int32Array.of(1, 2), shape: [2] } }],
    ['another size', { x: floats([1, 2, 3]) }],
    ['another rank', { x: floats([1, 2], [1, 2]) }],
    ['a shape that its data does not fill', { x: { data: Float32Array.of(1), shape: [2] } }],
  ])('refuses a feed that is %s and names it', async (_, feeds) => {
    const session = await doubling();
    const run = session.run(feeds as Readonly<Record<string, Value>>);
    await expect(run).rejects.toThrow(ShapeError);
    await expect(run).rejects.toThrow(/^run session: x: got .+, expected float32\[2\]/);
    expect((await session.run({ x: floats([1, 2]) })).y).toEqual(floats([2, 4]));
    await session.dispose();
  });

  it('refuses a wrong buffer for an output', async () => {
    const session = await doubling();
    await expect(session.run({ x: floats([1, 2]) }, { y: floats([0]) })).rejects.toThrow(/^run session: y: /);
    await session.dispose();
  });

  it('refuses an empty axis, on which the runtime may end the process', async () => {
    const session = await doubling(['n']);
    await expect(session.run({ x: floats([]) })).rejects.toThrow('without empty axes');
    await session.dispose();
  });

  it('refuses two sizes for one name', async () => {
    const graph = new Graph();
    const session = await Session.create(graph, { y: ops.add(graph.input('a', ['n']), graph.input('b', ['n'])) });
    await expect(session.run({ a: floats([1, 2]), b: floats([1]) })).rejects.toThrow(/^run session: b: .*n = 2/);
    await session.dispose();
  });

  it('names what the runtime can not do with a run', async () => {
    const graph = new Graph();
    const session = await Session.create(graph, { y: ops.gatherRows(graph.input('table', [2, 1]), graph.input('rows', [1], 'int64')) });
    const run = session.run({ table: floats([1, 2], [2, 1]), rows: { data: BigInt64Array.of(5n), shape: [1] } });
    await expect(run).rejects.toThrow(RuntimeError);
    expect((await session.run({ table: floats([1, 2], [2, 1]), rows: { data: BigInt64Array.of(1n), shape: [1] } })).y?.data).toEqual(
      Float32Array.of(2),
    );
    await session.dispose();
  });

  it('writes an output into the buffer it is given, also a part of one', async () => {
    const session = await doubling();
    const memory = new Float32Array(6).fill(-1);
    await session.run({ x: floats([1, 2]) }, { y: { data: memory.subarray(2, 4), shape: [2] } });
    expect(memory).toEqual(Float32Array.of(-1, -1, 2, 4, -1, -1));
    await session.dispose();
  });

  it('updates weights in place exactly as with fresh outputs', async () => {
    const graph = new Graph();
    const [x, w, targets] = [graph.input('x', [16, 8]), graph.input('w', [8, 8]), graph.input('targets', [16, 8])];
    const error = ops.subtract(ops.tanh(ops.matmul(x, w)), targets);
    const [gradient] = differentiate(ops.mean(ops.multiply(error, error)), [w]) as [Tensor];
    const session = await Session.create(graph, { next: ops.subtract(w, ops.multiply(gradient, 0.1)) });

    const pattern = (count: number, phase: number): number[] => Array.from({ length: count }, (_, i) => Math.sin(i * 1.7 + phase));
    const feeds = { x: floats(pattern(128, 0), [16, 8]), targets: floats(pattern(128, 1), [16, 8]) };
    const inPlace = floats(pattern(64, 2), [8, 8]);
    let fresh = floats(pattern(64, 2), [8, 8]);
    for (let step = 0; step < 30; step++) {
      await session.run({ ...feeds, w: inPlace }, { next: inPlace });
      fresh = (await session.run({ ...feeds, w: fresh })).next as Value;
    }
    await session.dispose();
    expect(inPlace.data).toEqual(fresh.data);
    expect(inPlace.data).not.toEqual(floats(pattern(64, 2)).data);
  });
});
