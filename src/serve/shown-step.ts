/** A step of a job as the console is sent it: in lines that are made where those of reports are, so that what people read is the same in both. */
import { segmentLines } from '../evals/index.ts';
import type { Piece, Segment, SegmentKind } from '../records/index.ts';
import type { JobStep } from './work-job.ts';

export interface ShownSegment {
  readonly kind: SegmentKind;
  readonly lines: readonly (readonly Piece[])[];
}

export interface ShownStep extends Omit<JobStep, 'segment'>, ShownSegment {}

export const showSegment = (segment: Segment): ShownSegment => ({ kind: segment.kind, lines: segmentLines(segment) });

export const showStep = ({ segment, ...step }: JobStep): ShownStep => ({ ...step, ...showSegment(segment) });
