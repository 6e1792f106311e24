import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Random } from '../base/index.ts';
import { FIRST_REFERENCE } from '../grammar/index.ts';
import { packEpisodes } from './packing.ts';
import type { ScoredEpisode } from './scored-episode.ts';
import { byEpisode, byToken, packAllScored, packScoredEpisodes } from './scored-packing.ts';

function episode(length: number, seed: number): ScoredEpisode {
  const random = new Random(seed);
  const floats = (): Float32Array => Float32Array.from({ length }, () => random.normal());
  const own = Uint8Array.from({ length }, (_, i) => (i > 0 ? random.below(2) : 0));
  return {
    tokens: Int32Array.from({ length }, () => FIRST_REFERENCE + random.below(400)),
    weights: floats(),
    pointed: own.map((mark) => mark * random.below(2)),
    own,
    behaviourLogprobs: floats(),
    advantages: floats(),
    decisions: Float32Array.from({ length }, () => random.below(2)),
    returns: floats(),
    ...(random.below(2) === 0 ? { startLogprobs: floats() } : {}),
    ...(random.below(2) === 0 ? { referenceLogprobs: floats() } : {}),
  };
}

describe('packed scores', () => {
  it('stand where their token is predicted, or read by the value head, once each (property)', () => {
    const lengths = fc.array(fc.integer({ min: 1, max: 12 }), { minLength: 1, maxLength: 12 });
    fc.assert(
      fc.property(lengths, fc.integer({ min: 1, max: 3 }), (given, lanes) => {
        const episodes = given.map((length, i) => episode(length, i));
        const size = { time: 14, lanes };
        let next = 0;
        for (const batch of packAllScored(episodes, size)) {
          expect(batch).toMatchObject(packEpisodes(episodes.slice(next), size).batch);
          const read = (values: Float32Array): Float32Array[] => byEpisode(batch, values);
          const taken = episodes.slice(next, next + read(batch.own).length);
          next += taken.length;
          for (const [e, one] of taken.entries()) {
            const ofOwn = (values: Float32Array): Float32Array => values.map((x, i) => (one.own[i] === 1 ? x : 0));
            const start = one.startLogprobs ?? one.behaviourLogprobs;
            expect(read(batch.own)[e]).toEqual(Float32Array.from(one.own));
            expect(read(batch.mixed)[e]).toEqual(Float32Array.from(one.pointed));
            expect(read(batch.behaviourLogprobs)[e]).toEqual(ofOwn(one.behaviourLogprobs));
            expect(read(batch.startLogprobs)[e]).toEqual(ofOwn(start));
            expect(read(batch.referenceLogprobs)[e]).toEqual(ofOwn(one.referenceLogprobs ?? start));
            expect(read(batch.advantages)[e]).toEqual(ofOwn(one.advantages));
            expect(byToken(batch, batch.decisions)[e]).toEqual(one.decisions);
            expect(byToken(batch, batch.returns)[e]).toEqual(one.returns);
          }
          const pointed = taken.reduce((sum, one) => sum + one.pointed.reduce((a, b) => a + b, 0), 0);
          expect(batch.pointedDecisions.reduce((a, b) => a + b, 0)).toBe(pointed);
          expect(batch.own.reduce((a, b) => a + b, 0)).toBe(taken.reduce((sum, one) => sum + one.own.reduce((a, b) => a + b, 0), 0));
        }
        expect(next).toBe(episodes.length);
      }),
      { seed: 5, numRuns: 60 },
    );
  });

  it('take what fits', () => {
    expect(packScoredEpisodes([episode(5, 1), episode(5, 2), episode(3, 3)], { time: 8, lanes: 1 }).used).toBe(1);
  });
});
