/** What a tree search returns; names as in mctx where it has one. */
import type { Edge, Node } from './search-graph.ts';

export interface RootMove<Move> {
  readonly move: Move;
  /** Scaled to sum to 1 over the root's moves. */
  readonly prior: number;
  readonly visits: number;
  /** Of the position behind it; null where it was not opened. */
  readonly qvalue: number | null;
  /** The policy target: what the policy should have said, having searched. Sums to 1 over the root's moves. */
  readonly weight: number;
}

/** Why a search stopped: its simulations are used up; an end was found that is good enough; nothing is left to open. */
export type SearchStop = 'simulations' | 'found' | 'settled';

export interface SearchResult<Move> {
  /** The chosen line from the root; empty where the root has no move. */
  readonly moves: readonly Move[];
  /** The root's moves in the problem's order. */
  readonly root: readonly RootMove<Move>[];
  /** Of the root after the search. */
  readonly value: number;
  /** States opened by `step`: what the search cost. */
  readonly nodes: number;
  readonly stop: SearchStop;
}

export function rootMoves<State, Move>({ edges }: Node<State, Move>, weights: readonly number[]): readonly RootMove<Move>[] {
  return edges.map(({ move, prior, visits, child }, i) => ({
    move,
    prior,
    visits,
    qvalue: child ? child.value : null,
    weight: weights[i] as number,
  }));
}

/** The edges from `node` on, each the first that `compare` puts before its siblings, as far as they are opened. */
export function followLine<State, Move>(
  node: Node<State, Move>,
  compare: (a: Edge<State, Move>, b: Edge<State, Move>) => number,
): readonly Move[] {
  const moves: Move[] = [];
  let here = node;
  for (;;) {
    const [edge] = here.edges.filter(({ child }) => child !== null).toSorted(compare);
    if (!edge?.child) return moves;
    moves.push(edge.move);
    here = edge.child;
  }
}
