/**
 * What a trainer eats: episodes as tokens, and several of them packed side by side into one rectangle.
 */

/** One transcript as tokens. Arrays of length L. */
export interface Episode {
  readonly tokens: Int32Array;
  /** Loss weight of predicting this token from those before it; 0 for context. */
  readonly weights: Float32Array;
  /** 1 where the token is a reference that the policy chose, so that the pointer head takes part. */
  readonly pointed: Uint8Array;
}

/** T × B tokens, time-major: token t of lane b is at t·B + b. Unused places hold token 0 with weight 0. */
export interface Batch {
  /** T. */
  readonly time: number;
  /** B. */
  readonly lanes: number;
  readonly tokens: Int32Array;
  /** The token that follows in the same episode. */
  readonly targets: Int32Array;
  /** Loss weight of the ordinary prediction of the target; 0 where the pointer head predicts it. */
  readonly weights: Float32Array;
  /** Position in its episode. */
  readonly positions: Int32Array;
  /** Number of the episode that the token belongs to; every unused place is an episode of its own lane. */
  readonly episodes: Float32Array;
  readonly pointing: Pointing;
  /** How many tokens belong to episodes. */
  readonly tokenCount: number;
}

/** The decisions of a batch that point, M of them, and its references, R. M, R ≥ 1: an empty one holds a dummy of weight 0. */
export interface Pointing {
  /** [M]: places whose target is a chosen reference. */
  readonly deciding: Int32Array;
  /** [M]. */
  readonly weights: Float32Array;
  /** [R]: places that hold a reference. */
  readonly references: Int32Array;
  /** [M·T·B] and [R·T·B]: for each of them, weights that average its span: the tokens after the reference before it, up to itself. */
  readonly decidingSpans: Float32Array;
  readonly referenceSpans: Float32Array;
  /** [M·R]: 0 where visible (same episode, before or at the decision), else a large negative score. */
  readonly visibility: Float32Array;
  /** [M·R] each: where the reference stands from what was copied last, from what it was put into, from what this action has named: a bucket. */
  readonly buckets: readonly Int32Array[];
  /** [R·marks]: how much of the reference's text stands elsewhere. */
  readonly marks: Float32Array;
  /** [M·R]: 1 where visible and equal to the chosen one. */
  readonly chosen: Float32Array;
}
