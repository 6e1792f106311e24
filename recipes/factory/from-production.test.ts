/** A run that learns from what was met at work: in a gym of colours, stage by stage, and once as a whole by its command. */
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CheckpointError, ConfigError, Random } from '../../src/base/index.ts';
import { loadGym, playEpisode } from '../../src/gym/index.ts';
import { recordJudgement } from '../../src/release/index.ts';
import { readJournal } from '../../src/rollout/index.ts';
import { openTriage, type Purpose, type TriageBook, type TriageReport } from '../../src/serve/index.ts';
import { type Ended, Workplace } from '../../test/make-workplace.ts';
import { colourGym } from './colour-gym.fixture.ts';
import type { Contestant } from './contestant.ts';
import { expertPolicy } from './expert-policy.ts';
import { assertHeldBack, examEntries, type Origin, originOf, originStages, withProduction } from './from-production.ts';
import { examineProduction } from './production-exam.ts';
import { openRun } from './run-folder.ts';
import { Stopped, type Workshop } from './workshop.ts';

const root = mkdtempSync(join(tmpdir(), 'journeyman-production-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));
const freshFolder = (): string => mkdtempSync(join(root, 'a-'));

const now = new Date('2026-03-01T08:00:00.000Z');
const gym = colourGym(['red']);

interface Met extends Partial<TriageReport> {
  readonly n: number;
  readonly purpose: Purpose;
  readonly as?: 'task' | 'demonstration';
}

/** Puts something into the book that somebody showed, and decides about it. */
async function meet(book: TriageBook, { n, purpose, as = 'task', ...more }: Met, from = gym): Promise<string> {
  const { module, manifest } = from;
  const task = module.gym.task({ split: 'train', n }, more.sandbox?.slice);
  const expert = module.expert(task, { random: new Random(n), mistakes: 0 });
  const { transcript } = await playEpisode({ gym: module.gym, task, lane: { seed: `${n}` }, expert });
  const [goal, ...others] = transcript.segments;
  const marked = { ...transcript, segments: [{ kind: 'goal' as const, pieces: [...(goal?.pieces ?? []), markOf(book, n)] }, ...others] };
  const report: TriageReport = {
    compartment: book.compartment,
    job: `${n} ${more.kind}`,
    agent: { name: 'clerk', version: 1 },
    gym: { name: manifest.name, version: manifest.version },
    sandbox: { slice: task.slice, seed: task.seed },
    kind: 'intervention',
    transcript: marked,
    ...more,
  };
  const { id } = book.report(report, { now });
  book.decide(id, { decision: { kind: 'accept', purpose, as }, by: 'R. Sample', now });
  return id;
}

/** Tells whose data it is, and makes each transcript another one. */
const markOf = ({ compartment }: TriageBook, n: number) => ({ kind: 'text', text: ` for ${compartment}, ${n}` }) as const;

function openShop(folder: string, more: Partial<Workshop> = {}): Workshop {
  return { gym, run: openRun({ folder, settings: {} }), seed: 1, lanes: 2, signal: new AbortController().signal, ...more };
}

async function inShop<T>(folder: string, work: (shop: Workshop) => Promise<T>, more: Partial<Workshop> = {}): Promise<T> {
  const shop = openShop(folder, more);
  try {
    return await work(shop);
  } finally {
    shop.run.close();
  }
}

const origin = (folder: string, compartment = 'acme', { start = 'cold', run = freshFolder() } = {}): Origin =>
  originOf({ source: { folder, compartment }, folder: run, start });

const json = (...parts: readonly string[]): Record<string, unknown> => JSON.parse(readFileSync(join(...parts), 'utf8'));
const save = (path: string, value: object): void => writeFileSync(path, JSON.stringify(value));

describe('what a run learns', () => {
  it('is what people accepted for training, of this gym and compartment, behind what the expert shows', async () => {
    const folder = freshFolder();
    const [acme, globex] = [openTriage(folder, 'acme'), openTriage(folder, 'globex')];
    const shown = await meet(acme, { n: 3, purpose: 'train', as: 'demonstration' });
    const live = await meet(acme, { n: 4, purpose: 'train', as: 'demonstration', sandbox: null });
    await meet(acme, { n: 5, purpose: 'train', kind: 'failure' });
    await meet(acme, { n: 5, purpose: 'train', kind: 'surprise' });
    await meet(acme, { n: 6, purpose: 'exam' });
    await meet(acme, { n: 7, purpose: 'exam', as: 'demonstration' });
    await meet(acme, { n: 8, purpose: 'train', sandbox: null });
    await meet(acme, { n: 9, purpose: 'train', gym: { name: 'colours', version: '0' } });
    await meet(acme, { n: 10, purpose: 'train', as: 'demonstration', gym: { name: 'shapes', version: '1' } });
    await meet(acme, { n: 11, purpose: 'train', sandbox: { slice: 'sorted', seed: { split: 'train', n: 11 } } });
    await meet(globex, { n: 12, purpose: 'train', as: 'demonstration' });

    const run = freshFolder();
    const from = origin(folder);
    const expert = [...(await inShop(freshFolder(), (shop) => withProduction(shop, from, [])))].slice(0, 1);
    const learned = await inShop(run, (shop) => withProduction(shop, from, expert));
    expect(learned.slice(0, 1)).toEqual(expert);
    expect(learned.slice(1).map(({ slice, seed }) => `${slice} ${seed.n}`)).toEqual(['base 3', 'live 0', 'base 5', 'sorted 11']);
    expect(learned.slice(1, 3).map(({ id }) => id)).toEqual([shown, live]);
    expect(learned.slice(3).every(({ policy, score }) => policy === 'expert' && score?.success === true)).toBe(true);
    expect([...readJournal(join(run, 'production.jsonl'))].map(({ id }) => id)).toEqual([shown, live]);
    expect(readFileSync(join(run, 'events.jsonl'), 'utf8')).toContain(
      '2 demonstrations, and 2 tasks of which the expert did 2; left out, ',
    );
    // Gone on with, it learns the same.
    expect(await inShop(run, (shop) => withProduction(shop, from, expert))).toEqual(learned);
    const everything = readdirSync(run).flatMap((name) => (name.endsWith('.jsonl') ? [readFileSync(join(run, name), 'utf8')] : []));
    expect(everything.join()).not.toMatch(/globex|for acme, (?:6|7)/);
    expect(originStages(from, 4)).toEqual([{ stage: `production ${acme.end}`, episodes: 4, tokens: 0, seconds: 0 }]);
  });

  it('is nothing without production', async () => {
    const none = originOf({ source: undefined, folder: freshFolder(), start: 'cold' });
    expect(none).toEqual({ compartment: 'default', settings: {}, production: null });
    expect(await inShop(freshFolder(), (shop) => withProduction(shop, none, []))).toEqual([]);
    expect(originStages(none, 0)).toEqual([]);
  });

  it('is never among the tasks that are held back, not by the gym’s own numbers either', async () => {
    const folder = freshFolder();
    await meet(openTriage(folder, 'acme'), { n: 1_000_007, purpose: 'exam' });
    expect(() => assertHeldBack({ gym, seed: 1 }, origin(folder))).toThrow(/--seed 1, whose tasks have train\/1000007 among them/);
    assertHeldBack({ gym, seed: 2 }, origin(folder));
  });
});

describe('whose data it is', () => {
  it('is asked of the book as it was when the run began', async () => {
    const folder = freshFolder();
    const book = openTriage(folder, 'acme');
    await meet(book, { n: 1, purpose: 'exam' });
    const run = freshFolder();
    const before = origin(folder, 'acme', { run });
    expect(before.settings).toEqual({ compartment: 'acme', book: book.end });
    openRun({ folder: run, settings: before.settings }).close();
    await meet(book, { n: 2, purpose: 'exam' });
    const after = origin(folder, 'acme', { run });
    expect(after.settings).toEqual(before.settings);
    expect(examEntries(after.production?.book as TriageBook)).toHaveLength(1);
    openRun({ folder: run, settings: after.settings }).close();
    expect(examEntries(origin(folder).production?.book as TriageBook)).toHaveLength(2);
  });

  it('stays the same in a run', async () => {
    const folder = freshFolder();
    for (const compartment of ['acme', 'globex']) await meet(openTriage(folder, compartment), { n: 1, purpose: 'train' });
    const run = freshFolder();
    openRun({ folder: run, settings: origin(folder).settings }).close();
    expect(() => origin(folder, 'globex', { run })).toThrow(/got the compartment globex, expected acme, which it began with/);
    expect(() => originOf({ source: undefined, folder: run, start: 'cold' })).toThrow(/got the compartment default, expected acme/);
    const plain = freshFolder();
    openRun({ folder: plain, settings: {} }).close();
    expect(() => origin(folder, 'acme', { run: plain })).toThrow(/expected default, which it began with/);
    expect(() => origin(folder, 'nobody')).toThrow(ConfigError);
    expect(() => origin(folder, '../acme')).toThrow('the compartment');
  });

  it('goes with an agent to all that begin from it, and with what lies in its run', async () => {
    const folder = freshFolder();
    for (const compartment of ['acme', 'globex']) await meet(openTriage(folder, compartment), { n: 1, purpose: 'train' });
    const run = freshFolder();
    openRun({ folder: run, settings: origin(folder).settings }).close();
    const [agent, checkpoint, link, copy] = [join(run, 'agent'), join(run, 'rounds', 'round-1'), join(root, 'link'), join(root, 'copy')];
    for (const made of [agent, checkpoint]) mkdirSync(made, { recursive: true });
    save(join(agent, 'lineage.json'), { schemaVersion: 1, compartment: 'acme' });
    symlinkSync(checkpoint, link);
    cpSync(agent, copy, { recursive: true });
    for (const start of [agent, checkpoint, link, copy]) {
      expect(() => origin(folder, 'globex', { start })).toThrow(
        /got an agent that learned from data of acme, expected one of globex, or one that no customer’s data went into/,
      );
      expect(() => origin(folder, 'default', { start })).toThrow('learned from data of acme');
      expect(origin(folder, 'acme', { start })).toMatchObject({ compartment: 'acme' });
      // Without data of its own it still has that of whom it begins from.
      expect(originOf({ source: undefined, folder: freshFolder(), start })).toEqual({
        compartment: 'acme',
        settings: { compartment: 'acme' },
        production: null,
      });
    }
    const other = freshFolder();
    save(join(other, 'lineage.json'), { schemaVersion: 1, compartment: 'default' });
    expect(origin(folder, 'globex', { start: other }).compartment).toBe('globex');
    save(join(other, 'lineage.json'), { schemaVersion: 1 });
    expect(() => origin(folder, 'globex', { start: other })).toThrow(CheckpointError);
  });
});

describe('exam tasks from production', () => {
  /** Answers as the expert does, or hands every task over. */
  const contestant = (name: string, isAble: boolean, learnedFrom: readonly string[] = []): Contestant => ({
    agent: { name, policy: name, parameters: null, bytes: null },
    folder: null,
    gym: null,
    learnedFrom,
    lineage: () => {
      throw new Error('nobody asks');
    },
    withPolicy: (work) =>
      work(isAble ? expertPolicy(gym.module, { task: gym.module.gym.task({ split: 'train', n: 0 }), seed: '1' }) : lost),
  });
  const lost: Parameters<Parameters<Contestant['withPolicy']>[0]>[0] = {
    begin: async () => ({
      read: async () => ({ surpriseNats: Number.NaN }),
      decide: async () => ({
        action: { kind: 'done' },
        segment: { kind: 'act', pieces: [{ kind: 'word', word: 'done' }] },
        value: Number.NaN,
        logprobs: [],
      }),
      close: async () => undefined,
    }),
  };

  it('are each to be passed by all that come after one that passed', async () => {
    const folder = freshFolder();
    const book = openTriage(folder, 'acme');
    const [held, other] = [
      await meet(book, { n: 1, purpose: 'exam' }),
      await meet(book, { n: 2, purpose: 'exam', as: 'demonstration', sandbox: { slice: 'sorted', seed: { split: 'train', n: 2 } } }),
    ];
    const live = await meet(book, { n: 3, purpose: 'exam', sandbox: null });
    await meet(book, { n: 4, purpose: 'train' });
    const from = origin(folder);
    const examined = (who: Contestant, run = freshFolder()) =>
      inShop(run, (shop) => examineProduction(shop, from, { contestant: who, start: 'cold' }));
    const run = freshFolder();
    expect(await examined(contestant('able', true), run)).toMatchObject({ tasks: 2, passed: 2, lost: [], seen: [] });
    expect(json(run, 'exam', 'production.json')).toMatchObject({
      compartment: 'acme',
      book: book.end,
      policy: 'able',
      results: expect.arrayContaining([held, other].map((entry) => ({ entry, passed: true }))),
    });
    const after = await examined(contestant('worse', false));
    expect(after).toMatchObject({ tasks: 2, passed: 0 });
    expect([...(after?.lost ?? [])].sort()).toEqual([held, other].sort());
    expect(JSON.stringify(after)).not.toContain(live);
    // The same run again plays nothing and says the same.
    expect(await examined(contestant('able', false), run)).toMatchObject({ passed: 2, lost: [] });
  });

  it('are left out where training met them', async () => {
    const folder = freshFolder();
    const book = openTriage(folder, 'acme');
    const met = await meet(book, { n: 5, purpose: 'train', as: 'demonstration' });
    const run = freshFolder();
    await inShop(run, (shop) => withProduction(shop, origin(folder), []));
    // Two compartments, one task: what acme was taught, globex may hold back.
    const globex = openTriage(folder, 'globex');
    const seen = await meet(globex, { n: 5, purpose: 'exam' });
    expect(seen).not.toBe(met);
    const found = await inShop(freshFolder(), (shop) =>
      examineProduction(shop, origin(folder, 'globex'), {
        contestant: contestant('able', true, [join(run, 'production.jsonl')]),
        start: 'cold',
      }),
    );
    expect(found).toMatchObject({ tasks: 0, passed: 0, seen: [seen] });
  });

  it('are none where nothing is held back, and can be stopped', async () => {
    const folder = freshFolder();
    const book = openTriage(folder, 'acme');
    await meet(book, { n: 1, purpose: 'train' });
    const able = contestant('able', true);
    expect(await inShop(freshFolder(), (shop) => examineProduction(shop, origin(folder), { contestant: able, start: 'cold' }))).toBeNull();
    await meet(book, { n: 2, purpose: 'exam' });
    const stopped = inShop(freshFolder(), (shop) => examineProduction(shop, origin(folder), { contestant: able, start: 'cold' }), {
      signal: AbortSignal.abort(),
    });
    await expect(stopped).rejects.toThrow(Stopped);
  });
});

describe('make --from-production', { timeout: 120_000 }, () => {
  let place: Workplace;
  let book: TriageBook;
  let made: Ended;
  const flags = (compartment = 'acme'): string[] => ['--from-production', 'production', '--compartment', compartment];

  beforeAll(async () => {
    place = await Workplace.make();
    const countdown = await loadGym('countdown');
    book = openTriage(place.path('production'), 'acme');
    await meet(book, { n: 7, purpose: 'train', as: 'demonstration' }, countdown);
    await meet(book, { n: 8, purpose: 'train', kind: 'failure' }, countdown);
    await meet(book, { n: 9, purpose: 'exam' }, countdown);
    await meet(openTriage(place.path('production'), 'globex'), { n: 7, purpose: 'train', as: 'demonstration' }, countdown);
    place.planRun('next');
    made = await place.make('next', ...flags()).ended;
  }, 120_000);
  afterAll(() => place.dispose());

  it('makes an agent whose lineage says whose data it has seen, and examines what was held back', () => {
    expect(made).toMatchObject({ code: 3, err: '' });
    expect(made.out).toContain('production of acme: 1 demonstrations, and 1 tasks of which the expert did 1');
    expect(json(place.path('next', 'run.json'))).toMatchObject({ compartment: 'acme', book: book.end });
    const lineage = json(place.path('next', 'agent', 'lineage.json'));
    expect(lineage).toMatchObject({
      compartment: 'acme',
      madeBy: expect.stringContaining('--from-production production --compartment acme'),
      stages: expect.arrayContaining([{ stage: `production ${book.end}`, episodes: 2, tokens: 0, seconds: 0 }]),
    });
    expect(json(place.path('next', 'agent', 'certificate.json')).lineage).toEqual(lineage);
    expect(json(place.path('next', 'exam', 'production.json'))).toMatchObject({ results: [{ passed: expect.any(Boolean) }], seen: [] });
  });

  it('goes on with one compartment only, whatever was reported since', async () => {
    const held = json(place.path('next', 'exam', 'production.json'));
    await meet(book, { n: 10, purpose: 'exam' }, await loadGym('countdown'));
    expect(await place.make('next', ...flags()).ended).toMatchObject({ code: 3, err: '' });
    expect(json(place.path('next', 'exam', 'production.json'))).toEqual(held);
    for (const [words, message] of [
      [flags('globex'), /the compartment globex, expected acme, which it began with/],
      [[], /the compartment default, expected acme, which it began with/],
      [['--compartment', 'acme'], /--compartment alone, expected both/],
      [['--from-production', 'production'], /--from-production alone, expected both/],
    ] as const)
      expect((await place.make('next', ...words).ended).err).toMatch(message);
    const other = await place.make('other', ...flags('globex'), '--from', 'next/agent').ended;
    expect(`${other.code} ${other.err}`).toMatch(
      /^1 begin from next\/agent with data of globex: got an agent that learned from data of acme/,
    );
  });

  it('is held by the gate against every earlier version', async () => {
    const slice = { slice: 'base', trials: 300, passes: 300, neverEvents: 0, neverEventsBound: 0.01, alpha: 0.01 };
    const hash = '0'.repeat(64);
    const exam = { gym: { name: 'countdown', version: '1' }, certificate: hash, commitment: hash };
    recordJudgement(place.path('registry'), 'countdown', {
      judgement: {
        isAllowed: false,
        findings: [],
        exam: { ...exam, slices: [{ ...slice, lowerBound: 0.98, upperBound: 1 }] },
        files: {},
        judgedBefore: 0,
      },
      now,
    });
    const { code, out } = await place.run('release', 'next/agent');
    expect(code).toBe(3);
    expect(out).toMatch(/✗ The agent has lost what an earlier version could do: “base” passed \d+ of \d+, where version 1/);
    expect(out).toContain('✓ The files of the agent are those that were examined');
  });
});
