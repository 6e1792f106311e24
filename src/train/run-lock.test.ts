import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ConfigError } from '../base/index.ts';
import { lockRun } from './run-lock.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'journeyman-lock-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const lockedBy = (owner: string): void => {
  mkdirSync(join(folder, '.lock'), { recursive: true });
  writeFileSync(join(folder, '.lock', owner), '');
};
/** A process that is gone. */
const gone = (): number => spawnSync(process.execPath, ['--version']).pid;

describe('the lock of a run', () => {
  it('has one owner, and leaves nothing', () => {
    const unlock = lockRun(folder);
    expect(() => lockRun(folder)).toThrow(new RegExp(`process ${process.pid} is training`));
    expect(readdirSync(folder)).toEqual(['.lock']);
    unlock();
    expect(readdirSync(folder)).toEqual([]);
    lockRun(folder)();
  });

  it('is taken from a process that is gone, with what one killed half-way has left', () => {
    const pid = gone();
    lockedBy(`${pid}@${hostname()}@a`);
    mkdirSync(join(folder, `.lock.${pid}@${hostname()}@b`));
    lockRun(folder)();
    expect(readdirSync(folder)).toEqual([]);
  });

  it('is not taken from one that is alive, elsewhere, or of another kind', () => {
    for (const owner of [`${process.ppid}@${hostname()}@a`, `1@another-machine@b`]) {
      lockedBy(owner);
      expect(() => lockRun(folder), owner).toThrow(ConfigError);
      rmSync(join(folder, '.lock'), { recursive: true });
    }
    writeFileSync(join(folder, '.lock'), '');
    expect(() => lockRun(folder)).toThrow(/process \(unknown\) is training/);
  });

  it('of a slower owner, unlocked late, leaves the lock of the next one', () => {
    const slow = lockRun(folder);
    rmSync(join(folder, '.lock'), { recursive: true });
    const unlock = lockRun(folder);
    slow();
    expect(existsSync(join(folder, '.lock'))).toBe(true);
    expect(() => lockRun(folder)).toThrow(ConfigError);
    unlock();
  });
});
