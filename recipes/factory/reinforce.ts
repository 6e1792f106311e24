/**
 * Learning from the verifier alone: the policy plays by itself, and what ended well becomes more probable.
 *
 *   play (temperature 1) ─▶ update ─▶ measure, round by round
 *
 * - `ppo`: advantages from the critic, which was fitted to the policy's own episodes before the first round (Schulman et al. 2017, arXiv 1707.06347).
 * - `grpo`: several runs of each task against each other, no critic (Shao et al. 2024, arXiv 2402.03300).
 * - `expert-iteration`: the policy's own successes are imitated (Anthony et al. 2017, arXiv 1705.08439; Zelikman et al. 2022, arXiv 2203.14465).
 *
 * Slices that go wrong are played more, and tasks that went wrong are played again. A finished round lies in `rl/round-N/`, weights and optimizer; a
 * run that is killed goes on after the last one, with what it had played of the next.
 */
import type { Json } from '../../src/base/index.ts';
import type { EpisodeRecord } from '../../src/records/index.ts';
import { readJournal } from '../../src/rollout/index.ts';
import { warmCritic } from './critic.ts';
import { learn, lessonOf } from './learn.ts';
import { freshLearner, type Learner, loadLearner, saveLearner } from './learner.ts';
import { measure } from './measure.ts';
import { policyRound } from './policy-round.ts';
import { FIRST_TASK, type ReinforceOptions, roundJobs, type Settled, settle } from './reinforce-plan.ts';
import { assertGoingOn, identityOf, isSuccess, play, type Student, type Workshop, withPolicy } from './workshop.ts';

export type { Algorithm, ReinforceOptions } from './reinforce-plan.ts';

/** A point of the learning curve. A number that is not known is null. */
export interface ReinforcePoint {
  /** From 1. */
  readonly round: number;
  /** Own episodes played up to and with this round, those for the critic included. */
  readonly episodes: number;
  /** Share of successes of this round's own episodes, at temperature 1, before the update. */
  readonly ownSuccess: number;
  /** On validation tasks at temperature 0, after the update. */
  readonly success: number | null;
  readonly brier: number | null;
  readonly baseRateBrier: number | null;
  readonly criticReadsTrunk: boolean;
  /** Optimizer steps of the update. */
  readonly steps: number;
  /** Divergence of the policy from that before the update and from that of the beginning, nats a token, as the last step found them. */
  readonly klNats: number | null;
  readonly referenceKlNats: number | null;
  /** Episodes that nothing could be learned from. */
  readonly leftOut: number;
}

export interface Reinforced {
  readonly student: Student;
  /** Everything that the policy played, round after round. */
  readonly records: readonly EpisodeRecord[];
  readonly points: readonly ReinforcePoint[];
}

/** Throws `Stopped`; the same call goes on. */
export async function reinforce(shop: Workshop, options: ReinforceOptions): Promise<Reinforced> {
  const settled = settle(shop, options);
  const { rounds, algorithm, student } = settled;
  shop.run.tell({
    kind: 'stage',
    stage: 'rl',
    state: 'begun',
    note: `${algorithm}: ${rounds} rounds of ${settled.roundEpisodes} episodes`,
  });
  let learner = freshLearner(student);
  let played = 0;
  if (algorithm === 'ppo') {
    const warmed = await warmUp(shop, settled);
    learner = warmed.learner;
    played = warmed.episodes;
  }
  const records: EpisodeRecord[] = [];
  const points: ReinforcePoint[] = [];
  let last: readonly EpisodeRecord[] = [];
  for (let round = 1; round <= rounds; round++) {
    assertGoingOn(shop);
    const folder = shop.run.path('rl', `round-${round}`);
    const journal = `rl/round-${round}.jsonl`;
    let finished: { readonly learner: Learner; readonly records: readonly EpisodeRecord[] } | undefined;
    const point = (await shop.run.stage(`rl-round-${round}`, async () => {
      const own = await playRound(shop, settled, { round, learner, last, journal });
      const learned = await learnRound(shop, settled, { round, learner, own, earlier: records });
      saveLearner(folder, learned.learner);
      finished = { learner: learned.learner, records: own };
      return { ...learned.point, episodes: played + own.length } as unknown as Json;
    })) as unknown as ReinforcePoint;
    learner = finished?.learner ?? loadLearner(folder);
    last = finished?.records ?? inOrder([...readJournal(shop.run.path(journal))]);
    played = point.episodes;
    records.push(...last);
    points.push(point);
  }
  const curve = points.map(({ ownSuccess }) => ownSuccess.toFixed(2)).join(' → ');
  shop.run.tell({ kind: 'stage', stage: 'rl', state: 'finished', note: `${played} episodes, success at temperature 1 ${curve}` });
  return { student: learner.student, records, points };
}

