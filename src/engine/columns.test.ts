/** Lanes that wait end up side by side with their rows, and every other lane keeps its own. */
import { describe, expect, it } from 'vitest';
import { Random } from '../base/index.ts';
import { presetConfig } from '../model/index.ts';
import { gatherColumns, placeLanes } from './columns.ts';
import { KeyValueCache } from './key-value-cache.ts';
import type { Lane } from './lane.ts';

const config = presetConfig('nano', { layers: 1, heads: 1, keyValueHeads: 1, headWidth: 4 });
const D = config.headWidth;

const laneOf = (id: number, length: number): Lane => ({
  id,
  column: -1,
  length,
  unread: undefined,
  prediction: undefined,
  pointer: undefined,
  mark: undefined,
  random: new Random(id),
  jobs: [],
  failure: undefined,
});

/** Writes the lane's number into each of its rows. */
function fill(cache: KeyValueCache, lane: Lane): void {
  const { lanes } = cache.size;
  const data = new Float32Array(2 * lane.length * lanes * D).fill(lane.id);
  cache.write(lane.column, 0, lane.length, { data, tokens: lane.length });
}

/** The numbers that stand in its rows. */
function held(cache: KeyValueCache, { column, length }: Lane): ReadonlySet<number> {
  const { rows } = cache.size;
  const [first] = cache.layers;
  return new Set(
    [first?.keys, first?.values].flatMap((buffer) => [...(buffer?.subarray(column * rows * D, (column * rows + length) * D) ?? [])]),
  );
}

describe('lanes that wait', () => {
  it('gather in one block, of the fewest columns that are compiled', () => {
    const random = new Random('gather');
    for (let round = 0; round < 40; round++) {
      const count = 1 + random.below(70);
      const cache = new KeyValueCache(config);
      const lanes = Array.from({ length: count }, (_, id) => laneOf(id, 1 + random.below(20)));
      placeLanes(lanes, cache);
      // Some have gone, and left their columns.
      const open = lanes.filter(() => random.below(5) > 0);
      for (const lane of open) fill(cache, lane);
      const waiting = open.filter(() => random.below(4) === 0);
      if (waiting.length === 0) continue;
      const range = gatherColumns(waiting, open, cache);
      expect(range.count).toBe(Math.min(cache.size.lanes, [1, 4, 16, 64].find((part) => part >= waiting.length) as number));
      expect(range.first % range.count).toBe(0);
      for (const { column } of waiting) expect(column >= range.first && column < range.first + range.count).toBe(true);
      expect(new Set(open.map(({ column }) => column)).size).toBe(open.length);
      for (const lane of open) expect(held(cache, lane)).toEqual(new Set([lane.id]));
    }
  });

  it('stay where they are when they are together already', () => {
    const cache = new KeyValueCache(config);
    const lanes = Array.from({ length: 8 }, (_, id) => laneOf(id, 3));
    placeLanes(lanes, cache);
    expect(gatherColumns(lanes.slice(4, 7), lanes, cache)).toEqual({ first: 4, count: 4 });
    expect(lanes.map(({ column }) => column)).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
    expect(gatherColumns(lanes, lanes, cache)).toEqual({ first: 0, count: 8 });
  });
});
