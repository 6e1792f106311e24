import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { recordPasses } from './triage-passes.ts';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'triage-passes-'));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const entry = (n: number): string => n.toString(16).padStart(24, '0');
/** `passed`: of entries 1, 2, … */
const record = (policy: string, passed: readonly boolean[], compartment = 'acme'): readonly string[] =>
  recordPasses(root, compartment, {
    policy,
    results: passed.map((one, i) => ({ entry: entry(i + 1), passed: one })),
    now: new Date('2026-03-01T08:00:00.000Z'),
  });

it('what any earlier version passed must be passed, each task by itself', () => {
  expect(record('one', [true, false, false])).toEqual([]);
  expect(record('two', [false, true, false])).toEqual([entry(1)]);
  expect(record('three', [false, false, false])).toEqual([entry(1), entry(2)]);
  expect(record('four', [true, true, true])).toEqual([]);
});

it('the same again says the same and writes nothing', () => {
  record('one', [true, true]);
  record('two', [true, false]);
  record('three', [true, true]);
  const before = readFileSync(join(root, 'acme', 'passed.jsonl'), 'utf8');
  expect(record('one', [true, true])).toEqual([]);
  expect(record('two', [true, false])).toEqual([entry(2)]);
  expect(readFileSync(join(root, 'acme', 'passed.jsonl'), 'utf8')).toBe(before);
  // A version is not held against those that came after it.
  expect(record('zero', [false, true, false])).toEqual([entry(1)]);
  expect(record('last', [true, true, true])).toEqual([]);
  expect(record('zero', [false, true, false])).toEqual([entry(1)]);
});

it('compartments know nothing of each other, and a ledger is only ever added to', () => {
  record('one', [true]);
  expect(record('two', [false], 'globex')).toEqual([]);
  const path = join(root, 'acme', 'passed.jsonl');
  const whole = readFileSync(path, 'utf8');
  writeFileSync(path, readFileSync(join(root, 'globex', 'passed.jsonl')));
  expect(() => record('two', [true])).toThrow('does not follow');
  writeFileSync(path, `${whole}${whole}`);
  expect(() => record('two', [true])).toThrow('does not follow');
  rmSync(path);
  symlinkSync(join(root, 'globex', 'passed.jsonl'), path);
  expect(() => record('two', [true])).toThrow('a symbolic link');
  expect(() => record('two', [true], '../acme')).toThrow('the compartment');
});
