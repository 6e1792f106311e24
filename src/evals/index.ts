/** Suites → report: exams with bounds that anybody can recompute, attempts that are counted, agents that are compared. */
export { loadCertificate, saveCertificate, scoresPath } from './certificate-file.ts';
export { type CertifyOptions, type CertifyResult, certify, type ExamProgress, type PlayExam, type PlayRequest } from './certify.ts';
export { type CertificateCheck, type CheckOptions, checkCertificate } from './check-certificate.ts';
export { type CompareOptions, compareAgents, printComparison, type SliceComparison } from './compare.ts';
export { type InspectLogOptions, saveInspectLog } from './inspect-log.ts';
export { type Attempt, attemptNumbers, type OpenAttempts, openAttempts, readAttempts } from './ledger.ts';
export { type CertificateContext, makeCertificate } from './make-certificate.ts';
export { type ExamJob, examJobs, OTHER_TASKS, type PlanOptions, planExam } from './plan.ts';
export { type PlayExamOptions, playExam } from './play-exam.ts';
export { hashRawScores, type LoadedScores, loadRawScores, rawScore, saveRawScores } from './raw-score.ts';
export type { ComputePoint } from './report/charts.ts';
export { type ProgressReportOptions, renderProgressReport } from './report/progress-report.ts';
export { type ReportOptions, renderReport } from './report/report.ts';
export { assertUnseen, commitNonce, type ExamNumbers, examNumbers, isRevealed, type SeedCommitment } from './seeds.ts';
export { terminalSummary } from './terminal-summary.ts';
export { textTable } from './text-table.ts';
export { type VerdictOptions, verdictSentence } from './verdict.ts';
export { type Suspect, worstEpisodes } from './worst-episodes.ts';
