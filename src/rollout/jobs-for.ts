/** Jobs from numbers: tasks of a split, in every slice, each as often as it is to be run. Made one by one, as they are asked for. */
import type { Gym, Split } from '../records/index.ts';
import type { Job } from './episode-id.ts';

export interface JobsOptions {
  readonly gym: Gym;
  readonly split: Split;
  /** Default: the first one, `base`. */
  readonly slices?: readonly string[];
  /** Number of the first task. Default 0. */
  readonly from?: number;
  /** Tasks of each slice. */
  readonly count: number;
  /** Runs of each task, which differ in references, timing and sampling. Default 1. */
  readonly runs?: number;
  /** Runs of another name are other runs of the same tasks. Default 'run'. */
  readonly lane?: string;
}

export interface JobList extends Iterable<Job> {
  readonly length: number;
}

/** Task by task; of each, slice by slice and run by run: however early it ends, every slice has had its share. */
export function jobsFor({ gym, split, slices, from = 0, count, runs = 1, lane = 'run' }: JobsOptions): JobList {
  const names = slices ?? Object.keys(gym.manifest.slices).slice(0, 1);
  return {
    length: count * names.length * runs,
    *[Symbol.iterator]() {
      for (let n = from; n < from + count; n++)
        for (const slice of names) {
          const task = gym.task({ split, n }, slice);
          for (let run = 0; run < runs; run++) yield { task, lane: { seed: `${lane}-${run}` } };
        }
    },
  };
}
