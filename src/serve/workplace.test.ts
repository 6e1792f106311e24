/** Jobs at a till, worked on by a clerk who does what it is told, good or bad. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ConfigError, DataError } from '../base/index.ts';
import type { Policy } from '../records/index.ts';
import { parseSpec } from '../release/index.ts';
import type { Job } from './job.ts';
import { clerk, Till, tillActions, type Wish } from './till.fixture.ts';
import type { JobEnd } from './work-job.ts';
import { openWorkplace, type Workplace, type WorkplaceOptions } from './workplace.ts';

const SPEC = parseSpec(`
schemaVersion: 1
name: till
otherwise: { read: allow, reversible: allow, compensable: allow, irreversible: forbid }
rules:
  - id: large
    authority: operator
    effect: ask
    because: A person signs for large sums.
    when:
      verb: click
      target: { name: save bill }
      screen: { role: field, name: amount, amount: { above: 10000 } }
`);
const live = { agent: 'clerk', place: { kind: 'live', url: 'http://till.example/', goal: [{ text: 'Pay.' }] } };
const LARGE: readonly Wish[] = ['fill 98000.00', 'Save bill', 'done'];

let folder = '';
let till = new Till();
let open: Workplace[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'workplace-'));
  till = new Till();
  open = [];
});
afterEach(async () => {
  await Promise.all(open.map((workplace) => workplace.close().catch(() => {})));
  rmSync(folder, { recursive: true, force: true });
});

function workplaceOf(policy: Policy, options: Partial<WorkplaceOptions> = {}, spec = SPEC): Workplace {
  const workplace = openWorkplace({
    folder,
    workerOf: async (name) => {
      if (name !== 'clerk') throw new ConfigError({ operation: 'look for an agent', got: name, expected: 'clerk' });
      const open = async () => till.open('seed');
      return { name, version: 3, policy, actions: tillActions, spec, thresholds: { abstainBelow: 0.5, surpriseAbove: 2 }, open };
    },
    ...options,
  });
  open.push(workplace);
  return workplace;
}

/** Gives a job to a clerk with this list, and waits until it needs a person or has ended. */
async function work(wishes: readonly Wish[], how: Parameters<typeof clerk>[1] = {}, options: Partial<WorkplaceOptions> = {}) {
  const workplace = workplaceOf(clerk(wishes, how), options);
  const { id } = workplace.submit(live, 'Ada');
  await workplace.idle();
  const job = () => {
    const found = workplace.job(id);
    if (!found) throw new Error('the job is lost');
    return found;
  };
  return { workplace, id, job };
}

