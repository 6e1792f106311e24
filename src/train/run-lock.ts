/**
 * One process at a time for a run: two would overwrite each other's steps. The lock is a file with the process's number;
 * one left by a process that is gone (killed, or a machine that was switched off) counts for nothing.
 */
import { closeSync, mkdirSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { hostname } from 'node:os';
import { resolve } from 'node:path';
import { ConfigError, RuntimeError } from '../base/index.ts';

export const LOCK_FILE = '.lock';

/** Locks of this process. */
const held = new Set<string>();

/** Returns what unlocks. Throws `ConfigError` where another process that is alive has the lock. */
export function lockRun(folder: string): () => void {
  const path = resolve(folder, LOCK_FILE);
  for (let attempt = 0; ; attempt++) {
    try {
      mkdirSync(folder, { recursive: true });
      const file = openSync(path, 'wx');
      writeSync(file, `${process.pid} ${hostname()}\n`);
      closeSync(file);
      held.add(path);
      return () => {
        held.delete(path);
        rmSync(path, { force: true });
      };
    } catch (cause) {
      const { code, message } = cause as NodeJS.ErrnoException;
      if (code !== 'EEXIST') {
        const got = code === 'ENOSPC' ? 'a full disk (ENOSPC)' : message;
        throw new RuntimeError({
          operation: `open the run in ${folder}`,
          got,
          expected: 'a folder that can be written',
          fix: 'choose another folder, or free some space',
          cause,
        });
      }
      const owner = ownerOf(path);
      if (owner !== undefined || attempt > 3)
        throw new ConfigError({
          operation: `open the run in ${folder}`,
          got: `a run that process ${owner ?? '(unknown)'} is training`,
          expected: 'one process at a time',
          fix: `wait for it or stop it; if there is no such process any more, remove ${path}`,
        });
      rmSync(path, { force: true });
    }
  }
}

/** Who has the lock; undefined where nobody alive has it. On another machine nobody can tell, so it counts as alive. */
function ownerOf(path: string): string | undefined {
  let text: string;
  try {
    text = readFileSync(path, 'utf8').trim();
  } catch {
    return undefined;
  }
  const [pid, host] = text.split(' ');
  // A kill between making the file and writing to it.
  if (pid === undefined || host === undefined) return undefined;
  if (host !== hostname()) return `${pid} on ${host}`;
  // Numbers are used again: one that is not held here was left by a process before this one.
  if (Number(pid) === process.pid) return held.has(path) ? pid : undefined;
  try {
    process.kill(Number(pid), 0);
    return pid;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM' ? pid : undefined;
  }
}
