/** How wide the next step is, and what its new tokens see of each other. */
import { HIDDEN_SCORE } from '../model/index.ts';

/** Step widths that are compiled (when first needed). */
const WIDTHS = [1, 4, 16, 64] as const;

/**
 * What a step costs whatever its width, in rows: its nodes, and reading the cache of every lane. Fitted to preset small at a
 * context of 256 (2.7 ms at 8 rows, 8 at 32, 39 at 512, 117 at 2,048 rows).
 */
const overheadRows = (lanes: number): number => 16 + 3 * lanes;

/** The width n that reads most tokens per unit of cost, where lanes have `pending` tokens and a step computes n·B rows. */
export function bestWidth(pending: readonly number[], lanes: number): number {
  const rate = (n: number): number => pending.reduce((sum, count) => sum + Math.min(count, n), 0) / (overheadRows(lanes) + n * lanes);
  return WIDTHS.reduce((best, n) => (rate(n) > rate(best) ? n : best));
}

/** [B, 1, n·groups, n]: new token t sees new tokens 0 … t of its own lane. The rows of a token's query heads lie together. */
export function freshMask(lanes: number, n: number, groups: number): Float32Array {
  const mask = new Float32Array(lanes * n * groups * n);
  if (n === 1) return mask;
  for (let row = 0; row < lanes * n * groups; row++) {
    const query = Math.floor((row % (n * groups)) / groups);
    mask.fill(HIDDEN_SCORE, row * n + query + 1, (row + 1) * n);
  }
  return mask;
}
