/** The critic: the value head, fitted to the finished policy's own episodes, failures included. The trunk stays as it is, and so does the policy. */
import type { EpisodeRecord } from '../../src/records/index.ts';
import { criticBeatsBaseRate, PolicyTrainer, scoreRollouts, type TrainCriticReport, trainCritic } from '../../src/train/index.ts';
import { batchOf } from './learn.ts';
import { scorableRecords } from './scorable.ts';
import { freshJobs, plainWeights, type SliceWeights } from './tasks.ts';
import { identityOf, play, type Student, type Workshop, withPolicy } from './workshop.ts';

export interface WarmedCritic {
  readonly student: Student;
  readonly report: TrainCriticReport;
  /** Whether it knows more than how often episodes end well. */
  readonly isUseful: boolean;
  readonly records: readonly EpisodeRecord[];
}

export interface WarmCriticOptions {
  /** Default `critic.jsonl`. */
  readonly journal?: string;
  /** At which the policy plays: the critic foresees that policy. Default 0, as at work. */
  readonly temperature?: number;
  /** Number of the first task, beyond those of the run's seed. */
  readonly from?: number;
  /** Default: those of the gym. */
  readonly weights?: SliceWeights;
}

export async function warmCritic(
  shop: Workshop,
  student: Student,
  episodes: number,
  { journal = 'critic.jsonl', temperature = 0, from = 900_000, weights = plainWeights(shop.gym) }: WarmCriticOptions = {},
): Promise<WarmedCritic> {
  const { gym, seed } = shop;
  const jobs = freshJobs(gym, {
    split: 'train',
    count: episodes,
    from: 1_000_000 * seed + from,
    weights,
    seed: `${seed}/critic`,
    lane: 'critic',
  });
  const records = await withPolicy(student, { temperature }, (policy) =>
    play(shop, { stage: 'rl', journal, jobs, policy, policyId: identityOf(student) }),
  );
  return { ...(await fitCritic(student, records, seed)), records };
}

/** A copy of the student with its value head fitted to `records`. */
export async function fitCritic(
  student: Student,
  records: readonly EpisodeRecord[],
  seed: number | string,
): Promise<Omit<WarmedCritic, 'records'>> {
  const weights = new Map([...student.weights].map(([name, values]) => [name, values.slice()]));
  const trainer = new PolicyTrainer(student.config, { weights }, batchOf(student));
  try {
    const scorable = scorableRecords(records, student).map(({ record }) => record);
    const { episodes: scored } = await scoreRollouts(scorable, student.tokenizer, { trainer });
    const report = await trainCritic({ trainer, episodes: scored, seed });
    return { student: { ...student, weights }, report, isUseful: criticBeatsBaseRate(report) };
  } finally {
    await trainer.dispose();
  }
}
