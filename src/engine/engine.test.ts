/** The engine across its thread: what the caller sees of errors, of the worker's end, and of his own event loop. */
import { Worker } from 'node:worker_threads';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { randomModel } from '../../test/random-model.ts';
import { ConfigError, JourneymanError } from '../base/index.ts';
import type { TokenGrammar } from '../grammar/index.ts';
import { parameterSpecs, presetConfig, type Weights } from '../model/index.ts';
import { sizeOf } from '../tensor/index.ts';
import { Engine } from './engine.ts';
import { LaneEngine } from './lane-engine.ts';

const model = randomModel('engine', { contextLength: 64 });
const prompt = Int32Array.of(1, 20, 330, 345);

let engine: Engine;
beforeEach(async () => {
  engine = await Engine.start(model.config, model.weights, { threads: 1 });
});
afterEach(async () => {
  vi.restoreAllMocks();
  await engine.dispose();
});

/** What a promise rejects with. */
async function failure(promise: Promise<unknown>): Promise<JourneymanError> {
  const error = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(JourneymanError);
  return error as JourneymanError;
}

describe('an engine in a thread', () => {
  it('gives what an engine in this thread gives', async () => {
    const here = new LaneEngine(model.config, model.weights, { threads: 1 });
    const [there, local] = [await engine.open('seed'), here.open('seed')];
    expect(await engine.append(there, prompt)).toEqual(await here.append(local, prompt));
    expect(await engine.decode(there, { maxTokens: 5 })).toEqual(await here.decode(local, { maxTokens: 5 }));
    await engine.close(there);
    await here.dispose();
  });

  it('marks, rewinds, forks and predicts as an engine in this thread does', async () => {
    const lane = await engine.open('seed');
    await engine.append(lane, prompt);
    await engine.mark(lane);
    const first = await engine.decode(lane, { maxTokens: 5, temperature: 0 });
    await engine.rewind(lane);
    const twin = await engine.fork(lane, 'other');
    const [best] = first.tokens as unknown as [number];
    const { logprobs, value } = await engine.predict(twin, { tokens: [best, 340] });
    expect(logprobs[0]).toBeCloseTo(first.logprobs[0] as number, 4);
    expect(value).toBeCloseTo(first.value, 4);
    for (const each of [lane, twin]) expect((await engine.decode(each, { maxTokens: 5, temperature: 0 })).tokens).toEqual(first.tokens);
    expect((await failure(engine.rewind(twin))).message).toMatch(/a lane without a mark/);
    expect((await failure(engine.fork(99, 1))).message).toMatch(/lane 99, which is not open/);
  });

  it('lets errors cross with code, name and message', async () => {
    const lane = await engine.open(1);
    expect(await failure(engine.decode(lane))).toMatchObject({
      code: 'runtime',
      name: 'RuntimeError',
      message: expect.stringMatching(/an empty lane/),
    });
    expect(await failure(engine.append(lane, new Int32Array(65)))).toMatchObject({
      code: 'data',
      name: 'DataError',
      message: expect.stringMatching(/^append: got 65 tokens on top of 0, expected at most 64 .*To fix it: /),
    });
    expect(await failure(engine.append(lane, Int32Array.of(352)))).toMatchObject({
      code: 'data',
      message: expect.stringMatching(/token 352/),
    });
    expect(await failure(engine.append(7, prompt))).toMatchObject({
      code: 'runtime',
      message: expect.stringMatching(/lane 7, which is not open/),
    });
    await engine.append(lane, prompt);
    expect(await failure(engine.decode(lane, { topP: 2 }))).toMatchObject({ code: 'config', name: 'ConfigError' });
    expect(await failure(engine.updateWeights(model.weights))).toMatchObject({
      code: 'runtime',
      message: expect.stringMatching(/open lanes/),
    });
    const work = engine.decode(lane, { maxTokens: 20 });
    expect(await failure(engine.close(lane))).toMatchObject({ message: expect.stringMatching(/a lane at work/) });
    expect((await work).tokens.length).toBe(20);
  });

  it('refuses what can’t cross, and takes the same grammar once it can', async () => {
    const lane = await engine.open(1);
    await engine.append(lane, prompt);
    const edge: { tokens: number[]; to: number; note?: () => void } = { tokens: [340], to: 1, note: () => undefined };
    const grammar: TokenGrammar = { states: [{ edges: [edge] }, { edges: [], stop: 'end' }] };
    const error = await failure(engine.decode(lane, { grammar }));
    expect(error).toMatchObject({ code: 'config', message: expect.stringMatching(/^engine decode: got .*could not be cloned/) });
    delete edge.note;
    expect((await engine.decode(lane, { grammar })).tokens).toEqual(Int32Array.of(340));
    expect((await engine.decode(lane, { grammar })).tokens).toEqual(Int32Array.of(340));
    await engine.close(lane);
  });

  it('takes other weights', async () => {
    const natsOf = async (): Promise<Float64Array> => {
      const lane = await engine.open(1);
      const { nats } = await engine.append(lane, prompt);
      await engine.close(lane);
      return nats;
    };
    const before = await natsOf();
    await engine.updateWeights(randomModel('other').weights);
    expect(await natsOf()).not.toEqual(before);
    await engine.updateWeights(model.weights);
    expect(await natsOf()).toEqual(before);
  });

  it('refuses a configuration that can’t be before it starts a thread', async () => {
    await expect(Engine.start({ ...model.config, heads: 3 }, model.weights)).rejects.toThrow(ConfigError);
  });

  it('rejects what needs weights that it lacks', async () => {
    const lacking = await Engine.start(model.config, new Map([...model.weights].slice(1)), { threads: 1 });
    const lane = await lacking.open(1);
    expect((await failure(lacking.append(lane, prompt))).message).toMatch(/no weights for embedding/);
    await lacking.dispose();
  });
});

