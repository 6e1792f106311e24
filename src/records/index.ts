/** The records that everyone shares. */
export type { Batch, Episode, Pointing } from './batch.ts';
export { type Piece, SEGMENT_KINDS, type Segment, type SegmentKind, type Transcript } from './transcript.ts';
