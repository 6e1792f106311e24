import { describe, expect, it } from 'vitest';
import { Random } from '../../src/base/index.ts';
import { isFrozen, lowerBound, measure } from './deadlock.ts';
import { solve } from './oracle.ts';
import { isSolved, neighboursOf, type Placement, push, type Room, readRoom } from './room.ts';

const STEPS = [
  [-1, 0],
  [1, 0],
  [0, -1],
  [0, 1],
] as const;

/**
 * Fewest pushes by walking square by square, goods told apart, without bounds or deadlocks: levels of equal pushes, breadth first. Null if unsolvable.
 */
function bruteForce({ width, height, walls, goals }: Room, start: Placement): number | null {
  const isWall = (row: number, column: number): boolean =>
    row < 0 || column < 0 || row >= height || column >= width || walls[row * width + column] === true;
  const seen = new Set<string>();
  let level: Placement[] = [start];
  for (let pushes = 0; level.length > 0; pushes++) {
    const next: Placement[] = [];
    for (const placement of level) {
      const name = `${placement.worker}|${placement.goods}`;
      if (seen.has(name)) continue;
      seen.add(name);
      if (placement.goods.every((good) => goals.includes(good))) return pushes;
      const row = Math.floor(placement.worker / width);
      const column = placement.worker % width;
      for (const [down, right] of STEPS) {
        if (isWall(row + down, column + right)) continue;
        const worker = (row + down) * width + column + right;
        const good = placement.goods.indexOf(worker);
        if (good < 0) level.push({ ...placement, worker });
        else {
          const ahead = worker + down * width + right;
          if (isWall(row + 2 * down, column + 2 * right) || placement.goods.includes(ahead)) continue;
          next.push({ goods: placement.goods.with(good, ahead), worker });
        }
      }
    }
    level = next;
  }
  return null;
}

/** Rooms small enough for brute force, solvable or not. */
function randomRoom(random: Random, goods: number): { room: Room; placement: Placement } {
  const [width, height] = [4 + random.below(2), 3 + random.below(2)];
  const walls = Array.from({ length: width * height }, () => random.below(7) === 0);
  // Goods away from the edges first: most others can't be solved.
  const isInside = (square: number): boolean =>
    square % width > 0 && square % width < width - 1 && square >= width && square < walls.length - width;
  const inside = random.below(4);
  const floor = random
    .shuffle(walls.flatMap((isWall, square) => (isWall ? [] : [square])))
    .toSorted((a, b) => (inside === 0 ? 0 : Number(isInside(b)) - Number(isInside(a))));
  const goals = random
    .shuffle(floor)
    .slice(0, goods)
    .toSorted((a, b) => a - b);
  return { room: { width, height, walls, goals }, placement: { goods: floor.slice(0, goods), worker: floor[goods] as number } };
}

function replay(room: Room, start: Placement, pushes: NonNullable<ReturnType<typeof solve>>['pushes']): Placement {
  return pushes.reduce<Placement>((placement, each) => {
    const next = push(neighboursOf(room), placement, each);
    if (typeof next === 'string') throw new Error(next);
    return next;
  }, start);
}

describe('solve', () => {
  it.each([1, 2, 3])('needs as few pushes as brute force finds, with %i goods', (goods) => {
    const random = new Random(`oracle/${goods}`);
    let solvable = 0;
    let unsolvable = 0;
    for (let n = 0; n < 250; n++) {
      const { room, placement } = randomRoom(random, goods);
      const known = bruteForce(room, placement);
      const found = solve(room, placement);
      expect(found?.pushes.length ?? null).toBe(known);
      if (found) {
        expect(found.isOptimal).toBe(true);
        expect(isSolved(room, replay(room, placement, found.pushes))).toBe(true);
      }
      // The bound never promises too much.
      const bound = lowerBound(measure(room, neighboursOf(room)).toGoal, placement.goods);
      if (known !== null) expect(bound).toBeLessThanOrEqual(known);
      if (known === null) unsolvable++;
      else if (known > 0) solvable++;
    }
    expect(solvable).toBeGreaterThan(10);
    expect(unsolvable).toBeGreaterThan(10);
  });

  it.each([
    ['a straight push', ['@ a . o'], 2],
    ['a push that can’t begin', ['a @ . o'], null],
    ['a corner', ['@ . .', '. . .', '. o a'], null],
    ['goods in the right order', ['. . . . . .', '. a . b o o', '@ . . . . .'], 5],
    ['solved at once', ['A @'], 0],
  ])('%s', (_, lines, pushes) => {
    const { room, placement } = readRoom(lines);
    expect(solve(room, placement)?.pushes.length ?? null).toBe(pushes);
  });

  it('beyond the limit the weighted search goes on and says so', () => {
    const { room, placement } = readRoom(['. . . . . .', '. a . # o .', '. . b . . .', '. # . o . @', '. . . . . .']);
    const best = solve(room, placement);
    const near = solve(room, placement, { exactLimit: 1 });
    expect(best?.isOptimal).toBe(true);
    expect(near?.isOptimal).toBe(false);
    expect(near?.pushes.length).toBeGreaterThanOrEqual(best?.pushes.length ?? 0);
    expect(isSolved(room, replay(room, placement, near?.pushes ?? []))).toBe(true);
    expect(solve(room, placement, { exactLimit: 1, limit: 1 })).toBeNull();
  });
});

describe('isFrozen', () => {
  const frozen = (lines: readonly string[], good: number): boolean => {
    const { room, placement } = readRoom(lines);
    const occupied = new Uint8Array(room.walls.length);
    for (const square of placement.goods) occupied[square] = 1;
    const isGoal = Uint8Array.from(room.walls, (_, square) => (room.goals.includes(square) ? 1 : 0));
    return isFrozen(placement.goods[good] as number, { neighbours: neighboursOf(room), occupied, isGoal });
  };
  it.each<[string, string[], boolean]>([
    ['two beside each other along a wall', ['. a b .', '. . . .', '@ . o o'], true],
    ['one along a wall', ['. a . .', '. . . .', '@ . o .'], false],
    ['a square of four', ['. . . . .', '. a b . o', '. c d . o', '. @ . o o'], true],
    ['two in the open', ['. . . .', '. a b .', '. . . .', '@ o o .'], false],
    ['a neighbour that can still go away', ['. . . . .', '. a . . .', '. b . . .', '. . # . .', '@ . o o .'], false],
    ['all on goals', ['. A B .', '. . @ .'], false],
  ])('%s: %j → %s', (_, lines, expected) => {
    expect(frozen(lines, 0)).toBe(expected);
  });
});