describe('the end of an engine', () => {
  it('comes once, however often it is asked for; work under way and later calls reject', async () => {
    const lane = await engine.open(1);
    await engine.append(lane, prompt);
    const work = failure(engine.decode(lane, { maxTokens: 60 }));
    await Promise.all([engine.dispose(), engine.dispose()]);
    await engine.dispose();
    expect((await work).message).toMatch(/disposed/);
    expect(await failure(engine.open(1))).toMatchObject({ code: 'runtime', message: expect.stringMatching(/an engine that was disposed/) });
    expect((await failure(engine.append(lane, prompt))).message).toMatch(/disposed/);
  });

  it('rejects what is under way when the worker dies, and everything later; disposing is still nothing', async () => {
    const posted = vi.spyOn(Worker.prototype, 'postMessage');
    const lane = await engine.open(1);
    const worker = posted.mock.contexts[0] as Worker;
    await engine.append(lane, prompt);
    const work = [engine.decode(lane, { maxTokens: 60 }), engine.open(2)].map(failure);
    await worker.terminate();
    for (const error of await Promise.all(work))
      expect(error).toMatchObject({ code: 'runtime', message: expect.stringMatching(/a worker that ended with code 1/) });
    expect((await failure(engine.open(3))).message).toMatch(/a worker that ended/);
    await engine.dispose();
    await engine.dispose();
  });

  it('may come while the worker dies', async () => {
    const posted = vi.spyOn(Worker.prototype, 'postMessage');
    await engine.open(1);
    const worker = posted.mock.contexts[0] as Worker;
    const disposal = engine.dispose();
    await worker.terminate();
    await disposal;
  });
});

describe('the caller’s event loop', () => {
  it('stays responsive while a larger model works', async () => {
    // 12 M parameters: a step of 64 tokens in this thread would block it for longer than the median allows.
    const config = presetConfig('medium', { width: 512, layers: 4, heads: 8, keyValueHeads: 8, feedForwardWidth: 1536 });
    const weights: Weights = new Map(parameterSpecs(config).map(({ name, shape }) => [name, new Float32Array(sizeOf(shape)).fill(1e-3)]));
    const large = await Engine.start(config, weights, { threads: 1 });
    const lane = await large.open(1);
    await large.append(lane, new Int32Array(64));
    const gaps: number[] = [];
    let last = performance.now();
    const timer = setInterval(() => {
      gaps.push(performance.now() - last);
      last = performance.now();
    }, 5);
    const start = performance.now();
    await large.append(lane, new Int32Array(512));
    await large.decode(lane, { maxTokens: 10 });
    const workMs = performance.now() - start;
    clearInterval(timer);
    await large.dispose();
    gaps.sort((a, b) => a - b);
    if (process.env.JOURNEYMAN_GAPS) console.info({ workMs, ticks: gaps.length, median: gaps[gaps.length >> 1], worst: gaps.at(-1) });
    expect(gaps.length).toBeGreaterThan(workMs / 20);
    expect(gaps[gaps.length >> 1]).toBeLessThan(20);
    // A loaded machine may take the processor away for a while.
    expect(gaps.at(-1)).toBeLessThan(250);
  });
});
