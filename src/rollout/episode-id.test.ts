import { expect, it } from 'vitest';
import { type EpisodeIdParts, episodeId } from './episode-id.ts';

const parts: EpisodeIdParts = { gym: 'g', gymVersion: '1', slice: 'base', seed: { split: 'exam', n: 3 }, lane: 'l', policy: 'p' };

it('is the same for the same job and another for any other', () => {
  expect(episodeId(parts)).toMatch(/^[0-9a-f]{24}$/);
  expect(episodeId({ ...parts, seed: { n: 3, split: 'exam' } })).toBe(episodeId(parts));
  const others: EpisodeIdParts[] = [
    { ...parts, gym: 'h' },
    { ...parts, gymVersion: '2' },
    { ...parts, slice: 'late' },
    { ...parts, seed: { split: 'train', n: 3 } },
    { ...parts, seed: { split: 'exam', n: 4 } },
    { ...parts, lane: 'm' },
    { ...parts, policy: 'q' },
    // Nothing runs together.
    { ...parts, lane: 'lp', policy: '' },
  ];
  expect(new Set([parts, ...others].map(episodeId)).size).toBe(1 + others.length);
});

/** Resumption depends on it: journals of an earlier version would be played again. */
it('never changes', () => {
  expect(episodeId(parts)).toMatchInlineSnapshot(`"f43ebafcd5cdcde38704fca2"`);
});
