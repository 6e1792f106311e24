import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { Job, JobEnd } from '../../src/serve/index.ts';
import { readTriage } from '../../src/serve/index.ts';
import { reportJob, TRIAGE, TriageItems, triageKind, withTriage } from './triage-desk.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'triage-desk-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const job: Job = {
  ...{ id: '0b0e7a52-5d2f-4a53-9d0b-0a4f6d0c1a01', by: 'Ada', receivedAt: '2026-01-05T09:00:00.000Z', attempts: 1, version: 3 },
  request: { agent: 'clerk', compartment: 'acme', place: { kind: 'sandbox', slice: 'base', seed: { split: 'train', n: 7 } } },
  ...{ asked: [], questions: [], done: [], undoings: [], undone: [], uncertain: null, untold: null, ended: null, undo: null },
};
const end: JobEnd = {
  ...{ how: 'failed', because: ['x'], surpriseNats: null, intervened: false, answers: 0, seconds: 1 },
  transcript: [
    { kind: 'goal', pieces: [{ kind: 'text', text: 'Pay.' }] },
    { kind: 'observe', pieces: [{ kind: 'text', text: 'a till' }] },
  ],
};
const gym = { name: 'till', version: '1' };

it('jobs that went wrong, or in which somebody stepped in, are reported; once', () => {
  expect(triageKind({ how: 'failed', intervened: false, answers: 0 })).toBe('failure');
  expect(triageKind({ how: 'stopped', intervened: true, answers: 1 })).toBe('intervention');
  expect(triageKind({ how: 'handed-over', intervened: true, answers: 1 })).toBe('intervention');
  expect(triageKind({ how: 'handed-over', intervened: false, answers: 0 })).toBeUndefined();
  expect(triageKind({ how: 'done', intervened: false, answers: 0 })).toBeUndefined();
  expect(triageKind({ how: 'done', intervened: false, answers: 1 })).toBe('answer');
  reportJob(folder, job, end, gym);
  reportJob(folder, job, end, gym);
  reportJob(folder, { ...job, id: '0b0e7a52-5d2f-4a53-9d0b-0a4f6d0c1a02' }, { ...end, how: 'done' }, gym);
  reportJob(folder, job, { ...end, transcript: [] }, gym);
  const entries = readTriage(join(folder, TRIAGE), 'acme').entries();
  expect(entries).toMatchObject([
    { job: job.id, kind: 'failure', agent: { name: 'clerk', version: 3 }, sandbox: { slice: 'base', seed: { split: 'train', n: 7 } } },
  ]);
});

it('one writes at a time', () => {
  withTriage(folder, 'acme', () => expect(() => reportJob(folder, job, end, gym)).toThrow(/is writing/));
});

it('all books are listed, each again only where it has changed; a damaged one hides no other', () => {
  const items = new TriageItems(folder);
  expect(items.list()).toEqual({ entries: [], problems: [] });
  reportJob(folder, job, end, gym);
  const [entry] = items.list().entries;
  expect(entry).toMatchObject({ job: job.id, kind: 'failure' });
  expect(entry).not.toHaveProperty('transcript');
  expect(items.list().entries[0]).toBe(entry);
  reportJob(folder, { ...job, request: { ...job.request, compartment: 'other' } }, end, gym);
  const [one = '', two = ''] = ['acme', 'other'].map((name) => join(folder, TRIAGE, name, 'triage.jsonl'));
  writeFileSync(one, readFileSync(one, 'utf8').replace('"failure"', '"answer"').replace('"at"', '"what"'));
  expect(items.list().entries.map(({ compartment }) => compartment)).toEqual(['other']);
  expect(items.list().problems).toEqual([expect.stringContaining(one)]);
  rmSync(two);
  expect(items.list().entries).toEqual([]);
});
