import { describe, expect, it } from 'vitest';
import { FRESH_WATCH, hasExploded, smoothedLoss, watchLoss } from './loss-watch.ts';

const watchAll = (losses: readonly number[]) => losses.reduce((state, loss) => watchLoss(state, loss), FRESH_WATCH);
const repeat = (loss: number, times: number): number[] => Array<number>(times).fill(loss);

describe('the loss watch', () => {
  it('smooths without a bias at the start', () => {
    expect(smoothedLoss(watchAll([7]))).toBeCloseTo(7, 12);
    expect(smoothedLoss(watchAll(repeat(3, 20)))).toBeCloseTo(3, 12);
    // (0.05·0.95·1 + 0.05·2) / (1 − 0.95²), by hand.
    expect(smoothedLoss(watchAll([1, 2]))).toBeCloseTo(0.1475 / 0.0975, 12);
  });

  it('calls a loss that stays at more than twice its best an explosion, not a bump', () => {
    expect(hasExploded(watchAll([...repeat(2, 50), ...repeat(9, 40), ...repeat(2, 200)]))).toBe(false);
    expect(hasExploded(watchAll([...repeat(2, 50), ...repeat(9, 100)]))).toBe(true);
    expect(hasExploded(watchAll([...repeat(2, 50), ...repeat(3.9, 500)]))).toBe(false);
  });

  it('is calm near 0, where a multiple of the best is next to nothing', () => {
    expect(hasExploded(watchAll([...repeat(0.001, 50), ...repeat(0.5, 500)]))).toBe(false);
    expect(hasExploded(watchAll([...repeat(0.001, 50), ...repeat(1.5, 500)]))).toBe(true);
  });
});