describe('a job', () => {
  it('that its agent may do is done, and its record says so', async () => {
    const { job } = await work(['fill 12.00', 'Save bill', 'done']);
    expect(till.pressed).toEqual(['save 12.00']);
    expect(job()).toMatchObject({ state: 'ended', ended: { how: 'done' }, done: ['click button "Save bill"'], version: 3, asked: [] });
  });

  it('waits for an approval, and does the action once when it comes', async () => {
    const { workplace, job } = await work(LARGE);
    expect(job()).toMatchObject({ state: 'waits-for-approval', asked: [{ action: 'click button "Save bill"' }] });
    expect(job().asked[0]?.because[0]).toMatch(/A person signs for large sums/);
    expect(till.pressed).toEqual([]);
    workplace.answer(job().waiting[0]?.id ?? '', { isApproved: true, by: 'Ben' });
    await workplace.idle();
    expect(till.pressed).toEqual(['save 98000.00']);
    expect(job().ended?.how).toBe('done');
  });

  it('is handed over where a person says no, and where nobody says anything in time', async () => {
    const denied = await work(LARGE);
    denied.workplace.answer(denied.job().waiting[0]?.id ?? '', { isApproved: false, by: 'Ben' });
    await denied.workplace.idle();
    expect(denied.job().ended).toMatchObject({ how: 'handed-over', because: [expect.anything(), 'Ben said no.'] });
    await denied.workplace.close();
    let now = Date.UTC(2026, 0, 5);
    const late = await work(LARGE, {}, { now: () => new Date(now), approvalSeconds: 60 });
    now += 61_000;
    late.workplace.stops.stop({ kind: 'agent', agent: 'nobody' }, { by: 'Ben', reason: 'to have something change', now: new Date(now) });
    await late.workplace.idle();
    expect(late.job().ended?.how).toBe('handed-over');
    expect(till.pressed).toEqual([]);
  });

  it('asks for what it lacks as a form, and goes on with what a person writes', async () => {
    const { workplace, job } = await work(['ask Amount', 'Save bill', 'done']);
    expect(job()).toMatchObject({
      state: 'waits-for-answer',
      forms: [{ form: { about: 'Amount', role: 'field', held: '', choice: null } }],
    });
    const question = job().forms[0]?.id ?? '';
    expect(() => workplace.answerQuestion(question, { value: ' ', by: 'Ben' })).toThrow(/got nothing, expected a value for Amount/);
    workplace.answerQuestion(question, { value: '47.11', by: 'Ben' });
    await workplace.idle();
    expect(till.pressed).toEqual(['save 47.11']);
    expect(job()).toMatchObject({ ended: { how: 'done' }, questions: [question], forms: [] });
    expect(() => workplace.answerQuestion(question, { value: '47.12', by: 'Ben' })).toThrow(/answered already/);
  });

  it('asks again in the same attempt where the value did not do, and never answers itself for ever', async () => {
    const { workplace, job } = await work(['ask Amount', 'ask Amount', 'Save bill', 'done']);
    const first = job().forms[0]?.id ?? '';
    workplace.answerQuestion(first, { value: '1.00', by: 'Ben' });
    await workplace.idle();
    expect(job()).toMatchObject({ state: 'waits-for-answer', forms: [{ form: { held: '1.00' } }] });
    const second = job().forms[0]?.id ?? '';
    expect(second).not.toBe(first);
    workplace.answerQuestion(second, { value: '2.00', by: 'Ben' });
    await workplace.idle();
    expect(till.pressed).toEqual(['save 2.00']);
    expect(job().questions).toEqual([first, second]);
  });

  it('puts nothing on a page that has changed while it waited: the answer holds when it asks again', async () => {
    const { workplace, job } = await work(['ask Amount', 'ask Amount', 'Save bill', 'done']);
    till.note = 'another bill';
    workplace.answerQuestion(job().forms[0]?.id ?? '', { value: '47.11', by: 'Ben' });
    await workplace.idle();
    expect(job().questions).toHaveLength(1);
    expect(till.pressed).toEqual(['save 47.11']);
  });

  it('offers the options of a list, and takes no other', async () => {
    const { workplace, job } = await work(['ask Till', 'done']);
    expect(job().forms[0]?.form).toEqual({ about: 'Till', nth: 0, role: 'list', held: 'first', choice: ['first', 'second'] });
    const question = job().forms[0]?.id ?? '';
    expect(() => workplace.answerQuestion(question, { value: 'third', by: 'Ben' })).toThrow(/got third, expected one of first, second/);
    workplace.answerQuestion(question, { value: 'second', by: 'Ben' });
    await workplace.idle();
    expect(job().ended?.how).toBe('done');
  });

  it('is handed over where a person goes on with it, nobody answers in time, and nobody can answer', async () => {
    const taken = await work(['ask Amount', 'done']);
    taken.workplace.answerQuestion(taken.job().forms[0]?.id ?? '', { value: null, by: 'Ben' });
    await taken.workplace.idle();
    expect(taken.job().ended).toMatchObject({ how: 'handed-over', because: ['The agent asked for "Amount".', 'Ben goes on with it.'] });
    await taken.workplace.close();

    let now = Date.UTC(2026, 0, 5);
    const late = await work(['ask Amount', 'done'], {}, { now: () => new Date(now), approvalSeconds: 60 });
    const question = late.job().forms[0]?.id ?? '';
    now += 61_000;
    expect(() => late.workplace.answerQuestion(question, { value: '1', by: 'Ben' })).toThrow(/expired/);
    late.workplace.stops.stop({ kind: 'agent', agent: 'nobody' }, { by: 'Ben', reason: 'to have something change', now: new Date(now) });
    await late.workplace.idle();
    expect(late.job().ended).toMatchObject({ how: 'handed-over', because: ['The agent asked for "Amount".', 'Nobody answered in time.'] });
    await late.workplace.close();

    const text = await work(['ask 12.00', 'done']);
    expect(text.job()).toMatchObject({ ended: { how: 'handed-over' }, questions: [] });
  });

  it('is asked once about one thing: after a restart the answer holds again, and a stop ends the wait', async () => {
    const { workplace, job, id } = await work(['ask Amount', 'ask Amount', 'Save bill', 'done']);
    await workplace.close();
    const again = workplaceOf(clerk(['ask Amount', 'fill 98000.00', 'Save bill', 'done']));
    await again.idle();
    expect(again.job(id)?.questions).toEqual(job().questions);
    again.answerQuestion(again.job(id)?.forms[0]?.id ?? '', { value: '47.11', by: 'Ben' });
    await again.idle();
    // It waits for an approval now, with the answer given.
    expect(again.job(id)?.state).toBe('waits-for-approval');
    await again.close();
    const third = workplaceOf(clerk(['ask Amount', 'Save bill', 'done']));
    await third.idle();
    expect(till.pressed).toEqual(['save 47.11']);
    expect(third.job(id)?.questions).toEqual(job().questions);
    await third.close();

    const stopped = await work(['ask Amount', 'done']);
    stopped.workplace.stops.stop({ kind: 'everything' }, { by: 'Ben', reason: 'enough', now: new Date() });
    await stopped.workplace.idle();
    expect(stopped.job().ended?.how).toBe('stopped');
  });

  it('is asked about by what its agent expects of an action that lasts, and people see that', async () => {
    const spec = parseSpec(`
schemaVersion: 1
name: till
otherwise: { read: allow, reversible: allow, compensable: allow, irreversible: forbid }
rules:
  - id: payment
    authority: operator
    effect: ask
    because: Payments are for people.
    when: { risk: compensable, predicted: { contains: payment sent } }
`);
    const wishes: readonly Wish[] = ['fill 12.00', 'Save bill', 'done'];
    const asked = async (foresees: string): Promise<readonly string[] | undefined> => {
      const workplace = workplaceOf(clerk(wishes, { foresees }), {}, spec);
      const { id } = workplace.submit(live, 'Ada');
      await workplace.idle();
      const because = workplace.job(id)?.asked[0]?.because;
      await workplace.close();
      return because;
    };
    expect(await asked('Bill saved')).toBeUndefined();
    expect(till.pressed).toEqual(['save 12.00']);
    expect(await asked('Payment sent\nto 4711')).toEqual([
      expect.stringMatching(/Payments are for people/),
      'The agent expects to see: "Payment sent\\nto 4711".',
    ]);
    expect(till.pressed).toEqual(['save 12.00']);
  });

  it('voids an approval when the page has changed meanwhile, and asks again about what is there now', async () => {
    const { workplace, job } = await work(LARGE);
    const [first] = job().waiting;
    till.note = 'the account has changed';
    workplace.answer(first?.id ?? '', { isApproved: true, by: 'Ben' });
    await workplace.idle();
    expect(till.pressed).toEqual([]);
    const [second] = job().waiting;
    expect(second?.id).not.toBe(first?.id);
    workplace.answer(second?.id ?? '', { isApproved: true, by: 'Ben' });
    await workplace.idle();
    expect(till.pressed).toEqual(['save 98000.00']);
  });

  it('never does what is forbidden, and says what it would have been', async () => {
    const { job } = await work(['fill 12.00', 'Pay now', 'done']);
    expect(till.pressed).toEqual([]);
    expect(job().ended).toMatchObject({ how: 'handed-over' });
    expect(job().ended?.because[0]).toBe('The agent would have done this: click button "Pay now".');
  });

  it('is handed over below the critic’s threshold, when the agent asks, and when it gives up', async () => {
    for (const [wishes, how] of [
      [['Save bill'], { value: 0.3 }],
      [['ask'], {}],
      [['abstain'], {}],
    ] as const) {
      const { workplace, job } = await work(wishes, how);
      expect(job().ended?.how).toBe('handed-over');
      await workplace.close();
    }
    expect(till.pressed).toEqual([]);
  });

  it('asks where the page surprises, and after an alarm about all that lasts', async () => {
    const surprised = await work(['fill 12.00', 'done'], { surprise: 3 });
    expect(surprised.job().asked).toMatchObject([{ action: 'fill field "Amount" from text "12.00"' }]);
    await surprised.workplace.close();
    rmSync(folder, { recursive: true });
    const careful = await work(['fill 12.00', 'Save bill', 'done'], {}, { mode: () => 'ask-always' });
    expect(careful.job().asked).toMatchObject([{ step: 1, action: 'click button "Save bill"' }]);
    expect(till.pressed).toEqual([]);
  });

  it('stops before its next action, also while it waits, and does not start again by itself', async () => {
    const { workplace, job, id } = await work(LARGE);
    const [approval] = job().waiting;
    workplace.stops.stop({ kind: 'job', job: id }, { by: 'Cleo', reason: 'wrong vendor', now: new Date() });
    await workplace.idle();
    expect(job().ended).toMatchObject({ how: 'stopped', because: ['Cleo: wrong vendor'] });
    expect(() => workplace.answer(approval?.id ?? '', { isApproved: true, by: 'Ben' })).not.toThrow();
    await workplace.idle();
    expect(till.pressed).toEqual([]);
    workplace.stops.stop({ kind: 'everything' }, { by: 'Cleo', reason: 'holiday', now: new Date() });
    const { id: other } = workplace.submit(live, 'Ada');
    await workplace.idle();
    expect(workplace.job(other)?.ended?.how).toBe('stopped');
  });

  it('fails in words where agent or app break, or the agent may not work', async () => {
    const broken = await work(['fill 12.00', 'Save bill'], {}, {});
    await broken.workplace.close();
    till.onPress = (when) => {
      if (when === 'before') throw new Error('the app is gone');
    };
    const { workplace, job } = await work(['fill 12.00', 'Save bill']);
    expect(job().ended).toMatchObject({
      how: 'failed',
      because: ['the app is gone', 'Nobody knows whether this was done: click button "Save bill".'],
    });
    const { id } = workplace.submit({ ...live, agent: 'stranger' }, 'Ada');
    await workplace.idle();
    expect(workplace.job(id)?.ended?.because[0]).toMatch(/stranger may not work here/);
  });

  it('is worked on no more where its ledger can’t be written, and that is told', async () => {
    const failures: string[] = [];
    till.onPress = (when) => {
      if (when === 'after') rmSync(join(folder, 'jobs'), { recursive: true });
    };
    const { workplace, job } = await work(
      ['fill 12.00', 'Save bill', 'done'],
      {},
      { onFailure: (_, error) => failures.push(error.message) },
    );
    expect(failures).toEqual([expect.stringMatching(/ENOENT/)]);
    expect(job().ended).toBeNull();
    expect(till.pressed).toEqual(['save 12.00']);
    await workplace.close();
  });

  it('that is none is refused', () => {
    const workplace = workplaceOf(clerk([]));
    const exam = { kind: 'sandbox', slice: 'base', seed: { split: 'exam', n: 1 } };
    const secret = { ...live.place, secrets: { password: 'open sesame' } };
    for (const request of [
      null,
      {},
      { ...live, extra: 1 },
      { ...live, place: exam },
      { ...live, place: secret },
      { ...live, compartment: '../x' },
    ])
      expect(() => workplace.submit(request, 'Ada')).toThrow(DataError);
    expect(workplace.jobs()).toEqual([]);
  });
});

