import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { judgePretended } from './pretend-agent.fixture.ts';
import { loadJudged, recordJudgement, revoke } from './registry.ts';
import { readStandings } from './standing.ts';

let registry = '';
beforeEach(() => {
  registry = mkdtempSync(join(tmpdir(), 'standing-'));
});
afterEach(() => rmSync(registry, { recursive: true, force: true }));

const now = new Date('2026-03-11T12:00:00.000Z');

function judge(name: string, failures = {}): void {
  const agent = mkdtempSync(join(tmpdir(), 'standing-agent-'));
  try {
    const judgement = { ...judgePretended(agent, { failures }), judgedBefore: loadJudged(registry, name).length };
    recordJudgement(registry, name, { judgement, now });
  } finally {
    rmSync(agent, { recursive: true, force: true });
  }
}

it('lists every version of every agent, the newest first, with what was shown and what became of it', () => {
  judge('clerk', { base: 30, drift: 40 });
  judge('clerk');
  judge('archivist');
  revoke(registry, 'clerk', { version: 1, by: 'Ada', reason: 'too old', now });
  const [archivist, clerk, ...others] = readStandings(registry);
  expect(others).toEqual([]);
  expect([archivist?.name, archivist?.versions.map(({ version }) => version)]).toEqual(['archivist', [1]]);
  expect(clerk?.versions).toMatchObject([
    { version: 2, isAllowed: true, unmet: [], publishedAt: null, isCurrent: false, revoked: null },
    { version: 1, isAllowed: false, unmet: ['certificate', 'bounds'], revoked: { by: 'Ada', reason: 'too old' } },
  ]);
  expect(clerk?.versions[0]?.exam?.slices.map(({ slice, passes, trials }) => [slice, passes, trials])).toEqual([
    ['base', 160, 160],
    ['drift', 60, 60],
  ]);
});

it('tells of a damaged history, hides no other agent, follows no link and minds no stray folder', () => {
  judge('clerk');
  mkdirSync(join(registry, 'broken'));
  writeFileSync(join(registry, 'broken', 'history.jsonl'), '{"kind":"judged"}\n');
  mkdirSync(join(registry, '.hidden'));
  symlinkSync(join(registry, 'clerk'), join(registry, 'linked'));
  expect(readStandings(registry).map(({ name, problem, versions }) => [name, problem === null, versions.length])).toEqual([
    ['broken', false, 0],
    ['clerk', true, 1],
  ]);
  expect(readStandings(join(registry, 'none'))).toEqual([]);
});
