/**
 * Tree search that improves the policy even with few simulations: moves at the root are drawn without replacement by the Gumbel-top-k trick and
 * halved by sequential halving (Danihelka et al. 2022, "Policy improvement by planning with Gumbel", section 3; the same as
 * `gumbel_muzero_policy` of mctx, against which it is tested). Below the root: argmax of π′(a) − n(a) / (1 + Σ n) (section 5).
 *
 * Other than there: one player, values in [0, 1] that are not rescaled, positions are shared and moves that lead back are closed (see
 * search-graph.ts), and a search may end at an end that is good enough.
 */
import { ConfigError, Random } from '../base/index.ts';
import { improvedPolicy, transformedValues } from './improved-policy.ts';
import type { SearchProblem } from './problem.ts';
import { type Backup, countVisits, type Edge, type Node, type Path, SearchGraph } from './search-graph.ts';
import { followLine, rootMoves, type SearchResult, type SearchStop } from './search-result.ts';
import { consideredVisits } from './sequential-halving.ts';
import { checkSimulations, pickBest, simulate } from './simulate.ts';

export interface GumbelSearchOptions {
  /** Budget: walks from the root to a leaf. Each opens one state at most, so it bounds the nodes too. */
  readonly simulations: number;
  /** Of the Gumbel noise. Default 0. */
  readonly seed?: number | string;
  /** Default `mean`. */
  readonly backup?: Backup;
  /** m: moves that are tried at the root. Default 16. */
  readonly maxConsidered?: number;
  /** 1 to explore, as when practising; 0 for the best move at work. Default 1. */
  readonly gumbelScale?: number;
  /** c_visit. Default 50. */
  readonly maxVisitInit?: number;
  /** c_scale. Default 0.1, as in mctx: a critic that errs by 0.1 moves a log-probability by half a nat. */
  readonly valueScale?: number;
  /** An end of at least this value ends the search. Default 1. */
  readonly enough?: number;
}

/**
 * Searches from `root`. The line begins with the move that sequential halving leaves and goes on by most visits; where an end was found that is
 * enough, it leads there. The policy target is π′ (see improved-policy.ts). Throws `ConfigError`, and whatever the problem throws.
 */
export async function gumbelSearch<State, Move>(
  problem: SearchProblem<State, Move>,
  root: State,
  options: GumbelSearchOptions,
): Promise<SearchResult<Move>> {
  const { simulations, backup = 'mean', maxConsidered = 16, gumbelScale = 1, enough = 1 } = options;
  checkSimulations(simulations);
  if (!(Number.isInteger(maxConsidered) && maxConsidered >= 1))
    throw new ConfigError({ operation: 'search', got: `maxConsidered ${maxConsidered}`, expected: 'a whole number from 1 up' });
  const sigma = { maxVisitInit: options.maxVisitInit ?? 50, valueScale: options.valueScale ?? 0.1 };
  const random = new Random(options.seed ?? 0);
  const ties = random.fork('ties');
  const graph = new SearchGraph(problem, backup);
  try {
    const start = await graph.plant(root);
    const gumbel = start.edges.map(() => gumbelScale * drawGumbel(random));
    const dealt = consideredVisits(Math.min(maxConsidered, start.edges.length), simulations);
    /** The best by g + log p + σ(q) of the open moves with `visits` visits; where closed moves leave none of them, of the least visited. */
    const best = (visits: number): Edge<State, Move> | undefined => {
      const values = transformedValues(start, sigma);
      const open = start.edges.flatMap((edge, i) => (edge.isClosed ? [] : [{ edge, i }]));
      const exact = open.filter(({ edge }) => edge.visits === visits);
      const least = Math.min(...open.map(({ edge }) => edge.visits));
      const eligible = exact.length > 0 ? exact : open.filter(({ edge }) => edge.visits === least);
      return pickBest(eligible, ties, ({ edge, i }) => (gumbel[i] as number) + Math.log(edge.prior) + (values[i] as number))?.edge;
    };
    const selectBelow = (node: Node<State, Move>): Edge<State, Move> | undefined => {
      const policy = improvedPolicy(node, sigma);
      const visits = countVisits(node);
      const open = node.edges.flatMap((edge, i) => (edge.isClosed ? [] : [{ edge, i }]));
      return pickBest(open, ties, ({ edge, i }) => (policy[i] as number) - edge.visits / (1 + visits))?.edge;
    };
    let stop: SearchStop = 'simulations';
    let found: Path<State, Move> = [];
    for (const visits of dealt) {
      if (start.edges.every(({ isClosed }) => isClosed)) {
        stop = 'settled';
        break;
      }
      const { path, leaf } = await simulate(graph, start, (node, depth) => (depth === 0 ? best(visits) : selectBelow(node)));
      if (leaf?.isEnd && leaf.value >= enough) {
        stop = 'found';
        found = path;
        break;
      }
    }
    const moves = stop === 'found' ? found.map(({ edge }) => edge.move) : lineFrom(best(Math.max(0, ...start.edges.map(visitsOf))));
    return { moves, root: rootMoves(start, improvedPolicy(start, sigma)), value: start.value, nodes: graph.nodes, stop };
  } finally {
    await graph.dispose();
  }
}

const visitsOf = <State, Move>({ visits }: Edge<State, Move>): number => visits;

/** `first`, even if it was never opened, and then by most visits. */
function lineFrom<State, Move>(first: Edge<State, Move> | undefined): readonly Move[] {
  if (!first) return [];
  return [first.move, ...(first.child ? followLine(first.child, (a, b) => b.visits - a.visits) : [])];
}

/** Standard Gumbel: −log(−log u). */
function drawGumbel(random: Random): number {
  return -Math.log(-Math.log(1 - random.uniform() + Number.MIN_VALUE));
}
