import { appendFileSync, cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ConfigError, DataError } from '../base/index.ts';
import { reportAbout, transcriptAbout } from './triage.fixture.ts';
import { openTriage, readTriage, type TriageBook } from './triage.ts';
import { examData, type TriageData, trainingData } from './triage-data.ts';
import { type Decision, groupKeys, type Purpose, type TriageEntry, type TriageReport } from './triage-entry.ts';

const at = (seconds: number): Date => new Date(Date.parse('2026-03-01T08:00:00.000Z') + 1000 * seconds);
const accept = (purpose: Purpose, as: 'task' | 'demonstration' = 'task'): Decision => ({ kind: 'accept', purpose, as });
const dismiss: Decision = { kind: 'dismiss', reason: 'nothing to learn' };
const by = 'R. Sample';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'triage-'));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const bookPath = (compartment = 'acme'): string => join(root, compartment, 'triage.jsonl');
const report = (book: TriageBook, what: string, more: Partial<TriageReport> = {}): string =>
  book.report(reportAbout(what, { compartment: book.compartment, ...more }), { now: at(0) }).id;
const decide = (book: TriageBook, id: string, decision: Decision): TriageEntry => book.decide(id, { decision, by, now: at(1) });
const seeded = (n: number, slice = 'base', split: 'train' | 'validate' = 'train') => ({ sandbox: { slice, seed: { split, n } } });

describe('an entry', () => {
  it('waits for a person, whose decision is final', () => {
    const book = openTriage(root, 'acme');
    const id = report(book, 'a');
    expect(book.get(id)).toMatchObject({ ...reportAbout('a'), at: at(0).toISOString(), open: ['train', 'exam'], decision: null });
    expect(decide(book, id, accept('train', 'demonstration')).decision).toEqual({
      ...accept('train', 'demonstration'),
      by,
      at: at(1).toISOString(),
    });
    for (const decision of [accept('exam'), accept('train'), dismiss])
      expect(() => decide(book, id, decision)).toThrow('an entry that R. Sample has decided about');
    expect(openTriage(root, 'acme').entries()).toEqual(book.entries());
  });

  it('stands there once, however often it is reported', () => {
    const book = openTriage(root, 'acme');
    const id = report(book, 'a');
    decide(book, id, dismiss);
    const { end } = book;
    expect(report(book, 'a')).toBe(id);
    expect(book.get(id)?.decision).toMatchObject(dismiss);
    expect(book.end).toBe(end);
    expect(report(book, 'a', { kind: 'answer' })).not.toBe(id);
  });

  it.each<readonly [string, string, Partial<TriageReport>, Decision, RegExp]>([
    ['of nobody', ' ', {}, dismiss, /nobody’s name/],
    ['without a reason', by, {}, { kind: 'dismiss', reason: ' ' }, /dismisses it for a reason/],
    ['for something else', by, {}, { ...accept('train'), purpose: 'fun' } as unknown as Decision, /train or exam/],
    ['to imitate a failure', by, { kind: 'failure' }, accept('train', 'demonstration'), /nobody shows how it is done/],
    [
      'to imitate what the verifier did not accept',
      by,
      {
        transcript: {
          schemaVersion: 1,
          segments: [...transcriptAbout('a').segments, { kind: 'outcome', pieces: [{ kind: 'word', word: 'failure' }] }],
        },
      },
      accept('exam', 'demonstration'),
      /nobody shows how it is done/,
    ],
    [
      'to imitate nothing',
      by,
      {
        transcript: {
          schemaVersion: 1,
          segments: transcriptAbout('a').segments.map((segment) => (segment.kind === 'act' ? { ...segment, imitate: false } : segment)),
        },
      },
      accept('train', 'demonstration'),
      /nobody shows how it is done/,
    ],
    ['to learn from a validation task', by, seeded(1, 'base', 'validate'), accept('train'), /only exam is open/],
  ])('can have no decision %s', (_, who, more, decision, message) => {
    const book = openTriage(root, 'acme');
    const id = report(book, 'a', more);
    expect(() => book.decide(id, { decision, by: who, now: at(1) })).toThrow(message);
    expect(book.get(id)?.decision).toBeNull();
  });

  it('is not decided about where there is none', () => {
    expect(() => decide(openTriage(root, 'acme'), '../x', dismiss)).toThrow('no such entry');
  });

  it.each<readonly [string, object]>([
    ['an exam task of the gym', seeded(1, 'base', 'exam' as 'train')],
    ['a word that no action has', { transcript: { ...transcriptAbout('a'), segments: [...transcriptAbout('a').segments, word('shout')] } }],
    ['a reference that there is not', { transcript: transcriptAbout('a', 256) }],
    ['nothing that was seen', { transcript: { schemaVersion: 1, segments: [] } }],
    ['something that nobody knows', { password: 'x' }],
    ['no version', { agent: { name: 'finder', version: 0 } }],
  ])('is refused with %s', (_, more) => {
    const book = openTriage(root, 'acme');
    expect(() => report(book, 'a', more)).toThrow(DataError);
    expect(book.entries()).toEqual([]);
  });
});

