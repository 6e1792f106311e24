/** One process at a time for a run: two would overwrite each other's steps. */
import { join } from 'node:path';
import { takeLock } from '../base/index.ts';

export const LOCK_FOLDER = '.lock';

/** Returns what unlocks. Throws `ConfigError` where another process that is alive has the lock. */
export function lockRun(folder: string): () => void {
  return takeLock(join(folder, LOCK_FOLDER), {
    operation: `open the run in ${folder}`,
    held: (process) => `a run that process ${process} is training`,
  });
}
