/** What the gate says of an agent: one finding a rule, one plain sentence a finding, and what is to be remembered of its exam. */
import type { FileHashes } from './files.ts';
import type { Exam } from './history.ts';

export const RULES = [
  'certificate',
  'recomputed',
  'confidence',
  'identity',
  'files',
  'gym',
  'slices',
  'never-events',
  'bounds',
  'regression',
  'oscillation',
  'age',
  'red-team',
] as const;
export type Rule = (typeof RULES)[number];

export interface Finding {
  readonly rule: Rule;
  readonly isMet: boolean;
  /** For whoever decides, not for whoever programs. */
  readonly sentence: string;
}

export interface Judgement {
  /** Every finding is met. */
  readonly isAllowed: boolean;
  /** One a rule, in the order of `RULES`. */
  readonly findings: readonly Finding[];
  /** For the history; null where what it says can't be believed: such figures must not become the best ever. */
  readonly exam: Exam | null;
  /** Files of the agent's folder as they were judged. */
  readonly files: FileHashes;
  /** Versions that it was compared with. */
  readonly judgedBefore: number;
}
