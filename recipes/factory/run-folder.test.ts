import { spawnSync } from 'node:child_process';
import { appendFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CheckpointError, ConfigError, RuntimeError } from '../../src/base/index.ts';
import { openRun, type RunFolder, readEvents } from './run-folder.ts';

let parent: string;
let folder: string;
beforeEach(() => {
  parent = mkdtempSync(join(tmpdir(), 'journeyman-run-'));
  folder = join(parent, 'run');
});
afterEach(() => rmSync(parent, { recursive: true, force: true }));

const SETTINGS = { gym: 'countdown', seed: 1, list: [1, { a: null }] };
const open = (settings: Parameters<typeof openRun>[0]['settings'] = SETTINGS): RunFolder => openRun({ folder, settings });

/** Opens, does `work`, and closes. */
async function within<T>(work: (run: RunFolder) => T | Promise<T>): Promise<T> {
  const run = open();
  try {
    return await work(run);
  } finally {
    run.close();
  }
}

describe('openRun', () => {
  it('does a stage once, also when it is opened again', async () => {
    let times = 0;
    const work = (run: RunFolder) => run.stage('count', async () => ({ times: ++times }));
    expect(await within((run) => [run.isResumed, run.result('count') ?? null])).toEqual([false, null]);
    expect(await within(work)).toEqual({ times: 1 });
    expect(await within(work)).toEqual({ times: 1 });
    expect(await within((run) => [run.isResumed, run.result('count') ?? null])).toEqual([true, { times: 1 }]);
  });

  it('keeps nothing of a stage that threw', async () => {
    await within(async (run) => {
      await expect(run.stage('bad', () => Promise.reject(new Error('no')))).rejects.toThrow('no');
      expect(run.result('bad')).toBeUndefined();
    });
  });

  it('refuses other options, and names each of them', async () => {
    await within(() => undefined);
    const reopen = (settings: Parameters<typeof openRun>[0]['settings']) => () => open(settings);
    expect(reopen({ ...SETTINGS, seed: 2, more: true })).toThrow(ConfigError);
    expect(reopen({ ...SETTINGS, seed: 2, more: true })).toThrow(/got seed = 2, more = true, expected .*seed = 1, more = null.*--out/);
    // The order of keys says nothing, and a refusal leaves the run free.
    open({ list: [1, { a: null }], seed: 1, gym: 'countdown' }).close();
  });

  it('refuses what another version or nobody wrote', async () => {
    mkdirSync(folder);
    writeFileSync(join(folder, 'run.json'), '{"schemaVersion":2}');
    expect(() => open()).toThrow(/a run of version 2, expected version 1/);
    writeFileSync(join(folder, 'run.json'), '{"schemaVersion":');
    expect(() => open()).toThrow(CheckpointError);
    writeFileSync(join(folder, 'run.json'), '[]');
    expect(() => open()).toThrow(/a run of version undefined/);
  });

  it('says so where there can be no folder', () => {
    writeFileSync(folder, 'a file');
    expect(() => open()).toThrow(RuntimeError);
    expect(() => open()).toThrow(/open the run .*choose another folder/);
  });

  it('lets one in at a time', async () => {
    await within(() => expect(() => open()).toThrow(/a run that process \d+ is working on/));
    await within(() => undefined);
  });

  it('tells events, and a torn line costs no other', async () => {
    await within((run) => run.tell({ kind: 'note', text: 'first' }));
    appendFileSync(join(folder, 'events.jsonl'), '{"at":"2026-01-01T');
    await within((run) => run.tell({ kind: 'note', text: 'second' }));
    expect(readEvents(folder).map((event) => event.kind === 'note' && event.text)).toEqual(['first', 'second']);
    expect(readEvents(join(folder, 'nowhere'))).toEqual([]);
  });

  it('keeps a line of progress a second, and the last one', async () => {
    const told: unknown[] = [];
    const run = openRun({ folder, settings: SETTINGS, onEvent: (event) => told.push(event) });
    const figures = {};
    for (let done = 1; done <= 50; done++)
      run.tell({ kind: 'progress', stage: 'rl', done, of: 50, unit: 'episodes', perSecond: null, secondsLeft: null, figures });
    run.close();
    expect(told).toHaveLength(50);
    expect(readEvents(folder).map((event) => event.kind === 'progress' && event.done)).toEqual([1, 50]);
  });

  it('says that the disk is full, and goes on when it is not', async ({ skip }) => {
    mkdirSync(folder);
    const { status } = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', folder]);
    skip(status !== 0, 'no small file system can be mounted here');
    try {
      await within(async (run) => {
        await run.stage('early', async () => 'kept');
        const fill = (): void => {
          for (let i = 0; i < 1000; i++) run.tell({ kind: 'note', text: 'x'.repeat(1000) });
        };
        expect(fill).toThrow(/a full disk \(ENOSPC\).*the same command goes on/);
        await expect(run.stage('late', async () => 'y'.repeat(9000))).rejects.toThrow(/a full disk/);
        expect(run.result('late')).toBeUndefined();
      });
      rmSync(join(folder, 'events.jsonl'));
      expect(await within((run) => run.stage('early', async () => 'again'))).toBe('kept');
      expect(existsSync(join(folder, 'events.jsonl'))).toBe(false);
      expect(readFileSync(join(folder, 'stages', 'early.json'), 'utf8')).toBe('"kept"\n');
    } finally {
      spawnSync('umount', [folder]);
    }
  });
});
