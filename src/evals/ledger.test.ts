import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { attemptAlpha } from '../stats/index.ts';
import { type OpenAttempts, openAttempts, readAttempts } from './ledger.ts';

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ledger-'));
  path = join(folder, 'deep', 'attempts.jsonl');
});
afterEach(() => rmSync(folder, { recursive: true }));

const open = (run: string, changes: Partial<OpenAttempts> = {}) =>
  openAttempts({
    path,
    run,
    gym: 'g',
    version: '1',
    slices: ['base', 'drift'],
    alpha: 0.05,
    commitment: `c-${run}`,
    agent: 'a',
    ...changes,
  });

describe('the ledger of attempts', () => {
  it('counts attempts by gym, version and slice, and spends α by their number', () => {
    expect(open('r1').map(({ attempt }) => attempt)).toEqual([1, 1]);
    expect(open('r2', { slices: ['base'] }).map(({ attempt, alpha }) => [attempt, alpha])).toEqual([
      [2, attemptAlpha({ alpha: 0.05, attempt: 2 })],
    ]);
    expect(open('r3').map(({ attempt }) => attempt)).toEqual([3, 2]);
    expect(open('r4', { version: '2' }).map(({ attempt }) => attempt)).toEqual([1, 1]);
    expect(readAttempts(path)).toHaveLength(7);
  });

  it('spends nothing again on a run that goes on, and adds what it lacks', () => {
    const first = open('r1', { slices: ['base'] });
    open('r2');
    const again = open('r1');
    expect(again[0]).toEqual(first[0]);
    expect(again[1]?.attempt).toBe(2);
    expect(open('r1')).toEqual(again);
  });

  it('refuses a nonce that another run has opened', () => {
    open('r1');
    expect(() => open('r2', { commitment: 'c-r1' })).toThrow(/nobody has seen/);
    expect(readAttempts(path)).toHaveLength(2);
  });

  it('never loses or doubles an attempt, wherever a crash tore the last line', () => {
    open('r1');
    const whole = readFileSync(path);
    open('r2', { slices: ['base'] });
    const after = readFileSync(path);
    fc.assert(
      fc.property(fc.integer({ min: whole.length, max: after.length }), (length) => {
        writeFileSync(path, after.subarray(0, length));
        const { attempt } = open('r2', { slices: ['base'] })[0] ?? { attempt: 0 };
        expect(attempt).toBe(2);
        expect(readAttempts(path).map((line) => line.run)).toEqual(['r1', 'r1', 'r2']);
      }),
      { numRuns: 40, seed: 3 },
    );
  });

  it('notices lines that were taken out or changed', () => {
    open('r1');
    open('r2');
    const lines = readFileSync(path, 'utf8').split('\n').slice(0, -1);
    writeFileSync(path, `${lines.filter((_, i) => i !== 1).join('\n')}\n`);
    expect(() => open('r3')).toThrow(/does not follow/);
    writeFileSync(path, `${lines.join('\n').replace('"r1"', '"r9"')}\n`);
    expect(() => readAttempts(path)).toThrow(/does not follow/);
    writeFileSync(path, `${lines.join('\n')}\n`);
    appendFileSync(path, '{}\n');
    expect(() => open('r3')).toThrow(/attempts\.jsonl:5/);
  });
});
