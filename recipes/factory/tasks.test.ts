import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { type LoadedGym, loadGym } from '../../src/gym/index.ts';
import type { EpisodeRecord } from '../../src/records/index.ts';
import { againJobs, curriculum, freshJobs, plainWeights } from './tasks.ts';

let gym: LoadedGym;
beforeAll(async () => {
  gym = await loadGym('countdown');
});

const fresh = (changes: Partial<Parameters<typeof freshJobs>[1]> = {}) =>
  freshJobs(gym, { split: 'train', count: 40, from: 100, weights: plainWeights(gym), seed: 's', lane: 'l', ...changes });

/** Of a slice, right or wrong. */
const record = (slice: string, success: boolean): EpisodeRecord =>
  ({ slice, seed: { split: 'train', n: 5 }, score: { success }, fault: null }) as unknown as EpisodeRecord;

describe('freshJobs', () => {
  it('are the same for the same options, each number once, in the split that was asked for', () => {
    fc.assert(
      fc.property(fc.nat(60), fc.nat(10_000), fc.string(), (count, from, seed) => {
        const jobs = fresh({ count, from, seed });
        expect(jobs.map(({ task }) => task.seed.n)).toEqual(Array.from({ length: count }, (_, i) => from + i));
        expect(jobs.every(({ task, lane }) => task.seed.split === 'train' && lane.seed === 'l')).toBe(true);
        expect(fresh({ count, from, seed }).map(({ task }) => task.slice)).toEqual(jobs.map(({ task }) => task.slice));
      }),
      { numRuns: 30 },
    );
  });

  it('share out slices by weight, one more or less', () => {
    const weight = fc.double({ min: 0.05, max: 10, noNaN: true });
    fc.assert(
      fc.property(weight, weight, weight, fc.integer({ min: 1, max: 120 }), (base, five, six, count) => {
        const weights = { base, five, six };
        const jobs = fresh({ count, weights });
        for (const [slice, share] of Object.entries(weights)) {
          const expected = (count * share) / (base + five + six);
          expect(Math.abs(jobs.filter(({ task }) => task.slice === slice).length - expected)).toBeLessThan(2);
        }
      }),
      { numRuns: 30 },
    );
  });

  it('give the first slice half', () => {
    expect(plainWeights(gym)).toEqual({ base: 1, five: 0.5, six: 0.5 });
    expect(fresh().filter(({ task }) => task.slice === 'base')).toHaveLength(20);
  });
});

describe('curriculum', () => {
  it('plays more of what goes wrong, and never none of a slice', () => {
    const records = [...Array.from({ length: 98 }, () => record('base', true)), ...Array.from({ length: 8 }, () => record('five', false))];
    const weights = curriculum({ base: 1, five: 1, six: 1 }, records);
    expect(weights).toEqual({ base: 0.15, five: 0.9, six: 0.5 });
  });
});

it('tasks that are played again are the same, in another lane', () => {
  const [job] = againJobs(gym, [record('five', false)], 'round-2');
  expect(job).toMatchObject({ task: { slice: 'five', seed: { split: 'train', n: 5 } }, lane: { seed: 'round-2' } });
});