describe('a workplace that is opened again', () => {
  it('tells how a job ended where the process before died too early for that, and then no more', async () => {
    const dying = () => {
      throw new Error('killed');
    };
    const first = await work(['fill 12.00', 'Save bill', 'done'], {}, { onEnd: dying, onFailure: () => {} });
    await first.workplace.close();
    const ends: JobEnd[] = [];
    const transcript = [{ kind: 'goal', pieces: [] }] as const;
    const options = { onEnd: (_: Job, end: JobEnd) => void ends.push(end), transcriptOf: () => transcript };
    for (let i = 0; i < 2; i++) await workplaceOf(clerk([]), options).close();
    expect(ends).toMatchObject([{ how: 'done', intervened: false, answers: 0, surpriseNats: expect.closeTo(0.1), transcript }]);
    expect(ends[0]?.seconds).toBeGreaterThan(0);
    const second = await work(['done'], {}, options);
    await second.workplace.close();
    await workplaceOf(clerk([]), options).close();
    expect(ends).toHaveLength(2);
  });

  it('goes on with a job that waits, and takes an approval that was given for the same action on the same screen', async () => {
    const first = await work(LARGE);
    const [approval] = first.job().waiting;
    first.workplace.answer(approval?.id ?? '', { isApproved: true, by: 'Ben' });
    await first.workplace.close();
    expect(till.pressed.length).toBeLessThanOrEqual(1);
    const again = workplaceOf(clerk(LARGE));
    await again.idle();
    expect(till.pressed).toEqual(['save 98000.00']);
    expect(again.job(first.id)).toMatchObject({ state: 'ended', asked: [{ approval: approval?.id }] });
  });

  it('keeps waiting for an answer that has not come', async () => {
    const first = await work(LARGE);
    await first.workplace.close();
    const again = workplaceOf(clerk(LARGE));
    await again.idle();
    expect(again.job(first.id)).toMatchObject({ state: 'waits-for-approval', attempts: 2 });
    expect(again.job(first.id)?.asked).toHaveLength(1);
  });

  it('asks before doing once more what an earlier attempt did', async () => {
    const wishes: readonly Wish[] = ['fill 12.00', 'Save bill', 'fill 98000.00', 'Save bill', 'done'];
    const first = await work(wishes);
    expect(till.pressed).toEqual(['save 12.00']);
    await first.workplace.close();
    const again = workplaceOf(clerk(wishes));
    await again.idle();
    expect(till.pressed).toEqual(['save 12.00']);
    expect(again.job(first.id)?.asked.at(-1)?.because).toEqual(['The same was done in this job before the server was started again.']);
  });

  it('is nobody else’s', async () => {
    workplaceOf(clerk([]));
    expect(() => workplaceOf(clerk([]))).toThrow(ConfigError);
  });
});

