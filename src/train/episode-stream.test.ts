import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { tinyEpisode, tinySource } from '../../test/tiny-run.ts';
import { DataError } from '../base/index.ts';
import { FIRST_REFERENCE, isReferenceId } from '../grammar/index.ts';
import { generatedSource, listSource } from './episode-source.ts';
import { episodeStream, type Order } from './episode-stream.ts';

const ORDERS: readonly Order[] = ['shuffled', 'given', 'short first', { name: 'odd last', key: (index) => index % 2 }];
const epochOf = (stream: ReturnType<typeof episodeStream>, epoch: number, length: number): number[] =>
  Array.from({ length }, (_, i) => stream.locate(epoch * length + i).index);

describe('an episode stream', () => {
  it('shows every episode once an epoch and is a function of the position alone', () => {
    fc.assert(
      fc.property(fc.constantFrom(...ORDERS), fc.integer({ min: 1, max: 20 }), fc.integer(), (order, length, seed) => {
        const stream = episodeStream(tinySource(length), { order, seed });
        const epochs = [0, 1, 2].map((epoch) => epochOf(stream, epoch, length));
        for (const epoch of epochs) expect(epoch.toSorted((a, b) => a - b)).toEqual(Array.from({ length }, (_, i) => i));
        // Backwards, and from a stream that has seen nothing before.
        for (const position of [3 * length - 1, length, 0])
          expect(episodeStream(tinySource(length), { order, seed }).locate(position)).toEqual(stream.locate(position));
      }),
    );
  });

  it('is shuffled anew in every epoch, and by every seed', () => {
    const stream = episodeStream(tinySource(20), { seed: 1 });
    const orders = [epochOf(stream, 0, 20), epochOf(stream, 1, 20), epochOf(episodeStream(tinySource(20), { seed: 2 }), 0, 20)];
    expect(new Set(orders.map(String)).size).toBe(3);
  });

  it('keeps the given order, and puts short ones or a key first with ties in a new order', () => {
    const source = tinySource(20);
    expect(epochOf(episodeStream(source, { order: 'given', seed: 1 }), 3, 20)).toEqual(Array.from({ length: 20 }, (_, i) => i));
    const short = episodeStream(source, { order: 'short first', seed: 1 });
    const lengths = epochOf(short, 1, 20).map((index) => source.episode(index).tokens.length);
    expect(lengths).toEqual(lengths.toSorted((a, b) => a - b));
    expect(epochOf(short, 1, 20)).not.toEqual(epochOf(short, 0, 20));
    const odd = epochOf(episodeStream(source, { order: ORDERS[3] as Order, seed: 1 }), 0, 20);
    expect(odd.map((index) => index % 2)).toEqual([...Array(10).fill(0), ...Array(10).fill(1)]);
  });

  it('renames references consistently, otherwise in every epoch', () => {
    const source = listSource([tinyEpisode(0)]);
    const plain = source.episode(0).tokens;
    const stream = episodeStream(source, { seed: 1, permuteReferences: true });
    const epochs = [0, 1, 2].map((position) => stream.episode(position).tokens);
    expect(new Set(epochs.map(String)).size).toBe(3);
    for (const tokens of epochs) {
      const renamed = new Map<number, number>();
      plain.forEach((token, i) => {
        const now = tokens[i] as number;
        expect(isReferenceId(token) ? isReferenceId(now) : now === token).toBe(true);
        expect(renamed.get(token) ?? now).toBe(now);
        renamed.set(token, now);
      });
      expect(new Set(renamed.values()).size).toBe(renamed.size);
    }
    expect(stream.episode(1).tokens).toEqual(epochs[1]);
    expect(plain.some((token) => token >= FIRST_REFERENCE)).toBe(true);
  });

  it('reads a source without end as given, and refuses to order it', () => {
    const endless = generatedSource(tinyEpisode, { name: 'tiny' });
    expect(episodeStream(endless, { seed: 1 }).locate(1e9)).toEqual({ epoch: 0, index: 1e9 });
    expect(() => episodeStream(endless, { seed: 1, order: 'shuffled' })).toThrow(/without end/);
  });

  it('refuses a source without episodes and keys that are no numbers', () => {
    expect(() => episodeStream(listSource([]), { seed: 1 })).toThrow(DataError);
    expect(() => episodeStream(tinySource(2), { seed: 1, order: { name: 'bad', key: () => Number.NaN } })).toThrow(/order by bad: got NaN/);
  });
});
