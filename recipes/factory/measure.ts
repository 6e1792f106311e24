/** A point of the learning curve: the policy alone on validation tasks, which are neither trained on nor examined. */
import type { EpisodeRecord, Stage } from '../../src/records/index.ts';
import { lowerBound } from '../../src/stats/index.ts';
import { MEASURED } from './budget.ts';
import { freshJobs, plainWeights } from './tasks.ts';
import { identityOf, isSuccess, play, type Student, type Workshop, withPolicy } from './workshop.ts';

export interface MeasureOptions {
  readonly stage: Stage;
  readonly round: number;
  readonly student: Student;
  /** Default `MEASURED`. */
  readonly episodes?: number;
  readonly trainedTokens: number;
  readonly seconds: number;
}

export interface Measured {
  readonly success: number;
  readonly records: readonly EpisodeRecord[];
}

/** The same tasks each time, so that two points differ by the policy alone. */
export async function measure(
  shop: Workshop,
  { stage, round, student, episodes = MEASURED, trainedTokens, seconds }: MeasureOptions,
): Promise<Measured> {
  const { gym, run } = shop;
  const jobs = freshJobs(gym, {
    split: 'validate',
    count: episodes,
    from: 0,
    weights: plainWeights(gym),
    seed: 'validate',
    lane: 'validate',
  });
  const records = await withPolicy(student, { temperature: 0 }, (policy) =>
    play(shop, { stage, journal: `validate/${round}.jsonl`, jobs, policy, policyId: identityOf(student) }),
  );
  for (const slice of Object.keys(gym.manifest.slices)) {
    const own = records.filter((record) => record.slice === slice);
    if (own.length === 0) continue;
    const successes = own.filter(isSuccess).length;
    const bound = lowerBound({ successes, trials: own.length, alpha: 0.05 });
    run.tell({ kind: 'measured', stage, round, slice, successes, n: own.length, lowerBound: bound, trainedTokens, seconds });
  }
  return { success: records.filter(isSuccess).length / records.length, records };
}
