/** Which tasks are played: fresh numbers of a split, slices by weight, and those again that went wrong. Pure: the same options, the same jobs. */
import { Random } from '../../src/base/index.ts';
import type { LoadedGym } from '../../src/gym/index.ts';
import type { EpisodeRecord, Split } from '../../src/records/index.ts';
import type { Job } from '../../src/rollout/index.ts';
import { isSuccess } from './workshop.ts';

export type SliceWeights = Readonly<Record<string, number>>;

/** The first slice counts as much as all others together: it is what the agent is made for. */
export function plainWeights({ manifest }: LoadedGym): SliceWeights {
  const [first = 'base', ...others] = Object.keys(manifest.slices);
  return Object.fromEntries([[first, 1], ...others.map((slice) => [slice, 1 / Math.max(1, others.length)] as const)]);
}

export interface FreshJobs {
  readonly split: Split;
  readonly count: number;
  /** Number of the first task; other stages begin elsewhere. */
  readonly from: number;
  readonly weights: SliceWeights;
  readonly seed: string;
  readonly lane: string;
}

/** `count` fresh tasks, their slices drawn in proportion to `weights` with as little luck as possible. */
export function freshJobs({ module: { gym } }: LoadedGym, { split, count, from, weights, seed, lane }: FreshJobs): Job[] {
  const slices = Object.keys(weights);
  const total = slices.reduce((sum, slice) => sum + (weights[slice] as number), 0);
  const owed = new Map(slices.map((slice) => [slice, 0]));
  const drawn = Array.from({ length: count }, () => {
    for (const slice of slices) owed.set(slice, (owed.get(slice) as number) + (weights[slice] as number) / total);
    const next = slices.reduce((most, slice) => ((owed.get(slice) as number) > (owed.get(most) as number) ? slice : most));
    owed.set(next, (owed.get(next) as number) - 1);
    return next;
  });
  return new Random(seed)
    .fork('slices')
    .shuffle(drawn)
    .map((slice, i) => ({ task: gym.task({ split, n: from + i }, slice), lane: { seed: lane } }));
}

/** More of what goes wrong: failures of each slice, with one success and one failure in advance. */
export function curriculum(
  plain: SliceWeights,
  records: readonly EpisodeRecord[],
  isRight: (record: EpisodeRecord) => boolean = isSuccess,
): SliceWeights {
  return Object.fromEntries(
    Object.entries(plain).map(([slice, weight]) => {
      const own = records.filter((record) => record.slice === slice);
      const failing = (own.filter((record) => !isRight(record)).length + 1) / (own.length + 2);
      return [slice, weight * Math.max(0.15, failing)];
    }),
  );
}

/** The same tasks again, in other lanes. */
export const againJobs = ({ module: { gym } }: LoadedGym, records: readonly EpisodeRecord[], lane: string): Job[] =>
  records.map(({ seed, slice }) => ({ task: gym.task(seed, slice), lane: { seed: lane } }));
