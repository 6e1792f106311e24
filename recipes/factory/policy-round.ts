/**
 * One update of the policy from episodes that it played by itself: PPO with its critic, or GRPO against the other runs of each task.
 *
 * - The critic reaches the trunk only after it has beaten the base rate on episodes that it was not fitted to: the ones just played, for which the
 *   records hold what it expected at the time. Before, a wrong critic's gradient would disturb a policy that works.
 * - Some of what was shown goes into every update and is imitated, so that nothing is forgotten (Vinyals et al. 2019, Nature 575; Nair et al. 2018,
 *   arXiv 1709.10089, §IV). The divergence from the policy at the beginning of reinforcement learning holds it back beside that.
 */
import { Random } from '../../src/base/index.ts';
import type { Weights } from '../../src/model/index.ts';
import type { EpisodeRecord } from '../../src/records/index.ts';
import {
  type BatchSize,
  type CriticReport,
  criticBeatsBaseRate,
  episodeOutcome,
  episodeReward,
  groupUpdate,
  imitatedEpisode,
  PolicyTrainer,
  type PolicyUpdateOptions,
  type PolicyUpdateResult,
  policyUpdate,
  type RewardedEpisode,
  type ScoredEpisode,
  scoreRollouts,
  trainCritic,
} from '../../src/train/index.ts';
import { lessonOf } from './learn.ts';
import { copyWeights, type Learner } from './learner.ts';
import { type ScorableRecord, scorableRecords } from './scorable.ts';
import { isSuccess, Stopped, type Student } from './workshop.ts';

export interface PolicyRoundOptions {
  readonly algorithm: 'ppo' | 'grpo';
  readonly learner: Learner;
  /** The policy's own episodes of this round, with the log-probabilities it had. */
  readonly records: readonly EpisodeRecord[];
  /** What was shown: successes among these are imitated. */
  readonly shown: readonly EpisodeRecord[];
  /** Of the episodes of an update, the share that is shown ones, 0 … below 1. */
  readonly imitationShare: number;
  /** The policy at the beginning of reinforcement learning, and what a nat of divergence from it costs. */
  readonly reference: Weights;
  readonly referenceWeight: number;
  readonly learningRate: number;
  readonly epochs: number;
  readonly klLimitNats: number;
  readonly seed: string;
  readonly signal?: AbortSignal;
}

export interface PolicyRound {
  readonly learner: Learner;
  /** undefined: there was nothing to learn from, as where all groups end alike. */
  readonly update: PolicyUpdateResult | undefined;
  /** What the critic foresaw of this round's episodes before it learned from them; null without one. */
  readonly critic: CriticReport | null;
  /** Own episodes that could not be learned from: without a verdict, or spelled otherwise than they were sampled. */
  readonly leftOut: number;
}

/** Changes no buffer of the learner it is given. Throws `Stopped`. */
export async function policyRound(options: PolicyRoundOptions): Promise<PolicyRound> {
  const { algorithm, learner, shown, imitationShare, referenceWeight, seed, signal } = options;
  const { student } = learner;
  const scorable = scorableRecords(options.records, student);
  const records = scorable.map(({ record }) => record);
  const lessons = pickLessons(shown, { student, count: Math.round((imitationShare / (1 - imitationShare)) * records.length), seed });
  const foreseen = algorithm === 'ppo' ? criticReport(records) : null;
  const critic = foreseen !== null && criticBeatsBaseRate(foreseen) ? 'shared' : learner.critic;
  const trainer = new PolicyTrainer(
    student.config,
    { weights: copyWeights(student.weights), moments: copyWeights(learner.moments), step: learner.step },
    {
      ...sizeFor([...scorable.map(({ episode }) => episode), ...lessons], student),
      optimizer: { beta2: 0.98, weightDecay: 0 },
      referenceWeight,
      imitationWeight: imitationShare / (1 - imitationShare),
      valueWeight: algorithm === 'ppo' ? 0.5 : 0,
      criticReadsTrunk: critic,
    },
  );
  try {
    const update = await updateWith(trainer, scorable, lessons, options);
    if (update?.reason === 'interrupted' || signal?.aborted) throw new Stopped('the run was stopped');
    const { weights, moments, step } = trainer.state;
    const after = { student: { ...student, weights: copyWeights(weights) }, moments: copyWeights(moments), step, critic };
    return { learner: after, update, critic: foreseen, leftOut: options.records.length - records.length };
  } finally {
    await trainer.dispose();
  }
}