/** The critic before the first round, fitted to what the policy does at temperature 1. */
async function warmUp(
  shop: Workshop,
  { student, criticEpisodes, weights }: Settled,
): Promise<{ readonly learner: Learner; readonly episodes: number }> {
  const folder = shop.run.path('rl', 'round-0');
  let made: Learner | undefined;
  const result = (await shop.run.stage('rl-critic', async () => {
    const warmed = await warmCritic(shop, student, criticEpisodes, {
      journal: 'rl/critic.jsonl',
      temperature: 1,
      from: FIRST_TASK,
      weights,
    });
    // Whether it may reach the trunk is decided round by round, on episodes that it was not fitted to.
    made = freshLearner(warmed.student);
    saveLearner(folder, made);
    const { brier, baseRateBrier } = warmed.report;
    return { episodes: warmed.records.length, brier, baseRateBrier };
  })) as { readonly episodes: number };
  return { learner: made ?? loadLearner(folder), episodes: result.episodes };
}

interface RoundToPlay {
  readonly round: number;
  readonly learner: Learner;
  /** What the last round played. */
  readonly last: readonly EpisodeRecord[];
  readonly journal: string;
}

async function playRound(
  shop: Workshop,
  settled: Settled,
  { round, learner, last, journal }: RoundToPlay,
): Promise<readonly EpisodeRecord[]> {
  const jobs = roundJobs(shop, settled, { round, last });
  const records = await withPolicy(learner.student, { temperature: 1 }, (policy) =>
    play(shop, { stage: 'rl', journal, jobs, policy, policyId: identityOf(learner.student) }),
  );
  return inOrder(records);
}

interface RoundToLearn {
  readonly round: number;
  readonly learner: Learner;
  /** What was played in this round. */
  readonly own: readonly EpisodeRecord[];
  /** And in the rounds before. */
  readonly earlier: readonly EpisodeRecord[];
}

async function learnRound(
  shop: Workshop,
  settled: Settled,
  { round, learner, own, earlier }: RoundToLearn,
): Promise<{ readonly learner: Learner; readonly point: Omit<ReinforcePoint, 'episodes'> }> {
  const startedMs = performance.now();
  const { algorithm, student, before, measured, roundsBefore } = settled;
  let after: Learner;
  let told: Omit<ReinforcePoint, 'round' | 'episodes' | 'ownSuccess' | 'success'>;
  if (algorithm === 'expert-iteration') {
    const learned = await learnFromSuccesses(shop, settled, { round, learner, own, earlier });
    after = learned ? freshLearner(learned) : learner;
    const leftOut = own.filter((record) => !isSuccess(record)).length;
    told = { brier: null, baseRateBrier: null, criticReadsTrunk: false, steps: 0, klNats: null, referenceKlNats: null, leftOut };
  } else {
    const { imitationShare, referenceWeight, learningRate, epochs, klLimitNats } = settled;
    const result = await policyRound({
      algorithm,
      learner,
      records: own,
      shown: before,
      imitationShare,
      reference: student.weights,
      referenceWeight,
      learningRate,
      epochs,
      klLimitNats,
      seed: `${shop.seed}/rl-${round}`,
      signal: shop.signal,
    });
    after = result.learner;
    const end = result.update?.steps.at(-1);
    told = {
      brier: result.critic?.brier ?? null,
      baseRateBrier: result.critic?.baseRateBrier ?? null,
      criticReadsTrunk: algorithm === 'ppo' && after.critic === 'shared',
      steps: result.update?.steps.length ?? 0,
      klNats: end?.klNats ?? null,
      referenceKlNats: end?.referenceKlNats ?? null,
      leftOut: result.leftOut,
    };
  }
  const ownSuccess = own.filter(isSuccess).length / Math.max(1, own.length);
  const success =
    measured === 0
      ? null
      : (
          await measure(shop, {
            stage: 'rl',
            round: roundsBefore + round,
            student: after.student,
            episodes: measured,
            trainedTokens: 0,
            seconds: (performance.now() - startedMs) / 1000,
          })
        ).success;
  return { learner: after, point: { round, ownSuccess, success, ...told } };
}

/** Rejection fine-tuning: own successes of all rounds so far and some of what was shown; undefined where there was none. */
async function learnFromSuccesses(
  shop: Workshop,
  { before, imitationShare, epochs, learningRate, rounds }: Settled,
  { round, learner, own, earlier }: RoundToLearn,
): Promise<Student | undefined> {
  const { student } = learner;
  const successes = [...earlier, ...own].filter(isSuccess);
  if (successes.length === 0) return undefined;
  const count = Math.round((imitationShare / (1 - imitationShare)) * successes.length);
  // Another part of what was shown in each round.
  const shown = before.filter(isSuccess);
  const mixed = Array.from({ length: Math.min(count, shown.length) }, (_, i) => shown[(i + round * count) % shown.length] as EpisodeRecord);
  const episodes = [...successes, ...mixed].flatMap((record) => lessonOf(record, student) ?? []);
  const learned = await learn(shop, {
    stage: 'rl',
    folder: `rl/learning-${round}`,
    student,
    episodes,
    tokens: epochs * episodes.reduce((sum, { tokens }) => sum + tokens.length, 0),
    rate: { from: learningRate, to: learningRate * (round === rounds ? 0.05 : 0.3) },
  });
  return learned.student;
}

/** By id, so that a run that goes on sees its episodes in the same order as one that was never stopped. */
const inOrder = (records: readonly EpisodeRecord[]): readonly EpisodeRecord[] => records.toSorted((a, b) => (a.id < b.id ? -1 : 1));
