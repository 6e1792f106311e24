/**
 * The transcript: one episode as a sequence of segments. Everything in Journeyman reads or writes it.
 *
 * It is structure, not tokens: `grammar/` turns it into tokens. Text pieces are outside text and can't become structure.
 */

/** Who wrote a segment, and so how it is trained: goal (context), observe (world model), think and act (policy), outcome (judge). */
export const SEGMENT_KINDS = ['goal', 'observe', 'think', 'act', 'outcome'] as const;
export type SegmentKind = (typeof SEGMENT_KINDS)[number];

export type Piece =
  /** Plain text: of a page, a document, a person, or the policy's own. */
  | { readonly kind: 'text'; readonly text: string }
  /** A reference ⟨0⟩ … ⟨255⟩ to something addressable. */
  | { readonly kind: 'reference'; readonly reference: number }
  /** A word of the action grammar. */
  | { readonly kind: 'word'; readonly word: string }
  /** What the runtime wrote after a reference. Never sampled, never trained as policy. */
  | ({ readonly kind: 'echo' } & Echo);

export interface Echo {
  /** What the reference stands for. */
  readonly text: string;
  /** What comes after it on the screen, in reading order; absent where that says nothing. */
  readonly next?: readonly string[];
}

export interface Segment {
  readonly kind: SegmentKind;
  readonly pieces: readonly Piece[];
  /** False: an action shown only so that its repair can be learned; the policy loss leaves it out. */
  readonly imitate?: boolean;
}

export interface Transcript {
  readonly schemaVersion: 1;
  readonly segments: readonly Segment[];
}
