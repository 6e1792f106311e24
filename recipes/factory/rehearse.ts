/**
 * Before the network learns: the wide part alone plays beside the gym's expert, who does the right thing where the two differ. It decides in a
 * millisecond, so this brings in minutes as many tasks with their answers as the whole policy would play in an hour; network and wide part learn
 * from all of them.
 */
import { hashJson, Random } from '../../src/base/index.ts';
import type { EpisodeRecord } from '../../src/records/index.ts';
import { advisedPolicy } from '../../src/rollout/index.ts';
import { widePolicy } from '../../src/wide/index.ts';
import { countOn } from './count-on.ts';
import { isUnaided, LET_THROUGH } from './practise.ts';
import { curriculum, freshJobs, plainWeights } from './tasks.ts';
import { isSuccess, play, type Student, type Workshop } from './workshop.ts';

/** Shares of the episodes, one a rehearsal: each begins with what the one before has taught. */
const SHARES = [0.3, 0.7] as const;

export interface RehearseOptions {
  readonly student: Student;
  readonly shown: readonly EpisodeRecord[];
  /** In all. */
  readonly episodes: number;
}

export interface Rehearsed {
  /** With a wide part. */
  readonly student: Student;
  readonly played: readonly EpisodeRecord[];
}

export async function rehearse(shop: Workshop, { student: beginner, shown, episodes }: RehearseOptions): Promise<Rehearsed> {
  const { gym, seed } = shop;
  let student = countOn(shop, { student: beginner, records: shown, stage: 'sft' });
  let played: readonly EpisodeRecord[] = [];
  let last: readonly EpisodeRecord[] = [];
  for (const [number, share] of SHARES.entries()) {
    const { wide } = student;
    const count = Math.round(share * episodes);
    if (count === 0 || wide === undefined) continue;
    const lane = `rehearsal-${number + 1}`;
    const jobs = freshJobs(gym, {
      split: 'train',
      count,
      from: 1_000_000 * seed + 500_000 + 50_000 * number,
      weights: last.length === 0 ? plainWeights(gym) : curriculum(plainWeights(gym), last, isUnaided),
      seed: `${seed}/${lane}`,
      lane,
    });
    last = await play(shop, {
      stage: 'sft',
      journal: `rounds/${lane}.jsonl`,
      jobs,
      policyId: 'wide+expert',
      policy: ({ task }) =>
        advisedPolicy({
          policy: widePolicy(wide),
          adviser: () => gym.module.expert(task, { random: new Random(hashJson([seed, task.slice, task.seed.n])) }),
          letThrough: LET_THROUGH,
        }),
      figures: (records) => ({
        unaided: records.filter(isUnaided).length / records.length,
        success: records.filter(isSuccess).length / records.length,
      }),
    });
    played = [...played, ...last];
    student = countOn(shop, { student, records: [...shown, ...played], stage: 'sft' });
  }
  return { student, played };
}
