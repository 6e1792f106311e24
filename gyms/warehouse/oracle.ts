/**
 * Finds the fewest pushes that solve a room: A* (Hart, Nilsson and Raphael 1968) over goods and the worker's region.
 *
 * States that differ only in which good is where, or in where inside its region the worker stands, are one. The bound is the minimum assignment
 * of goods to goals; goods on squares without a way, and goods frozen off their goals, end a branch. Where that takes more than the
 * limit, the bound is weighted and the answer is no longer promised to be the shortest: `isOptimal` says which.
 */
import { isFrozen, lowerBound, measure } from './deadlock.ts';
import { ALL_DIRECTIONS, flood, isSolved, type Neighbours, neighboursOf, opposite, type Placement, type Push, type Room } from './room.ts';

export interface Solution {
  readonly pushes: readonly Push[];
  readonly isOptimal: boolean;
  /** States taken from the queue, in both searches together. */
  readonly expanded: number;
}

export interface SolveOptions {
  /** States that the exact search may expand. Default 20,000. */
  readonly exactLimit?: number;
  /** States that the weighted search may expand afterwards. Default 200,000. */
  readonly limit?: number;
  /** The room's, where they are known already. */
  readonly neighbours?: Neighbours;
}

/** Bound weight of the second search. */
const WEIGHT = 4;

/** Null where the placement can't be solved, or no solution was found within the limits. */
export function solve(room: Room, placement: Placement, options: SolveOptions = {}): Solution | null {
  const { exactLimit = 20_000, limit = 200_000, neighbours = neighboursOf(room) } = options;
  if (isSolved(room, placement)) return { pushes: [], isOptimal: true, expanded: 0 };
  const exact = search(room, placement, { neighbours, weight: 1, limit: exactLimit });
  if (exact.moves) return { pushes: name(placement, exact.moves), isOptimal: true, expanded: exact.expanded };
  if (exact.isExhausted) return null;
  const near = search(room, placement, { neighbours, weight: WEIGHT, limit });
  return near.moves && { pushes: name(placement, near.moves), isOptimal: false, expanded: exact.expanded + near.expanded };
}

/** A push by squares: what it moves is known by where it stands. */
interface SquareMove {
  readonly from: number;
  readonly direction: number;
  readonly to: number;
}

interface Found {
  readonly moves: readonly SquareMove[] | null;
  /** Everything that can be reached was seen. */
  readonly isExhausted: boolean;
  readonly expanded: number;
}

