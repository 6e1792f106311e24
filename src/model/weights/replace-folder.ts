/**
 * Folders replaced as a whole. rename(2) can't put a folder in the place of one that has files, so a save of `a` is
 *
 *   1. write and sync everything in `.a.next-<pid>`,  2. rename `a` to `.a.previous`,  3. rename `.a.next-<pid>` to `a`,
 *   4. remove `.a.previous`.
 *
 * Invariant: `a` is whole whenever it exists, and where it doesn't (a crash between 2 and 3) `.a.previous` is whole.
 * Readers (through `readFolder`) look there then, and the next save first moves it back. Step 2 begins only without a
 * `.a.previous`, so a half removed one never stands alone. Plain renames within one folder are the same on every system,
 * unlike exchanging renames (Linux) or symbolic links (privileged on Windows, lost in copies).
 *
 * One writer at a time: of two, the slower one fails. Any number of readers, also during a save.
 */
import { existsSync, lstatSync, mkdirSync, readdirSync, readlinkSync, renameSync, rmSync, statSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { RuntimeError, syncFolder } from '../../base/index.ts';

/** Calls `write` with an empty folder, then puts that folder in the place of `folder`. `write` syncs what it writes. */
export function replaceFolder(folder: string, write: (temporary: string) => void): void {
  const { target, parent, previous, nextPrefix } = places(folder);
  mkdirSync(parent, { recursive: true });
  recover(target, previous);
  // What saves that were killed have left.
  for (const name of readdirSync(parent))
    if (name.startsWith(nextPrefix) && /^\d+$/.test(name.slice(nextPrefix.length)))
      rmSync(join(parent, name), { recursive: true, force: true });
  const next = join(parent, `${nextPrefix}${process.pid}`);
  mkdirSync(next);
  try {
    write(next);
    syncFolder(next);
    if (existsSync(target)) renameSync(target, previous);
    renameSync(next, target);
    syncFolder(parent);
  } catch (cause) {
    rmSync(next, { recursive: true, force: true });
    recover(target, previous);
    throw cause;
  }
  rmSync(previous, { recursive: true, force: true });
}

/**
 * Calls `read` with the folder where the content of `folder` is, and again when a save moved it meanwhile: the result is
 * of one version. Where there is none, `read` gets the path that doesn't exist.
 */
export function readFolder<T>(folder: string, read: (path: string) => T): T {
  const attempts = 20;
  for (let attempt = 1; ; attempt++) {
    const before = locate(folder);
    let failure: { readonly cause: unknown } | undefined;
    let result: T | undefined;
    try {
      result = read(before.path);
    } catch (cause) {
      failure = { cause };
    }
    const after = locate(folder);
    if (after.path === before.path && after.identity === before.identity) {
      if (failure !== undefined) throw failure.cause;
      return result as T;
    }
    if (attempt === attempts)
      throw new RuntimeError({
        operation: `read ${folder}`,
        got: `a folder that was replaced during each of ${attempts} attempts`,
        expected: 'one that stays while it is read',
        fix: 'save less often, or read a copy',
      });
  }
}

/** Which folder has the content now, and something that changes when it is another one. */
function locate(folder: string): { readonly path: string; readonly identity: string } {
  const { target, previous } = places(folder);
  const path = existsSync(target) || !existsSync(previous) ? target : previous;
  const stats = statSync(path, { bigint: true, throwIfNoEntry: false });
  return { path, identity: stats === undefined ? 'none' : `${stats.dev}:${stats.ino}:${stats.birthtimeNs}` };
}

function recover(target: string, previous: string): void {
  if (!existsSync(previous)) return;
  if (existsSync(target)) rmSync(previous, { recursive: true, force: true });
  else renameSync(previous, target);
  syncFolder(dirname(target));
}

function places(folder: string): {
  readonly target: string;
  readonly parent: string;
  readonly previous: string;
  readonly nextPrefix: string;
} {
  const target = followLinks(resolve(folder));
  const parent = dirname(target);
  return { target, parent, previous: join(parent, `.${basename(target)}.previous`), nextPrefix: `.${basename(target)}.next-` };
}

/** Where a symbolic link leads, also one to nothing; so that the link stays a link. */
function followLinks(path: string): string {
  let at = path;
  for (let depth = 0; depth < 40 && lstatSync(at, { throwIfNoEntry: false })?.isSymbolicLink() === true; depth++)
    at = resolve(dirname(at), readlinkSync(at));
  return at;
}
