/**
 * Which column of the cache each lane has. Columns come in a few fixed numbers, so that few steps are compiled; a lane keeps
 * its column until the cache is laid out anew. Not for use while a step is under way.
 */
import type { KeyValueCache } from './key-value-cache.ts';
import type { Lane } from './lane.ts';

/** Columns next to each other: those that a step computes. */
export interface ColumnRange {
  readonly first: number;
  readonly count: number;
}

/** Numbers of columns that there are. */
const COLUMN_COUNTS = [1, 2, 4, 8, 16, 32, 64, 128] as const;

/** Numbers of columns that a step computes where it leaves out those at rest: few, since each is compiled. */
const PART_COUNTS = [1, 4, 16, 64] as const;

/** How many lanes may be open. */
export const LARGEST_LANE_COUNT = 128;

/** Gives new lanes a column; lays the cache out anew where they don't fit, or where at most half of it is in use. */
export function placeLanes(lanes: readonly Lane[], cache: KeyValueCache): void {
  const present = cache.size.lanes;
  const wanted = COLUMN_COUNTS.find((count) => count >= lanes.length) as number;
  if (wanted !== present && (lanes.length > present || lanes.length * 2 <= present)) {
    const moves = lanes.map((lane, to) => ({ lane, from: lane.column, to }));
    cache.moveColumns(
      wanted,
      moves.filter(({ from }) => from >= 0),
    );
    for (const { lane, to } of moves) lane.column = to;
  }
  const free = new Set(Array.from({ length: cache.size.lanes }, (_, column) => column));
  for (const { column } of lanes) free.delete(column);
  for (const lane of lanes)
    if (lane.column < 0) {
      const column = free.values().next().value as number;
      lane.column = column;
      free.delete(column);
    }
}

/**
 * Brings the waiting lanes next to each other, by exchanging columns with lanes at rest, and says which columns a step must compute. The block
 * that holds most of them already is the one where they gather.
 */
export function gatherColumns(waiting: readonly Lane[], lanes: readonly Lane[], cache: KeyValueCache): ColumnRange {
  const all = cache.size.lanes;
  const count = PART_COUNTS.find((part) => part >= waiting.length) ?? all;
  if (count >= all) return { first: 0, count: all };
  const held = new Int32Array(all / count);
  for (const { column } of waiting) {
    const block = Math.floor(column / count);
    held[block] = (held[block] as number) + 1;
  }
  const first = held.indexOf(Math.max(...held)) * count;
  const isInside = ({ column }: Lane): boolean => column >= first && column < first + count;
  const taken = new Set(waiting.filter(isInside).map(({ column }) => column));
  const places = Array.from({ length: count }, (_, i) => first + i).filter((column) => !taken.has(column));
  for (const lane of waiting.filter((each) => !isInside(each))) {
    const [from, to] = [lane.column, places.shift() as number];
    const resting = lanes.find(({ column }) => column === to);
    if (resting) cache.swapColumns({ from, to }, Math.max(lane.length, resting.length));
    else cache.copyColumn({ from, to }, lane.length);
    if (resting) resting.column = from;
    lane.column = to;
  }
  return { first, count };
}
