/**
 * Which column of the cache each lane has. Columns come in a few fixed numbers, so that few steps are compiled; a lane keeps
 * its column until the cache is laid out anew. Not for use while a step is under way.
 */
import type { KeyValueCache } from './key-value-cache.ts';
import type { Lane } from './lane.ts';

/** Numbers of columns that there are. */
const COLUMN_COUNTS = [1, 2, 4, 8, 16, 32, 64, 128] as const;

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
