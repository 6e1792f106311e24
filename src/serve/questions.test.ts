import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ConfigError, DataError } from '../base/index.ts';
import type { Target } from '../records/index.ts';
import { formAbout, openQuestions, type QuestionForm } from './questions.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'questions-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const JOB = '0b0e7a52-5d2f-4a53-9d0b-0a4f6d0c1a01';
const FORM: QuestionForm = { about: 'Number', nth: 0, role: 'field', held: '', choice: null };
const at = (seconds: number): Date => new Date(Date.UTC(2026, 0, 5) + 1000 * seconds);
const path = (): string => join(folder, 'questions.jsonl');

describe('a book of questions', () => {
  it('keeps what was asked and answered, and opens again as it was', () => {
    const book = openQuestions(path());
    const one = book.ask(JOB, FORM, { now: at(0), seconds: 60 });
    const other = book.ask(JOB, { ...FORM, about: 'Date' }, { now: at(1), seconds: 60 });
    expect(book.waiting(at(2)).map(({ id }) => id)).toEqual([one.id, other.id]);
    book.answer(one.id, { value: 'R-17', by: 'Ada', now: at(3) });
    book.answer(other.id, { value: null, by: 'Ada', now: at(4) });
    const again = openQuestions(path());
    expect(again.get(one.id)).toEqual({
      ...{ id: one.id, job: JOB, form: FORM, askedAt: at(0).toISOString(), expiresAt: at(60).toISOString() },
      answer: { value: 'R-17', by: 'Ada', at: at(3).toISOString() },
    });
    expect(again.get(other.id)?.answer?.value).toBeNull();
    expect(again.waiting(at(5))).toEqual([]);
    expect(again.about(JOB, FORM).map(({ id }) => id)).toEqual([one.id]);
    expect([again.about(JOB, { ...FORM, nth: 1 }), again.about(JOB, { ...FORM, role: 'list' }), again.get('x')]).toEqual([
      [],
      [],
      undefined,
    ]);
  });

  it('refuses an answer too late, too early, twice, of nothing, beyond the list, and to nothing', () => {
    const book = openQuestions(path());
    const { id } = book.ask(JOB, { ...FORM, choice: ['a', 'b'] }, { now: at(0), seconds: 60 });
    const refused = (value: string | null, seconds: number, which = id): void =>
      expect(() => book.answer(which, { value, by: 'Ada', now: at(seconds) })).toThrow(ConfigError);
    for (const seconds of [60, 61, -1, Number.NaN]) refused('a', seconds);
    for (const value of ['', '  ', 'c', 'A']) refused(value, 1);
    refused('a', 1, JOB);
    book.answer(id, { value: 'b', by: 'Ada', now: at(1) });
    refused('a', 2);
    for (const seconds of [0, -1, Number.NaN, Number.POSITIVE_INFINITY])
      expect(() => book.ask(JOB, FORM, { now: at(0), seconds })).toThrow(ConfigError);
    expect(readFileSync(path(), 'utf8').trimEnd().split('\n')).toHaveLength(2);
  });

  it('is not believed where a line was changed, taken out, or does not follow', () => {
    const book = openQuestions(path());
    const { id } = book.ask(JOB, FORM, { now: at(0), seconds: 60 });
    book.answer(id, { value: '1', by: 'Ada', now: at(1) });
    const good = readFileSync(path(), 'utf8');
    const [first = '', second = ''] = good.split('\n');
    for (const bad of [good.replace('Number', 'Amount'), `${second}\n`, `${first}\n${first}\n`, good.replace('"value":"1"', '"value":1')]) {
      writeFileSync(path(), bad);
      expect(() => openQuestions(path())).toThrow(DataError);
    }
    writeFileSync(path(), good);
    appendFileSync(path(), '{"torn');
    expect(openQuestions(path()).get(id)?.answer?.value).toBe('1');
  });
});

describe('the form about something', () => {
  const target = (reference: number, rest: Partial<Target>): Target => ({
    ...{ reference, role: '', name: '', states: [], offers: [], text: '' },
    ...rest,
  });
  const targets = [
    target(1, { role: 'field', name: 'Number', value: '17', offers: ['fill'] }),
    target(2, { role: 'list', name: 'Kind', value: 'a', offers: ['select'] }),
    ...['a', 'b', 'a'].map((name, i) => target(3 + i, { role: 'option', name, offers: ['option'] })),
    target(6, { role: 'button', name: 'Save', offers: ['click'] }),
    target(7, { role: 'option', name: 'far', offers: ['option'] }),
    target(8, { role: 'list', name: 'Empty', offers: ['select'] }),
    target(9, { role: 'field', name: '', offers: ['fill'] }),
  ];

  it('is of the kind that the page has, and says what is held', () => {
    expect(formAbout(1, targets)).toEqual({ about: 'Number', nth: 0, role: 'field', held: '17', choice: null });
    expect(formAbout(2, targets)).toEqual({ about: 'Kind', nth: 0, role: 'list', held: 'a', choice: ['a', 'b'] });
  });

  it('tells fields of one name apart by their place', () => {
    const twin = target(20, { role: 'field', name: 'Number', offers: ['fill'] });
    expect(formAbout(20, [...targets, twin])).toMatchObject({ about: 'Number', nth: 1 });
  });

  it('is none for what takes no value, has no name, or is not there', () => {
    for (const about of [6, 7, 8, 9, 99, undefined]) expect(formAbout(about, targets)).toBeNull();
  });

  it('is short, however long the page’s words are', () => {
    const long = target(1, { role: 'field', name: 'x'.repeat(5000), value: 'y'.repeat(5000), offers: ['fill'] });
    expect(formAbout(1, [long])).toMatchObject({ about: 'x'.repeat(2000), held: 'y'.repeat(2000) });
  });
});
