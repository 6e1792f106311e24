import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DataError } from '../base/index.ts';
import { FIRST_REFERENCE, isReferenceId } from '../grammar/index.ts';
import type { Batch, Episode } from '../records/index.ts';
import { batchWeight } from './language-model.ts';
import { packEpisodes } from './packing.ts';

/** Tokens of which about half are one of four references, some of them chosen. */
const episodes = fc
  .array(fc.tuple(fc.integer({ min: 1, max: 12 }), fc.integer({ min: 0, max: 3 }), fc.boolean()), { minLength: 1, maxLength: 14 })
  .map(
    (rows): Episode => ({
      tokens: Int32Array.from(rows, ([token, kind]) => (kind < 2 ? 330 + token : FIRST_REFERENCE + (token % 4))),
      weights: Float32Array.from(rows, ([token, kind]) => (kind === 0 ? 0 : token / 4)),
      pointed: Uint8Array.from(rows, ([, kind, chosen]) => (kind > 1 && chosen ? 1 : 0)),
    }),
  );
const size = fc.record({ time: fc.integer({ min: 14, max: 24 }), lanes: fc.integer({ min: 1, max: 4 }) });

const at = (batch: Batch, place: number): { readonly lane: number; readonly t: number } => ({
  lane: place % batch.lanes,
  t: Math.floor(place / batch.lanes),
});

/** Where token i of an episode lies, in order. */
function placesOf(batch: Batch, number: number): number[] {
  return Array.from(batch.episodes.keys()).filter((place) => batch.episodes[place] === number);
}

