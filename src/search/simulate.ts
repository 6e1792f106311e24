/** What every tree search does the same way, whatever its rule of selection: walking from the root to a leaf and back. */
import { ConfigError, type Random } from '../base/index.ts';
import type { Edge, Node, Path, SearchGraph } from './search-graph.ts';

/** One walk: down by `select` until a move is opened or nothing can be chosen, then up again with what was found. */
export async function simulate<State, Move>(
  graph: SearchGraph<State, Move>,
  start: Node<State, Move>,
  select: (node: Node<State, Move>, depth: number) => Edge<State, Move> | undefined,
): Promise<{ readonly path: Path<State, Move>; readonly leaf: Node<State, Move> | null }> {
  const path: { node: Node<State, Move>; edge: Edge<State, Move> }[] = [];
  let node = start;
  for (;;) {
    const edge = select(node, path.length);
    if (!edge) {
      graph.refresh(node);
      graph.update(path);
      return { path, leaf: node };
    }
    path.push({ node, edge });
    if (edge.child) {
      node = edge.child;
      continue;
    }
    const leaf = await graph.open(node, edge);
    // What leads back is no visit of its own move, which is closed, but the walk to it was.
    if (leaf) graph.update(path);
    else {
      graph.refresh(node);
      graph.update(path.slice(0, -1));
    }
    return { path, leaf };
  }
}

/** The item of highest score, one of them at random where several share it. */
export function pickBest<Item>(items: readonly Item[], random: Random, score: (item: Item) => number): Item | undefined {
  let best: Item[] = [];
  let highest = Number.NEGATIVE_INFINITY;
  for (const item of items) {
    const value = score(item);
    if (value > highest) best = [];
    if (value >= highest) {
      best.push(item);
      highest = value;
    }
  }
  return best.length > 1 ? random.pick(best) : best[0];
}

export function checkSimulations(simulations: number): void {
  if (!(Number.isInteger(simulations) && simulations >= 0))
    throw new ConfigError({ operation: 'search', got: `${simulations} simulations`, expected: 'a whole number from 0 up' });
}
