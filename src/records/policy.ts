/** Whoever decides: a network, a large model behind an endpoint, a script. One `Player` plays one episode. */
import type { Action, Risk, Verb } from './action.ts';
import type { Observation } from './observation.ts';
import type { Segment } from './transcript.ts';

export interface Policy {
  begin(options: { readonly seed: string; readonly verbs: Readonly<Partial<Record<Verb, Risk>>> }): Promise<Player>;
}

export interface Player {
  /** Reads what somebody else wrote: the goal, an observation, an outcome. */
  read(segment: Segment): Promise<Reading>;
  /** One action, given what was read; the decision's own tokens count as read. */
  decide(observation: Observation): Promise<Decision>;
  /** The episode goes on with this act segment in place of the last decision's; afterwards it counts as read. For policies that can be advised. */
  force?(segment: Segment): Promise<void>;
  /**
   * What its world model expects to see after the last decision, a line an element; null where it is not sure of all of it. What was read and decided
   * stays as it is.
   */
  foresee?(): Promise<string | null>;
  /** Of everything read and decided so far; absent or NaN for a policy that can't tell. */
  tokens?(): number;
  close(): Promise<void>;
}

export interface Reading {
  /** Mean −log p of its tokens in nats: how surprising it was; NaN for a policy that can't tell. */
  readonly surpriseNats: number;
}

export interface Decision {
  readonly action: Action;
  /** As the transcript has it, with echoes. */
  readonly segment: Segment;
  /** The critic's expectation before the decision; NaN without one. */
  readonly value: number;
  /** log p of the policy's own tokens, echoes left out; empty for a policy that can't tell. */
  readonly logprobs: readonly number[];
  /** What an adviser would have done here, where one was asked. */
  readonly advice?: Segment;
}
