/** Words and looks: the exam's share nothing with training's, and one interface never calls two fields the same. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { LABELS, lookOf } from './index.ts';
import { HEAD_FIELDS, SUM_FIELDS } from './look.ts';

const fold = (word: string) => word.toLowerCase();

describe('labels', () => {
  test('the exam has its own, in every kind', () => {
    const known = new Set(LABELS.flatMap(({ plain, train }) => [plain, ...train]).map(fold));
    for (const { kind, train, exam } of LABELS) {
      expect(train.length, kind).toBeGreaterThanOrEqual(2);
      expect(exam.length, kind).toBeGreaterThanOrEqual(2);
      for (const word of exam) expect(known.has(fold(word)), `${kind}: ${word}`).toBe(false);
    }
  });

  test('no two fields, buttons or remarks can have the same name', () => {
    const owners = new Map<string, string>();
    for (const { kind, plain, train, exam } of LABELS) {
      if (!/^(field|line|button|status|check)\./.test(kind)) continue;
      for (const word of [plain, ...train, ...exam]) {
        expect(owners.get(fold(word)) ?? kind, word).toBe(kind);
        owners.set(fold(word), kind);
      }
    }
  });
});

describe('looks', () => {
  test('hold every field once, under names and words of their own, the same for the same seed', () => {
    fc.assert(
      fc.property(fc.string(), fc.boolean(), (seed, exam) => {
        const drift = exam ? `exam/${seed}` : seed;
        const look = lookOf(drift);
        expect(lookOf(drift)).toEqual(look);
        expect(look.blocks.flatMap((block) => block.fields ?? []).sort()).toEqual([...HEAD_FIELDS, ...SUM_FIELDS].sort());
        expect(look.blocks.filter((block) => block.fields === null)).toHaveLength(1);
        const names = Object.values(look.names);
        expect(new Set(names).size).toBe(names.length);
        for (const { kind, plain, train, exam: own } of LABELS) {
          const allowed = drift === '' ? [plain] : drift.startsWith('exam/') ? own : train;
          expect(allowed).toContain(look.words[kind as keyof typeof look.words]);
        }
      }),
      { numRuns: 200 },
    );
  });

  test('differ from seed to seed', () => {
    const orders = new Set(Array.from({ length: 20 }, (_, i) => JSON.stringify(lookOf(`train/${i}`).blocks)));
    expect(orders.size).toBeGreaterThan(15);
  });
});
