import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { tinyEpisode, tinySource } from '../../test/tiny-run.ts';
import { ConfigError } from '../base/index.ts';
import { generatedSource, listSource, splitSource } from './episode-source.ts';

describe('a list of episodes', () => {
  it('is identified by its content', () => {
    expect(tinySource(3).identity).toBe(tinySource(3).identity);
    const episodes = [tinyEpisode(0), tinyEpisode(1)];
    const first = tinyEpisode(0);
    const changed = { ...first, weights: first.weights.map((weight) => weight / 2) };
    const identities = [episodes, episodes.toReversed(), [tinyEpisode(0)], [changed, tinyEpisode(1)], []].map(
      (list) => listSource(list).identity,
    );
    expect(new Set(identities).size).toBe(identities.length);
  });

  it('refuses an index that it does not have', () => {
    expect(() => tinySource(3).episode(3)).toThrow(/got index 3, expected 0 … 2/);
  });
});

describe('a split', () => {
  it('puts every episode on one side, by the seed alone', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 2, max: 60 }),
        fc.double({ min: 0.001, max: 0.999, noNaN: true }),
        fc.integer(),
        (length, share, seed) => {
          const source = generatedSource((index) => ({ ...tinyEpisode(0), tokens: Int32Array.of(index) }), { name: 'indices', length });
          const indices = (): number[][] => {
            const { train, evaluation } = splitSource(source, { share, seed });
            return [train, evaluation].map((part) =>
              Array.from({ length: part?.length ?? 0 }, (_, i) => part?.episode(i).tokens[0] as number),
            );
          };
          const [train = [], held = []] = indices();
          expect([...train, ...held].sort((a, b) => a - b)).toEqual(Array.from({ length }, (_, i) => i));
          expect(train.length).toBeGreaterThan(0);
          expect(held.length).toBe(Math.min(length - 1, Math.max(1, Math.round(share * length))));
          expect(indices()).toEqual([train, held]);
        },
      ),
    );
  });

  it('keeps nothing for evaluation with a share of 0 or a single episode', () => {
    expect(splitSource(tinySource(5), { share: 0, seed: 1 })).toMatchObject({ train: { length: 5 }, evaluation: undefined });
    expect(splitSource(tinySource(1), { share: 0.5, seed: 1 })).toMatchObject({ train: { length: 1 }, evaluation: undefined });
  });

  it.each([1, -0.1, Number.NaN])('refuses a share of %d', (share) => {
    expect(() => splitSource(tinySource(5), { share, seed: 1 })).toThrow(ConfigError);
  });

  it('refuses a source without end', () => {
    expect(() => splitSource(generatedSource(tinyEpisode, { name: 'tiny' }), { share: 0.1, seed: 1 })).toThrow(/without end/);
  });
});
