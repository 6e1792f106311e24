import { describe, expect, it } from 'vitest';
import { Random } from '../../src/base/index.ts';
import type { Split } from '../../src/records/index.ts';
import { classesOf, generate, type Instance, identify, SIZES } from './instance.ts';
import { solve } from './oracle.ts';
import { drawRoom, flood, neighboursOf, readRoom } from './room.ts';

const draw = (slice: string, split: Split, n: number): Instance => generate(new Random(`${slice}/${split}/${n}`), slice, split);
const many = (slice: string, split: Split, count: number): Instance[] => Array.from({ length: count }, (_, n) => draw(slice, split, n));

describe('generate', () => {
  it('draws the same room for the same seed', () => {
    expect(many('base', 'exam', 10)).toEqual(many('base', 'exam', 10));
  });

  it.each([
    ['small', 40],
    ['base', 40],
    ['large', 6],
  ])('%s: solvable within bounds, connected, nothing on its goal', (slice, count) => {
    const size = SIZES[slice] as (typeof SIZES)[string];
    const lengths = new Set<number>();
    for (const instance of many(slice, 'train', count)) {
      const { width, height, walls, goals, goods, worker } = instance;
      expect([width, height, goods.length, goals.length, walls.length]).toEqual([
        size.width,
        size.height,
        size.goods,
        size.goods,
        size.width * size.height,
      ]);
      expect(new Set([...goods, worker, ...goals.filter((goal) => goal !== worker)]).size).toBe(
        2 * size.goods + (goals.includes(worker) ? 0 : 1),
      );
      for (const square of [...goods, ...goals, worker]) expect(walls[square]).toBe(false);
      const reached = new Uint8Array(walls.length);
      flood(neighboursOf(instance), { goods: [], worker }, reached);
      expect(walls.every((isWall, square) => isWall === (reached[square] === 0))).toBe(true);
      const solution = solve(instance, instance);
      expect(solution?.isOptimal).toBe(true);
      expect(solution?.pushes.length).toBeGreaterThanOrEqual(size.fewest);
      expect(solution?.pushes.length).toBeLessThanOrEqual(size.most);
      lengths.add(solution?.pushes.length ?? 0);
      const { room, placement } = readRoom(drawRoom(instance, instance));
      expect({ ...room, ...placement }).toEqual(instance);
    }
    expect(lengths.size).toBeGreaterThan(3);
  });

  it('shares no layout between the splits, turned or mirrored', () => {
    const trained = new Set(many('small', 'train', 400).map(identify));
    const examined = new Set(many('small', 'exam', 400).map(identify));
    expect(examined.size).toBeGreaterThan(350);
    expect([...examined].filter((layout) => trained.has(layout))).toEqual([]);
    expect(new Set([...classesOf('train'), ...classesOf('validate'), ...classesOf('exam')]).size).toBe(16);
  });

  it('knows a layout in all its eight forms, and no other', () => {
    const { room } = readRoom(['# o . .', '. . # .', '. . . .', 'o . . #']);
    const turn = (lines: readonly string[]): string[] =>
      lines.map((_, x) =>
        lines
          .map((line) => line[x] as string)
          .toReversed()
          .join(''),
      );
    const mirror = (lines: readonly string[]): string[] => lines.map((line) => [...line].toReversed().join(''));
    let lines = drawRoom(room, { goods: [], worker: -1 }).map((line) => line.replaceAll(' ', ''));
    for (let i = 0; i < 4; i++) {
      lines = turn(lines);
      expect(identify(readRoom(lines).room)).toBe(identify(room));
      expect(identify(readRoom(mirror(lines)).room)).toBe(identify(room));
    }
    expect(identify(readRoom(['# o . .', '. . # .', '. . . .', '. o . #']).room)).not.toBe(identify(room));
  });
});
