/**
 * Files that are whole or absent. Content goes to a temporary file beside the target, is synced, then renamed over it
 * (rename(2) replaces atomically), then the folder is synced. A crash, SIGKILL or a full disk leaves the old file.
 */
import { closeSync, fsyncSync, mkdirSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { threadId } from 'node:worker_threads';
import { RuntimeError } from './errors.ts';

export function saveAtomically(path: string, parts: Uint8Array | string | readonly (Uint8Array | string)[]): void {
  const folder = dirname(path);
  const temporary = join(folder, `.${basename(path)}.${process.pid}-${threadId}.tmp`);
  try {
    mkdirSync(folder, { recursive: true });
    const file = openSync(temporary, 'w');
    try {
      for (const part of typeof parts === 'string' || parts instanceof Uint8Array ? [parts] : parts)
        writeWhole(file, typeof part === 'string' ? Buffer.from(part, 'utf8') : part);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    renameSync(temporary, path);
    syncFolder(folder);
  } catch (cause) {
    removeIfPossible(temporary);
    const { code } = cause as NodeJS.ErrnoException;
    throw new RuntimeError({
      operation: `save ${path}`,
      got: code === 'ENOSPC' ? 'a full disk (ENOSPC)' : String((cause as Error).message),
      expected: 'a folder that can be written, with enough space',
      fix: 'free some space or save elsewhere; what stood at that path before is untouched',
      cause,
    });
  }
}

/** Makes a finished rename or removal in `folder` survive a power cut. */
export function syncFolder(folder: string): void {
  if (process.platform === 'win32') return; // Windows syncs no folders.
  const handle = openSync(folder, 'r');
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}

/** Tidying up must not hide the reason why it is needed. */
function removeIfPossible(path: string): void {
  try {
    rmSync(path, { force: true });
  } catch {
    // What can't even be looked at was not made.
  }
}

function writeWhole(file: number, bytes: Uint8Array): void {
  for (let at = 0; at < bytes.byteLength; ) at += writeSync(file, bytes, at, bytes.byteLength - at);
}
