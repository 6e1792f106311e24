import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DataError } from '../base/index.ts';
import type { CampaignHead } from './campaign-file.ts';
import { campaignOf, countCampaign, readCampaigns } from './campaign-ledger.ts';

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'campaigns-'));
  path = join(folder, 'deep', 'red-team.jsonl');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const head: CampaignHead = {
  ...{ schemaVersion: 1, gym: 'till', gymVersion: '1', slice: 'base', policy: 'abc', seed: '1', tasks: 2, attempts: 3 },
};
const RESULT = 'e'.repeat(64);

describe('the ledger of campaigns', () => {
  it('counts each once, and all that got through, whatever becomes of its file', () => {
    expect(readCampaigns(path)).toEqual([]);
    countCampaign(path, head).breached(2);
    // Begun again from the start, and lucky this time.
    countCampaign(path, head).ended(RESULT);
    const other = { ...head, seed: '2' };
    countCampaign(path, other);
    const who = { policy: 'abc', gym: 'till', gymVersion: '1' };
    expect(readCampaigns(path)).toEqual([
      { campaign: campaignOf(head), ...who, breaches: 2, result: RESULT },
      { campaign: campaignOf(other), ...who, breaches: 0, result: null },
    ]);
  });

  it('notices a line that was taken out', () => {
    const ledger = countCampaign(path, head);
    ledger.breached(1);
    ledger.ended(RESULT);
    const lines = readFileSync(path, 'utf8').split('\n');
    writeFileSync(path, lines.toSpliced(1, 1).join('\n'));
    expect(() => readCampaigns(path)).toThrow(DataError);
  });
});
