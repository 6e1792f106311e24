import fc from 'fast-check';
import { expect, test } from 'vitest';
import { roundUp } from './client/chart.ts';

test('an axis ends at a short number, not far above what it has to show', () => {
  fc.assert(
    fc.property(fc.double({ min: 1e-6, max: 1e9, noNaN: true }), (value) => {
      const top = roundUp(value);
      expect(top).toBeGreaterThanOrEqual(value * (1 - 1e-8));
      expect(top).toBeLessThanOrEqual(2.01 * value);
    }),
  );
  expect([0, 0.3, 1, 2.2, 5e6, 9e6].map(roundUp)).toEqual([1, 0.4, 1, 4, 8e6, 1e7]);
});
