/** Demonstrations by people: followed, played again, verified, kept. */
export { type DemonstrationFiles, demonstrationFiles } from './demonstrations.ts';
export { ENDING_HELP, type PersonEnding, parseEnding, readEnding } from './ending.ts';
export { type PageWorld, type RecordableGym, type Recording, type RecordOptions, recordDemonstration } from './record-demonstration.ts';
export type { Step } from './step.ts';
