/**
 * What every search algorithm takes: a position's evaluation, and the step from it. The algorithm knows neither model nor environment, as in mctx
 * (Babuschkin et al. 2020, The DeepMind JAX Ecosystem).
 *
 * Single player: every value is an expectation of success in [0, 1] and larger is better. Steps are deterministic: the search takes each at most once.
 *
 * Ownership: the root belongs to the caller. Every state that `step` returns belongs to the search, which releases it exactly once, also when
 * something throws.
 */

export interface Candidate<Move> {
  readonly move: Move;
  /** Probability that the policy gives it. A move of prior 0 is not considered, unless all have 0: then they count as equally likely. */
  readonly prior: number;
}

export interface Evaluation<Move> {
  /** Distinct moves. They need not be all that are legal: their priors sum to at most 1. None: nothing leads on from here. */
  readonly moves: readonly Candidate<Move>[];
  /** What the critic expects of this state, in [0, 1]. */
  readonly value: number;
}

export type Step<State> =
  | { readonly state: State; readonly ended: false }
  /** `value`: what the search may believe of the end. A judge's or critic's; the verifier's only where the caller chooses to search with the truth. */
  | { readonly state: State; readonly ended: true; readonly value: number };

export interface SearchProblem<State, Move> {
  /** How policy and critic see a state that has not ended. Asked once for each state; beam search and best-of-n ask for several at a time. */
  evaluate(state: State): Promise<Evaluation<Move>>;
  /** The state after `move`, which is one that `evaluate` listed. Leaves `state` as it was. */
  step(state: State, move: Move): Promise<Step<State>>;
  /** Frees what a state holds: a lane, a snapshot. */
  release?(state: State): Promise<void>;
  /** Equal keys are the same position: a line that was found from one can be played from the other. Without it no two states are the same. */
  key?(state: State): string;
}
