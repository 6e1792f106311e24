import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ConfigError, RuntimeError } from './errors.ts';
import { isLocked, type LockOptions, takeLock } from './process-lock.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'journeyman-lock-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const options: LockOptions = { operation: 'open the book', held: (process) => `a book that process ${process} is reading` };

describe('a lock', () => {
  it('stands beside what it locks, has one owner and leaves nothing', () => {
    const path = join(folder, 'deep', '.book.lock');
    const unlock = takeLock(path, options);
    expect(() => takeLock(path, options)).toThrow(ConfigError);
    expect(() => takeLock(path, options)).toThrow(
      new RegExp(`^open the book: got a book that process ${process.pid} is reading, expected one process at a time. To fix it: .*${path}`),
    );
    expect([isLocked(path), isLocked(join(folder, 'deep', '.other.lock'))]).toEqual([true, false]);
    // Another thing in the same folder has its own.
    takeLock(join(folder, 'deep', '.other.lock'), options)();
    expect(readdirSync(join(folder, 'deep'))).toEqual(['.book.lock']);
    unlock();
    unlock();
    expect(readdirSync(join(folder, 'deep'))).toEqual([]);
  });

  it('is taken from a process that is gone, with its own left-overs only', () => {
    const owner = `${spawnSync(process.execPath, ['--version']).pid}@${hostname()}@a`;
    mkdirSync(join(folder, '.book.lock'));
    writeFileSync(join(folder, '.book.lock', owner), '');
    mkdirSync(join(folder, `.book.lock.${owner}`));
    mkdirSync(join(folder, `.other.lock.${owner}`));
    expect(isLocked(join(folder, '.book.lock'))).toBe(false);
    takeLock(join(folder, '.book.lock'), options)();
    expect(readdirSync(folder)).toEqual([`.other.lock.${owner}`]);
  });

  it('says where it can not be made', () => {
    writeFileSync(join(folder, 'file'), '');
    expect(() => takeLock(join(folder, 'file', '.lock'), options)).toThrow(RuntimeError);
  });
});
