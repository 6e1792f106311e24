import { describe, expect, it } from 'vitest';
import { fill, formEpisode, formEpisodes, formScreen, refs } from '../../test/form-transcripts.ts';
import type { Piece, Segment, Transcript } from '../records/index.ts';
import { spelledAction } from './screen.ts';
import { formatWide } from './wide-file.ts';
import { fitWide, WideReader } from './wide-model.ts';

const shown = fitWide(formEpisodes(60), { seed: 1 });

/** Decisions of an episode that the model would have made too. */
function agreed({ segments }: Transcript): readonly boolean[] {
  const reader = new WideReader(shown);
  return segments.flatMap((segment) => {
    const agrees = segment.kind === 'act' ? [wouldDo(reader, segment)] : [];
    reader.read(segment);
    return agrees;
  });
}

function wouldDo(reader: WideReader, segment: Segment): boolean {
  const { verb, target, source, as } = spelledAction(segment);
  const best = reader.actions().reduce((a, b) => (b.logprob > a.logprob ? b : a));
  if (best.verb !== verb || best.target !== target) return false;
  if (source === undefined) return true;
  return (
    mostLikely(reader.sources(verb, target)) === source && mostLikely(reader.normalisers(target as number, source) ?? new Map()) === as
  );
}

const mostLikely = <T>(chances: ReadonlyMap<T, number>): T | undefined => [...chances].sort(([, a], [, b]) => b - a)[0]?.[0];

describe('fitWide', () => {
  it('learns which label calls for which field, and to ask where there is none', () => {
    const fresh = formEpisodes(60, 'fresh').flatMap(agreed);
    expect(fresh.length).toBeGreaterThan(150);
    expect(fresh.filter((agrees) => !agrees).length).toBe(0);
  });

  it('gives the same bytes for the same seed', () => {
    expect(formatWide(fitWide(formEpisodes(20), { seed: 1 }))).toEqual(formatWide(fitWide(formEpisodes(20), { seed: 1 })));
  });

  it('does not take for an example what is not to be imitated', () => {
    const slip = (transcript: Transcript): Transcript => {
      const at = transcript.segments.findIndex(({ kind }) => kind === 'act');
      const wrong: Segment = { ...fill(refs.save, 'Save', 0), imitate: false };
      return { ...transcript, segments: [...transcript.segments.slice(0, at), wrong, ...transcript.segments.slice(at)] };
    };
    const { repertoire } = fitWide(formEpisodes(6).map(slip), { seed: 1 });
    expect(repertoire.actions).not.toContainEqual(['fill', 'button']);
    expect(repertoire.actions).toContainEqual(['fill', 'field']);
  });

  it('makes do with nothing', () => {
    const reader = new WideReader(fitWide([], { seed: 1 }));
    for (const segment of formScreen('a', { hasDate: true }).segments) reader.read(segment);
    expect(reader.actions()).toEqual([]);
    expect(reader.sources('fill', refs.date).size).toBe(0);
  });
});

describe('WideReader', () => {
  it('says nothing of a form that it knows by no name', () => {
    const reader = new WideReader(shown);
    const renamed = (piece: Piece): Piece =>
      piece.kind === 'text' ? { ...piece, text: piece.text.replace('field ', 'field Some other ') } : piece;
    for (const segment of formScreen('other', { hasDate: true }).segments) reader.read({ ...segment, pieces: segment.pieces.map(renamed) });
    const chances = reader.actions().map(({ logprob }) => logprob);
    expect(chances.length).toBeGreaterThan(3);
    for (const chance of chances) expect(chance).toBeCloseTo(-Math.log(chances.length), 9);
  });

  it('gives distributions', () => {
    const reader = new WideReader(shown);
    for (const segment of formEpisode('one', { hasDate: true }).segments.slice(0, 2)) reader.read(segment);
    const sum = (logprobs: Iterable<number>): number => [...logprobs].reduce((total, logprob) => total + Math.exp(logprob), 0);
    expect(sum(reader.actions().map(({ logprob }) => logprob))).toBeCloseTo(1, 9);
    expect(sum(reader.sources('fill', refs.number).values())).toBeCloseTo(1, 9);
    expect(sum((reader.normalisers(refs.number, 1) ?? new Map<string, number>()).values())).toBeCloseTo(1, 9);
    expect(reader.normalisers(refs.number, 200)).toBeUndefined();
  });
});
