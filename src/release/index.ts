/** Evidence → decision: the gate, what is signed about an agent that passed it, and the registry of those that may work. */
export {
  type Envelope,
  loadEnvelope,
  type OpenedEnvelope,
  type OpenOptions,
  openEnvelope,
  parseEnvelope,
  signEnvelope,
  spellEnvelope,
} from './envelope.ts';
export { type FileHashes, hashFolder, requirePlain } from './files.ts';
export { type JudgeOptions, judgeRelease } from './gate.ts';
export {
  type BestVersion,
  bestVersion,
  type Exam,
  type ExamSlice,
  examsOn,
  findOscillations,
  type JudgedVersion,
  type Oscillation,
  type SliceState,
  sliceState,
} from './history.ts';
export { type HistoryEvent, loadHistory } from './history-file.ts';
export { type Finding, type Judgement, RULES, type Rule } from './judgement.ts';
export { type KeyPair, keyId, loadPrivateKey, makeKeyPair, parsePublicKey, publicKeyPem, savePrivateKey } from './keys.ts';
export { loadReleased, type Released, type Verified, type VerifyOptions } from './load-released.ts';
export { type PublishOptions, publish } from './publish.ts';
export { type ListedRelease, listReleases, loadJudged, recordJudgement, revoke, rollBack } from './registry.ts';
export { findRegressions, type RegressionTest } from './regression.ts';
export type { Requirements } from './requirements.ts';
export type { AgentIdentity } from './rules.ts';
export * from './spec/index.ts';
export { type AgentStanding, readStandings, type VersionStanding } from './standing.ts';
export {
  encodeStatement,
  makeStatement,
  parseStatement,
  type ReleaseStatement,
  STATEMENT_TYPE,
  type StatementOptions,
} from './statement.ts';