describe('undo', () => {
  it('is refused, in words, for a job under way, one that is not there, one of a sandbox, and a place that takes nothing back', async () => {
    const { workplace, job, id } = await work(LARGE);
    await expect(workplace.undo(id, 'Ben')).rejects.toThrow(/under way/);
    await expect(workplace.undo('nobody’s', 'Ben')).rejects.toThrow(/no such job/);
    workplace.answer(job().waiting[0]?.id ?? '', { isApproved: true, by: 'Ben' });
    await workplace.idle();
    await expect(workplace.undo(id, 'Ben')).rejects.toThrow(/takes nothing back/);
    expect(job().undoings).toEqual([
      { action: 'click button "Save bill"', undoing: { kind: 'impossible', why: 'this place tells of no way to take it back' } },
    ]);
    const { id: boxed } = workplace.submit({ ...live, place: { kind: 'sandbox', slice: 'base', seed: { split: 'train', n: 1 } } }, 'Ada');
    await workplace.idle();
    workplace.stops.stop({ kind: 'job', job: boxed }, { by: 'Ben', reason: 'enough', now: new Date() });
    await workplace.idle();
    await expect(workplace.undo(boxed, 'Ben')).rejects.toThrow(/a sandbox, which is gone/);
  });
});

describe('many jobs', () => {
  it('are worked on side by side, in lanes that those who wait leave to others', async () => {
    const wishes: readonly Wish[] = ['fill 98000.00', 'Save bill', 'done'];
    const workplace = workplaceOf(clerk(wishes), { lanes: 2 });
    const ids = Array.from({ length: 9 }, () => workplace.submit(live, 'Ada').id);
    await workplace.idle();
    expect(ids.map((id) => workplace.job(id)?.state)).toEqual(ids.map(() => 'waits-for-approval'));
    for (const id of ids) workplace.answer(workplace.job(id)?.waiting[0]?.id ?? '', { isApproved: true, by: 'Ben' });
    await workplace.idle();
    expect(till.pressed).toHaveLength(9);
    expect(workplace.jobs().every(({ ended }) => ended?.how === 'done')).toBe(true);
  });
});
