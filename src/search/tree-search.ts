/**
 * Monte-Carlo tree search with a policy and a critic, selecting by PUCT (Rosin 2011, "Multi-armed bandits with episode context"; in the form of
 * Silver et al. 2017, "Mastering the game of Go without human knowledge", Methods, Select):
 *
 *   argmax over moves of  q(s, a) + c · p(a | s) · √(1 + Σ n) / (1 + n(a))
 *
 * Other than there: one player; positions are shared (see search-graph.ts); an unopened move counts as its position's value less a reduction
 * that grows with the prior already tried, f · √(Σ p of opened moves) (Wu 2019, "Accelerating Self-Play Learning in Go", c_FPU); no noise at
 * the root: for targets to learn from there is `gumbelSearch`, which explores without it.
 */
import { Random } from '../base/index.ts';
import type { SearchProblem } from './problem.ts';
import { type Backup, countVisits, type Edge, type Node, type Path, SearchGraph } from './search-graph.ts';
import { followLine, rootMoves, type SearchResult, type SearchStop } from './search-result.ts';
import { checkSimulations, pickBest, simulate } from './simulate.ts';

export interface TreeSearchOptions {
  /** Budget: walks from the root to a leaf. Each opens one state at most, so it bounds the nodes too. */
  readonly simulations: number;
  /** Breaks ties. Default 0. */
  readonly seed?: number | string;
  /** Default `mean`. With `best`, what was opened to its ends is not walked again, so that with enough simulations the search is exhaustive. */
  readonly backup?: Backup;
  /** c. Default 1.25. */
  readonly exploration?: number;
  /** f. Default 0.2. */
  readonly unopenedReduction?: number;
  /** An end of at least this value ends the search. Default 1. */
  readonly enough?: number;
}

/**
 * Searches from `root`. The line goes by most visits with `mean` (ties: higher value), by highest value with `best` (ties: more visits); where an
 * end was found that is enough, it leads there. The policy target is the share of visits; read it with `mean` only: with `best`, moves that are
 * settled get no more visits. Throws `ConfigError`, and whatever the problem throws.
 */
export async function treeSearch<State, Move>(
  problem: SearchProblem<State, Move>,
  root: State,
  options: TreeSearchOptions,
): Promise<SearchResult<Move>> {
  const { simulations, backup = 'mean', enough = 1 } = options;
  checkSimulations(simulations);
  const { exploration = 1.25, unopenedReduction = 0.2 } = options;
  const random = new Random(options.seed ?? 0);
  const graph = new SearchGraph(problem, backup);
  const select = (node: Node<State, Move>): Edge<State, Move> | undefined => {
    const scale = exploration * Math.sqrt(1 + countVisits(node));
    const tried = node.edges.reduce((sum, { child, prior }) => sum + (child ? prior : 0), 0);
    const unopened = Math.max(0, node.value - unopenedReduction * Math.sqrt(tried));
    const open = node.edges.filter(({ isClosed, child }) => !isClosed && !(backup === 'best' && child?.isSettled));
    return pickBest(open, random, ({ child, prior, visits }) => (child ? child.value : unopened) + (scale * prior) / (1 + visits));
  };
  try {
    const start = await graph.plant(root);
    let stop: SearchStop = 'simulations';
    let found: Path<State, Move> = [];
    for (let i = 0; i < simulations; i++) {
      if (start.isSettled && (backup === 'best' || start.edges.every(({ isClosed }) => isClosed))) {
        stop = 'settled';
        break;
      }
      const { path, leaf } = await simulate(graph, start, select);
      if (leaf?.isEnd && leaf.value >= enough) {
        stop = 'found';
        found = path;
        break;
      }
    }
    const visits = countVisits(start);
    const weights = start.edges.map((edge) => (visits === 0 ? edge.prior : edge.visits / visits));
    const byVisits = (a: Edge<State, Move>, b: Edge<State, Move>): number => b.visits - a.visits;
    const byValue = (a: Edge<State, Move>, b: Edge<State, Move>): number => (b.child?.value ?? 0) - (a.child?.value ?? 0);
    const compare =
      backup === 'mean'
        ? (a: Edge<State, Move>, b: Edge<State, Move>) => byVisits(a, b) || byValue(a, b)
        : (a: Edge<State, Move>, b: Edge<State, Move>) => byValue(a, b) || byVisits(a, b);
    const moves = stop === 'found' ? found.map(({ edge }) => edge.move) : followLine(start, compare);
    return { moves, root: rootMoves(start, weights), value: start.value, nodes: graph.nodes, stop };
  } finally {
    await graph.dispose();
  }
}
