/** Ways of playing a puzzle with one mind, on the same tasks: how many does each solve, and at what cost? */
import type { Action, Task } from '../../src/records/index.ts';
import { bestOfN, gumbelSearch, type SearchProblem, treeSearch } from '../../src/search/index.ts';
import { lowerBound } from '../../src/stats/index.ts';
import type { GymEnd, GymState } from './gym-problem.ts';
import type { Mind } from './mind.ts';
import { type Plan, playWithSearch } from './play-with-search.ts';
import type { Puzzle } from './puzzle.ts';
import { screenKey } from './screen-key.ts';

export type Planner = <Thought>(
  problem: SearchProblem<GymState<Thought>, Action>,
  root: GymState<Thought>,
  decision: number,
) => Promise<Plan>;

export interface PlannerOptions {
  /** States that a search may open. */
  readonly nodes: number;
  /** Actions of a continuation at most. */
  readonly depth: number;
  /** A verdict that is enough to stop searching. */
  readonly enough: number;
}

/** The likeliest action, without looking ahead. */
export const greedyPlanner: Planner = async (problem, root) => {
  const { moves } = await problem.evaluate(root);
  const [best] = moves.toSorted((a, b) => b.prior - a.prior);
  return { moves: best ? [best.move] : [], nodes: 0 };
};

export function planners({
  nodes,
  depth,
  enough,
}: PlannerOptions): Readonly<Record<'best of n' | 'tree search' | 'gumbel search', Planner>> {
  return {
    'best of n': (problem, root, seed) => bestOfN(problem, root, { samples: Math.max(1, Math.floor(nodes / depth)), depth, seed }),
    'tree search': (problem, root, seed) => treeSearch(problem, root, { simulations: nodes, seed, backup: 'best', enough }),
    'gumbel search': (problem, root, seed) =>
      gumbelSearch(problem, root, { simulations: nodes, seed, gumbelScale: 0, backup: 'best', enough }),
  };
}

export interface PlayerOptions<Thought> {
  readonly name: string;
  readonly mind: Mind<Thought>;
  readonly judge: (end: GymEnd<Thought>) => Promise<number>;
  readonly plan: Planner;
  /** Candidates of a state. */
  readonly count: number;
}

export interface PuzzleResult {
  readonly name: string;
  readonly solved: number;
  readonly tasks: number;
  /** Clopper–Pearson, one-sided 95 %. */
  readonly atLeast: number;
  /** A task, on the average. */
  readonly nodes: number;
  readonly seconds: number;
}

/** Plays every task once. The verifier speaks after the end of each episode only. */
export async function playPuzzles<Thought>(
  { gym }: Pick<Puzzle, 'gym'>,
  tasks: readonly Task[],
  { name, mind, judge, plan, count }: PlayerOptions<Thought>,
): Promise<PuzzleResult> {
  const startedMs = performance.now();
  let [solved, nodes] = [0, 0];
  for (const task of tasks) {
    const played = await playWithSearch({
      gym,
      task,
      lane: { seed: 'search' },
      mind,
      judge,
      plan,
      count,
      key: screenKey,
      commit: Number.POSITIVE_INFINITY,
    });
    if (played.score.success === true) solved++;
    nodes += played.nodes;
  }
  return {
    name,
    solved,
    tasks: tasks.length,
    atLeast: lowerBound({ successes: solved, trials: tasks.length, alpha: 0.05 }),
    nodes: nodes / tasks.length,
    seconds: (performance.now() - startedMs) / 1000 / tasks.length,
  };
}
