/**
 * The rooms: walls at random, everything connected, goods placed by playing backwards from the solved room, so that every task can be solved.
 *
 * Walls and goals, whichever way the room is turned or mirrored, are hashed into one of sixteen classes, and a class belongs to one split: the
 * exam's rooms are seen in training neither as they are nor mirrored.
 */
import { hashBytes, type Random } from '../../src/base/index.ts';
import type { Split } from '../../src/records/index.ts';
import { lowerBound, measure } from './deadlock.ts';
import { solve } from './oracle.ts';
import { ALL_DIRECTIONS, flood, type Neighbours, neighboursOf, type Placement, type Room } from './room.ts';

export interface Instance extends Room, Placement {}

export interface Size {
  readonly width: number;
  readonly height: number;
  readonly goods: number;
  /** Fewest and most pushes that a shortest solution takes. */
  readonly fewest: number;
  readonly most: number;
}

export const SIZES: Readonly<Record<string, Size>> = {
  base: { width: 8, height: 8, goods: 4, fewest: 6, most: 25 },
  small: { width: 6, height: 6, goods: 2, fewest: 3, most: 14 },
  large: { width: 10, height: 10, goods: 5, fewest: 10, most: 36 },
};

const CLASSES: readonly string[] = [...'0123456789abcdef'];
const EXAM = CLASSES.slice(0, 3);
const VALIDATE = CLASSES.slice(3, 4);
const TRAIN = CLASSES.slice(4);

/** The classes that a split draws from. */
export function classesOf(split: Split): readonly string[] {
  return split === 'exam' ? EXAM : split === 'validate' ? VALIDATE : TRAIN;
}

/** What makes two layouts the same: walls and goals, in the first of their eight turned and mirrored forms. Rooms are square. */
export function identify({ width, walls, goals }: Room): string {
  const symbols = walls.map((isWall, square) => (isWall ? '#' : goals.includes(square) ? 'o' : '.'));
  const last = width - 1;
  const forms = [
    (row: number, column: number) => row * width + column,
    (row: number, column: number) => row * width + last - column,
    (row: number, column: number) => (last - row) * width + column,
    (row: number, column: number) => (last - row) * width + last - column,
    (row: number, column: number) => column * width + row,
    (row: number, column: number) => column * width + last - row,
    (row: number, column: number) => (last - column) * width + row,
    (row: number, column: number) => (last - column) * width + last - row,
  ].map((at) => symbols.map((_, square) => symbols[at(Math.floor(square / width), square % width)]).join(''));
  return forms.toSorted()[0] as string;
}

export function classify(room: Room): string {
  return hashBytes(`warehouse/${identify(room)}`).slice(0, 1);
}

/** Backward plays from one room before another is drawn. */
const PLAYS = 4;

/** Rooms that are drawn in the hope of a tangled one. */
const TANGLED_ROOMS = 24;

/** States that the oracle may look at: a room that takes more is not used. */
const EXACT_LIMIT = 4000;

/** A fresh room of a split. How many pushes it must need is drawn first, and is lowered while no room is found that needs as many. */
export function generate(random: Random, slice: string, split: Split): Instance {
  const size = SIZES[slice] ?? (SIZES.base as Size);
  const classes = classesOf(split);
  const wanted = size.fewest + random.below(Math.ceil((size.most - size.fewest) * 0.75));
  // In two of five tasks goods are in each other's way: a shortest solution is longer than the bound.
  const isTangled = random.below(5) < 2;
  for (let rooms = 0; ; rooms++) {
    const room = drawWalls(random, size);
    if (!room || !classes.includes(classify(room))) continue;
    const neighbours = neighboursOf(room);
    const { toGoal } = measure(room, neighbours);
    const least = Math.max(size.fewest, wanted - Math.floor(rooms / 8));
    for (let play = 0; play < PLAYS; play++) {
      const placement = playBackwards(room, { random, neighbours, pulls: least + random.below(2 * size.most) });
      if (placement.goods.some((good) => room.goals.includes(good))) continue;
      const bound = lowerBound(toGoal, placement.goods);
      // A detour is seldom longer than this: no use in asking the oracle.
      if (bound < least - 6 || bound > size.most) continue;
      const pushes = solve(room, placement, { exactLimit: EXACT_LIMIT, limit: 0, neighbours })?.pushes.length ?? 0;
      if (pushes < least || pushes > size.most || (isTangled && pushes === bound && rooms < TANGLED_ROOMS)) continue;
      return { ...room, ...placement };
    }
  }
}

