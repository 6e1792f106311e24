import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Episode } from '../records/index.ts';
import { BatchStream, type Cursors } from './batch-stream.ts';
import { listSource } from './episode-source.ts';

const episodeOf = (length: number): Episode => ({
  tokens: Int32Array.from({ length }, () => 700),
  weights: new Float32Array(length).fill(1),
  pointed: new Uint8Array(length),
});
const BEGIN: Cursors = { cursor: 0, longCursor: 0 };
const options = { batch: { time: 8, lanes: 2 }, longBatch: { time: 20, lanes: 1 }, seed: 3 };

/** Takes `steps` times; what came, and where it stands then. */
function read(stream: BatchStream, steps: number, from = BEGIN) {
  let cursors = from;
  const taken = Array.from({ length: steps }, () => {
    const next = stream.take(cursors, 1);
    cursors = next.cursors;
    return next;
  });
  return { taken, cursors };
}

it('short and long episodes come equally far, each in batches of its own size (property)', () => {
  const lengths = fc.array(fc.integer({ min: 1, max: 20 }), { minLength: 1, maxLength: 30 });
  fc.assert(
    fc.property(lengths, fc.constantFrom('shuffled', 'given', 'short first'), (all, order) => {
      const stream = new BatchStream(listSource(all.map(episodeOf)), { ...options, order });
      const { taken } = read(stream, 60);
      const seen = all.map(() => 0);
      for (const { batches, places } of taken) {
        const [{ time, tokenCount }] = batches as [(typeof batches)[number]];
        expect(places.every(({ index }) => (all[index] as number) > 8 === (time === 20))).toBe(true);
        expect(tokenCount).toBe(places.reduce((sum, { index }) => sum + (all[index] as number), 0));
        for (const { index } of places) seen[index] = (seen[index] as number) + 1;
      }
      // One is ahead of the other by a batch at most: two lanes of eight hold sixteen episodes at most.
      const most = Math.max(...seen);
      const slack =
        1 +
        Math.ceil(16 / Math.max(1, all.filter((length) => length <= 8).length)) +
        Math.ceil(2 / Math.max(1, all.filter((length) => length > 8).length));
      expect(Math.min(...seen)).toBeGreaterThanOrEqual(most - slack);
    }),
    { seed: 1, numRuns: 100 },
  );
});

it('goes on from its cursors as if it had never stopped', () => {
  const source = listSource([3, 12, 5, 7, 19, 2, 9].map(episodeOf));
  const whole = read(new BatchStream(source, options), 12);
  const half = read(new BatchStream(source, options), 5);
  const rest = read(new BatchStream(source, options), 7, half.cursors);
  expect([...half.taken, ...rest.taken]).toEqual(whole.taken);
});

it('is one stream without long lanes, and refuses an episode that fits neither', () => {
  const plain = new BatchStream(listSource([3, 4].map(episodeOf)), { batch: options.batch, seed: 0 });
  expect(read(plain, 3).cursors.longCursor).toBe(0);
  const tooLong = new BatchStream(listSource([21].map(episodeOf)), options);
  expect(() => tooLong.take(BEGIN, 1)).toThrow(/at most 20/);
});
