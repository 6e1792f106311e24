/** A mind of random weights: what it says must be exact, whatever it has learned. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { gymModule as countdown } from '../../gyms/countdown/gym.ts';
import { gymModule as warehouse } from '../../gyms/warehouse/gym.ts';
import { Engine } from '../../src/engine/index.ts';
import {
  actionGrammar,
  boundaryId,
  encodeEcho,
  encodeTranscript,
  FIRST_REFERENCE,
  formatAction,
  isReferenceId,
  parseActionTokens,
  type TextCodec,
} from '../../src/grammar/index.ts';
import { actSegment } from '../../src/gym/index.ts';
import type { Action, Gym, Observation, Segment, Session } from '../../src/records/index.ts';
import { treeSearch } from '../../src/search/index.ts';
import { randomModel } from '../../test/random-model.ts';
import { blindMind } from './blind-mind.ts';
import { type EngineMind, type EngineThought, engineMind } from './engine-mind.ts';
import { playWithSearch } from './play-with-search.ts';

const model = randomModel('mind', { contextLength: 1024, vocabularySize: 576 });
/** Bytes. */
const codec: TextCodec = {
  encodeText: (text) => [...new TextEncoder().encode(text)].map((byte) => 320 + byte),
  decode: (ids) => new TextDecoder().decode(Uint8Array.from(ids, (id) => id - 320)),
};

let engine: Engine;
beforeEach(async () => {
  engine = await Engine.start(model.config, model.weights, { threads: 1, leaveOutResting: true });
});
afterEach(async () => {
  // Refused while any lane is open.
  await engine.updateWeights(model.weights);
  await engine.dispose();
});

interface Opened {
  readonly session: Session;
  readonly observation: Observation;
  readonly goal: Segment;
}

async function opened(gym: Gym, n: number, slice?: string): Promise<Opened> {
  const session = await gym.open(gym.task({ split: 'validate', n }, slice), { seed: 'a' });
  return { session, observation: await session.observe(), goal: { kind: 'goal', pieces: session.goal } };
}

const mindOf = (gym: Gym, longest: number, kept?: number): EngineMind =>
  engineMind({ engine, codec, verbs: gym.manifest.actions, longest, ...(kept === undefined ? {} : { kept }) });

const tokensOf = (thought: EngineThought): readonly number[] => [...(thought.parent ? tokensOf(thought.parent) : []), ...thought.tokens];

describe('a mind with an engine', () => {
  it('gives every action the probability with which constrained decoding draws it', async () => {
    const { gym } = warehouse;
    const { session, observation, goal } = await opened(gym, 0, 'small');
    // Eight tokens: a call with as many arguments as there may be.
    const mind = mindOf(gym, 8);
    const thought = await mind.begin(goal, observation);
    const { candidates } = await mind.propose(thought, observation, 10_000);
    expect(candidates.reduce((sum, { logprob }) => sum + Math.exp(logprob), 0)).toBeCloseTo(1, 4);
    const logprobs = new Map(candidates.map(({ action, logprob }) => [formatAction(action), logprob]));
    expect(logprobs.size).toBe(candidates.length);
    for (let seed = 0; seed < 12; seed++) {
      const drawn = await drawAction(tokensOf(thought), observation, { gym, seed });
      expect(logprobs.get(formatAction(drawn.action))).toBeCloseTo(drawn.logprob, 3);
    }
    const few = await mind.propose(thought, observation, 5);
    expect(few.candidates.map(({ action }) => action)).toEqual(candidates.slice(0, 5).map(({ action }) => action));
    await mind.forget(thought);
    await mind.dispose();
    await session.close();
  });

  it('reads the tokens of the transcript, and says the same whichever lanes it has kept', async () => {
    const { gym } = countdown;
    const said: number[][] = [];
    for (const kept of [1, 50]) {
      const { session, observation, goal } = await opened(gym, 1);
      const mind = mindOf(gym, 6, kept);
      let before = observation;
      const thoughts = [await mind.begin(goal, observation)];
      const segments: Segment[] = [goal, { kind: 'observe', pieces: observation.pieces }];
      const values: number[] = [];
      for (let step = 0; step < 4; step++) {
        const thought = thoughts.at(-1) as EngineThought;
        const all = await Promise.all(thoughts.map((each) => mind.propose(each, before, 3)));
        values.push(...all.flatMap(({ value, candidates }) => [value, ...candidates.map(({ logprob }) => logprob)]));
        const action = all.at(-1)?.candidates.find((each) => each.action.kind === 'call')?.action ?? { kind: 'done' as const };
        const after = await session.act(action);
        thoughts.push(await mind.follow(thought, action, before, after));
        segments.push(actSegment(action, before), { kind: 'observe', pieces: after.pieces });
        if (after.stop !== null) break;
        before = after;
      }
      const last = thoughts.at(-1) as EngineThought;
      expect(tokensOf(last)).toEqual([...encodeTranscript({ schemaVersion: 1, segments }, codec).tokens]);
      values.push(await mind.judge({ thought: last }));
      expect(values.every(Number.isFinite)).toBe(true);
      said.push(values);
      for (const thought of thoughts) await mind.forget(thought);
      await mind.dispose();
      await session.close();
    }
    const [few, many] = said as [number[], number[]];
    expect(few.length).toBe(many.length);
    for (const [i, value] of few.entries()) expect(value).toBeCloseTo(many[i] as number, 3);
  });

  it('searches, blind or not, and leaves no lane open', async () => {
    const { gym } = countdown;
    const task = gym.task({ split: 'validate', n: 3 });
    const mind = mindOf(gym, 6);
    for (const each of [mind, blindMind(mind, { verbs: gym.manifest.actions, longest: 6 })]) {
      const played = await playWithSearch({
        gym,
        task,
        lane: { seed: 'a' },
        mind: each,
        judge: mind.judge,
        plan: (problem, root, seed) => treeSearch(problem, root, { simulations: 20, seed, enough: 0.99 }),
        commit: Number.POSITIVE_INFINITY,
      });
      expect(played.stop).not.toBeNull();
    }
    await mind.dispose();
  });
});

/** An action drawn token by token under the grammar, echoes in between, and its probability there. */
async function drawAction(
  read: readonly number[],
  observation: Observation,
  { gym, seed }: { readonly gym: Gym; readonly seed: number },
): Promise<{ readonly action: Action; readonly logprob: number }> {
  const grammar = actionGrammar(gym.manifest.actions, observation.targets);
  const names = new Map(observation.targets.map(({ reference, name, text }) => [reference, name === '' ? text : name]));
  const lane = await engine.open(seed);
  await engine.append(lane, Int32Array.from([...read, boundaryId('act')]));
  const own: number[] = [];
  let logprob = 0;
  let state = 0;
  for (;;) {
    const result = await engine.decode(lane, { grammar, state });
    own.push(...result.tokens);
    logprob += result.sampledLogprobs.reduce((sum, each) => sum + each, 0);
    state = result.state;
    if (result.stopReason !== 'pause') break;
    const last = own.at(-1) as number;
    if (isReferenceId(last))
      await engine.append(lane, Int32Array.from(encodeEcho({ text: names.get(last - FIRST_REFERENCE) ?? '' }, codec)));
  }
  await engine.close(lane);
  return { action: parseActionTokens(own, codec), logprob };
}