describe('packed episodes', () => {
  it('lie whole in one lane each, in order, with positions from 0 (property)', () => {
    fc.assert(
      fc.property(fc.array(episodes, { minLength: 1, maxLength: 10 }), size, (given, shape) => {
        const { batch, used } = packEpisodes(given, shape);
        expect(used).toBeGreaterThan(0);
        let tokenCount = 0;
        for (const [number, episode] of given.slice(0, used).entries()) {
          const places = placesOf(batch, number);
          expect(places.map((place) => batch.tokens[place])).toEqual([...episode.tokens]);
          expect(places.map((place) => batch.positions[place])).toEqual([...episode.tokens.keys()]);
          expect(new Set(places.map((place) => at(batch, place).lane)).size).toBe(1);
          const start = at(batch, places[0] as number).t;
          expect(places.map((place) => at(batch, place).t - start)).toEqual([...episode.tokens.keys()]);
          tokenCount += places.length;
        }
        expect(batch.tokenCount).toBe(tokenCount);
        const unused = placesOf(batch, -1);
        expect(unused.length).toBe(batch.time * batch.lanes - tokenCount);
        for (const place of unused) expect([batch.tokens[place], batch.weights[place], batch.positions[place]]).toEqual([0, 0, 0]);
        // What did not fit has no lane with room.
        const next = given[used];
        const left = Array.from({ length: batch.lanes }, (_, lane) => unused.filter((place) => at(batch, place).lane === lane).length);
        if (next) expect(Math.max(...left)).toBeLessThan(next.tokens.length);
      }),
      { seed: 7, numRuns: 100 },
    );
  });

  it('predict every token with weight once: as a token or as a reference (property)', () => {
    fc.assert(
      fc.property(fc.array(episodes, { minLength: 1, maxLength: 6 }), size, (given, shape) => {
        const { batch, used } = packEpisodes(given, shape);
        const { deciding, weights: pointedWeights } = batch.pointing;
        let total = 0;
        const decided = new Set<number>();
        for (const [number, episode] of given.slice(0, used).entries())
          for (const [i, place] of placesOf(batch, number).entries()) {
            const following = episode.tokens[i + 1];
            const weight = following === undefined ? 0 : (episode.weights[i + 1] as number);
            total += weight;
            if (following !== undefined) expect(batch.targets[place]).toBe(following);
            const m = pointedWeights.length === 1 && episode.pointed[i + 1] !== 1 ? -1 : deciding.indexOf(place);
            if (episode.pointed[i + 1] === 1) {
              expect([batch.weights[place], pointedWeights[m]]).toEqual([0, weight]);
              decided.add(m);
            } else expect([batch.weights[place], m]).toEqual([weight, -1]);
          }
        expect(batchWeight(batch)).toBeCloseTo(total, 4);
        expect(decided.size).toBe(decided.size === 0 ? 0 : deciding.length);
      }),
      { seed: 8, numRuns: 100 },
    );
  });

  it('show a decision the references before it in its own episode, and mark the chosen ones (property)', () => {
    fc.assert(
      fc.property(fc.array(episodes, { minLength: 1, maxLength: 6 }), size, (given, shape) => {
        const { batch } = packEpisodes(given, shape);
        const { deciding, references, visibility, chosen, decidingSpans, referenceSpans } = batch.pointing;
        const [R, N] = [references.length, batch.time * batch.lanes];
        expect([visibility.length, chosen.length]).toEqual([deciding.length * R, deciding.length * R]);
        expect([decidingSpans.length, referenceSpans.length]).toEqual([deciding.length * N, R * N]);
        if (given.every(({ pointed }) => pointed.subarray(1).every((flag) => flag === 0))) return;
        if (batchHasDummy(batch)) return;
        const all = Array.from(batch.tokens.keys()).filter(
          (place) => (batch.episodes[place] as number) >= 0 && isReferenceId(batch.tokens[place] as number),
        );
        expect([...references].sort((a, b) => a - b)).toEqual(all);
        for (const [m, decision] of deciding.entries()) {
          for (const [r, reference] of references.entries()) {
            const seen =
              batch.episodes[reference] === batch.episodes[decision] &&
              (batch.positions[reference] as number) <= (batch.positions[decision] as number);
            expect(visibility[m * R + r] === 0).toBe(seen);
            expect(chosen[m * R + r]).toBe(seen && batch.tokens[reference] === batch.targets[decision] ? 1 : 0);
          }
          expectSpan(batch, decision, decidingSpans.subarray(m * N, (m + 1) * N));
        }
        for (const [r, reference] of references.entries()) expectSpan(batch, reference, referenceSpans.subarray(r * N, (r + 1) * N));
      }),
      { seed: 9, numRuns: 100 },
    );
  });

  it('fill the first lane with room', () => {
    const { batch, used } = packEpisodes([7, 6, 3, 4, 1].map(plain), { time: 10, lanes: 2 });
    expect(used).toBe(4);
    expect([0, 1, 2, 3].map((number) => at(batch, placesOf(batch, number)[0] as number))).toEqual([
      { lane: 0, t: 0 },
      { lane: 1, t: 0 },
      { lane: 0, t: 7 },
      { lane: 1, t: 6 },
    ]);
  });

  it('are the same for the same episodes', () => {
    const given = [5, 9, 3].map(plain);
    expect(packEpisodes(given, { time: 12, lanes: 2 })).toEqual(packEpisodes(given, { time: 12, lanes: 2 }));
  });

  it('refuse an episode that no lane could hold', () => {
    expect(() => packEpisodes([plain(3), plain(11)], { time: 10, lanes: 2 })).toThrow(DataError);
    expect(() => packEpisodes([plain(11)], { time: 10, lanes: 2 })).toThrow(/an episode of 11 tokens, expected at most 10/);
  });

  it('refuse an episode of no tokens, of which a source could hold endlessly many', () => {
    expect(() => packEpisodes([plain(3), plain(0)], { time: 10, lanes: 2 })).toThrow(DataError);
    expect(() => packEpisodes([plain(0)], { time: 10, lanes: 2 })).toThrow(/an episode of no tokens, expected at least one/);
  });

  it('refuse spans that would take gigabytes, before they take them', () => {
    const length = 2 ** 14;
    const dense = {
      tokens: new Int32Array(length).fill(FIRST_REFERENCE),
      weights: new Float32Array(length).fill(1),
      pointed: Uint8Array.from({ length }, (_, i) => (i === 1 ? 1 : 0)),
    };
    const pack = () => packEpisodes([dense], { time: length, lanes: 1 });
    expect(pack).toThrow(DataError);
    expect(pack).toThrow(/1 decisions and 16384 references among 16384 × 1 tokens: 268451840 floats.*fewer lanes, shorter lanes/);
  });

  it('take from a generator no more than they need to know', () => {
    let asked = 0;
    function* endless(): Generator<Episode> {
      for (;;) {
        asked++;
        yield plain(5);
      }
    }
    expect(packEpisodes(endless(), { time: 10, lanes: 2 }).used).toBe(4);
    expect(asked).toBe(4);
  });
});

const plain = (length: number): Episode => ({
  tokens: new Int32Array(length).fill(330),
  weights: new Float32Array(length).fill(1),
  pointed: new Uint8Array(length),
});

/** Whether nothing that is packed points. */
const batchHasDummy = ({ pointing }: Batch): boolean =>
  pointing.chosen.every((x) => x === 0) && pointing.visibility.every((x) => x !== 0) && pointing.deciding.length === 1;

/** The weights average the tokens behind the reference before `place`, up to itself. */
function expectSpan(batch: Batch, place: number, weights: Float32Array): void {
  const span = [place];
  for (
    let back = place - batch.lanes;
    back >= 0 && batch.episodes[back] === batch.episodes[place] && !isReferenceId(batch.tokens[back] as number);
    back -= batch.lanes
  )
    span.push(back);
  const expected = new Float32Array(weights.length);
  for (const token of span) expected[token] = 1 / span.length;
  expect(weights).toEqual(expected);
}
