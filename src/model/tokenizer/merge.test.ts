import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { createMerger, type Merge } from './merge.ts';

const V = 12;

/** The definition, word for word. */
function mergeByDefinition(merges: readonly Merge[], start: readonly number[]): number[] {
  const ids = [...start];
  for (;;) {
    const found = merges
      .map(({ left, right, result }) => ({ result, at: ids.findIndex((id, i) => id === left && ids[i + 1] === right) }))
      .find(({ at }) => at >= 0);
    if (found === undefined) return ids;
    ids.splice(found.at, 2, found.result);
  }
}

const anyMerges = fc.uniqueArray(fc.record({ left: fc.nat(V - 1), right: fc.nat(V - 1), result: fc.nat(V - 1) }), {
  maxLength: 20,
  selector: ({ left, right }) => left * V + right,
});

it('does what the definition says, for pieces short and long, and merges in any order', () => {
  fc.assert(
    fc.property(anyMerges, fc.array(fc.nat(V - 1), { maxLength: 150, size: 'max' }), (merges, ids) => {
      expect(createMerger(merges, V)([...ids])).toEqual(mergeByDefinition(merges, ids));
    }),
  );
});

it('merges overlapping pairs from the left', () => {
  const merge = createMerger([{ left: 0, right: 0, result: 1 }], 2);
  expect(merge([0, 0, 0])).toEqual([1, 0]);
  expect(merge(new Array(101).fill(0))).toEqual([...new Array(50).fill(1), 0]);
});
