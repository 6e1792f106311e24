import { appendFileSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { bestVersion, cycleEnds, type Exam, type ExamSlice, examsOn, findOscillations, type SliceState, sliceState } from './history.ts';
import { appendHistory, type HistoryEvent, judgedVersions, loadHistory, pointedAt } from './history-file.ts';

const slice = (name: string, lowerBound: number, upperBound: number): ExamSlice => ({
  slice: name,
  trials: 60,
  passes: 50,
  neverEvents: 0,
  neverEventsBound: 0.05,
  alpha: 0.03,
  lowerBound,
  upperBound,
});
const BOUNDS: Readonly<Record<string, readonly [number, number]>> = { s: [0.9, 1], b: [0.1, 0.5], u: [0.6, 0.95] };
let made = 0;
/** `exam('sb')`: slice 0 solved, slice 1 broken. */
const exam = (states: string, commitment = `c${made++}`): Exam => ({
  gym: { name: 'g', version: '1' },
  certificate: 'a1'.repeat(32),
  commitment,
  slices: [...states].map((state, i) => slice(String(i), ...(BOUNDS[state] as [number, number]))),
});
const open = (...exams: Exam[]) => findOscillations(exams, { '0': 0.8, '1': 0.8 }).filter(({ isOpen }) => isOpen);

describe('the state of a slice', () => {
  it('is unknown unless a bound decides', () => {
    expect(sliceState(slice('a', 0.8, 0.9), 0.8)).toBe('solved');
    expect(sliceState(slice('a', 0.79, 0.81), 0.8)).toBe('unknown');
    expect(sliceState(slice('a', 0.5, 0.8), 0.8)).toBe('unknown');
    expect(sliceState(slice('a', 0.5, 0.79), 0.8)).toBe('broken');
    expect(sliceState(undefined, 0.8)).toBe('unknown');
  });

  it('is of one gym version, and its best is the highest bound ever, refused versions included', () => {
    const versions = [
      { version: 1, isAllowed: false, exam: exam('s') },
      { version: 2, isAllowed: true, exam: { ...exam('s'), gym: { name: 'g', version: '2' } } },
      { version: 3, isAllowed: false, exam: null },
      { version: 4, isAllowed: true, exam: exam('u') },
    ];
    const exams = examsOn({ name: 'g', version: '1' }, versions);
    expect(exams.map(({ of }) => of)).toEqual([1, 4]);
    expect(bestVersion('0', exams)).toEqual({ version: 1, lowerBound: 0.9 });
    expect(bestVersion('7', exams)).toBeUndefined();
  });
});

describe('cycles', () => {
  const states = (text: string) =>
    [...text].map((letter): SliceState => (letter === 's' ? 'solved' : letter === 'b' ? 'broken' : 'unknown'));

  it('go from solved over broken to solved, whatever is unknown in between', () => {
    for (const text of ['', 's', 'ss', 'sb', 'bs', 'bbs', 'sus', 'ubus']) expect(cycleEnds(states(text)), text).toEqual([]);
    expect(cycleEnds(states('sbs'))).toEqual([2]);
    expect(cycleEnds(states('suubbus'))).toEqual([6]);
    expect(cycleEnds(states('sbsbs'))).toEqual([2, 4]);
    expect(cycleEnds(states('bsbssbus'))).toEqual([3, 7]);
  });

  it('are as many as a regular expression finds', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom('s', 'b', 'u'), maxLength: 30 }), (text) => {
        const known = text.replaceAll('u', '').replace(/^b+/, '');
        expect(cycleEnds(states(text)).length).toBe((known.match(/b+(?=s)/g) ?? []).length);
      }),
      { seed: 21 },
    );
  });
});

