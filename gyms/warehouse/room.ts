/**
 * A room of squares, what stands in it, and the one move there is: the worker walks behind a good and pushes it one square.
 *
 * Squares are numbered row by row from 0. The room's edge is a wall. Goods are interchangeable, but each keeps its place in the list.
 */

export const DIRECTIONS = ['up', 'down', 'left', 'right'] as const;
/** Index into `DIRECTIONS`. */
export type Direction = 0 | 1 | 2 | 3;
export const ALL_DIRECTIONS: readonly Direction[] = [0, 1, 2, 3];

export interface Room {
  readonly width: number;
  readonly height: number;
  /** By square. */
  readonly walls: readonly boolean[];
  /** Squares, in rising order; as many as goods. */
  readonly goals: readonly number[];
}

/** Where everything is. */
export interface Placement {
  /** Squares; good number 0 is a. */
  readonly goods: readonly number[];
  readonly worker: number;
}

export interface Push {
  /** Place in `goods`. */
  readonly good: number;
  readonly direction: Direction;
}

/** The square next to each, by direction and square; −1 at walls and edges. */
export type Neighbours = readonly [Int16Array, Int16Array, Int16Array, Int16Array];

export const opposite = (direction: Direction): Direction => (direction ^ 1) as Direction;

export function neighboursOf({ width, height, walls }: Pick<Room, 'width' | 'height' | 'walls'>): Neighbours {
  const table = (rowStep: number, columnStep: number): Int16Array => {
    const next = new Int16Array(walls.length).fill(-1);
    for (let row = 0, square = 0; row < height; row++) {
      for (let column = 0; column < width; column++, square++) {
        const [nextRow, nextColumn] = [row + rowStep, column + columnStep];
        if (walls[square] || nextRow < 0 || nextColumn < 0 || nextRow >= height || nextColumn >= width) continue;
        const beside = nextRow * width + nextColumn;
        if (!walls[beside]) next[square] = beside;
      }
    }
    return next;
  };
  return [table(-1, 0), table(1, 0), table(0, -1), table(0, 1)];
}

/** Scratch of `flood`, which never calls out. */
let queue = new Int16Array(128);

/** Marks in `reached` (1 is marked) every square that can be walked to past the goods; returns the lowest of them. */
export function flood(neighbours: Neighbours, { goods, worker }: Placement, reached: Uint8Array): number {
  reached.fill(0);
  for (const good of goods) reached[good] = 2;
  if (queue.length < reached.length) queue = new Int16Array(reached.length);
  let lowest = worker;
  let end = 1;
  queue[0] = worker;
  reached[worker] = 1;
  for (let i = 0; i < end; i++) {
    const square = queue[i] as number;
    if (square < lowest) lowest = square;
    for (const table of neighbours) {
      const next = table[square] as number;
      if (next < 0 || reached[next] !== 0) continue;
      reached[next] = 1;
      queue[end++] = next;
    }
  }
  return lowest;
}

/** The placement after a push; a sentence where it can't be done. */
export function push(neighbours: Neighbours, placement: Placement, { good, direction }: Push): Placement | 'blocked' | 'out of reach' {
  const { goods, worker } = placement;
  const from = goods[good] as number;
  const ahead = neighbours[direction][from] as number;
  if (ahead < 0 || goods.includes(ahead)) return 'blocked';
  const behind = neighbours[opposite(direction)][from] as number;
  if (behind < 0 || goods.includes(behind)) return 'out of reach';
  if (worker !== behind) {
    const reached = new Uint8Array(neighbours[0].length);
    flood(neighbours, placement, reached);
    if (reached[behind] !== 1) return 'out of reach';
  }
  return { goods: goods.with(good, ahead), worker: from };
}

/** Every push that can be done now, in a fixed order. */
export function legalPushes(neighbours: Neighbours, placement: Placement): readonly Push[] {
  return placement.goods.flatMap((_, good) =>
    ALL_DIRECTIONS.filter((direction) => typeof push(neighbours, placement, { good, direction }) !== 'string').map((direction) => ({
      good,
      direction,
    })),
  );
}

export function isSolved({ goals }: Room, { goods }: Placement): boolean {
  return goods.every((good) => goals.includes(good));
}

export const letterOf = (good: number): string => String.fromCharCode(97 + good);

/**
 * The room as text, one line a row, one symbol a square: `#` wall, `.` floor, `o` goal, `@` worker (`+` on a goal), a letter for a good,
 * a capital for one on a goal.
 */
export function drawRow({ width, walls, goals }: Room, { goods, worker }: Placement, row: number): string {
  const symbols: string[] = [];
  for (let square = row * width; square < (row + 1) * width; square++) {
    const isGoal = goals.includes(square);
    const good = goods.indexOf(square);
    if (walls[square]) symbols.push('#');
    else if (good >= 0) symbols.push(isGoal ? letterOf(good).toUpperCase() : letterOf(good));
    else if (square === worker) symbols.push(isGoal ? '+' : '@');
    else symbols.push(isGoal ? 'o' : '.');
  }
  return symbols.join(' ');
}

export function drawRoom(room: Room, placement: Placement): readonly string[] {
  return Array.from({ length: room.height }, (_, row) => drawRow(room, placement, row));
}

/** Reads what `drawRoom` writes; spaces don't matter. For tests and examples. */
export function readRoom(lines: readonly string[]): { readonly room: Room; readonly placement: Placement } {
  const rows = lines.map((line) => [...line.replaceAll(' ', '')]);
  const symbols = rows.flat();
  const find = (wanted: string): number[] => symbols.flatMap((symbol, square) => (wanted.includes(symbol) ? [square] : []));
  const goods = find('abcdefghABCDEFGH').toSorted((a, b) =>
    (symbols[a] as string).toLowerCase() < (symbols[b] as string).toLowerCase() ? -1 : 1,
  );
  const room: Room = {
    width: rows[0]?.length ?? 0,
    height: rows.length,
    walls: symbols.map((symbol) => symbol === '#'),
    goals: find('o+ABCDEFGH'),
  };
  return { room, placement: { goods, worker: find('@+')[0] ?? 0 } };
}
