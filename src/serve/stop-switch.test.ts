import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ConfigError, DataError } from '../base/index.ts';
import { openStopSwitch } from './stop-switch.ts';

const [ONE, OTHER] = ['0b0e7a52-5d2f-4a53-9d0b-0a4f6d0c1a01', '0b0e7a52-5d2f-4a53-9d0b-0a4f6d0c1a02'] as const;
const clerk = (id: string) => ({ id, agent: 'clerk' });
const press = (by: string, hour = 9) => ({ by, reason: 'it books the wrong vendor', now: new Date(Date.UTC(2026, 0, 5, hour)) });
let folder = '';
const path = (): string => join(folder, 'stops.jsonl');

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'stops-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('the stop switch', () => {
  it('stops a job, an agent or everything, and nothing else', () => {
    const stops = openStopSwitch(path());
    expect(stops.stopping(clerk(ONE))).toBeUndefined();
    stops.stop({ kind: 'job', job: ONE }, press('Ada'));
    expect(stops.stopping(clerk(ONE))?.by).toBe('Ada');
    expect(stops.stopping(clerk(OTHER))).toBeUndefined();
    stops.stop({ kind: 'agent', agent: 'clerk' }, press('Ben'));
    expect(stops.stopping(clerk(OTHER))?.by).toBe('Ben');
    expect(stops.stopping({ id: OTHER, agent: 'packer' })).toBeUndefined();
    stops.stop({ kind: 'everything' }, press('Cleo'));
    expect(stops.stopping({ id: OTHER, agent: 'packer' })?.by).toBe('Cleo');
    expect(stops.stops()).toHaveLength(3);
  });

  it('stays pressed after a restart, until a person lets it go on; one who let one scope go on has not touched the others', () => {
    const before = openStopSwitch(path());
    before.stop({ kind: 'everything' }, press('Ada'));
    before.stop({ kind: 'job', job: ONE }, press('Ben'));
    const after = openStopSwitch(path());
    after.release({ kind: 'everything' }, press('Cleo', 10));
    expect(after.stopping(clerk(OTHER))).toBeUndefined();
    expect(openStopSwitch(path()).stopping(clerk(ONE))).toEqual({
      scope: { kind: 'job', job: ONE },
      by: 'Ben',
      reason: 'it books the wrong vendor',
      at: '2026-01-05T09:00:00.000Z',
    });
    expect(() => after.release({ kind: 'everything' }, press('Cleo'))).toThrow(ConfigError);
  });

  it('tells its listeners once it holds, and only of a stop that is new', () => {
    const stops = openStopSwitch(path());
    const seen: boolean[] = [];
    const end = stops.onStop(() => seen.push(stops.stopping(clerk(ONE)) !== undefined));
    stops.stop({ kind: 'everything' }, press('Ada'));
    stops.stop({ kind: 'everything' }, press('Ben'));
    expect(seen).toEqual([true]);
    end();
    stops.stop({ kind: 'agent', agent: 'clerk' }, press('Ben'));
    expect(seen).toHaveLength(1);
    expect(stops.stops()[0]?.by).toBe('Ada');
  });

  it('holds and is told even where it can’t be written down', () => {
    const stops = openStopSwitch(join(folder, 'no such folder', 'stops.jsonl'));
    let told = 0;
    stops.onStop(() => told++);
    expect(() => stops.stop({ kind: 'everything' }, press('Ada'))).toThrow(/ENOENT/);
    expect(stops.stopping(clerk(ONE))?.by).toBe('Ada');
    expect(told).toBe(1);
  });

  it('forgets a torn last line, and refuses a ledger that was cut or changed', () => {
    const stops = openStopSwitch(path());
    stops.stop({ kind: 'everything' }, press('Ada'));
    stops.stop({ kind: 'agent', agent: 'clerk' }, press('Ada'));
    appendFileSync(path(), '{"torn":');
    expect(openStopSwitch(path()).stops()).toHaveLength(2);
    const [first = '', second = ''] = readFileSync(path(), 'utf8').split('\n');
    writeFileSync(path(), `${second}\n`);
    expect(() => openStopSwitch(path())).toThrow(DataError);
    writeFileSync(path(), `${first.replace('Ada', 'Eve')}\n${second}\n`);
    expect(() => openStopSwitch(path())).toThrow(DataError);
    // Somebody lets go on what nobody stopped.
    writeFileSync(path(), `${first.replace('"stopped"', '"released"')}\n`);
    expect(() => openStopSwitch(path())).toThrow(DataError);
  });
});