/** Bars of wall; what they cut off is filled. Null where too little floor is left, or the goals can't all be left. */
function drawWalls(random: Random, { width, height, goods }: Size): Room | null {
  const squares = width * height;
  const walls = new Array<boolean>(squares).fill(false);
  const bars = Math.round(squares / 14) + random.below(Math.round(squares / 14) + 1);
  for (let bar = 0; bar < bars; bar++) {
    const length = 1 + random.below(3);
    const step = random.below(2) === 0 ? 1 : width;
    let square = random.below(squares);
    for (let i = 0; i < length && square < squares; i++, square += step) {
      walls[square] = true;
      if (step === 1 && square % width === width - 1) break;
    }
  }
  const open = walls.flatMap((isWall, square) => (isWall ? [] : [square]));
  const reached = new Uint8Array(squares);
  flood(neighboursOf({ width, height, walls }), { goods: [], worker: random.pick(open) }, reached);
  const floor = open.filter((square) => reached[square] === 1);
  if (floor.length < squares * 0.6) return null;
  for (const square of open) if (reached[square] !== 1) walls[square] = true;
  const neighbours = neighboursOf({ width, height, walls });
  // A good can leave a goal backwards only over two free squares in a line.
  const leavable = floor.filter((square) =>
    ALL_DIRECTIONS.some((direction) => {
      const next = neighbours[direction][square] as number;
      return next >= 0 && (neighbours[direction][next] as number) >= 0;
    }),
  );
  if (leavable.length < goods) return null;
  const goals = random
    .shuffle(leavable)
    .slice(0, goods)
    .toSorted((a, b) => a - b);
  return { width, height, walls, goals };
}

interface BackwardPlay {
  readonly random: Random;
  readonly neighbours: Neighbours;
  /** How many, at most. */
  readonly pulls: number;
}

/** Pulls goods away from the solved room, a few squares at a time; read backwards, its pulls are a solution. */
function playBackwards(room: Room, { random, neighbours, pulls }: BackwardPlay): Placement {
  const squares = room.walls.length;
  const reached = new Uint8Array(squares);
  const goods = random.shuffle(room.goals);
  const free = room.walls.flatMap((isWall, square) => (isWall || goods.includes(square) ? [] : [square]));
  let worker = random.pick(free);
  let left = pulls;
  while (left > 0) {
    flood(neighbours, { goods, worker }, reached);
    const possible = goods.flatMap((square, good) =>
      ALL_DIRECTIONS.filter((direction) => {
        const next = neighbours[direction][square] as number;
        return next >= 0 && reached[next] === 1 && reached[neighbours[direction][next] ?? squares] === 1;
      }).map((direction) => ({ good, direction })),
    );
    if (possible.length === 0) break;
    const { good, direction } = random.pick(possible);
    const table = neighbours[direction];
    for (let far = 1 + random.below(Math.min(4, left)); far > 0; far--) {
      const next = table[goods[good] as number] as number;
      const beyond = table[next] as number;
      if (beyond < 0 || goods.includes(beyond)) break;
      goods[good] = next;
      worker = beyond;
      left--;
    }
  }
  flood(neighbours, { goods, worker }, reached);
  return { goods, worker: random.pick(room.walls.flatMap((_, square) => (reached[square] === 1 ? [square] : []))) };
}
