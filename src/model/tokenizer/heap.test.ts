import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { Heap } from './heap.ts';

it('gives items in order, pushed before or between', () => {
  fc.assert(
    fc.property(fc.array(fc.integer()), fc.array(fc.integer()), (first, second) => {
      const heap = new Heap<number>((a, b) => a < b);
      const taken: number[] = [];
      for (const x of first) heap.push(x);
      for (let i = 0; i < first.length >> 1; i++) taken.push(heap.pop() as number);
      for (const x of second) heap.push(x);
      const order = (xs: readonly number[]) => xs.toSorted((a, b) => a - b);
      const kept = order(first).slice(taken.length);
      expect(taken).toEqual(order(first).slice(0, taken.length));
      for (const x of order([...kept, ...second])) expect(heap.pop()).toBe(x);
      expect(heap.pop()).toBeUndefined();
    }),
  );
});
