import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Ending, Score } from '../../records/index.ts';
import { differences } from './differences.ts';
import { goalText } from './goal-text.ts';
import { type Episode, judge } from './verdict.ts';

const app = { url: '', folder: '', cwd: '', fill: (text: string) => text, path: (text: string) => text };
const episode = (kind: 'done' | 'steps' = 'done'): Episode<number, number> => ({ data: 0, before: 0, after: 1, ending: { kind }, app });
const judgeBy = { invariants: {}, endings: ['done'] satisfies Ending['kind'][] };
const broken = {
  ...judgeBy,
  invariants: { calm: { description: 'Nothing is done.', holds: ({ before, after }: Episode<number, number>) => before === after } },
};

describe('a verdict', () => {
  test('is success where nothing is wrong', async () => {
    expect(await judge(episode(), () => [], judgeBy)).toEqual({ success: true, credit: 1, broken: [], reasons: [] });
  });

  test('is failure with the reasons', async () => {
    expect(await judge(episode(), async () => ['no row'], judgeBy)).toEqual({ success: false, credit: 0, broken: [], reasons: ['no row'] });
  });

  test('is failure where a right state was not said to be finished', async () => {
    const score = await judge(episode('steps'), () => [], judgeBy);
    expect(score).toMatchObject({ success: false, reasons: ["ended as 'steps', not done"] });
    expect(score.credit).toBeLessThan(1);
    expect(await judge(episode('steps'), () => [], { ...judgeBy, endings: ['steps'] })).toMatchObject({ success: true });
  });

  test('is failure without credit where an invariant broke', async () => {
    expect(await judge(episode(), () => [], broken)).toEqual({ success: false, credit: 0, broken: ['calm'], reasons: [] });
  });

  test('keeps partial credit, and no score where nothing broke', async () => {
    const half: Score = { success: false, credit: 0.5, broken: [], reasons: ['half'] };
    expect(await judge(episode(), () => half, judgeBy)).toEqual(half);
    const none: Score = { success: null, credit: null, broken: [], reasons: ['unknown'] };
    expect(await judge(episode('steps'), () => none, judgeBy)).toMatchObject({ success: null, credit: null });
    expect(await judge(episode(), () => none, broken)).toMatchObject({ success: false, credit: 0, broken: ['calm'] });
  });
});

describe('differences', () => {
  test('name what is missing and what should not be there, in any order of keys', () => {
    expect(differences([{ a: 1, b: 2 }, { a: 3 }, { a: 3 }], [{ a: 3 }, { b: 2, a: 1 }, { a: 4 }])).toEqual([
      'missing: {"a":3}',
      'unexpected: {"a":4}',
    ]);
    expect(differences([], { error: 'no list' })).toHaveLength(1);
  });

  test('are none exactly for the same rows in any order', () => {
    const rows = fc.array(fc.record({ n: fc.integer({ min: 0, max: 2 }) }), { maxLength: 5 });
    const sorted = (list: readonly { n: number }[]): string =>
      list
        .map(({ n }) => n)
        .sort()
        .join();
    fc.assert(fc.property(rows, rows, (a, b) => (differences(a, b).length === 0) === (sorted(a) === sorted(b))));
  });
});

test('a goal has keys where something was put in', () => {
  expect(goalText`Add ${'milk'} ${2} times with ${{ text: 'your password', key: 'password', secret: true }}.`).toEqual([
    { text: 'Add ' },
    { text: 'milk', key: '1' },
    { text: ' ' },
    { text: '2', key: '2' },
    { text: ' times with ' },
    { text: 'your password', key: 'password', secret: true },
    { text: '.' },
  ]);
  expect(goalText`${''}Nothing`).toEqual([{ text: 'Nothing' }]);
});
