/**
 * The positions that a tree search has opened, and the moves between them. A position that is reached on two ways is there once.
 *
 * Invariants: there is no cycle (a move that leads back to a position from which one comes here is closed and never chosen again); a position's
 * value follows from its own estimate and its children's values at the time of the last update, so that updating twice changes nothing
 * (Wu 2023, "Monte-Carlo Graph Search from First Principles", KataGo's docs/GraphSearch.md). A state is released as soon as no move of it is
 * unopened.
 */
import { type Held, HeldStates } from './held-states.ts';
import type { Candidate, SearchProblem } from './problem.ts';

/**
 * How a position's value comes from its children's.
 * - `mean`: the average over its own estimate and its visits, as published. Forgives errors of the critic: they average out.
 * - `best`: the best child's. In a deterministic puzzle for one player nothing forces a bad move, so that bad siblings need not pull a good move
 *   down; but of several noisy estimates the best is the most flattered, so that this wants a sound critic.
 */
export type Backup = 'mean' | 'best';

export interface Edge<State, Move> {
  readonly move: Move;
  /** Scaled so that a position's priors sum to 1. */
  readonly prior: number;
  visits: number;
  child: Node<State, Move> | null;
  /** Leads back. */
  isClosed: boolean;
}

export interface Node<State, Move> {
  readonly held: Held<State>;
  /** In the problem's order. None for an end. */
  readonly edges: readonly Edge<State, Move>[];
  /** The critic's value; an end's value. */
  readonly estimate: number;
  readonly isEnd: boolean;
  value: number;
  /** Everything below was opened. */
  isSettled: boolean;
}

/** A line of the graph: the moves from the root, each with the position that it is made in. */
export type Path<State, Move> = readonly { readonly node: Node<State, Move>; readonly edge: Edge<State, Move> }[];

export class SearchGraph<State, Move> {
  readonly #problem: SearchProblem<State, Move>;
  readonly #states: HeldStates<State, Move>;
  readonly #backup: Backup;
  readonly #known = new Map<string, Node<State, Move>>();

  constructor(problem: SearchProblem<State, Move>, backup: Backup) {
    this.#problem = problem;
    this.#states = new HeldStates(problem);
    this.#backup = backup;
  }

  /** States opened, the root left out. */
  get nodes(): number {
    return this.#states.count;
  }

  /** The position that everything starts from; to be called first. */
  async plant(state: State): Promise<Node<State, Move>> {
    return this.#evaluated({ state });
  }

  /** Opens the move behind `edge`. Null where it leads back: it is closed from now on. */
  async open(node: Node<State, Move>, edge: Edge<State, Move>): Promise<Node<State, Move> | null> {
    const step = await this.#states.step(node.held, edge);
    const key = this.#problem.key?.(step.state);
    const known = key === undefined ? undefined : this.#known.get(key);
    if (known) {
      await this.#states.release(step.held);
      if (reaches(known, node)) edge.isClosed = true;
      else edge.child = known;
    } else if (step.ended) {
      edge.child = { held: step.held, edges: [], estimate: step.value, isEnd: true, value: step.value, isSettled: true };
      if (key !== undefined) this.#known.set(key, edge.child);
      await this.#states.release(step.held);
    } else edge.child = await this.#evaluated(step.held);
    if (node.edges.every(isOpened)) await this.#states.release(node.held);
    return edge.child;
  }

  /** Counts a visit of every move of `path` and works its positions out anew, the last one first. */
  update(path: Path<State, Move>): void {
    for (const { node, edge } of path.toReversed()) {
      edge.visits++;
      this.refresh(node);
    }
  }

  /** Works out value and settledness from the children. */
  refresh(node: Node<State, Move>): void {
    if (node.isEnd) return;
    node.value = this.#backup === 'mean' ? meanValue(node) : bestValue(node);
    node.isSettled = node.edges.every(({ isClosed, child }) => isClosed || child?.isSettled === true);
  }

  async dispose(): Promise<void> {
    await this.#states.dispose();
  }

  async #evaluated(held: Held<State>): Promise<Node<State, Move>> {
    const { moves, value } = await this.#states.evaluate(held);
    const edges = scaled(moves).map(({ move, prior }): Edge<State, Move> => ({ move, prior, visits: 0, child: null, isClosed: false }));
    const node: Node<State, Move> = { held, edges, estimate: value, isEnd: false, value, isSettled: edges.length === 0 };
    const key = this.#problem.key?.(held.state);
    if (key !== undefined) this.#known.set(key, node);
    if (edges.length === 0) await this.#states.release(held);
    return node;
  }
}

export const isOpened = <State, Move>({ isClosed, child }: Edge<State, Move>): boolean => isClosed || child !== null;

export function countVisits<State, Move>({ edges }: Node<State, Move>): number {
  return edges.reduce((sum, { visits }) => sum + visits, 0);
}

function meanValue<State, Move>(node: Node<State, Move>): number {
  let sum = node.estimate;
  for (const { visits, child } of node.edges) if (child) sum += visits * child.value;
  return sum / (1 + countVisits(node));
}

function bestValue<State, Move>({ edges, estimate }: Node<State, Move>): number {
  const values = edges.flatMap(({ child }) => (child ? [child.value] : []));
  return values.length === 0 ? estimate : Math.max(...values);
}

function scaled<Move>(moves: readonly Candidate<Move>[]): readonly Candidate<Move>[] {
  const sum = moves.reduce((total, { prior }) => total + prior, 0);
  return moves.map(({ move, prior }) => ({ move, prior: prior / sum }));
}

/** Whether a line of opened moves leads from `from` to `to`. */
function reaches<State, Move>(from: Node<State, Move>, to: Node<State, Move>): boolean {
  const seen = new Set([from]);
  const waiting = [from];
  for (let node = waiting.pop(); node; node = waiting.pop()) {
    if (node === to) return true;
    for (const { child } of node.edges) {
      if (!child || seen.has(child)) continue;
      seen.add(child);
      waiting.push(child);
    }
  }
  return false;
}
