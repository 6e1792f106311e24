import { expect, it } from 'vitest';
import { HIDDEN_SCORE } from '../model/index.ts';
import { bestWidth, freshMask } from './step-plan.ts';

it('one token a lane is read one wide, long texts are read wide', () => {
  expect(bestWidth([1], 1)).toBe(1);
  expect(bestWidth([1, 1, 1, 1], 4)).toBe(1);
  expect(bestWidth([500], 1)).toBe(64);
  expect(bestWidth([500, 500, 500, 1], 4)).toBe(64);
});

it('a new token sees itself and those before it, in every head of its group', () => {
  const h = HIDDEN_SCORE;
  // Two lanes, two tokens, two heads a group: rows (token 0, head 0), (token 0, head 1), (token 1, head 0), …
  expect([...freshMask(2, 2, 2)]).toEqual([...[0, h, 0, h, 0, 0, 0, 0], ...[0, h, 0, h, 0, 0, 0, 0]]);
});
