import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { takeLock } from '../../src/base/index.ts';
import type { EpisodeRecord } from '../../src/records/index.ts';
import { openJournal } from '../../src/rollout/index.ts';
import { PreferenceDesk } from './preference-desk.ts';
import { RunList } from './run-list.ts';

let runs: string;
beforeEach(() => {
  runs = mkdtempSync(join(tmpdir(), 'journeyman-runs-'));
});
afterEach(() => rmSync(runs, { recursive: true, force: true }));

let made = 0;
function episode(n: number, did: string, rest: Partial<EpisodeRecord> = {}): EpisodeRecord {
  return {
    ...{ schemaVersion: 1, id: String(++made).padStart(16, '0'), gym: 'till', gymVersion: '1', slice: 'base', seed: { split: 'train', n } },
    ...{ lane: 'a', policy: 'p', steps: [], stop: null, audit: null, fault: null, seconds: 1, tokens: null },
    transcript: {
      schemaVersion: 1,
      segments: [
        {
          kind: 'act',
          pieces: [
            { kind: 'word', word: did },
            { kind: 'reference', reference: made },
          ],
        },
      ],
    },
    score: { success: true, credit: 1, broken: [], reasons: [] },
    ...rest,
  };
}
const wrong = { score: { success: false, credit: 0, broken: [], reasons: [] } };

async function journal(path: string, records: readonly EpisodeRecord[]): Promise<void> {
  const opened = openJournal(join(runs, path));
  for (const record of records) await opened.append(record);
  await opened.close();
}
const never = () => false;
const words = ({ left, right }: { left: unknown; right: unknown }): string[] =>
  [left, right].map((side) => /"word":"(.*?)"/.exec(JSON.stringify(side))?.[1] ?? '').sort();

describe('what people are asked to compare', () => {
  it('is one task worked on in two ways; first where the verifier has no opinion', async () => {
    await journal('till/1/rounds/round-1.jsonl', [episode(1, 'wait', wrong), episode(2, 'ask'), episode(3, 'done')]);
    await journal('till/1/rounds/round-2.jsonl', [episode(1, 'done'), episode(2, 'done'), episode(3, 'done')]);
    const desk = new PreferenceDesk(runs);
    const first = await desk.next(never);
    expect(first && words(first)).toEqual(['ask', 'done']);
    const second = await desk.next((id) => id === first?.id);
    expect(second && words(second)).toEqual(['done', 'wait']);
    // Only their references differ in the third.
    expect(await desk.next((id) => [first?.id, second?.id].includes(id))).toBeUndefined();
    expect(desk.pair(first?.id ?? '')).toEqual(first);
    expect(() => desk.pair('nobody')).toThrow(/none of this id/);
  });

  it('is no task of an exam, none that broke off, none of another place of a run', async () => {
    const exam = { seed: { split: 'exam', n: 1 } } as const;
    const broken = { fault: { kind: 'policy', code: 'x', message: 'x' } } as const;
    await journal('till/1/rounds/round-1.jsonl', [
      episode(1, 'wait', exam),
      episode(1, 'done', exam),
      episode(2, 'wait', broken),
      episode(2, 'done'),
    ]);
    await journal('till/1/validate/1.jsonl', [episode(3, 'wait'), episode(3, 'done')]);
    expect(await new PreferenceDesk(runs).next(never)).toBeUndefined();
  });

  it('comes from whole journals where one is damaged, and from nowhere where there is none', async () => {
    expect(await new PreferenceDesk(join(runs, 'nowhere')).next(never)).toBeUndefined();
    mkdirSync(join(runs, 'till', '2', 'rounds'), { recursive: true });
    writeFileSync(join(runs, 'till', '2', 'rounds', 'round-1.jsonl'), '{"what":"ever"}\n');
    await journal('till/1/rl/round-1.jsonl', [episode(1, 'wait'), episode(1, 'done')]);
    expect(await new PreferenceDesk(runs).next(never)).toBeDefined();
  });
});

describe('the runs in a folder', () => {
  const begun = JSON.stringify({ at: '2026-11-26T10:00:00.000Z', kind: 'begun', run: 'r', gym: 'till', stages: ['sft'], resumed: false });

  it('are listed with their standing, the newest first, and read again when they tell more', () => {
    expect(new RunList(join(runs, 'nowhere')).list()).toEqual([]);
    for (const name of ['one', 'two', '.hidden']) mkdirSync(join(runs, 'till', name), { recursive: true });
    writeFileSync(join(runs, 'till', 'one', 'events.jsonl'), `${begun}\n`);
    writeFileSync(join(runs, 'till', '.hidden', 'events.jsonl'), `${begun}\n`);
    const list = new RunList(runs);
    expect(list.list()).toMatchObject([{ id: 'till/one', gym: 'till', state: 'stopped', stage: null }]);
    expect(list.list()[0]).toEqual(list.list()[0]);
    const unlock = takeLock(join(runs, 'till', 'one', '.lock'), { operation: 'work', held: () => 'a run' });
    const stage = { at: '2026-11-26T10:00:01.000Z', kind: 'stage', stage: 'sft', state: 'begun', note: 'n' };
    writeFileSync(join(runs, 'till', 'one', 'events.jsonl'), `${begun}\n${JSON.stringify(stage)}\nnot an event\n{"torn`);
    expect(list.list()).toMatchObject([{ state: 'running', stage: { name: 'sft', note: 'n' } }]);
    unlock();
    expect(list.list()).toMatchObject([{ state: 'stopped' }]);
  });
});
