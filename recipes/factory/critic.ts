/** The critic: the value head, fitted to the finished policy's own episodes, failures included. The trunk stays as it is, and so does the policy. */
import type { EpisodeRecord } from '../../src/records/index.ts';
import { type CriticReport, criticBeatsBaseRate, PolicyTrainer, scoreRollouts, trainCritic } from '../../src/train/index.ts';
import { batchOf } from './learn.ts';
import { freshJobs, plainWeights } from './tasks.ts';
import { identityOf, play, type Student, type Workshop, withPolicy } from './workshop.ts';

export interface WarmedCritic {
  readonly student: Student;
  readonly report: CriticReport;
  /** Whether it knows more than how often episodes end well. */
  readonly isUseful: boolean;
  readonly records: readonly EpisodeRecord[];
}

export async function warmCritic(shop: Workshop, student: Student, episodes: number): Promise<WarmedCritic> {
  const { gym, seed } = shop;
  const jobs = freshJobs(gym, {
    split: 'train',
    count: episodes,
    from: 1_000_000 * seed + 900_000,
    weights: plainWeights(gym),
    seed: `${seed}/critic`,
    lane: 'critic',
  });
  const records = await withPolicy(student, { temperature: 0 }, (policy) =>
    play(shop, { stage: 'rl', journal: 'critic.jsonl', jobs, policy, policyId: identityOf(student) }),
  );
  const weights = new Map([...student.weights].map(([name, values]) => [name, values.slice()]));
  const size = batchOf(student);
  const trainer = new PolicyTrainer(student.config, { weights }, size);
  try {
    const fitting = records.filter(({ tokens }) => (tokens ?? 0) <= size.time);
    const { episodes: scored } = await scoreRollouts(fitting, student.tokenizer, { trainer });
    const report = await trainCritic({ trainer, episodes: scored, seed });
    return { student: { ...student, weights }, report, isUseful: criticBeatsBaseRate(report), records };
  } finally {
    await trainer.dispose();
  }
}
