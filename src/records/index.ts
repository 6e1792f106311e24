/** The records that everyone shares, and the interfaces between the layers. */
export { type Action, KEYS, type Key, NORMALISERS, type Normaliser, RISKS, type Risk, VERBS, type Verb } from './action.ts';
export type { Batch, Episode, Pointing } from './batch.ts';
export type {
  AbstentionCertificate,
  Certificate,
  CertificationPlan,
  Lineage,
  RawScore,
  SliceCertificate,
  SlicePlan,
} from './certificate.ts';
export type { EpisodeRecord, FaultKind, StepRecord } from './episode-record.ts';
export {
  type AttachTarget,
  type Ending,
  type GoalPart,
  type Gym,
  type GymManifest,
  type Lane,
  type Limits,
  type Score,
  type Seed,
  type Session,
  type SliceManifest,
  type Snapshot,
  SPLITS,
  type Split,
  type Task,
} from './gym.ts';
export { type Observation, OFFERS, type Offer, STOP_MEANINGS, STOP_REASONS, type StopReason, type Target } from './observation.ts';
export { parseRunEvent } from './parse-run-event.ts';
export type { Decision, Player, Policy, Reading } from './policy.ts';
export { type RunEvent, STAGES, type Stage } from './run-event.ts';
export { type LossPoint, type RunStanding, type RunState, runStanding } from './run-standing.ts';
export { type Echo, type Piece, SEGMENT_KINDS, type Segment, type SegmentKind, type Transcript } from './transcript.ts';
export type { Applied, Inverse, UndoAdapter, Undoing } from './undo.ts';
export type { Command, Screen, ScreenElement, World } from './world.ts';
