/** Ground that everything stands on: errors, seeded random numbers, canonical JSON, hashes, atomic files, ledgers, locks. */
export { saveAtomically, syncFolder } from './atomic-file.ts';
export { canonicalJson, type Json } from './canonical-json.ts';
export { appendChain, type ChainEnd, type ChainReader, loadChain, type Unchained } from './chained-lines.ts';
export {
  CheckpointError,
  ConfigError,
  DataError,
  type Details,
  type ErrorParts,
  GraphError,
  JourneymanError,
  RuntimeError,
  ShapeError,
  TrainingError,
} from './errors.ts';
export { hashBytes, hashJson } from './hash.ts';
export { isLocked, type LockOptions, takeLock } from './process-lock.ts';
export { Random } from './random.ts';
export { stripTypes } from './strip-types.ts';
