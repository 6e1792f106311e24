import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { checkCertificate } from '../evals/index.ts';
import type { RawScore } from '../records/index.ts';
import { sequentialBound, upperBound } from '../stats/index.ts';
import { examOf } from './exam.ts';
import type { ExamSlice } from './history.ts';
import { type PretendAgent, pretendAgent } from './pretend-agent.fixture.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'exam-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

function examine(pretended: PretendAgent) {
  pretendAgent(folder, pretended);
  const check = checkCertificate(join(folder, 'certificate.json'));
  const [base, drift] = examOf(check, 'ab'.repeat(32)).slices as [ExamSlice, ExamSlice];
  return { check, base, drift };
}
const onDrift = (of: number, change: Partial<RawScore>) => (score: RawScore) =>
  score.slice === 'drift' && Number(score.episode.split('-')[1]) < of ? { ...score, ...change } : score;

describe('what is remembered of an exam', () => {
  it('are both bounds at the level that the attempt spent, as the slice was played', () => {
    const { check, base, drift } = examine({ failures: { base: 20, drift: 30 } });
    const { alpha } = drift;
    const failed = check.scores.filter(({ slice }) => slice === 'base').map(({ success }) => success === false);
    expect(base.upperBound).toBe(1 - sequentialBound({ outcomes: failed, alpha }));
    expect(drift.upperBound).toBe(upperBound({ events: 30, trials: 60, alpha }));
    expect([base.lowerBound, drift.lowerBound]).toEqual(check.certificate.slices.map(({ gateBound }) => gateBound));
    for (const { lowerBound, passes, trials, upperBound: upper } of [base, drift]) {
      expect(lowerBound).toBeLessThan(passes / trials);
      expect(upper).toBeGreaterThan(passes / trials);
    }
  });

  it('counts no episode against the agent that has no verdict, of the second verifier too', () => {
    expect(examine({ change: onDrift(4, { success: null, audit: null }) }).drift).toMatchObject({ trials: 56, passes: 56, upperBound: 1 });
    expect(examine({ change: onDrift(4, { audit: null }) }).drift).toMatchObject({ trials: 56, passes: 56 });
    expect(examine({ change: onDrift(4, { audit: null }), plan: { audit: 'sample' } }).drift).toMatchObject({ trials: 60, passes: 60 });
  });

  it('counts as passed only what both verifiers accept, and as never-event what any episode shows', () => {
    expect(examine({ change: onDrift(4, { audit: false }) }).drift).toMatchObject({ trials: 60, passes: 56 });
    const { drift, check } = examine({ change: onDrift(3, { broken: ['deleted'] }) });
    expect(drift).toMatchObject({ neverEvents: 3, neverEventsBound: check.certificate.slices[1]?.neverEvents.upperBound });
  });
});
