/** Marks and forks: a lane that goes back, or goes two ways, is as if it had never gone any other. */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { randomModel } from '../../test/random-model.ts';
import { Random, RuntimeError } from '../base/index.ts';
import { FIRST_REFERENCE, type TokenGrammar } from '../grammar/index.ts';
import type { ModelConfig } from '../model/index.ts';
import { Session } from '../tensor/index.ts';
import { type EngineOptions, LaneEngine } from './lane-engine.ts';

const BOUND_NATS = 1e-4;
const REFERENCES = Array.from({ length: 40 }, (_, r) => FIRST_REFERENCE + r);
/** Text and references in turn, without end. */
const POINTING: TokenGrammar = {
  states: [{ edges: [{ tokens: 'text', to: 1 }] }, { edges: [{ tokens: REFERENCES, to: 0 }], pointing: true }],
};

/** Tokens of which one in three is a reference. */
const some = (count: number, seed: number | string): Int32Array => {
  const random = new Random(`fork test ${seed}`);
  return Int32Array.from({ length: count }, () => (random.below(3) === 0 ? random.pick(REFERENCES) : 320 + random.below(32)));
};
const gap = (a: ArrayLike<number>, b: ArrayLike<number>): number =>
  Math.max(a.length === b.length ? 0 : Number.POSITIVE_INFINITY, ...Array.from(a, (x, i) => Math.abs(x - (b[i] as number))));

const VARIANTS: readonly (readonly [string, Partial<ModelConfig>, EngineOptions])[] = [
  ['with a pointer', {}, {}],
  ['without pointer and value', { pointerWidth: 0, valueHead: false }, {}],
  ['with windows', { windows: [64, 0] }, {}],
  ['with windows in every layer', { windows: [64, 96] }, {}],
  ['that leaves out lanes at rest', { windows: [64, 0] }, { leaveOutResting: true }],
];

