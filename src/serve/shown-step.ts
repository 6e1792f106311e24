/** A step of a job as the console is sent it: in lines that are made where those of reports are, so that what people read is the same in both. */
import { segmentLines } from '../evals/index.ts';
import type { Piece, SegmentKind } from '../records/index.ts';
import type { JobStep } from './work-job.ts';

export interface ShownStep extends Omit<JobStep, 'segment'> {
  readonly kind: SegmentKind;
  readonly lines: readonly (readonly Piece[])[];
}

export const showStep = ({ segment, ...step }: JobStep): ShownStep => ({ ...step, kind: segment.kind, lines: segmentLines(segment) });
