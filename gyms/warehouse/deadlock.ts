/**
 * What can be known at once about a placement: how far goods are from goals at least, and that some can never be solved any more.
 *
 * Bounds are admissible: never more pushes than are needed. Not every deadlock is recognised.
 */
import { ALL_DIRECTIONS, type Neighbours, opposite, type Room } from './room.ts';

/** More than any distance. */
export const FAR = 255;

export interface Distances {
  /** [goal][square]: pushes from square to goal in the empty room; FAR where there is no way. */
  readonly toGoal: readonly Uint8Array[];
  /** 1 where a good can reach no goal at all. */
  readonly dead: Uint8Array;
}

/** Pulls a good away from each goal, breadth first. */
export function measure({ goals, walls }: Room, neighbours: Neighbours): Distances {
  const toGoal = goals.map((goal) => {
    const distance = new Uint8Array(walls.length).fill(FAR);
    distance[goal] = 0;
    const queue = [goal];
    for (const square of queue) {
      for (const direction of ALL_DIRECTIONS) {
        // Pushed in `direction` from `from` to `square`, with the worker behind `from`.
        const from = neighbours[opposite(direction)][square] as number;
        if (from < 0 || (neighbours[opposite(direction)][from] as number) < 0 || distance[from] !== FAR) continue;
        distance[from] = (distance[square] as number) + 1;
        queue.push(from);
      }
    }
    return distance;
  });
  return { toGoal, dead: Uint8Array.from(walls, (_, square) => (toGoal.every((distance) => distance[square] === FAR) ? 1 : 0)) };
}

/** Fewest pushes that the goods need if none is in another's way: a minimum assignment to goals. Infinity if there is none. */
export function lowerBound(toGoal: readonly Uint8Array[], goods: ArrayLike<number>): number {
  const count = toGoal.length;
  const full = 1 << count;
  // best[set of goals taken] after as many goods as the set has members.
  const best = new Float64Array(full).fill(Number.POSITIVE_INFINITY);
  best[0] = 0;
  for (let set = 0; set < full; set++) {
    const spent = best[set] as number;
    if (spent === Number.POSITIVE_INFINITY) continue;
    const square = goods[bitCount(set)] as number;
    for (let goal = 0; goal < count; goal++) {
      if (set & (1 << goal)) continue;
      const distance = (toGoal[goal] as Uint8Array)[square] as number;
      const next = set | (1 << goal);
      if (distance !== FAR && spent + distance < (best[next] as number)) best[next] = spent + distance;
    }
  }
  return best[full - 1] as number;
}

function bitCount(set: number): number {
  let count = 0;
  for (let rest = set; rest !== 0; rest &= rest - 1) count++;
  return count;
}

/** Whether the good on `square` can never move again, with a good off its goal among those that hold it. `occupied`: 1 where a good is. */
export function isFrozen(square: number, { neighbours, occupied, isGoal }: FreezeInput): boolean {
  const held: number[] = [];
  // Goods being looked at count as walls: they can only move if this one can.
  const stuck = (at: number): boolean => {
    const before = held.length;
    held.push(at);
    const isStuck = blocked(at, 0) && blocked(at, 2);
    if (!isStuck) held.length = before;
    return isStuck;
  };
  const blocked = (at: number, axis: 0 | 2): boolean => {
    for (const direction of [axis, axis + 1] as const) {
      const next = neighbours[direction as 0 | 1 | 2 | 3][at] as number;
      if (next < 0) return true;
      if (occupied[next] && (held.includes(next) || stuck(next))) return true;
    }
    return false;
  };
  return stuck(square) && held.some((at) => !isGoal[at]);
}

export interface FreezeInput {
  readonly neighbours: Neighbours;
  readonly occupied: Uint8Array;
  readonly isGoal: Uint8Array;
}
