/** What the engine refuses, how lanes end, and that nothing of one lane shows in another. Exactness: test/engine-trainer.test.ts. */
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { randomModel } from '../../test/random-model.ts';
import { ConfigError, DataError, Random, RuntimeError } from '../base/index.ts';
import { boundaryId, FIRST_REFERENCE, type TokenGrammar } from '../grammar/index.ts';
import { Session, type Value } from '../tensor/index.ts';
import { LaneEngine } from './lane-engine.ts';

const model = randomModel('lanes', { contextLength: 48 });
const { vocabularySize: V, contextLength } = model.config;

let engine: LaneEngine;
beforeEach(() => {
  engine = new LaneEngine(model.config, model.weights, { threads: 1 });
});
afterEach(async () => {
  vi.restoreAllMocks();
  await engine.dispose();
});

const tokens = (count: number, seed: number | string = 1): Int32Array => {
  const random = new Random(seed);
  return Int32Array.from({ length: count }, () => random.below(V));
};
/** The message that a promise rejects with. */
const failureOf = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'nothing',
    (error: Error) => error.message,
  );
async function opened(count: number, seed: number | string = 1): Promise<number> {
  const lane = engine.open(seed);
  await engine.append(lane, tokens(count, seed));
  return lane;
}

describe('decoding', () => {
  it('goes on after every turn, whoever waits for whom', async () => {
    const lane = await opened(2);
    for (let turn = 0; turn < 5; turn++) {
      await engine.decode(lane, { maxTokens: 2 });
      await engine.append(lane, tokens(1, turn));
    }
    await engine.append(lane, new Int32Array(0));
    engine.close(lane);
  });

  it('takes calls that are queued in their order', async () => {
    const lane = engine.open(1);
    const results = await Promise.all([
      engine.append(lane, tokens(3)),
      engine.decode(lane, { maxTokens: 4 }),
      engine.append(lane, tokens(5, 2)),
      engine.decode(lane, { maxTokens: 1 }),
      engine.decode(lane, { maxTokens: 2 }),
    ]);
    const again = engine.open(1);
    expect(await engine.append(again, tokens(3))).toEqual(results[0]);
    const first = await engine.decode(again, { maxTokens: 4 });
    expect(first.tokens).toEqual(results[1].tokens);
    expect((await engine.append(again, tokens(5, 2))).nats.length).toBe(5);
    expect((await engine.decode(again, { maxTokens: 3 })).tokens).toEqual(Int32Array.of(...results[3].tokens, ...results[4].tokens));
  });

  it('is fixed by the seed, and differs by it', async () => {
    const run = async (seed: number): Promise<Int32Array> => {
      const lane = engine.open(seed);
      await engine.append(lane, tokens(3));
      return (await engine.decode(lane, { maxTokens: 12 })).tokens;
    };
    expect(await run(1)).toEqual(await run(1));
    expect(await run(1)).not.toEqual(await run(2));
  });

  it('is fixed by the weights alone when greedy, and takes the most probable token', async () => {
    const [a, b] = [await opened(5), engine.open('other')];
    await engine.append(b, tokens(5));
    const greedy = await engine.decode(a, { temperature: 0, maxTokens: 6 });
    expect((await engine.decode(b, { temperature: 0, maxTokens: 6 })).tokens).toEqual(greedy.tokens);
    expect([...greedy.sampledLogprobs]).toEqual(new Array(6).fill(0));
    const top = engine.open(3);
    await engine.append(top, tokens(5));
    const first = await engine.decode(top, { topK: 1, maxTokens: 6 });
    expect(first.tokens).toEqual(greedy.tokens);
  });

  it('follows the model (chi-squared), and tells the log-probability of what it draws from', async () => {
    const prompt = tokens(4);
    const choices = [330, 331, 332, 333];
    const grammar: TokenGrammar = { states: [{ edges: [{ tokens: choices, to: 1 }] }, { edges: [], stop: 'end' }] };
    const counts = new Map(choices.map((token) => [token, 0]));
    const logprobs = new Map<number, number>();
    const sampledLogprobs = new Map<number, number>();
    const lanes = Array.from({ length: 100 }, (_, i) => engine.open(i));
    await Promise.all(lanes.map((lane) => engine.append(lane, prompt)));
    for (let round = 0; round < 20; round++) {
      const results = await Promise.all(lanes.map((lane) => engine.decode(lane, { grammar })));
      for (const result of results) {
        expect(result.stopReason).toBe('end');
        const token = result.tokens[0] as number;
        counts.set(token, (counts.get(token) as number) + 1);
        logprobs.set(token, result.logprobs[0] as number);
        sampledLogprobs.set(token, result.sampledLogprobs[0] as number);
      }
      // The next draw starts from the same prompt in a new lane.
      for (const [i, lane] of lanes.entries()) {
        engine.close(lane);
        lanes[i] = engine.open(`${round}/${i}`);
      }
      await Promise.all(lanes.map((lane) => engine.append(lane, prompt)));
    }
    const total = choices.reduce((sum, token) => sum + Math.exp(logprobs.get(token) as number), 0);
    let statistic = 0;
    for (const token of choices) {
      const probability = Math.exp(logprobs.get(token) as number) / total;
      expect(sampledLogprobs.get(token)).toBeCloseTo(Math.log(probability), 4);
      statistic += ((counts.get(token) as number) - 2000 * probability) ** 2 / (2000 * probability);
    }
    // scipy.stats.chi2.ppf(1 - 1e-5, 3) = 25.90.
    expect(statistic).toBeLessThan(25.9);
  });

  it('stops at a stop token, at the limit, at the end and at a pause of the grammar, and tells the state to resume in', async () => {
    const lane = await opened(3);
    const one = (state: number, stop: 'end' | 'pause'): TokenGrammar => ({
      states: [{ edges: [{ tokens: [340], to: 1 }] }, { edges: [{ tokens: [341], to: 0 }], stop }].slice(0, state + 1),
    });
    expect(await engine.decode(lane, { grammar: one(1, 'pause') })).toMatchObject({
      stopReason: 'pause',
      state: 1,
      tokens: Int32Array.of(340),
    });
    expect(await engine.decode(lane, { grammar: one(1, 'pause'), state: 1, maxTokens: 1 })).toMatchObject({
      stopReason: 'length',
      state: 0,
    });
    expect(await engine.decode(lane, { grammar: one(1, 'end') })).toMatchObject({ stopReason: 'end', tokens: Int32Array.of(340) });
    expect(await engine.decode(lane, { grammar: one(1, 'pause'), stopTokens: [341], state: 1 })).toMatchObject({
      stopReason: 'stop token',
    });
    expect(await engine.decode(lane, { maxTokens: 2 })).toMatchObject({ stopReason: 'length', state: 0 });
  });

  it('never leaves the grammar (property)', async () => {
    const grammars = fc.array(
      fc.record({
        edges: fc.uniqueArray(fc.tuple(fc.integer({ min: 0, max: V - 1 }), fc.nat(4)), {
          minLength: 1,
          maxLength: 12,
          selector: ([token]) => token,
        }),
        pointing: fc.boolean(),
      }),
      { minLength: 5, maxLength: 5 },
    );
    await fc.assert(
      fc.asyncProperty(grammars, fc.constantFrom(0, 0.5, 1, 5), async (states, temperature) => {
        const grammar: TokenGrammar = {
          states: states.map(({ edges, pointing }) => ({ edges: edges.map(([token, to]) => ({ tokens: [token], to })), pointing })),
        };
        const lane = await opened(4);
        const result = await engine.decode(lane, { grammar, temperature, maxTokens: 10 });
        engine.close(lane);
        expect(result.tokens.length).toBe(10);
        let state = 0;
        for (const [i, token] of result.tokens.entries()) {
          expect(result.pointed[i]).toBe(states[state]?.pointing ? 1 : 0);
          state = states[state]?.edges.find(([allowed]) => allowed === token)?.[1] ?? Number.NaN;
        }
        expect(result.state).toBe(state);
      }),
      { seed: 4, numRuns: 30 },
    );
  });

  it('rejects where the grammar is at a dead end, and the lane lives on', async () => {
    const lane = await opened(3);
    const grammar: TokenGrammar = { states: [{ edges: [], stop: 'end' }] };
    await expect(engine.decode(lane, { grammar })).rejects.toThrow(/grammar state 0 without a next token/);
    expect((await engine.decode(lane, { maxTokens: 1 })).tokens.length).toBe(1);
  });

  it('that fails after its first token leaves a lane that can only be closed; its neighbour lives on', async () => {
    const [lane, neighbour] = [await opened(3), await opened(3, 2)];
    const { run } = Session.prototype;
    vi.spyOn(Session.prototype, 'run').mockImplementationOnce(async function (this: Session, feeds) {
      const results = await run.call(this, feeds);
      ((results.logits as Value).data as Float32Array).fill(Number.NaN);
      return results;
    });
    const queued = [engine.decode(lane, { maxTokens: 4 }), engine.append(lane, tokens(2)), engine.decode(lane)];
    for (const message of await Promise.all(queued.map(failureOf))) expect(message).toMatch(/logits with log Σ exp = NaN/);
    for (const call of [() => engine.decode(lane), () => engine.append(lane, tokens(1))]) {
      expect(call).toThrow(RuntimeError);
      expect(call).toThrow(/which failed half-way \(decode: got logits.*close it/);
    }
    engine.close(lane);
    expect((await engine.decode(neighbour, { maxTokens: 2 })).tokens.length).toBe(2);
  });

  it('whose step fails leaves a lane that can only be closed; one at rest lives on', async () => {
    const [lane, resting] = [await opened(3), await opened(3, 2)];
    vi.spyOn(Session.prototype, 'run').mockRejectedValueOnce(new Error('no memory'));
    expect(await failureOf(engine.append(lane, tokens(2)))).toBe('no memory');
    expect(() => engine.decode(lane)).toThrow(/lane 0, which failed half-way \(no memory\)/);
    engine.close(lane);
    expect((await engine.decode(resting, { maxTokens: 2 })).tokens.length).toBe(2);
  });
});

describe('the context', () => {
  it('ends a decode as a value, again and again', async () => {
    const lane = await opened(contextLength - 3);
    const last = await engine.decode(lane);
    expect(last).toMatchObject({ stopReason: 'context' });
    expect(last.tokens.length).toBe(3);
    for (let i = 0; i < 3; i++) {
      const none = await engine.decode(lane);
      expect(none).toMatchObject({ stopReason: 'context', tokens: new Int32Array(0) });
      expect(none.value).not.toBeNaN();
    }
    expect(() => engine.append(lane, tokens(1))).toThrow(DataError);
    const full = await opened(contextLength);
    expect(await engine.decode(full)).toMatchObject({ stopReason: 'context', tokens: new Int32Array(0) });
  });

  it('refuses an append that does not fit, at once or behind a decode that took the room', async () => {
    const lane = await opened(contextLength - 10);
    const neighbour = await opened(3, 2);
    expect(() => engine.append(lane, tokens(11))).toThrow(/11 tokens on top of 38, expected at most 48/);
    const decoded = engine.decode(lane, { maxTokens: 8 });
    const [append, after] = [engine.append(lane, tokens(9)), engine.append(lane, tokens(1))];
    await expect(append).rejects.toThrow(DataError);
    expect((await decoded).tokens.length).toBe(8);
    expect((await after).nats.length).toBe(1);
    expect((await engine.decode(neighbour, { maxTokens: 1 })).tokens.length).toBe(1);
  });
});

describe('calls that can’t be', () => {
  it('are refused with what to do instead', async () => {
    const lane = engine.open(1);
    expect(() => engine.decode(lane)).toThrow(/an empty lane/);
    expect(() => engine.append(lane, Int32Array.of(V))).toThrow(DataError);
    expect(() => engine.append(lane, Int32Array.of(-1))).toThrow(/token -1/);
    expect(() => engine.append(99, tokens(1))).toThrow(/lane 99, which is not open/);
    await engine.append(lane, tokens(1));
    expect(() => engine.decode(lane, { maxTokens: 0 })).toThrow(ConfigError);
    expect(() => engine.decode(lane, { temperature: -1 })).toThrow(ConfigError);
    expect(() => engine.decode(lane, { grammar: { states: [{ edges: [{ tokens: 'text', to: 0 }] }] }, state: 1 })).toThrow(ConfigError);
    const work = engine.append(lane, tokens(4));
    expect(() => engine.close(lane)).toThrow(/a lane at work/);
    await work;
    engine.close(lane);
    expect(() => engine.close(lane)).toThrow(RuntimeError);
  });

  it('more lanes than there are columns', () => {
    for (let i = 0; i < 128; i++) engine.open(i);
    expect(() => engine.open(128)).toThrow(/lane 129, expected at most 128/);
  });

  it('after dispose: refused; under way: rejected; dispose again: nothing', async () => {
    const lane = await opened(2);
    const work = engine.decode(lane, { maxTokens: 40 });
    const failure = expect(work).rejects.toThrow(/disposed/);
    await engine.dispose();
    await failure;
    await engine.dispose();
    expect(() => engine.open(1)).toThrow(/disposed/);
    expect(() => engine.append(lane, tokens(1))).toThrow(RuntimeError);
  });
});

describe('other weights', () => {
  const natsOf = async (): Promise<Float64Array> => {
    const lane = engine.open(1);
    const { nats } = await engine.append(lane, tokens(20));
    engine.close(lane);
    return nats;
  };

  it('are refused while a lane is open, and show once they are in', async () => {
    const lane = engine.open(1);
    const other = randomModel('other', { contextLength: 48 }).weights;
    await expect(engine.updateWeights(other)).rejects.toThrow(/1 open lanes/);
    engine.close(lane);
    const before = await natsOf();
    await engine.updateWeights(other);
    expect(await natsOf()).not.toEqual(before);
    await engine.updateWeights(model.weights);
    expect(await natsOf()).toEqual(before);
  });

  it('that are not numbers reject a decode, and leave nothing behind', async () => {
    const before = await natsOf();
    await engine.updateWeights(
      new Map([...model.weights].map(([name, values]) => [name, new Float32Array(values.length).fill(Number.NaN)])),
    );
    const lane = engine.open(1);
    await engine.append(lane, tokens(20));
    await expect(engine.decode(lane)).rejects.toThrow(/weights that are not numbers/);
    engine.close(lane);
    await engine.updateWeights(model.weights);
    expect(await natsOf()).toEqual(before);
  });
});

it('references in an append and the end of an action are ordinary tokens to a plain decode', async () => {
  const lane = engine.open(1);
  const { nats } = await engine.append(lane, Int32Array.of(boundaryId('begin'), FIRST_REFERENCE + 3, boundaryId('act')));
  expect(nats[0]).toBe(0);
  const result = await engine.decode(lane, { maxTokens: 3 });
  expect([...result.pointed]).toEqual([0, 0, 0]);
  for (const [i, logprob] of result.logprobs.entries()) expect(result.sampledLogprobs[i]).toBeCloseTo(logprob, 9);
});