async function updateWith(
  trainer: PolicyTrainer,
  scorable: readonly ScorableRecord[],
  lessons: readonly ScoredEpisode[],
  { algorithm, learner, reference, learningRate, epochs, klLimitNats, seed, signal }: PolicyRoundOptions,
): Promise<PolicyUpdateResult | undefined> {
  if (scorable.length === 0) return undefined;
  const { tokenizer } = learner.student;
  const settings: Omit<PolicyUpdateOptions, 'episodes'> = {
    trainer,
    learningRate,
    epochs,
    klLimitNats,
    reference,
    seed,
    ...(signal ? { signal } : {}),
  };
  if (algorithm === 'ppo') {
    const records = scorable.map(({ record }) => record);
    const { episodes } = await scoreRollouts(records, tokenizer, { trainer });
    const update = await policyUpdate({ ...settings, episodes: [...episodes, ...lessons] });
    // A head that is trained alone is fitted again at once: the states under it have moved further than its gradient steps.
    if (trainer.objective.criticReadsTrunk === 'detached' && episodes.length > 1) await trainCritic({ trainer, episodes, seed });
    return update;
  }
  const groups = [...Map.groupBy(scorable, ({ record }) => taskOf(record)).values()].map((runs) =>
    runs.map(({ record, episode }): RewardedEpisode => ({ episode, reward: episodeReward(record) })),
  );
  const tells = groups.some((runs) => new Set(runs.map(({ reward }) => reward)).size > 1);
  return tells ? groupUpdate({ ...settings, groups, demonstrations: lessons }) : undefined;
}

/** The same for all runs of a task. */
export const taskOf = ({ slice, seed }: EpisodeRecord): string => `${slice}/${seed.split}/${seed.n}`;

/** Brier scores of what the critic expected at each decision while the episodes were played, and of the base rate. */
export function criticReport(records: readonly EpisodeRecord[]): CriticReport {
  const decisions = records.flatMap((record) => {
    const outcome = episodeOutcome(record);
    return outcome === null ? [] : record.steps.flatMap(({ value }) => (value === null ? [] : [{ value, outcome }]));
  });
  if (decisions.length === 0) return { brier: null, baseRateBrier: null };
  const mean = decisions.reduce((sum, { outcome }) => sum + outcome, 0) / decisions.length;
  return {
    brier: decisions.reduce((sum, { value, outcome }) => sum + (value - outcome) ** 2, 0) / decisions.length,
    baseRateBrier: mean * (1 - mean),
  };
}

function pickLessons(
  shown: readonly EpisodeRecord[],
  { student, count, seed }: { readonly student: Student; readonly count: number; readonly seed: string },
): readonly ScoredEpisode[] {
  if (count === 0) return [];
  const lessons: ScoredEpisode[] = [];
  for (const record of new Random(seed).fork('lessons').shuffle(shown.filter(isSuccess))) {
    const lesson = lessonOf(record, student);
    if (lesson) lessons.push(imitatedEpisode(lesson));
    if (lessons.length === count) break;
  }
  return lessons;
}

/** Places of a batch: episodes of a step that need more are taken in several. */
const PLACES = 4096;

/** Lanes that the longest episode fits, in steps of 64, so that short episodes don't pay for attention over a whole context. */
function sizeFor(episodes: readonly ScoredEpisode[], { config: { contextLength } }: Student): BatchSize {
  const longest = episodes.reduce((most, { tokens }) => Math.max(most, tokens.length), 1);
  const time = Math.min(contextLength, 64 * Math.ceil(longest / 64));
  return { time, lanes: Math.max(1, Math.floor(PLACES / time)) };
}
