/**
 * The states that a search holds: every one that `step` returned and that was not released yet.
 *
 * Invariant: after `dispose` each of them was released exactly once.
 */

import { checkEvaluation, checkUnit } from './check-evaluation.ts';
import type { Candidate, Evaluation, SearchProblem, Step } from './problem.ts';

/** A state and whether it is still there. The caller's root is held like the others, but never released. */
export interface Held<State> {
  readonly state: State;
}

export class HeldStates<State, Move> {
  readonly #problem: SearchProblem<State, Move>;
  readonly #live = new Set<Held<State>>();
  #taken = 0;

  constructor(problem: SearchProblem<State, Move>) {
    this.#problem = problem;
  }

  /** Steps taken. */
  get count(): number {
    return this.#taken;
  }

  evaluate({ state }: Held<State>): Promise<Evaluation<Move>> {
    return this.#problem.evaluate(state).then(checkEvaluation);
  }

  async step({ state }: Held<State>, { move }: Candidate<Move>): Promise<Step<State> & { readonly held: Held<State> }> {
    this.#taken++;
    const step = await this.#problem.step(state, move);
    const held: Held<State> = { state: step.state };
    this.#live.add(held);
    if (step.ended) checkUnit(step.value, 'an ended state’s value');
    return { ...step, held };
  }

  /** Does nothing for the root and for what was released already. */
  async release(held: Held<State>): Promise<void> {
    if (this.#live.delete(held)) await this.#problem.release?.(held.state);
  }

  /** Releases what is left, all of it even if some of it fails; then throws the first failure. */
  async dispose(): Promise<void> {
    const outcomes = await Promise.allSettled([...this.#live].map((held) => this.release(held)));
    const failed = outcomes.find((outcome) => outcome.status === 'rejected');
    if (failed) throw failed.reason;
  }
}
