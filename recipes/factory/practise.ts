/**
 * Learning by doing: the policy plays fresh tasks beside the gym's expert, whose action is done where the two differ, and learns from that
 * (DAgger by intervention, see `advisedPolicy`). Slices that go wrong are played more, tasks that went wrong are played again.
 */
import { hashJson, Random } from '../../src/base/index.ts';
import type { EpisodeRecord } from '../../src/records/index.ts';
import { advisedPolicy } from '../../src/rollout/index.ts';
import type { Budget } from './budget.ts';
import { learn, lessonOf, RATES } from './learn.ts';
import { NeverSucceeds } from './refusals.ts';
import { againJobs, curriculum, freshJobs, plainWeights } from './tasks.ts';
import { identityOf, isSuccess, play, type Student, type Workshop, withPolicy } from './workshop.ts';

/** Probability that a wrong action of the policy's own is done, so that its repair is learned. */
export const LET_THROUGH = 0.15;
/** Share of a round that goes to the tasks that went wrong in the last one. */
const AGAIN_SHARE = 0.25;

/** Whether the policy needed no help: success alone would be the expert's as well. What it decided itself has log-probabilities. */
export const isUnaided = (record: EpisodeRecord): boolean => isSuccess(record) && record.steps.every(({ logprobs }) => logprobs.length > 0);

export interface PractiseOptions {
  /** From 1. */
  readonly round: number;
  readonly budget: Budget;
  readonly student: Student;
  /** Everything shown and played so far. */
  readonly before: readonly EpisodeRecord[];
  /** What the last round played. */
  readonly last: readonly EpisodeRecord[];
}

export interface Practised {
  readonly student: Student;
  readonly played: readonly EpisodeRecord[];
  readonly trainedTokens: number;
}

export async function practise(shop: Workshop, { round, budget, student, before, last }: PractiseOptions): Promise<Practised> {
  const { gym, seed } = shop;
  const lane = `round-${round}`;
  const again = againJobs(gym, last.filter((record) => !isUnaided(record)).slice(0, Math.floor(AGAIN_SHARE * budget.roundEpisodes)), lane);
  const fresh = freshJobs(gym, {
    split: 'train',
    count: budget.roundEpisodes - again.length,
    from: 1_000_000 * seed + 100_000 * round,
    weights: last.length === 0 ? plainWeights(gym) : curriculum(plainWeights(gym), last, isUnaided),
    seed: `${seed}/${lane}`,
    lane,
  });
  const played = await withPolicy(student, { temperature: 0 }, (policy) =>
    play(shop, {
      stage: 'rl',
      journal: `rounds/${lane}.jsonl`,
      jobs: [...again, ...fresh],
      policyId: `${identityOf(student)}+expert`,
      policy: ({ task }) =>
        advisedPolicy({
          policy,
          adviser: () => gym.module.expert(task, { random: new Random(hashJson([seed, task.slice, task.seed.n])) }),
          letThrough: LET_THROUGH,
        }),
      figures: (records) => ({
        unaided: records.filter(isUnaided).length / records.length,
        success: records.filter(isSuccess).length / records.length,
      }),
    }),
  );
  if (!played.some(isSuccess)) throw new NeverSucceeds(gym.manifest.name, played.length);
  const { student: better, tokens } = await learn(shop, {
    stage: 'rl',
    folder: `rounds/${lane}`,
    student,
    // What was played last is what the policy is like now: it counts twice.
    episodes: [...before, ...played, ...played].flatMap((record) => lessonOf(record, student) ?? []),
    tokens: budget.roundTokens,
    rate: { from: rateAfter(round - 1, budget.rounds), to: rateAfter(round, budget.rounds) },
  });
  return { student: better, played, trainedTokens: tokens };
}

/** Along a line. */
const rateAfter = (round: number, rounds: number): number => RATES.practice + (RATES.last - RATES.practice) * (round / rounds);
