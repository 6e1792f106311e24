/** Rows that are written are read back, wherever the cache has moved them since. */
import { describe, expect, it } from 'vitest';
import { presetConfig } from '../model/index.ts';
import { KeyValueCache } from './key-value-cache.ts';

const config = presetConfig('nano', { layers: 2, heads: 2, keyValueHeads: 2, headWidth: 4 });
const { layers, keyValueHeads: K, headWidth: D } = config;

/** A step's output [2·layers, n, B, K, D]: a number for each place, of the column's own. */
function step(tokens: number, lanes: number, first: number): { readonly data: Float32Array; readonly tokens: number } {
  return { data: Float32Array.from({ length: 2 * layers * tokens * lanes * K * D }, (_, i) => first + i), tokens };
}

/** Rows 0 … count − 1 of a column: [2·layers][count][K·D]. */
function rowsOf(cache: KeyValueCache, column: number, count: number): number[][][] {
  const { rows } = cache.size;
  const places = (row: number) => Array.from({ length: K * D }, (_, i) => ((column * K + Math.floor(i / D)) * rows + row) * D + (i % D));
  return cache.layers
    .flatMap(({ keys, values }) => [keys, values])
    .map((buffer) => Array.from({ length: count }, (_, row) => places(row).map((at) => buffer[at] as number)));
}

/** What `step` holds for a column, in the form of `rowsOf`. */
function given({ data, tokens }: ReturnType<typeof step>, lanes: number, column: number): number[][][] {
  return Array.from({ length: 2 * layers }, (_, i) =>
    Array.from({ length: tokens }, (__, t) => {
      const start = ((i * tokens + t) * lanes + column) * K * D;
      return [...data.subarray(start, start + K * D)];
    }),
  );
}

const buffersOf = (cache: KeyValueCache): Float32Array[] => cache.layers.flatMap(({ keys, values }) => [keys, values]);

describe('the cache', () => {
  it('gives back what was written, column by column, token after token', () => {
    const cache = new KeyValueCache(config);
    cache.moveColumns(2, []);
    const [first, second] = [step(3, 2, 1), step(2, 2, 1000)];
    for (const column of [0, 1]) {
      cache.write(column, 0, 3, first);
      cache.write(column, 3, 2, second);
      const expected = given(first, 2, column).map((rows, i) => [...rows, ...(given(second, 2, column)[i] as number[][])]);
      expect(rowsOf(cache, column, 5)).toEqual(expected);
    }
  });

  it('keeps its rows when it grows, shrinks, and moves columns', () => {
    const cache = new KeyValueCache(config);
    cache.moveColumns(2, []);
    const written = step(100, 2, 1);
    for (const column of [0, 1]) cache.write(column, 0, 100, written);
    cache.fitRows(500);
    expect(cache.size).toEqual({ lanes: 2, rows: 640 });
    for (const column of [0, 1]) expect(rowsOf(cache, column, 100)).toEqual(given(written, 2, column));
    cache.moveColumns(4, [
      { from: 0, to: 3 },
      { from: 1, to: 0 },
    ]);
    expect(rowsOf(cache, 3, 100)).toEqual(given(written, 2, 0));
    expect(rowsOf(cache, 0, 100)).toEqual(given(written, 2, 1));
    cache.fitRows(100);
    expect(cache.size).toEqual({ lanes: 4, rows: 128 });
    expect(rowsOf(cache, 3, 100)).toEqual(given(written, 2, 0));
    expect(rowsOf(cache, 0, 100)).toEqual(given(written, 2, 1));
    expect(buffersOf(cache).every((buffer) => buffer.every(Number.isFinite))).toBe(true);
  });

  it('copies nothing where its size stays', () => {
    for (const rows of [1, 64, 110, 128, 150, 204, 300, 1000]) {
      const cache = new KeyValueCache(config);
      cache.fitRows(rows);
      const before = buffersOf(cache);
      cache.fitRows(rows);
      expect(buffersOf(cache).every((buffer, i) => buffer === before[i])).toBe(true);
    }
    const cache = new KeyValueCache(config);
    cache.fitRows(200);
    expect(cache.size.rows).toBe(256);
    const before = buffersOf(cache);
    // Less than half, but with headroom 256 rows again.
    cache.fitRows(110);
    expect(buffersOf(cache).every((buffer, i) => buffer === before[i])).toBe(true);
  });
});