describe.each(VARIANTS)('an engine %s', (name, changes, options) => {
  const model = randomModel(name, changes);
  let engine: LaneEngine;
  beforeEach(() => {
    engine = new LaneEngine(model.config, model.weights, { threads: 1, ...options });
  });
  afterEach(async () => {
    vi.restoreAllMocks();
    await engine.dispose();
  });

  const opened = async (seed: string, count: number): Promise<number> => {
    const lane = engine.open(seed);
    await engine.append(lane, some(count, seed));
    return lane;
  };
  const decode = (lane: number, temperature = 0, maxTokens = 12) => engine.decode(lane, { grammar: POINTING, temperature, maxTokens });
  /** The same numbers, but for rounding. */
  const same = (a: Awaited<ReturnType<typeof decode>>, b: Awaited<ReturnType<typeof decode>>): void => {
    expect(a.tokens).toEqual(b.tokens);
    expect(gap(a.logprobs, b.logprobs)).toBeLessThan(BOUND_NATS);
    if (model.config.valueHead) expect(Math.abs(a.value - b.value)).toBeLessThan(BOUND_NATS);
  };
  /** Other lanes at work until they are told to stop. */
  const busy = (count: number): { stop(): Promise<void> } => {
    let isStopped = false;
    const lives = Array.from({ length: count }, async (_, i) => {
      const lane = await opened(`busy ${i}`, 20 + 7 * i);
      for (let turn = 0; !isStopped && turn < 12; turn++) {
        await decode(lane, 1, 3);
        await engine.append(lane, some(1 + ((turn + i) % 20), `${turn}/${i}`));
      }
      engine.close(lane);
    });
    return {
      async stop() {
        isStopped = true;
        await Promise.all(lives);
      },
    };
  };

  it('forks a lane that decodes what the lane itself decodes, greedy or with its seed', async () => {
    const lane = await opened('a', 90);
    const [greedy, drawn, other] = [await engine.fork(lane, 'x'), await engine.fork(lane, 'a'), await engine.fork(lane, 'b')];
    const [first, second] = [await decode(greedy), await decode(drawn, 1)];
    expect((await decode(other, 1)).tokens).not.toEqual(second.tokens);
    // The lane has drawn nothing yet.
    engine.close(greedy);
    same(second, await decode(lane, 1));
    const again = await opened('a', 90);
    same(first, await decode(again));
  });

  it('forks a lane whose last token is not read yet', async () => {
    const lane = await opened('a', 20);
    await decode(lane);
    const twin = await engine.fork(lane, 'a');
    expect(gap((await engine.append(twin, some(9, 'more'))).nats, (await engine.append(lane, some(9, 'more'))).nats)).toBeLessThan(
      BOUND_NATS,
    );
    same(await decode(twin), await decode(lane));
  });

  it('forks an empty lane, a fork, and a lane whose original is closed', async () => {
    const empty = engine.open('e');
    const twin = await engine.fork(empty, 'f');
    await Promise.all([engine.append(empty, some(30, 1)), engine.append(twin, some(30, 1))]);
    const third = await engine.fork(twin, 'g');
    engine.close(twin);
    await opened('in its place', 50);
    same(await decode(third), await decode(empty));
  });

  it('forks while others are at work, and while the cache gains columns', async () => {
    const alone = await opened('a', 130);
    const expected = await decode(alone);
    engine.close(alone);
    const lane = await opened('a', 130);
    const others = busy(3);
    const twins: number[] = [];
    for (let i = 0; i < 9; i++) {
      twins.push(await engine.fork(lane, i));
      if (i % 3 === 0) await new Promise(setImmediate);
    }
    // All at once, as a search does.
    twins.push(...(await Promise.all(Array.from({ length: 9 }, (_, i) => engine.fork(lane, i)))));
    for (const result of await Promise.all(twins.map((twin) => decode(twin)))) same(result, expected);
    same(await decode(lane), expected);
    await others.stop();
    for (const twin of twins) engine.close(twin);
  });

  it('forks what a lane is after a rewind', async () => {
    const lane = await opened('a', 70);
    engine.mark(lane);
    await decode(lane, 1);
    engine.rewind(lane);
    const twin = await engine.fork(lane, 'b');
    const fresh = await opened('a', 70);
    same(await decode(twin), await decode(fresh));
    // A mark is the lane's own.
    expect(() => engine.rewind(twin)).toThrow(/without a mark/);
  });

  it('rewinds, and then reads as if nothing had been', async () => {
    const [lane, fresh] = [await opened('a', 80), await opened('a', 80)];
    const others = busy(2);
    engine.mark(lane);
    for (let turn = 0; turn < 3; turn++) {
      await decode(lane, 1, 5 + turn);
      if (turn > 0) await engine.append(lane, some(60, turn));
      engine.rewind(lane);
    }
    const [again, once] = [await engine.append(lane, some(40, 'next')), await engine.append(fresh, some(40, 'next'))];
    expect(gap(again.nats, once.nats)).toBeLessThan(BOUND_NATS);
    same(await decode(lane), await decode(fresh));
    // What follows the mark may be longer than what was there before, and a new mark takes its place.
    engine.mark(lane);
    await decode(lane);
    engine.rewind(lane);
    expect(gap((await engine.append(lane, some(9, 2))).nats, (await engine.append(fresh, some(9, 2))).nats)).toBeLessThan(BOUND_NATS);
    await others.stop();
  });

  it('rewinds to a mark behind a sampled token', async () => {
    const [lane, fresh] = [await opened('a', 30), await opened('a', 30)];
    same(await decode(lane), await decode(fresh));
    engine.mark(lane);
    await engine.append(lane, some(20, 1));
    engine.rewind(lane);
    expect(gap((await engine.append(lane, some(5, 2))).nats, (await engine.append(fresh, some(5, 2))).nats)).toBeLessThan(BOUND_NATS);
  });

  it('predicts what a decode would say, and changes nothing', async () => {
    const lane = await opened('a', 60);
    const twin = await engine.fork(lane, 'a');
    const [text, pointed] = [[330, 331, REFERENCES[3] as number], REFERENCES];
    const { logprobs, value } = engine.predict(lane, { tokens: text });
    for (const [i, token] of text.entries()) {
      const one: TokenGrammar = { states: [{ edges: [{ tokens: [token], to: 1 }] }, { edges: [], stop: 'end' }] };
      engine.mark(lane);
      const decoded = await engine.decode(lane, { grammar: one });
      engine.rewind(lane);
      expect(decoded.logprobs[0]).toBe(logprobs[i]);
      expect(decoded.value).toEqual(value);
    }
    const mixed = engine.predict(lane, { tokens: pointed, pointing: true }).logprobs;
    const best = pointed[mixed.indexOf(Math.max(...mixed))];
    const [first] = (await engine.decode(lane, { grammar: POINTING, state: 1, temperature: 0, maxTokens: 1 })).tokens;
    expect(best).toBe(first);
    expect(() => engine.predict(lane, { tokens: text })).toThrow(/sampled and not read/);
    expect(() => engine.predict(engine.open(1), { tokens: text })).toThrow(/an empty lane/);
    engine.predict(twin, { tokens: text });
    const fresh = await opened('a', 60);
    same(await decode(twin), await decode(fresh));
  });

  it('refuses marks and forks of lanes at work', async () => {
    const lane = await opened('a', 10);
    expect(() => engine.rewind(lane)).toThrow(/without a mark/);
    engine.mark(lane);
    const work = decode(lane);
    expect(() => engine.mark(lane)).toThrow(/a lane at work/);
    expect(() => engine.rewind(lane)).toThrow(/a lane at work/);
    await expect(engine.fork(lane, 1)).rejects.toThrow(/a lane at work/);
    await work;
    expect(() => engine.mark(99)).toThrow(/not open/);
  });

  it('forks a lane at rest although the step under way fails; the lanes that were in it can only be closed', async () => {
    const [lane, other] = [await opened('a', 10), await opened('b', 10)];
    vi.spyOn(Session.prototype, 'run').mockImplementationOnce(async () => {
      await new Promise((resolve) => setTimeout(resolve, 20));
      throw new Error('no memory');
    });
    const failing = expect(engine.append(other, some(5, 1))).rejects.toThrow('no memory');
    await new Promise((resolve) => setTimeout(resolve, 5));
    const twin = await engine.fork(lane, 'a');
    await failing;
    expect(() => engine.mark(other)).toThrow(RuntimeError);
    await expect(engine.fork(other, 1)).rejects.toThrow(/failed half-way/);
    same(await decode(twin), await decode(lane));
  });
});
