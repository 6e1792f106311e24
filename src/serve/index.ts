/** A released agent at work, under the eyes of people: its jobs, what they approve, how they stop it, and what is learned from what it met. */
export { type Approval, type ApprovalBook, openApprovals, REFUSALS, type Refusal } from './approvals.ts';
export { type AuditLog, openAuditLog } from './audit-log.ts';
export type { ServedAgent } from './door.ts';
export { type Api, type ApiOptions, type BatchAnswer, makeApi, type RunSummary, type ServedRun } from './http.ts';
export { JOB_ENDINGS, type Job, type JobEnding, type JobRequest, type Place } from './job.ts';
export { MONITORS_ALPHA, type Monitors, type MonitorsOptions, openMonitors } from './monitors.ts';
export { type ExamLevelsOptions, examLevels, type JobObservation, type MonitorLevels, surpriseLimit } from './monitors-levels.ts';
export {
  type Alarm,
  beginMonitors,
  type Detector,
  type FinishedJob,
  MONITOR_NAMES,
  MONITORS,
  type MonitorName,
  type MonitorsState,
  observeJob,
} from './monitors-state.ts';
export type { Thresholds } from './oversight.ts';
export { addPerson, loadPeople, type People, type Person, ROLES, type Role } from './people.ts';
export {
  type Choice,
  openPreferences,
  type Pair,
  type Preference,
  type PreferenceBook,
  pairOf,
  type ShownPair,
} from './preferences.ts';
export { formAbout, openQuestions, type Question, type QuestionBook, type QuestionForm } from './questions.ts';
export { digestOf, type ShownAction } from './shown-action.ts';
export type { ShownSegment, ShownStep } from './shown-step.ts';
export { openStopSwitch, type Stop, type StopScope, type StopSwitch } from './stop-switch.ts';
export { openTranscripts, type Transcripts } from './transcripts.ts';
export { openTriage, type ReadTriageOptions, readTriage, type TriageBook, type TriageView } from './triage.ts';
export { examData, type TriageData, trainingData } from './triage-data.ts';
export {
  compartmentSchema,
  type Decided,
  type Decision,
  decisionSchema,
  PURPOSES,
  type Purpose,
  TRIAGE_KINDS,
  type TriageEntry,
  type TriageItem,
  type TriageKind,
  type TriageList,
  type TriageReport,
} from './triage-entry.ts';
export { type ExaminedEntry, type PassesOptions, recordPasses } from './triage-passes.ts';
export { type DoneAction, type UndoJobOptions, type UndoReport, undoingSchema, undoJob } from './undo.ts';
export type { JobEnd, JobStep, Worker } from './work-job.ts';
export { type JobState, type JobView, openWorkplace, type Workplace, type WorkplaceOptions } from './workplace.ts';
