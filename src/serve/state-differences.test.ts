import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Json } from '../base/index.ts';
import { isSameAt, stateDifferences, valueAt } from './state-differences.ts';

const sentences = (before: Json, now: Json, ignored?: readonly string[]): string[] =>
  stateDifferences(before, now, ignored).map(({ sentence }) => sentence);

describe('differences of two states', () => {
  it('have a place and say what was and what is', () => {
    const before = { bills: { 2: { total: 5 }, 9: { total: 7 } }, arrivals: { 1: { status: 'new', reason: null } }, list: [1, 2] };
    const now = { bills: { 2: { total: 5 }, 10: { total: 8 } }, arrivals: { 1: { status: 'rejected', reason: null } }, list: [2, 1] };
    expect(stateDifferences(before, now)).toEqual([
      { place: ['arrivals', '1', 'status'], sentence: 'arrivals 1 status is "rejected"; before it was "new"' },
      { place: ['bills', '9'], sentence: 'bills 9 is gone; before it was {"total":7}' },
      { place: ['bills', '10'], sentence: 'bills 10 was not there before; it is {"total":8}' },
      { place: ['list'], sentence: 'list is [2,1]; before it was [1,2]' },
    ]);
  });

  it('leave out what is ignored at the top, and nothing else', () => {
    expect(sentences({ log: 1, a: { log: 1 } }, { log: 2, a: { log: 2 }, constructor: 1 }, ['log'])).toEqual([
      'a log is 2; before it was 1',
      'constructor was not there before; it is 1',
    ]);
  });

  it('tell an object from what is none, and quote no more than can be read', () => {
    expect(sentences({ a: {} }, { a: null })).toEqual(['a is null; before it was {}']);
    expect(sentences({ a: [] }, { a: {} })).toEqual(['a is {}; before it was []']);
    expect(sentences(1, { a: 1 })).toEqual(['the whole state is {"a":1}; before it was 1']);
    expect(sentences({}, { a: 'x'.repeat(1000) })[0]?.length).toBeLessThan(300);
  });

  it('are none exactly for the same JSON', () => {
    const json = fc.jsonValue({ maxDepth: 3 }).map((value) => JSON.parse(JSON.stringify(value)) as Json);
    fc.assert(
      fc.property(json, json, (a, b) => {
        expect(stateDifferences(a, JSON.parse(JSON.stringify(a)))).toEqual([]);
        const found = stateDifferences(a, b);
        expect(found.length === 0).toBe(isSameAt([], a, b));
        for (const { place } of found) {
          expect(isSameAt(place, a, b)).toBe(false);
          expect(valueAt(a, place) === undefined && valueAt(b, place) === undefined).toBe(false);
        }
      }),
    );
  });
});
