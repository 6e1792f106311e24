/**
 * Where demonstrations are kept: one line of JSON each, added whole or not at all, and on the disk before the next task begins.
 *
 *   NAME.jsonl            transcripts that the verifier accepted, as training reads them
 *   NAME.recorded.jsonl   about each of them: task, lane, actions, score, hash of the transcript
 *   NAME.rejected.jsonl   those set aside, with their reasons
 */
import { closeSync, fstatSync, fsyncSync, ftruncateSync, mkdirSync, openSync, readSync, writeSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { RuntimeError, syncFolder } from '../../base/index.ts';

export interface DemonstrationFiles {
  readonly accepted: string;
  readonly recorded: string;
  readonly rejected: string;
}

/** Paths below `folder`; a slash in the gym's name is a folder. */
export function demonstrationFiles(folder: string, gym: string): DemonstrationFiles {
  const path = (ending: string): string => join(folder, ...`${gym}${ending}.jsonl`.split('/'));
  return { accepted: path(''), recorded: path('.recorded'), rejected: path('.rejected') };
}

/** Adds one line. What a crash left half-written before is ended first, so that it spoils only itself; what can't be written whole is taken back. */
export function appendLine(path: string, record: unknown): void {
  mkdirSync(dirname(path), { recursive: true });
  const file = openSync(path, 'a+', 0o600);
  const before = fstatSync(file).size;
  try {
    const last = Buffer.alloc(1);
    if (before > 0) readSync(file, last, 0, 1, before - 1);
    const bytes = Buffer.from(`${before > 0 && last[0] !== 0x0a ? '\n' : ''}${JSON.stringify(record)}\n`, 'utf8');
    for (let at = 0; at < bytes.byteLength; ) at += writeSync(file, bytes, at, bytes.byteLength - at);
    fsyncSync(file);
  } catch (cause) {
    ftruncateSync(file, before);
    throw new RuntimeError({
      operation: `add to ${path}`,
      got: (cause as Error).message,
      expected: 'a file that can be written, with enough space',
      fix: 'free some space; what stood there before is untouched',
      cause,
    });
  } finally {
    closeSync(file);
  }
  syncFolder(dirname(path));
}
