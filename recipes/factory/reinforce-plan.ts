/** What a run of reinforcement learning is asked for, with its defaults, and which tasks its rounds play. Pure: the same options, the same jobs. */
import { ConfigError } from '../../src/base/index.ts';
import type { EpisodeRecord } from '../../src/records/index.ts';
import type { Job } from '../../src/rollout/index.ts';
import { taskOf } from './policy-round.ts';
import { againJobs, curriculum, freshJobs, plainWeights, type SliceWeights } from './tasks.ts';
import { isSuccess, type Student, type Workshop } from './workshop.ts';

export type Algorithm = 'ppo' | 'grpo' | 'expert-iteration';

export interface ReinforceOptions {
  readonly algorithm: Algorithm;
  readonly student: Student;
  /** Shown and practised so far: a share of each update imitates it, so that nothing is forgotten. */
  readonly before: readonly EpisodeRecord[];
  readonly rounds: number;
  /** Episodes of a round; for `grpo` whole groups of them. */
  readonly roundEpisodes: number;
  /** `ppo`: episodes that the critic is fitted to beforehand; default half a round's. */
  readonly criticEpisodes?: number;
  /** `grpo`: runs of a task; default 8. */
  readonly groupSize?: number;
  /** Default 0.0005; for `expert-iteration` the peak, default 0.001. */
  readonly learningRate?: number;
  /** Passes over a round's episodes; default 2. */
  readonly epochs?: number;
  /** Default 0.2. */
  readonly imitationShare?: number;
  /** What a nat a token of divergence from the policy at the beginning costs; default 0.02. */
  readonly referenceWeight?: number;
  /**
   * An update ends where it is that far from its beginning, nats a token; default 1. The estimate has a long tail: a single token that the grammar
   * forced, and that the model held for next to impossible, may rise by nine nats in a step and says nothing of the policy.
   */
  readonly klLimitNats?: number;
  /** Of a round, the share of tasks that went wrong in the last one; default 0.25. */
  readonly againShare?: number;
  /** Default: those of the gym. */
  readonly weights?: SliceWeights;
  /** Validation tasks of each point of the learning curve; 0 measures nothing. Default 40. */
  readonly measured?: number;
  /** Rounds that the learning curve had before. Default 0. */
  readonly roundsBefore?: number;
}

/** With all defaults. */
export type Settled = Required<ReinforceOptions>;

/** Throws `ConfigError` for what can't be. */
export function settle({ gym }: Workshop, options: ReinforceOptions): Settled {
  const settled: Settled = {
    criticEpisodes: Math.max(16, Math.ceil(options.roundEpisodes / 2)),
    groupSize: 8,
    learningRate: options.algorithm === 'expert-iteration' ? 1e-3 : 5e-4,
    epochs: 2,
    imitationShare: 0.2,
    referenceWeight: 0.02,
    klLimitNats: 1,
    againShare: 0.25,
    weights: plainWeights(gym),
    measured: 40,
    roundsBefore: 0,
    ...options,
  };
  const wrong = (got: string, expected: string): ConfigError => new ConfigError({ operation: 'learn from the verifier', got, expected });
  const { rounds, roundEpisodes, groupSize, imitationShare, againShare } = settled;
  if (!(Number.isInteger(rounds) && rounds >= 0 && rounds <= MOST_ROUNDS)) throw wrong(`${rounds} rounds`, `0 … ${MOST_ROUNDS}`);
  if (!(Number.isInteger(roundEpisodes) && roundEpisodes >= 2 && roundEpisodes <= TASKS_A_ROUND))
    throw wrong(`rounds of ${roundEpisodes} episodes`, `2 … ${TASKS_A_ROUND}`);
  if (!(Number.isInteger(groupSize) && groupSize >= 2 && (options.algorithm !== 'grpo' || groupSize <= roundEpisodes)))
    throw wrong(`groups of ${groupSize}`, `2 or more, in a round of ${roundEpisodes} episodes`);
  if (!(imitationShare >= 0 && imitationShare < 1)) throw wrong(`imitationShare = ${imitationShare}`, '0 or more, below 1');
  if (!(againShare >= 0 && againShare < 1)) throw wrong(`againShare = ${againShare}`, '0 or more, below 1');
  return settled;
}

/** Tasks of round N of seed S begin at 1,000,000·S + FIRST_TASK + TASKS_A_ROUND·N: no other stage draws there. */
export const FIRST_TASK = 600_000;
export const TASKS_A_ROUND = 10_000;
export const MOST_ROUNDS = 29;

/** Tasks that went wrong, then fresh ones, more of slices that go wrong; for groups each of them several times. */
export function roundJobs(
  { gym, seed }: Workshop,
  { algorithm, roundEpisodes, groupSize, againShare, weights }: Settled,
  { round, last }: { readonly round: number; readonly last: readonly EpisodeRecord[] },
): readonly Job[] {
  const runs = algorithm === 'grpo' ? groupSize : 1;
  const count = Math.floor(roundEpisodes / runs);
  const lane = `rl-${round}`;
  // Of a group, that no run succeeded; the hardest for the policy are those it never solves.
  const failed = [...Map.groupBy(last, taskOf).values()].filter((group) => !group.some(isSuccess)).map(([first]) => first as EpisodeRecord);
  const again = againJobs(gym, failed.slice(0, Math.floor(againShare * count)), lane);
  const fresh = freshJobs(gym, {
    split: 'train',
    count: count - again.length,
    from: 1_000_000 * seed + FIRST_TASK + TASKS_A_ROUND * round,
    weights: last.length === 0 ? weights : curriculum(weights, last),
    seed: `${seed}/${lane}`,
    lane,
  });
  return [...again, ...fresh].flatMap(({ task }) =>
    Array.from({ length: runs }, (_, run): Job => ({ task, lane: { seed: runs === 1 ? lane : `${lane}/${run}` } })),
  );
}
