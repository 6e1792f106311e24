import { describe, expect, it } from 'vitest';
import { boundaryId, FIRST_REFERENCE, SPECIAL_TOKENS, wordId } from '../grammar/index.ts';
import { PointerTrail, TRAIL_BUCKETS, trailBucket } from './pointer-trail.ts';

const text = (...ids: readonly number[]): number[] => ids.map((id) => SPECIAL_TOKENS.length + id);
const ref = (reference: number): number => FIRST_REFERENCE + reference;
const [observe, act, end, echo, unecho] = (['observe', 'act', 'end', 'echo', 'unecho'] as const).map(boundaryId) as [
  number,
  number,
  number,
  number,
  number,
];

/** Letterhead «a b», number «c»; list «9 d» with options «8 a b», «8 a e»; field «7 f». */
const SCREEN = [
  observe,
  ...text(1, 2),
  ref(50),
  ...text(3),
  ref(51),
  ...text(9, 4),
  ref(60),
  ...text(8, 1, 2),
  ref(61),
  ...text(8, 1, 5),
  ref(62),
  ...text(7, 6),
  ref(63),
];

function follow(tokens: readonly number[], trail = new PointerTrail()) {
  const places = tokens.flatMap((token) => trail.read(token) ?? []);
  return { trail, places };
}

describe('the trail of an episode', () => {
  it('numbers the elements of the screen, and marks those whose text stands elsewhere', () => {
    const { places } = follow(SCREEN);
    expect(places.map(({ home }) => home)).toEqual([0, 1, 2, 3, 4, 5]);
    // Of the options, one is spelled like the letterhead, the other half so.
    expect(places[3]?.marks).toEqual([1, 1, 1]);
    expect(places[4]?.marks).toEqual([0.5, 0.5, 0]);
    expect(places[5]?.marks).toEqual([0, 0, 0]);
  });

  it('remembers what was copied, what it was put into, and what this action has named', () => {
    const { trail } = follow([...SCREEN, act, wordId('fill')]);
    expect(trail.anchors).toEqual([-1, -1, -1]);
    const { places } = follow([ref(63), echo, ...text(7, 6), unecho, wordId('from')], trail);
    expect(places).toEqual([{ home: -1, marks: [0, 0, 0] }]);
    expect(trail.anchors).toEqual([-1, -1, 5]);
    follow([ref(51), echo, ...text(3), unecho, end, observe, wordId('value'), ref(63), act], trail);
    expect(trail.anchors).toEqual([1, 5, -1]);
  });

  it('keeps an element’s place when its value changes or something leaves, and gives it another when it is listed anew', () => {
    const { trail } = follow([...SCREEN, observe, wordId('value'), ...text(4), ref(60), wordId('gone'), ref(62), ref(61)]);
    follow([act, wordId('click'), ref(60), end, act], trail);
    expect(trail.anchors[1]).toBe(2);
    const { places } = follow([observe, wordId('gone'), ...text(0, 9, 4), ref(60)], trail);
    expect(places[0]?.home).toBe(6);
  });

  it('a copy goes its own way', () => {
    const { trail } = follow([...SCREEN, act, wordId('click')]);
    const twin = trail.clone();
    follow([ref(63)], trail);
    expect(trail.anchors[2]).toBe(5);
    expect(twin.anchors[2]).toBe(-1);
    expect(follow([observe, ...text(1, 1), ref(70)], twin).places[0]?.home).toBe(6);
  });

  it('buckets distances, far ones together', () => {
    const buckets = Array.from({ length: 41 }, (_, i) => trailBucket(100 + i - 20, 100));
    expect(new Set(buckets).size).toBe(27);
    expect(Math.max(...buckets)).toBeLessThan(TRAIL_BUCKETS);
    expect(trailBucket(-1, 3)).not.toBe(trailBucket(3, -1));
    expect([trailBucket(-1, 3), trailBucket(3, -1)].every((bucket) => !buckets.includes(bucket))).toBe(true);
  });
});
