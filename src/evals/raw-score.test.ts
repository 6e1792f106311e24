import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { hashBytes } from '../base/index.ts';
import type { EpisodeRecord } from '../records/index.ts';
import { pretendEpisode } from './pretend-exam.fixture.ts';
import { hashRawScores, loadRawScores, rawScore, saveRawScores } from './raw-score.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'raw-score-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const episode = (success: number, n = 1): EpisodeRecord =>
  pretendEpisode({ slice: 'base', n, run: 0 }, { seed: 's', success: { base: success } });

describe('a raw score', () => {
  it('holds what the episode says', () => {
    const record = episode(1);
    expect(rawScore(record, 3)).toMatchObject({
      episode: record.id,
      slice: 'base',
      n: 1,
      run: 3,
      success: true,
      audit: true,
      steps: 3,
      stop: 'done',
    });
    const values = record.steps.map(({ value }) => value as number);
    expect(rawScore(record).value).toBe(values[0]);
    expect(rawScore(record).lowestValue).toBe(Math.min(...values));
    const [first, ...others] = record.steps.map((step) => ({ ...step, surpriseNats: 0.25 }));
    const surprised = [{ ...(first as (typeof others)[0]), surpriseNats: 1 }, ...others];
    expect(rawScore({ ...record, steps: surprised })).toMatchObject({ surpriseNats: 0.5, highestSurpriseNats: 1 });
  });

  it('blames the agent for its own faults, nobody for those of sandbox and verifiers', () => {
    const fault = (kind: 'policy' | 'infrastructure' | 'verifier', record: EpisodeRecord) =>
      rawScore({ ...record, fault: { kind, code: 'x', message: 'x' } }).success;
    const unjudged = { ...episode(1), score: null };
    expect(fault('policy', unjudged)).toBe(false);
    expect(fault('policy', episode(1))).toBe(false);
    expect(fault('infrastructure', unjudged)).toBe(null);
    expect(fault('verifier', unjudged)).toBe(null);
    // Accepted, and the second verdict broke off: nobody may choose. Rejected stays rejected.
    expect(fault('verifier', episode(1))).toBe(null);
    expect(fault('verifier', episode(0))).toBe(false);
  });

  it('knows no value and no surprise where one decision lacks it', () => {
    const record = episode(1);
    const [first, ...rest] = record.steps;
    const lacking = { ...(first as (typeof record.steps)[0]), value: null, surpriseNats: null };
    const score = rawScore({ ...record, steps: [lacking, ...rest] });
    expect([score.value, score.lowestValue, score.surpriseNats, score.highestSurpriseNats]).toEqual([null, null, null, null]);
  });
});

describe('the file of raw scores', () => {
  it('comes back as it was, with its hash', () => {
    const scores = Array.from({ length: 20 }, (_, n) => rawScore(episode(0.5, n)));
    const path = join(folder, 'scores.jsonl');
    saveRawScores(path, scores);
    expect(loadRawScores(path)).toEqual({ scores, hash: hashRawScores(scores) });
    expect(hashBytes(readFileSync(path))).toBe(hashRawScores(scores));
  });

  it('refuses lines that are no scores, repetitions and torn ends', () => {
    const path = join(folder, 'scores.jsonl');
    const line = JSON.stringify(rawScore(episode(1)));
    for (const [content, message] of [
      [`${line}\nnonsense\n`, /scores\.jsonl:2/],
      [`${line}\n${line}\n`, /twice/],
      [`${line}\n${line.slice(0, 20)}`, /without an end/],
      [`${line.replace('"success":true', '"success":1')}\n`, /scores\.jsonl:1/],
    ] as const) {
      writeFileSync(path, content);
      expect(() => loadRawScores(path)).toThrow(message);
    }
    expect(() => loadRawScores(join(folder, 'nothing'))).toThrow(/no such file/);
  });
});