const word = (text: string) => ({ kind: 'act', pieces: [{ kind: 'word', word: text }] }) as const;

describe('what has something in common', () => {
  it.each<readonly [string, Partial<TriageReport>, Partial<TriageReport>]>([
    ['content, whatever the references', {}, { job: 'another', transcript: transcriptAbout('a', 7) }],
    ['the job', { job: 'j' }, { job: 'j', transcript: transcriptAbout('b') }],
    ['the task, in any slice', seeded(5), { ...seeded(5, 'other'), job: 'another', transcript: transcriptAbout('b') }],
  ])('serves one purpose: %s', (_, first, second) => {
    for (const [purpose, other] of [
      ['train', 'exam'],
      ['exam', 'train'],
    ] as const) {
      const book = openTriage(root, purpose);
      const [before, id] = [report(book, 'a', second), report(book, 'a', first)];
      decide(book, id, accept(purpose));
      const after = report(book, 'a', { ...second, kind: 'surprise' });
      for (const one of [before, after]) {
        expect(book.get(one)?.open).toEqual([purpose]);
        expect(() => decide(book, one, accept(other))).toThrow(`only ${purpose} is open`);
      }
      decide(book, before, dismiss);
      decide(book, after, accept(purpose));
    }
  });

  it('reaches over entries in between, and what comes between both purposes serves neither', () => {
    const book = openTriage(root, 'acme');
    const [first, middle, last] = [
      report(book, 'a', seeded(1)),
      report(book, 'b', { ...seeded(1), job: 'shared' }),
      report(book, 'c', { job: 'shared' }),
    ];
    decide(book, first, accept('train'));
    for (const id of [middle, last]) expect(book.get(id)?.open).toEqual(['train']);
    // Whatever is reported later is connected just so.
    report(book, 'f', { job: 'shared', ...seeded(3) });
    expect(book.get(report(book, 'g', seeded(3)))?.open).toEqual(['train']);
    decide(book, report(book, 'd', seeded(2)), accept('exam'));
    const torn = report(book, 'e', { ...seeded(2), job: 'shared' });
    expect(() => decide(book, torn, accept('train'))).toThrow(/where nothing is open.*dismiss it/);
    decide(book, torn, dismiss);
  });

  it('is told by what was read, not by what was done', () => {
    const keys = (more: Partial<TriageReport>) => groupKeys(reportAbout('a', more));
    const { segments } = transcriptAbout('a');
    expect(keys({ transcript: { schemaVersion: 1, segments: [...segments, word('done')] } })).toEqual(keys({}));
    expect(keys({ transcript: transcriptAbout('A') })).not.toEqual(keys({}));
  });
});

describe('compartments', () => {
  it('know nothing of each other', () => {
    const [acme, globex] = [openTriage(root, 'acme'), openTriage(root, 'globex')];
    const [a, g] = [report(acme, 'a', seeded(1)), report(globex, 'a', seeded(1))];
    decide(acme, a, accept('train'));
    expect(globex.get(g)?.open).toEqual(['train', 'exam']);
    expect(globex.get(a)).toBeUndefined();
    expect(() => acme.report(reportAbout('b', { compartment: 'globex' }), { now: at(0) })).toThrow(/something of globex/);
  });

  it('refuse a book with a line of another one', () => {
    report(openTriage(root, 'globex'), 'g');
    report(openTriage(root, 'acme'), 'a');
    cpSync(bookPath('globex'), bookPath('acme'));
    expect(() => openTriage(root, 'acme')).toThrow(DataError);
    expect(() => readTriage(root, 'acme')).toThrow('a line of the compartment globex in the book of acme');
  });

  it.each(['..', '.', '', 'a/b', '../acme', 'Acme', 'a.b', '-a', 'a\0', 'a'.repeat(64)])('have no name such as %j', (name) => {
    expect(() => openTriage(root, name)).toThrow(ConfigError);
    expect(() => readTriage(root, name)).toThrow('the compartment');
  });

  it('are no links', () => {
    report(openTriage(root, 'acme'), 'a');
    symlinkSync(join(root, 'acme'), join(root, 'globex'));
    expect(() => openTriage(root, 'globex')).toThrow('a symbolic link');
    mkdirSync(join(root, 'initech'));
    symlinkSync(bookPath(), bookPath('initech'));
    expect(() => openTriage(root, 'initech')).toThrow('a symbolic link');
    const hooli = openTriage(root, 'hooli');
    symlinkSync(join(root, 'acme'), join(root, 'hooli'));
    expect(() => report(hooli, 'h')).toThrow('a symbolic link');
  });
});

