/** The harness around a gym: sessions, observation text, references, drivers, proofs. */
export { actSegment, outcomeSegment } from '../grammar/index.ts';
export {
  type AttachOptions,
  attachBrowser,
  Browser,
  BrowserPage,
  BrowserPool,
  findChromium,
  mergeRuns,
  type PageOptions,
  type PoolOptions,
} from './browser/index.ts';
export { type CheckOptions, type CheckProgress, type ClaimResult, checkGym } from './check-gym.ts';
export { type DefinedGym, defineGym, type GymDefinition } from './define-gym.ts';
export { GymError, InfrastructureError, SessionError, VerifierError } from './errors.ts';
export type {
  Expert,
  ExpertOptions,
  GymModule,
  GymProof,
  Impostor,
  LazyPolicy,
  Move,
  SplitVocabulary,
} from './expert.ts';
export { runInLanes } from './lanes.ts';
export { addCollection, type GymCollection, type LoadedGym, listGyms, loadGym } from './load-gym.ts';
export { cleanText } from './outside-text.ts';
export { type PlayedEpisode, type PlayOptions, playEpisode } from './play-episode.ts';
export { printTranscript } from './print-transcript.ts';
export { computeSourceHash, type Proof, type ProofPlace, requireProof, saveProof, shownPath } from './proof.ts';
export {
  type DemonstrationFiles,
  demonstrationFiles,
  ENDING_HELP,
  type PageWorld,
  type PersonEnding,
  parseEnding,
  type RecordableGym,
  type Recording,
  type RecordOptions,
  readEnding,
  recordDemonstration,
} from './recorder/index.ts';
export { openSession, type SessionOptions, taskHash } from './screen-session.ts';
export * from './web-app/index.ts';