function search(
  room: Room,
  start: Placement,
  { neighbours, weight, limit }: { neighbours: Neighbours; weight: number; limit: number },
): Found {
  const squares = room.walls.length;
  const { toGoal, dead } = measure(room, neighbours);
  const isGoal = new Uint8Array(squares);
  for (const goal of room.goals) isGoal[goal] = 1;
  const count = start.goods.length;
  const reached = new Uint8Array(squares);
  const after = new Uint8Array(squares);
  const occupied = new Uint8Array(squares);
  const goods = new Int16Array(count);
  const moved = new Int16Array(count);

  // Nodes, column by column: packed state, parent, pushes so far, bound, the push that led here.
  const keys: number[] = [];
  const parents: number[] = [];
  const costs: number[] = [];
  const bounds: number[] = [];
  const froms: number[] = [];
  const directions: number[] = [];
  const known = new Map<number, number>();
  const buckets: number[][] = [];

  const pack = (sorted: ArrayLike<number>, region: number): number => {
    let key = 0;
    for (let i = 0; i < count; i++) key = key * squares + (sorted[i] as number);
    return key * squares + region;
  };
  const enter = (node: { key: number; parent: number; cost: number; bound: number; from: number; direction: number }): void => {
    const id = keys.length;
    keys.push(node.key);
    parents.push(node.parent);
    costs.push(node.cost);
    bounds.push(node.bound);
    froms.push(node.from);
    directions.push(node.direction);
    known.set(node.key, id);
    const rank = node.cost + weight * node.bound;
    while (buckets.length <= rank) buckets.push([]);
    (buckets[rank] as number[]).push(id);
  };
  const trace = (end: number): readonly SquareMove[] => {
    const moves: SquareMove[] = [];
    for (let id = end; (parents[id] as number) >= 0; id = parents[id] as number) {
      const [from, direction] = [froms[id] as number, directions[id] as number];
      moves.push({ from, direction, to: (neighbours[direction as 0 | 1 | 2 | 3] as Int16Array)[from] as number });
    }
    return moves.reverse();
  };

  const first = start.goods.toSorted((a, b) => a - b);
  const bound = lowerBound(toGoal, first);
  if (bound === Number.POSITIVE_INFINITY) return { moves: null, isExhausted: true, expanded: 0 };
  enter({ key: pack(first, flood(neighbours, start, reached)), parent: -1, cost: 0, bound, from: -1, direction: -1 });

  let expanded = 0;
  // The bound may fall by more than one from parent to child when weighted, so that a rank below this one may fill again.
  for (let rank = 0; rank < buckets.length; ) {
    const id = (buckets[rank] as number[]).pop();
    if (id === undefined) {
      rank++;
      continue;
    }
    const key = keys[id] as number;
    if (known.get(key) !== id) continue; // reached by fewer pushes meanwhile
    if (bounds[id] === 0) return { moves: trace(id), isExhausted: false, expanded };
    if (++expanded > limit) return { moves: null, isExhausted: false, expanded };
    const region = key % squares;
    let rest = Math.floor(key / squares);
    for (let i = count - 1; i >= 0; i--) {
      goods[i] = rest % squares;
      rest = Math.floor(rest / squares);
    }
    flood(neighbours, { goods: goods as unknown as readonly number[], worker: region }, reached);
    occupied.fill(0);
    for (const good of goods) occupied[good] = 1;
    const cost = (costs[id] as number) + 1;
    for (let i = 0; i < count; i++) {
      const from = goods[i] as number;
      for (const direction of ALL_DIRECTIONS) {
        const to = neighbours[direction][from] as number;
        const behind = neighbours[opposite(direction)][from] as number;
        if (to < 0 || behind < 0 || dead[to] === 1 || occupied[to] === 1 || reached[behind] !== 1) continue;
        occupied[from] = 0;
        occupied[to] = 1;
        const isDead = isFrozen(to, { neighbours, occupied, isGoal });
        occupied[from] = 1;
        occupied[to] = 0;
        if (isDead) continue;
        replace(goods, { place: i, to, into: moved });
        const next = pack(moved, flood(neighbours, { goods: moved as unknown as readonly number[], worker: from }, after));
        const seen = known.get(next);
        if (seen !== undefined && (costs[seen] as number) <= cost) continue;
        const left = seen === undefined ? lowerBound(toGoal, moved) : (bounds[seen] as number);
        if (left === Number.POSITIVE_INFINITY) continue;
        enter({ key: next, parent: id, cost, bound: left, from, direction });
        rank = Math.min(rank, cost + weight * left);
      }
    }
  }
  return { moves: null, isExhausted: true, expanded };
}

/** `goods` with the one at `place` standing on `to`, in rising order. */
function replace(goods: Int16Array, { place, to, into }: { place: number; to: number; into: Int16Array }): void {
  into.set(goods);
  let i = place;
  while (i > 0 && (into[i - 1] as number) > to) {
    into[i] = into[i - 1] as number;
    i--;
  }
  while (i < into.length - 1 && (into[i + 1] as number) < to) {
    into[i] = into[i + 1] as number;
    i++;
  }
  into[i] = to;
}

/** From squares to goods: which one it is that stands there then. */
function name(start: Placement, moves: readonly SquareMove[]): readonly Push[] {
  const goods = start.goods.slice();
  return moves.map(({ from, direction, to }) => {
    const good = goods.indexOf(from);
    goods[good] = to;
    return { good, direction: direction as Push['direction'] };
  });
}