describe('the book', () => {
  it('is read as it was at an earlier end, while a server goes on with it', () => {
    const book = openTriage(root, 'acme');
    const first = report(book, 'a');
    const { end } = book;
    decide(book, first, accept('train'));
    report(book, 'b');
    const then = readTriage(root, 'acme', { until: end });
    expect(then.entries()).toMatchObject([{ id: first, decision: null }]);
    expect(then.end).toBe(end);
    expect(readTriage(root, 'acme', { until: '' }).entries()).toEqual([]);
    expect(readTriage(root, 'acme', { until: book.end }).entries()).toEqual(book.entries());
    expect(readTriage(root, 'acme').end).toBe(book.end);
    expect(() => readTriage(root, 'acme', { until: '0'.repeat(64) })).toThrow('never ended as it did');
    expect(() => readTriage(root, 'nobody')).toThrow(/no .*nobody.*triage\.jsonl/);
  });

  it('forgets a line that a crash tore, and only that', () => {
    const book = openTriage(root, 'acme');
    const id = report(book, 'a');
    decide(book, id, accept('train'));
    const whole = readFileSync(bookPath(), 'utf8');
    writeFileSync(bookPath(), whole.slice(0, -10));
    const again = openTriage(root, 'acme');
    expect(again.get(id)?.decision).toBeNull();
    decide(again, id, accept('exam'));
    expect(openTriage(root, 'acme').get(id)?.decision).toMatchObject(accept('exam'));
  });

  it('refuses lines that were added, changed or taken out, and decisions that could not be made', () => {
    const book = openTriage(root, 'acme');
    const id = report(book, 'a', seeded(1));
    decide(book, id, accept('exam'));
    report(book, 'b', seeded(1));
    const whole = readFileSync(bookPath(), 'utf8');
    const lines = whole.split('\n');
    const refused = (text: string, message: string): void => {
      writeFileSync(bookPath(), text);
      expect(() => openTriage(root, 'acme')).toThrow(message);
    };
    refused(whole.replace('"purpose":"exam"', '"purpose":"train"'), 'does not follow');
    refused(`${whole}${lines[1]}\n`, 'does not follow');
    refused(`${lines[1]}\n`, 'does not follow');
    refused(`${whole}{"event":"decided"}\n`, 'one event of the triage of acme');
    // Well chained, but against the rules: whoever may write the file can do no more than take decisions that a person could take.
    writeFileSync(bookPath(), whole);
    const second = openTriage(root, 'acme').entries()[1] as TriageEntry;
    decide(openTriage(root, 'acme'), second.id, accept('exam'));
    const forged = readFileSync(bookPath(), 'utf8').trimEnd().split('\n');
    refused(`${[...forged.slice(0, -1), (forged.at(-1) as string).replace('"exam"', '"train"')].join('\n')}\n`, 'does not follow');
    writeFileSync(bookPath(), whole);
    appendFileSync(bookPath(), '{"torn');
    expect(openTriage(root, 'acme').entries()).toHaveLength(2);
  });
});

