/**
 * One process at a time for a thing on the disk. The lock is a folder with a file named after the process that holds it, renamed into
 * place, which fails while another one stands; so it is never seen half made. The file of a process that is gone (killed, or a machine
 * that was switched off) is unlinked by its unique name: of two that take over, neither can remove the other's.
 */
import { randomUUID } from 'node:crypto';
import { mkdirSync, readdirSync, renameSync, rmdirSync, rmSync, unlinkSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';
import { ConfigError, RuntimeError } from './errors.ts';

export interface LockOptions {
  /** What the lock is taken for, e.g. `open the run in runs/a`. */
  readonly operation: string;
  /** What `process` does, for the message where it stands in the way, e.g. `a run that process 12 is training`. */
  held(process: string): string;
}

/** Locks of this process. */
const held = new Set<string>();

/** Takes the lock at `path`, whose folder is made. Returns what unlocks. Throws `ConfigError` where another process that is alive has it. */
export function takeLock(path: string, options: LockOptions): () => void {
  const place = resolve(path);
  const owner = `${process.pid}@${hostname()}@${randomUUID()}`;
  const mine = `${place}.${owner}`;
  try {
    mkdirSync(mine, { recursive: true });
    writeFileSync(join(mine, owner), '');
    held.add(owner);
    for (let attempt = 0; !succeeds(() => renameSync(mine, place)); attempt++) takeAway(place, { ...options, isLast: attempt >= 20 });
  } catch (cause) {
    held.delete(owner);
    rmSync(mine, { recursive: true, force: true });
    if (cause instanceof ConfigError) throw cause;
    const { code, message } = cause as NodeJS.ErrnoException;
    throw new RuntimeError({
      operation: options.operation,
      got: code === 'ENOSPC' ? 'a full disk (ENOSPC)' : message,
      expected: 'a folder that can be written',
      fix: 'choose another folder, or free some space',
      cause,
    });
  }
  removeLeftOvers(place);
  return () => {
    held.delete(owner);
    succeeds(() => unlinkSync(join(place, owner)));
    succeeds(() => rmdirSync(place));
  };
}

/** Whether a process that is alive has the lock at `path`. */
export const isLocked = (path: string): boolean => ownersIn(resolve(path)).some((owner) => !isGone(owner));

/** Removes owners that are gone. Throws `ConfigError` where one is alive. */
function takeAway(path: string, { isLast, ...options }: LockOptions & { readonly isLast: boolean }): void {
  const names = ownersIn(path);
  const alive = names.find((name) => !isGone(name));
  if (alive !== undefined || isLast)
    throw new ConfigError({
      operation: options.operation,
      got: options.held(describe(alive ?? '')),
      expected: 'one process at a time',
      fix: `wait for it or stop it; if there is no such process any more, remove ${path}`,
    });
  for (const name of names) succeeds(() => unlinkSync(join(path, name)));
  // Not every system renames over an empty folder.
  succeeds(() => rmdirSync(path));
}

/** A lock of another kind (a file) has an owner that nobody can tell. */
function ownersIn(path: string): readonly string[] {
  try {
    return readdirSync(path);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ENOENT' ? [] : [''];
  }
}

/** On another machine nobody can tell, so its processes count as alive. */
function isGone(owner: string): boolean {
  const [pid, host] = owner.split('@');
  if (host !== hostname()) return false;
  // Numbers are used again: one that is not held here was left by a process before this one.
  if (Number(pid) === process.pid) return !held.has(owner);
  try {
    process.kill(Number(pid), 0);
    return false;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ESRCH';
  }
}

function describe(owner: string): string {
  const [pid = '', host = ''] = owner.split('@');
  return `${pid || '(unknown)'}${host === '' || host === hostname() ? '' : ` on ${host}`}`;
}

/** What a kill between making a lock and renaming it has left. */
function removeLeftOvers(path: string): void {
  const [folder, prefix] = [dirname(path), `${basename(path)}.`];
  for (const name of ownersIn(folder))
    if (name.startsWith(prefix) && isGone(name.slice(prefix.length))) rmSync(join(folder, name), { recursive: true, force: true });
}

const EXPECTED = ['ENOENT', 'EEXIST', 'ENOTEMPTY', 'ENOTDIR', 'EPERM', 'EACCES', 'EBUSY'];

/** False where somebody else was faster. */
function succeeds(action: () => void): boolean {
  try {
    action();
    return true;
  } catch (error) {
    if (EXPECTED.includes((error as NodeJS.ErrnoException).code ?? '')) return false;
    throw error;
  }
}
