/** Test support: a batch whose references stand at made-up places of the trail, so that every weight of the pointer head matters. */
import { Random } from '../src/base/index.ts';
import { TRAIL_BUCKETS } from '../src/model/index.ts';
import type { Batch } from '../src/records/index.ts';

export function withRandomTrail<T extends Batch>(batch: T, seed: number | string): T {
  const random = new Random(`trail ${seed}`);
  const { pointing } = batch;
  return {
    ...batch,
    pointing: {
      ...pointing,
      buckets: pointing.buckets.map((bucket) => bucket.map(() => random.below(TRAIL_BUCKETS))),
      marks: pointing.marks.map(() => random.uniform()),
    },
  };
}
