import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ConfigError, DataError } from '../base/index.ts';
import type { Transcript } from '../records/index.ts';
import { openPreferences, type Pair, pairOf } from './preferences.ts';

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'preferences-'));
  path = join(folder, 'preferences.jsonl');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const did = (text: string): Transcript => ({ schemaVersion: 1, segments: [{ kind: 'act', pieces: [{ kind: 'text', text }] }] });
const pair = (one: string, other: string): Pair =>
  pairOf({ gym: { name: 'till', version: '1' }, task: { slice: 'base', seed: { split: 'train', n: 3 } } }, did(one), did(other));
const said = (choice: 'left' | 'right' | 'same') => ({ choice, reason: '', by: 'Ada', now: new Date('2026-11-26T10:00:00Z') });

describe('a pair', () => {
  it('is the same whoever is named first', () => {
    expect(pair('a', 'b')).toEqual(pair('b', 'a'));
    expect(pair('a', 'b').id).not.toBe(pair('a', 'c').id);
  });

  it('stands on either side as often', () => {
    const onLeft = Array.from({ length: 200 }, (_, n) => pair(`own ${n}`, `other ${n}`)).filter(({ left }) =>
      JSON.stringify(left).includes('own'),
    );
    // 6.4 standard deviations.
    expect(Math.abs(onLeft.length - 100)).toBeLessThan(45);
  });
});

describe('the book of preferences', () => {
  it('keeps what was preferred, with what was compared, over a restart', () => {
    const [first, second, third] = [pair('a', 'b'), pair('c', 'd'), pair('e', 'f')];
    const book = openPreferences(path);
    book.prefer(first, said('right'));
    book.prefer(second, { ...said('left'), reason: 'shorter' });
    book.prefer(third, said('same'));
    const again = openPreferences(path);
    expect(again.all()).toEqual(book.all());
    expect(again.all()[1]).toEqual({ ...second, choice: 'left', reason: 'shorter', by: 'Ada', at: '2026-11-26T10:00:00.000Z' });
    expect([again.has(first.id), again.has(pair('a', 'x').id)]).toEqual([true, false]);
  });

  it('takes one word a pair', () => {
    const book = openPreferences(path);
    book.prefer(pair('a', 'b'), said('left'));
    expect(() => book.prefer(pair('b', 'a'), said('right'))).toThrow(ConfigError);
    expect(openPreferences(path).all()).toHaveLength(1);
  });

  it('takes no task of another split than the one that is trained on', () => {
    const asked = pair('a', 'b');
    const exam = { ...asked, task: { slice: 'base', seed: { split: 'exam', n: 3 } } } as unknown as Pair;
    expect(() => openPreferences(path).prefer(exam, said('left'))).toThrow(/train/);
  });

  it('forgets a line that a crash has torn, and refuses one that was changed', () => {
    const book = openPreferences(path);
    book.prefer(pair('a', 'b'), said('left'));
    book.prefer(pair('c', 'd'), said('left'));
    appendFileSync(path, '{"schemaVersion":1,"pre');
    expect(openPreferences(path).all()).toHaveLength(2);
    writeFileSync(path, readFileSync(path, 'utf8').replace('"choice":"left"', '"choice":"right"'));
    expect(() => openPreferences(path)).toThrow(DataError);
  });
});
