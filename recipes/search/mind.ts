/**
 * A policy and critic whose thoughts can be copied: what searching with a network takes. The thought is what it has read so far (a lane of an
 * engine); every step of the search continues a copy.
 */
import type { Action, Observation, Segment } from '../../src/records/index.ts';

export interface Proposal {
  /** Distinct, best first. */
  readonly candidates: readonly { readonly action: Action; readonly logprob: number }[];
  /** The critic's expectation of success, in [0, 1]. */
  readonly value: number;
}

export interface Mind<Thought> {
  /** The thought after reading the goal and the first observation. */
  begin(goal: Segment, observation: Observation): Promise<Thought>;
  /** Up to `count` actions that the policy would take now, and the critic's value. Leaves the thought as it was. */
  propose(thought: Thought, observation: Observation, count: number): Promise<Proposal>;
  /** A new thought: the old one, which stays, and the action chosen at `before` and what was seen after it. */
  follow(thought: Thought, action: Action, before: Observation, after: Observation): Promise<Thought>;
  /** Once for each thought. */
  forget(thought: Thought): Promise<void>;
}