describe('what is learned from and what is examined', () => {
  it('are episodes that a person vouched for, and tasks', () => {
    const book = openTriage(root, 'acme');
    decide(book, report(book, 'shown', seeded(4)), accept('train', 'demonstration'));
    decide(book, report(book, 'live'), accept('train', 'demonstration'));
    decide(book, report(book, 'again', { ...seeded(5), kind: 'failure' }), accept('train'));
    decide(book, report(book, 'held', seeded(6)), accept('exam', 'demonstration'));
    decide(book, report(book, 'asked', seeded(7)), accept('exam'));
    decide(book, report(book, 'dull'), dismiss);
    report(book, 'waiting');
    const { demonstrations, tasks } = trainingData(book);
    expect(demonstrations).toMatchObject([
      { gym: 'finding', slice: 'base', seed: { split: 'train', n: 4 }, transcript: transcriptAbout('shown'), score: { success: true } },
      { slice: 'live', steps: [{ logprobs: [] }], fault: null, score: { reasons: ['accepted as a demonstration by R. Sample'] } },
    ]);
    expect(tasks).toMatchObject([{ job: 'job about again', sandbox: { slice: 'base', seed: { n: 5 } } }]);
    const exam = examData(readTriage(root, 'acme'));
    expect(exam.demonstrations).toMatchObject([{ seed: { n: 6 } }]);
    expect(exam.tasks).toMatchObject([{ job: 'job about asked' }]);
  });

  it('never have anything in common, and compartments never mix, whatever is reported and decided (property)', () => {
    const what = fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f');
    const step = fc.oneof(
      fc.record({
        kind: fc.constant('report' as const),
        compartment: fc.constantFrom('acme', 'globex'),
        what,
        job: fc.nat(9).map(String),
        n: fc.option(fc.nat(6)),
        slice: fc.constantFrom('base', 'other'),
        isAnswer: fc.boolean(),
      }),
      fc.record({
        kind: fc.constant('decide' as const),
        compartment: fc.constantFrom('acme', 'globex'),
        of: fc.nat(20),
        decision: fc.constantFrom(
          accept('train'),
          accept('exam'),
          accept('train', 'demonstration'),
          accept('exam', 'demonstration'),
          dismiss,
        ),
      }),
      fc.record({ kind: fc.constant('reopen' as const), compartment: fc.constantFrom('acme', 'globex') }),
    );
    let accepted = 0;
    let refused = 0;
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40, size: 'max' }), (steps) => {
        rmSync(root, { recursive: true, force: true });
        const books = { acme: openTriage(root, 'acme'), globex: openTriage(root, 'globex') };
        const first = new Map<string, Decision>();
        for (const one of steps) {
          const compartment = one.compartment as 'acme' | 'globex';
          const book = books[compartment];
          if (one.kind === 'report') {
            // The customer's name is in all that the customer's agents see.
            const transcript = transcriptAbout(`${one.what} of ${compartment}`);
            const more = one.n === null ? {} : seeded(one.n, one.slice);
            report(book, one.what, { job: one.job, transcript, ...more, kind: one.isAnswer ? 'answer' : 'surprise' });
          } else if (one.kind === 'decide') {
            const entries = book.entries();
            const id = entries[one.of % entries.length]?.id;
            if (id === undefined) continue;
            try {
              decide(book, id, one.decision);
              expect(first.has(`${compartment} ${id}`)).toBe(false);
              first.set(`${compartment} ${id}`, one.decision);
              if (one.decision.kind === 'accept') accepted++;
            } catch (error) {
              expect(error).toBeInstanceOf(ConfigError);
              refused++;
            }
          } else {
            books[compartment] = openTriage(root, compartment);
            expect(books[compartment].entries()).toEqual(book.entries());
            expect(books[compartment].end).toBe(book.end);
          }
        }
        for (const [compartment, other] of [
          ['acme', 'globex'],
          ['globex', 'acme'],
        ] as const) {
          const book = books[compartment];
          const [train, exam] = [trainingData(book), examData(book)];
          const held = new Set(keysOf(exam));
          expect(keysOf(train).filter((key) => held.has(key))).toEqual([]);
          expect(JSON.stringify([train, exam])).not.toContain(other);
          // Each is where the person put it, and nothing is lost.
          const ids = ({ demonstrations, tasks }: TriageData): readonly string[] =>
            [...demonstrations, ...tasks].map(({ id }) => id).sort();
          const put = (purpose: Purpose): readonly string[] =>
            [...first]
              .filter(([name, decision]) => name.startsWith(compartment) && decision.kind === 'accept' && decision.purpose === purpose)
              .map(([name]) => name.slice(compartment.length + 1))
              .sort();
          expect([ids(train), ids(exam)]).toEqual([put('train'), put('exam')]);
        }
      }),
      { numRuns: 60 },
    );
    expect(accepted).toBeGreaterThan(50);
    expect(refused).toBeGreaterThan(50);
  });
});

/** Content and seeds, by what the data itself says. */
const keysOf = ({ demonstrations, tasks }: TriageData): readonly string[] => [
  ...demonstrations.flatMap(({ transcript, gym, slice, seed }) => [
    JSON.stringify(transcript.segments.filter(({ kind }) => kind !== 'act')),
    ...(slice === 'live' ? [] : [`${gym} ${seed.split} ${seed.n}`]),
  ]),
  ...tasks.flatMap(({ transcript, gym, sandbox }) => [
    JSON.stringify(transcript.segments.filter(({ kind }) => kind !== 'act')),
    ...(sandbox === null ? [] : [`${gym.name} ${sandbox.seed.split} ${sandbox.seed.n}`]),
  ]),
];