describe('an oscillation', () => {
  it('blocks from the version that completes it until one exam on fresh seeds shows all slices', () => {
    const cycle = [exam('sb'), exam('bs'), exam('ss')];
    expect(open(...cycle.slice(0, 2))).toEqual([]);
    expect(open(...cycle)).toEqual([{ slice: '0', cycles: 1, isOpen: true }]);
    expect(open(...cycle, exam('su'))).toHaveLength(1);
    expect(open(...cycle, exam('ss'))).toEqual([]);
    expect(open(...cycle, exam('su'), exam('ss'), exam('uu'))).toEqual([]);
  });

  it('is not cleared by the same exam once more', () => {
    const last = exam('ss');
    expect(open(exam('ss'), exam('bs'), last, { ...last, certificate: 'b2'.repeat(32) })).toHaveLength(1);
  });

  it('begins anew with another cycle', () => {
    const twice = [exam('ss'), exam('bs'), exam('ss'), exam('ss'), exam('bs')];
    expect(open(...twice)).toEqual([]);
    expect(open(...twice, exam('ss'))).toEqual([{ slice: '0', cycles: 2, isOpen: true }]);
  });
});

describe('the history on the disk', () => {
  let folder: string;
  let path: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'history-'));
    path = join(folder, 'history.jsonl');
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const at = '2026-03-01T09:30:00.000Z';
  const judged = (version: number): HistoryEvent => ({
    kind: 'judged',
    at,
    version,
    isAllowed: true,
    unmet: [],
    exam: exam('ss', 'c1'.repeat(32)),
  });
  const add = (...events: HistoryEvent[]) => {
    for (const event of events) appendHistory(path, loadHistory(path), event);
  };

  it('comes back in order', () => {
    const events: HistoryEvent[] = [
      judged(1),
      { kind: 'published', at, version: 1, keyIds: ['ab'.repeat(32)] },
      { kind: 'judged', at, version: 2, isAllowed: false, unmet: ['bounds'], exam: null },
      { kind: 'rolled-back', at, version: 1, from: 2, by: 'Ada', reason: 'x' },
      { kind: 'revoked', at, version: 1, by: 'Ada', reason: 'x' },
    ];
    add(...events);
    expect(loadHistory(path).events).toEqual(events);
    expect(judgedVersions(events).map(({ version, isAllowed }) => [version, isAllowed])).toEqual([
      [1, true],
      [2, false],
    ]);
    expect([pointedAt(events), pointedAt(events.slice(0, 1))]).toEqual([1, undefined]);
  });

  it('never loses or doubles a line, wherever a crash tore the last one', () => {
    add(judged(1));
    const before = readFileSync(path).length;
    add(judged(2));
    const whole = readFileSync(path);
    fc.assert(
      fc.property(fc.integer({ min: before, max: whole.length }), (length) => {
        writeFileSync(path, whole.subarray(0, length));
        const { events } = loadHistory(path);
        expect(events.length).toBe(length === whole.length ? 2 : 1);
        add(judged(events.length + 1));
        expect(loadHistory(path).events.length).toBe(events.length + 1);
      }),
      { seed: 22, numRuns: 30 },
    );
  });

  it('notices what was taken out, changed, put in another order or is no line', () => {
    add(judged(1), judged(2), judged(3));
    const lines = readFileSync(path, 'utf8').split('\n').slice(0, -1);
    const [first = '', second = '', third = ''] = lines;
    for (const altered of [
      [first, third],
      [second, third],
      [second, first, third],
      [first.replace('true', 'false'), second, third],
    ]) {
      writeFileSync(path, `${altered.join('\n')}\n`);
      expect(() => loadHistory(path)).toThrow(/does not follow/);
    }
    writeFileSync(path, `${lines.join('\n')}\n`);
    expect(loadHistory(path).events).toHaveLength(3);
    appendFileSync(path, '{}\n');
    expect(() => loadHistory(path)).toThrow(/history\.jsonl:4/);
  });

  it('is not followed through a link, and takes no version out of turn', () => {
    add(judged(1));
    symlinkSync(path, join(folder, 'link'));
    expect(() => loadHistory(join(folder, 'link'))).toThrow(/a symbolic link/);
    add(judged(3));
    expect(() => loadHistory(path)).toThrow(/does not follow/);
  });
});
