/**
 * A model as a mind: policy, critic and judge of one network, read through an engine.
 *
 * A thought is the tokens that it has read beyond its parent's. Lanes are a cache of thoughts: the last few used are kept, any other is forked
 * from its nearest ancestor that has one and reads the rest. So a search may hold any number of thoughts.
 *
 * The critic is the value head at the act boundary. The judge asks the model how the verifier would score what it has read: the probability of
 * `success` against `failure` behind `<|outcome|>`, as trained on outcomes, failed episodes among them. It sees what the policy could see, no more.
 */
import type { Engine, PredictOptions, PredictResult } from '../../src/engine/index.ts';
import {
  actSegment,
  boundaryId,
  echoesOf,
  encodeEcho,
  encodeTranscript,
  FIRST_REFERENCE,
  isReferenceId,
  type TextCodec,
  wordId,
} from '../../src/grammar/index.ts';
import type { GymManifest, Observation, Segment } from '../../src/records/index.ts';
import { actionTree, likeliestActions } from './action-tree.ts';
import type { GymEnd } from './gym-problem.ts';
import type { LegalActionOptions } from './legal-actions.ts';
import type { Mind } from './mind.ts';
import { Semaphore } from './semaphore.ts';

export interface EngineThought {
  readonly parent: EngineThought | null;
  /** Beyond the parent's; a first thought begins with `<|begin|>`. */
  readonly tokens: readonly number[];
}

export interface EngineMindOptions extends LegalActionOptions {
  readonly engine: Engine;
  readonly codec: TextCodec;
  readonly verbs: GymManifest['actions'];
  /** Lanes of thoughts that are kept. Default 6. */
  readonly kept?: number;
}

export interface EngineMind extends Mind<EngineThought> {
  /** The probability of success that the model sees in a finished transcript. */
  judge(end: Pick<GymEnd<EngineThought>, 'thought'>): Promise<number>;
  /** Closes what lanes are left. The engine is the caller's. */
  dispose(): Promise<void>;
}

/** Proposals and verdicts at a time. */
const AT_ONCE = 4;
/** Lanes that a proposal opens at a time, beside its own. */
const PARALLEL = 4;

interface KeptLane {
  readonly lane: Promise<number>;
  /** Whoever forks it just now. */
  users: number;
}

export function engineMind({ engine, codec, verbs, kept = 6, ...legal }: EngineMindOptions): EngineMind {
  /** The one used last at the end. */
  const lanes = new Map<EngineThought, KeptLane>();
  const forgotten = new WeakSet<EngineThought>();
  const turns = new Semaphore(AT_ONCE);

  const tokensOf = (...segments: readonly Segment[]): readonly number[] => [
    ...encodeTranscript({ schemaVersion: 1, segments }, codec).tokens,
  ];

  /** Closes what nobody uses: forgotten thoughts, and those used longest ago where there are too many. */
  const closeIdle = async (): Promise<void> => {
    for (const [thought, held] of [...lanes]) {
      const isOver = forgotten.has(thought) || lanes.size > kept;
      if (held.users > 0 || !isOver || lanes.get(thought) !== held) continue;
      lanes.delete(thought);
      await engine.close(await held.lane);
    }
  };
  /** Calls `work` with a fork of the thought's lane and closes the fork. */
  const withFork = async <Result>(thought: EngineThought, work: (lane: number) => Promise<Result>): Promise<Result> => {
    const lane = await forkOf(thought);
    try {
      return await work(lane);
    } finally {
      await engine.close(lane);
    }
  };
  const forkOf = async (thought: EngineThought): Promise<number> => {
    const known = lanes.get(thought) ?? { lane: newLane(thought), users: 0 };
    lanes.delete(thought);
    lanes.set(thought, known);
    known.users++;
    try {
      return await engine.fork(await known.lane, 0);
    } catch (cause) {
      if (lanes.get(thought) === known) lanes.delete(thought);
      throw cause;
    } finally {
      known.users--;
      await closeIdle();
    }
  };
  const newLane = async ({ parent, tokens }: EngineThought): Promise<number> => {
    const lane = parent ? await forkOf(parent) : await engine.open(0);
    try {
      await engine.append(lane, Int32Array.from(tokens));
      return lane;
    } catch (cause) {
      await engine.close(lane);
      throw cause;
    }
  };
  const read = async (lane: number, tokens: readonly number[], asked: PredictOptions): Promise<PredictResult> => {
    await engine.append(lane, Int32Array.from(tokens));
    return engine.predict(lane, asked);
  };

  return {
    begin: async (goal, observation) => ({ parent: null, tokens: tokensOf(goal, { kind: 'observe', pieces: observation.pieces }) }),
    propose: (thought, observation, count) =>
      turns.use(() =>
        withFork(thought, async (start) => {
          const echoes = echoTokens(observation, codec);
          const withEchoes = (tokens: readonly number[]): readonly number[] =>
            tokens.flatMap((id) => (isReferenceId(id) ? [id, ...(echoes.get(id) ?? [])] : [id]));
          const tree = actionTree(verbs, observation, legal);
          const { value } = await read(start, [boundaryId('act')], { tokens: [] });
          // Beginnings of an action are a few tokens: each is read from the start on, in a lane that lives no longer than that.
          const candidates = await likeliestActions<readonly number[]>(tree, [], {
            count,
            parallel: PARALLEL,
            async read(place, unread, asked) {
              const beginning = [...place, ...withEchoes(unread)];
              if (beginning.length === 0) return { place, ...(await engine.predict(start, asked)) };
              const lane = await engine.fork(start, 0);
              try {
                return { place: beginning, ...(await read(lane, beginning, asked)) };
              } finally {
                await engine.close(lane);
              }
            },
          });
          return { candidates, value: sigmoid(value) };
        }),
      ),
    follow: async (thought, action, before, after) => ({
      parent: thought,
      tokens: tokensOf(actSegment(action, before), { kind: 'observe', pieces: after.pieces }).slice(1),
    }),
    async forget(thought) {
      forgotten.add(thought);
      if (lanes.has(thought)) await closeIdle();
    },
    judge: ({ thought }) =>
      turns.use(() =>
        withFork(thought, async (lane) => {
          const { logprobs } = await read(lane, [boundaryId('outcome')], { tokens: [wordId('success'), wordId('failure')] });
          return sigmoid((logprobs[0] as number) - (logprobs[1] as number));
        }),
      ),
    async dispose() {
      const open = [...lanes.values()];
      lanes.clear();
      for (const { lane } of open) await engine.close(await lane);
    },
  };
}

const sigmoid = (logit: number): number => 1 / (1 + Math.exp(-logit));

/** By token of a reference: what the runtime writes after it. */
const echoTokens = (observation: Observation, codec: TextCodec): ReadonlyMap<number, readonly number[]> =>
  new Map([...echoesOf(observation)].map(([reference, echo]) => [FIRST_REFERENCE + reference, encodeEcho(echo, codec)]));
