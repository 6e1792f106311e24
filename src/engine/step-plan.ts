/** How wide the next step is, and what its new tokens see of each other. */
import { HIDDEN_SCORE } from '../model/index.ts';

/** Step widths that are compiled (when first needed). */
const WIDTHS = [1, 4, 16, 64] as const;

/** What a step costs before its first row, in rows. */
const STEP_OVERHEAD_ROWS = 12;

/** The width n that reads most tokens per unit of cost, where lanes have `pending` tokens and a step computes n·B rows. */
export function bestWidth(pending: readonly number[], lanes: number): number {
  const rate = (n: number): number => pending.reduce((sum, count) => sum + Math.min(count, n), 0) / (STEP_OVERHEAD_ROWS + n * lanes);
  return WIDTHS.reduce((best, n) => (rate(n) > rate(best) ? n : best));
}

/** [B, 1, n·groups, n]: new token t sees new tokens 0 … t of its own lane. The rows of a token's query heads lie together. */
export function freshMask(lanes: number, n: number, groups: number): Float32Array {
  return Float32Array.from({ length: lanes * n * groups * n }, (_, i) => {
    const key = i % n;
    const query = Math.floor((Math.floor(i / n) % (n * groups)) / groups);
    return key > query ? HIDDEN_SCORE : 0;
  });
}
