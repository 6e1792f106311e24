/** A released agent at work, under the eyes of people: what they approve, how they stop it, and what is learned from what it met. */
export { type Approval, type ApprovalBook, openApprovals, REFUSALS, type Refusal } from './approvals.ts';
export { digestOf, type ShownAction } from './shown-action.ts';
export { openStopSwitch, type Stop, type StopScope, type StopSwitch } from './stop-switch.ts';
export { openTriage, type ReadTriageOptions, readTriage, type TriageBook, type TriageView } from './triage.ts';
export { examData, type TriageData, trainingData } from './triage-data.ts';
export {
  compartmentSchema,
  type Decided,
  type Decision,
  PURPOSES,
  type Purpose,
  TRIAGE_KINDS,
  type TriageEntry,
  type TriageKind,
  type TriageReport,
} from './triage-entry.ts';
export { type ExaminedEntry, type PassesOptions, recordPasses } from './triage-passes.ts';
