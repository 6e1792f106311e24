/**
 * What was accepted, as training and exams read it.
 *
 * Invariant: `trainingData` and `examData` of one book have nothing in common, and neither has anything of another compartment.
 */
import type { EpisodeRecord, StepRecord } from '../records/index.ts';
import type { TriageView } from './triage.ts';
import type { Purpose, TriageEntry } from './triage-entry.ts';

export interface TriageData {
  /** As episodes that succeeded: a person has vouched for them. */
  readonly demonstrations: readonly EpisodeRecord[];
  /** To be worked on afresh; those of a live app (`sandbox: null`) have to be rebuilt in the gym first. */
  readonly tasks: readonly TriageEntry[];
}

/** In the order in which it was reported. */
export const trainingData = (book: TriageView): TriageData => dataFor(book, 'train');

/** In the order in which it was reported. Nothing may learn from it, demonstrations included. */
export const examData = (book: TriageView): TriageData => dataFor(book, 'exam');

function dataFor(book: TriageView, purpose: Purpose): TriageData {
  const accepted = book.entries().filter(({ decision }) => decision?.kind === 'accept' && decision.purpose === purpose);
  const isDemonstration = ({ decision }: TriageEntry): boolean => decision?.kind === 'accept' && decision.as === 'demonstration';
  return {
    demonstrations: accepted.filter(isDemonstration).map(demonstrationOf),
    tasks: accepted.filter((entry) => !isDemonstration(entry)),
  };
}

/** The slice of what was done in a live app, which has none. */
const LIVE = 'live';

/** A live app has no seed either; the exam's split is never learned from, so it stands among the others. */
const NO_SEED = { split: 'train', n: 0 } as const;

const UNKNOWN_STEP: StepRecord = { value: null, logprobs: [], surpriseNats: null, milliseconds: 0 };

function demonstrationOf({ id, agent, gym, sandbox, transcript, decision }: TriageEntry): EpisodeRecord {
  return {
    schemaVersion: 1,
    id,
    gym: gym.name,
    gymVersion: gym.version,
    slice: sandbox?.slice ?? LIVE,
    seed: sandbox?.seed ?? NO_SEED,
    lane: `triage ${id}`,
    policy: `${agent.name} ${agent.version} and a person`,
    transcript,
    steps: transcript.segments.flatMap(({ kind }) => (kind === 'act' ? [UNKNOWN_STEP] : [])),
    stop: null,
    score: { success: true, credit: 1, broken: [], reasons: [`accepted as a demonstration by ${decision?.by}`] },
    audit: null,
    fault: null,
    seconds: 0,
    tokens: null,
  };
}
