import { expect, it } from 'vitest';
import {
  BOUNDARIES,
  boundaryId,
  FIRST_REFERENCE,
  isReferenceId,
  REFERENCE_COUNT,
  SPECIAL_TOKENS,
  spellBoundary,
  spellReference,
  spellWord,
  WORDS,
  wordId,
} from './special-tokens.ts';

it('every special token has one id and one spelling', () => {
  expect(SPECIAL_TOKENS.length).toBe(320);
  expect(new Set(SPECIAL_TOKENS).size).toBe(320);
  for (const boundary of BOUNDARIES) expect(SPECIAL_TOKENS[boundaryId(boundary)]).toBe(spellBoundary(boundary));
  for (const word of WORDS) expect(SPECIAL_TOKENS[wordId(word)]).toBe(spellWord(word));
  for (let r = 0; r < REFERENCE_COUNT; r++) expect(SPECIAL_TOKENS[FIRST_REFERENCE + r]).toBe(spellReference(r));
});

it('references are an interval of ids', () => {
  const ids = SPECIAL_TOKENS.map((_, id) => id).filter(isReferenceId);
  expect([ids[0], ids.length, ids.at(-1)]).toEqual([FIRST_REFERENCE, REFERENCE_COUNT, FIRST_REFERENCE + REFERENCE_COUNT - 1]);
});

it('ids are part of the format: these never change', () => {
  // Written down once from the order of the lists; weights depend on them.
  expect(
    ['pad', 'begin', 'goal', 'observe', 'think', 'act', 'outcome', 'end', 'echo', 'unecho'].map((b) => boundaryId(b as never)),
  ).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  expect([FIRST_REFERENCE, wordId('click'), wordId('from'), wordId('date'), wordId('enter'), wordId('success'), wordId('broken')]).toEqual([
    10, 266, 281, 285, 291, 305, 307,
  ]);
});
