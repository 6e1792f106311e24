/**
 * Applies merges to a piece: as long as some neighbours form a merge, the merge of lowest rank is applied, leftmost
 * first (Sennrich et al. 2016, arXiv 1508.07909, §3.2). One pair at a time, so that files whose merges make a token in
 * two ways give what the common libraries give.
 */
import { Heap } from './heap.ts';

/** `left` and `right` become `result`; a merge's rank is its place in the list. */
export interface Merge {
  readonly left: number;
  readonly right: number;
  readonly result: number;
}

/** From here on a heap is faster than looking through the piece again for each merge. */
const LONG = 48;

/** A function that merges token ids in place; ids are below `vocabularySize`. */
export function createMerger(merges: readonly Merge[], vocabularySize: number): (ids: number[]) => number[] {
  const results = Int32Array.from(merges, ({ result }) => result);
  const ranks = new Map<number, number>();
  merges.forEach(({ left, right }, rank) => {
    ranks.set(left * vocabularySize + right, rank);
  });
  const rankOf = (left: number, right: number): number => ranks.get(left * vocabularySize + right) ?? -1;

  function mergeShort(ids: number[]): number[] {
    for (;;) {
      let best = -1;
      let at = 0;
      for (let i = 0; i + 1 < ids.length; i++) {
        const rank = rankOf(ids[i] as number, ids[i + 1] as number);
        if (rank >= 0 && (best < 0 || rank < best)) {
          best = rank;
          at = i;
        }
      }
      if (best < 0) return ids;
      ids[at] = results[best] as number;
      ids.splice(at + 1, 1);
    }
  }

  /** A linked list of ids and a heap of candidates; a candidate counts only if its pair still stands there. */
  function mergeLong(ids: number[]): number[] {
    const { length } = ids;
    const next = Int32Array.from({ length }, (_, i) => i + 1);
    const previous = Int32Array.from({ length }, (_, i) => i - 1);
    const heap = new Heap<number>((a, b) => a < b);
    const rankAt = (at: number): number => {
      const right = next[at] as number;
      return right < length ? rankOf(ids[at] as number, ids[right] as number) : -1;
    };
    const propose = (at: number): void => {
      const rank = rankAt(at);
      if (rank >= 0) heap.push(rank * length + at);
    };
    for (let i = 0; i < length; i++) propose(i);
    for (let key = heap.pop(); key !== undefined; key = heap.pop()) {
      const at = key % length;
      const rank = (key - at) / length;
      if (ids[at] === -1 || rankAt(at) !== rank) continue;
      const gone = next[at] as number;
      const after = next[gone] as number;
      ids[at] = results[rank] as number;
      ids[gone] = -1;
      next[at] = after;
      if (after < length) previous[after] = at;
      propose(at);
      const before = previous[at] as number;
      if (before >= 0) propose(before);
    }
    return ids.filter((id) => id !== -1);
  }

  return (ids) => (ids.length < LONG ? mergeShort(ids) : mergeLong(ids));
}
