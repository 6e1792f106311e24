/**
 * One finished episode, as it lies on the disk: who played what, everything that was read and done, how it ended, what the verifier says.
 *
 * Training, evaluation and certificates read these and nothing else. A number that is not known is null, never 0 and never NaN.
 */
import type { Score, Seed } from './gym.ts';
import type { StopReason } from './observation.ts';
import type { Segment, Transcript } from './transcript.ts';

/** What the policy knew at one of its decisions; the n-th belongs to the n-th act segment of the transcript. */
export interface StepRecord {
  /** The critic's expectation of success before the decision, 0 … 1. */
  readonly value: number | null;
  /** log p of the policy's own tokens of this action, nats; empty for a policy that can't tell. */
  readonly logprobs: readonly number[];
  /** Mean −log p of the observation that the decision followed, nats a token. */
  readonly surpriseNats: number | null;
  readonly milliseconds: number;
  /** What an expert would have done here, where one was asked. */
  readonly advice?: Segment;
}

/** `infrastructure`: the sandbox failed. `policy`: the policy threw, or an endpoint didn't answer. `verifier`: there is no verdict. */
export type FaultKind = 'infrastructure' | 'policy' | 'verifier';

export interface EpisodeRecord {
  readonly schemaVersion: 1;
  /** Fixed by gym, version, slice, seed, lane and policy: the same job has the same id, so that it is never counted twice. */
  readonly id: string;
  readonly gym: string;
  readonly gymVersion: string;
  readonly slice: string;
  readonly seed: Seed;
  readonly lane: string;
  /** Identity of the policy: a hash of weights and settings, or a name. */
  readonly policy: string;
  readonly transcript: Transcript;
  readonly steps: readonly StepRecord[];
  /** null where the episode broke off. */
  readonly stop: StopReason | null;
  /** null where there is no verdict. */
  readonly score: Score | null;
  /** The second verifier's verdict, where the gym has one and it was asked. */
  readonly audit: Score | null;
  readonly fault: { readonly kind: FaultKind; readonly code: string; readonly message: string } | null;
  readonly seconds: number;
  /** Of the whole transcript, as the policy counts them; null for a policy that can't tell. */
  readonly tokens: number | null;
}
