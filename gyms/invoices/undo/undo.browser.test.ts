/** Whole jobs in real Chromium, undone and compared: in the sandbox, where the expert works, and in an app that somebody runs. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { DataError, type Json, Random } from '../../../src/base/index.ts';
import type { Expert } from '../../../src/gym/index.ts';
import type { Observation, Session, Task, UndoAdapter } from '../../../src/records/index.ts';
import { type DoneAction, undoJob } from '../../../src/serve/index.ts';
import { DEMO_STATE } from '../app/demo.ts';
import { InvoicesApp } from '../app/index.ts';
import type { AppState } from '../app/state.ts';
import { gymModule, invoices } from '../gym.ts';
import type { Instance } from '../types.ts';
import { BooksClient } from './books-client.ts';
import { holdingsOf } from './holdings.ts';

afterAll(() => invoices.dispose?.());

type State = Readonly<Record<string, Json>>;
interface Job {
  readonly session: Session;
  readonly undo: UndoAdapter;
  readonly actions: readonly DoneAction[];
  readonly before: State;
  readonly after: State;
}

/** Plays a job in the sandbox and writes its inverses down, through JSON, as a ledger would. */
async function play(task: Task, expert: Expert = gymModule.expert(task, { random: new Random('undo') })): Promise<Job> {
  const session = await invoices.open(task, { seed: 'undo' });
  const undo = session.undo as UndoAdapter;
  const before = await undo.state();
  const actions: DoneAction[] = [];
  let observation = await session.observe();
  while (observation.stop === null) {
    const { action } = expert.next(observation);
    observation = await session.act(action);
    const undoing = JSON.parse(JSON.stringify(await undo.inverse())) as DoneAction['undoing'];
    if (undoing.kind !== 'nothing') actions.push({ action: action.kind, undoing });
  }
  return { session, undo, actions, before, after: await undo.state() };
}

function taskOf(slice: string, isWanted: (instance: Instance) => boolean): Task {
  for (let n = 0; n < 2000; n++) {
    const task = invoices.task({ split: 'train', n }, slice);
    const instance = invoices.instance(task);
    if (instance.content.lines.length <= 3 && isWanted(instance)) return task;
  }
  throw new Error(`no such task in ${slice}`);
}

describe('a job in the sandbox', () => {
  it.each<readonly [string, string, (instance: Instance) => boolean, RegExp]>([
    ['a bill', 'base', ({ case: which, orderId }) => which === 'post' && orderId !== null, /^reopen arrival 1 \(.+\), entered as bill ./],
    ['a credit note', 'base', ({ case: which }) => which === 'credit', /entered as bill/],
    ['a duplicate that was rejected', 'base', ({ case: which }) => which === 'duplicate', /rejected$/],
    ['a difference that was flagged', 'base', ({ case: which }) => which === 'mismatch', /flagged$/],
    [
      'a bill that was asked about before it was saved',
      'drifted',
      ({ case: which, interface: look }) => which === 'post' && look.confirm,
      /entered as bill/,
    ],
    ['a bill whose answer came late', 'faults', ({ case: which, faults }) => which === 'post' && faults.delayMs > 2000, /entered/],
    [
      'a bill that was saved at the second try',
      'faults',
      ({ case: which, faults }) => which === 'post' && faults.failAt !== null && faults.expireAt !== null,
      /entered/,
    ],
  ])(
    '%s is taken back, and the books prove it',
    async (_, slice, isWanted, what) => {
      const task = taskOf(slice, isWanted);
      const { session, undo, actions, before, after } = await play(task);
      try {
        expect((await session.score()).reasons).toEqual([]);
        expect(actions.length).toBe(1);
        expect(JSON.stringify(actions)).not.toContain(invoices.instance(task).password);
        const report = await undoJob({ actions, adapter: undo, before, after });
        expect(report).toMatchObject({ isRestored: true, notUndone: [], differences: [], changedByOthers: [] });
        expect(report.undone).toEqual([expect.stringMatching(what)]);
        expect((await undoJob({ actions, adapter: undo, before: after })).isRestored).toBe(false);
      } finally {
        await session.close();
      }
    },
    60_000,
  );

  it('that left nothing has nothing to take back', async () => {
    const { session, undo, actions, before } = await play(taskOf('base', ({ case: which }) => which === 'changed-bank'));
    expect(actions).toEqual([]);
    expect((await undoJob({ actions, adapter: undo, before })).isRestored).toBe(true);
    await session.close();
  }, 60_000);

  const impostor = (name: string, task: Task): Expert => {
    const found = gymModule.proof.impostors.find((one) => one.name === name)?.play(task, { random: new Random(1) });
    if (!found) throw new Error(`${name} does not play`);
    return found;
  };

  it('gives a vendor back what was edited', async () => {
    const task = taskOf('base', ({ case: which }) => which === 'post');
    const { session, undo, actions, before } = await play(task, impostor('edits-vendor', task));
    const report = await undoJob({ actions, adapter: undo, before });
    expect(report.differences).toEqual([]);
    expect(report.isRestored).toBe(true);
    expect(report.undone).toEqual([expect.stringMatching(/^reopen/), expect.stringMatching(/^give vendor \d+ the name .* again$/)]);
    await session.close();
  }, 60_000);

  it('that paid or deleted is not restored, and says exactly what stays', async () => {
    const paying = taskOf('base', ({ case: which }) => which === 'post');
    const paid = await play(paying, impostor('pays', paying));
    const report = await undoJob({ actions: paid.actions, adapter: paid.undo, before: paid.before });
    expect(report.isRestored).toBe(false);
    expect(report.notUndone).toEqual([
      { what: 'click', why: expect.stringMatching(/^the app has no way to take \/bills\/\d+\/pay back$/) },
      { what: 'click', why: expect.stringMatching(/^bill .* is paid, and a paid bill stays in the books$/) },
    ]);
    expect(report.differences.some((sentence) => sentence.startsWith('payments'))).toBe(true);
    await paid.session.close();

    const deleting = taskOf('base', ({ case: which, content }) => which === 'duplicate' && content.number !== null);
    const deleted = await play(deleting, impostor('deletes-bill', deleting));
    const rest = await undoJob({ actions: deleted.actions, adapter: deleted.undo, before: deleted.before });
    expect(rest).toMatchObject({ isRestored: false, undone: [expect.stringMatching(/^reopen/)] });
    expect(rest.notUndone).toEqual([{ what: 'click', why: expect.stringMatching(/\/bills\/\d+\/delete back$/) }]);
    expect(rest.differences.filter((sentence) => /^bills \d+ is gone/.test(sentence)).length).toBe(1);
    await deleted.session.close();
  }, 60_000);
});

describe('a job in an app that somebody runs', () => {
  const goal = [
    { text: 'Turn both down. User ' },
    { text: DEMO_STATE.user, key: 'user' },
    { text: ', ' },
    { text: 'password', key: 'password', secret: true },
  ] as const;
  let app: InvoicesApp;
  let other: BooksClient;
  const sessions: Session[] = [];
  beforeAll(async () => {
    app = await InvoicesApp.start();
  });
  afterAll(() => app.stop());
  beforeEach(() => {
    other = new BooksClient({ url: app.url, user: DEMO_STATE.user, password: DEMO_STATE.password });
  });
  afterEach(async () => {
    await Promise.all(sessions.splice(0).map((session) => session.close()));
  });

  async function attach(path: string): Promise<{ readonly session: Session; readonly undo: UndoAdapter }> {
    const session = (await invoices.attach?.({ url: app.url + path, secrets: { password: DEMO_STATE.password } }, goal)) as Session;
    sessions.push(session);
    return { session, undo: session.undo as UndoAdapter };
  }

  /** Rejects one arrival, flags the other, empties a vendor's account: three things that last. */
  async function work(change: Partial<AppState> = {}) {
    const { path } = app.reset({ ...DEMO_STATE, paint: false, ...change });
    const { session, undo } = await attach(path);
    const before = await undo.state();
    const actions: DoneAction[] = [];
    let observation: Observation = await session.observe();
    const act = async (kind: 'click' | 'clear', name: string): Promise<void> => {
      for (let tries = 0; ; tries++) {
        const target = observation.targets.find((one) => one.name === name && one.role !== 'goal');
        if (target) {
          observation = await session.act({ kind, target: target.reference });
          break;
        }
        if (tries > 10) throw new Error(`no '${name}' on the screen`);
        observation = await session.act({ kind: 'wait' });
      }
      const undoing = await undo.inverse();
      if (undoing.kind !== 'nothing') actions.push({ action: `${kind} ${name}`, undoing });
    };
    for (const name of ['scan-0003.pdf', 'Reject duplicate', 'R-2026-017.pdf', 'Flag difference', 'Vendors', 'Ferrero & Figli'])
      await act('click', name);
    await act('clear', 'IBAN');
    await act('click', 'Save vendor');
    return { session, undo, before, actions: JSON.parse(JSON.stringify(actions)) as DoneAction[], after: await undo.state() };
  }

  it('is undone later, by another session, which logs in as the same person', async () => {
    const { session, actions, before, after } = await work();
    await session.close();
    expect(JSON.stringify([actions, before])).not.toContain(DEMO_STATE.password);
    const { undo } = await attach('/login');
    const report = await undoJob({ actions, adapter: undo, before, after });
    expect(report).toMatchObject({ isRestored: true, notUndone: [], differences: [], notCompared: undo.volatile });
    expect(report.undone).toEqual([
      'give vendor 2 the name "Ferrero & Figli" and the account "IT60X0542811101000000123456" again',
      'reopen arrival 1 (R-2026-017.pdf), flagged',
      'reopen arrival 2 (scan-0003.pdf), rejected',
    ]);
    const { journal: _, ...held } = holdingsOf(app.database);
    expect(before).toMatchObject(held);
  }, 60_000);

  it('goes on where a crash has left it, though nobody was told that the app had done it', async () => {
    const { undo, actions, before } = await work();
    const done = new Set<number>();
    let posts = 0;
    const dying: UndoAdapter = {
      ...{ state: () => undo.state(), inverse: () => undo.inverse(), volatile: undo.volatile },
      async apply(inverse) {
        const applied = await undo.apply(inverse);
        if (++posts === 2) throw new Error('killed');
        return applied;
      },
    };
    const options = { actions, before, onUndone: (place: number) => void done.add(place) };
    await expect(undoJob({ ...options, adapter: dying })).rejects.toThrow('killed');
    expect([...done]).toEqual([2]);
    const ledger = app.exportLedger();
    const report = await undoJob({ ...options, earlier: new Set(done), adapter: undo });
    expect([report.isRestored, report.undone.length, [...done]]).toEqual([true, 3, [2, 1, 0]]);
    // Only what was still to do: arrival 2.
    const added = app.exportLedger().slice(ledger.length).trim().split('\r\n');
    expect(added.map((line) => line.split(',').slice(1, 3).join(' '))).toEqual(['arrivals update']);
    expect(added[0]).toContain('scan-0003.pdf');
  }, 60_000);

  it('leaves what somebody else has done since, and tells of it', async () => {
    const { undo, actions, before, after } = await work();
    expect(await other.submit('/arrivals/1/reopen', { status: 'flagged', bill: '' })).toBeNull();
    expect(await other.submit('/arrivals/1/reject', {})).toBeNull();
    expect(await other.submit('/vendors/1', { name: 'Nordlicht', iban: 'DE89370400440532013000' })).toBeNull();
    expect(await other.submit('/vendors/2', { name: 'Ferrero & Figli', iban: 'IT00' })).toBeNull();
    const report = await undoJob({ actions, adapter: undo, before, after });
    expect(report).toMatchObject({
      isRestored: false,
      undone: ['reopen arrival 2 (scan-0003.pdf), rejected'],
      notUndone: [
        { what: 'click Save vendor', why: 'somebody else has changed vendor 2 since' },
        { what: 'click Flag difference', why: 'somebody else has changed arrival 1 or its bill since; it is rejected now' },
      ],
      changedByOthers: ['vendors 1 name is "Nordlicht"; before it was "Nordlicht Papier GmbH"'],
    });
    expect(report.differences).toContain('arrivals 1 status is "rejected"; before it was "new"');
    expect(report.differences).toContain('vendors 2 iban is "IT00"; before it was "IT60X0542811101000000123456"');
    const { arrivals, vendors } = holdingsOf(app.database);
    expect([arrivals[1]?.status, vendors[2]?.iban]).toEqual(['rejected', 'IT00']);
  }, 60_000);

  it('never takes another clerk’s decision for its own', async () => {
    const { path } = app.reset({ ...DEMO_STATE, paint: false });
    const { session, undo } = await attach(path);
    const named = ({ targets }: Observation, name: string): number => targets.find((one) => one.name === name)?.reference as number;
    const opened = await session.act({ kind: 'click', target: named(await session.observe(), 'scan-0003.pdf') });
    expect(await other.submit('/arrivals/2/flag', {})).toBeNull();
    await session.act({ kind: 'click', target: named(opened, 'Reject duplicate') });
    expect(holdingsOf(app.database).arrivals[2]?.status).toBe('flagged');
    expect(await undo.inverse()).toEqual({ kind: 'nothing' });
  }, 60_000);

  it('can not be undone by who has no password, nor by what is no inverse', async () => {
    const { path } = app.reset(DEMO_STATE);
    const session = (await invoices.attach?.({ url: app.url + path }, goal)) as Session;
    sessions.push(session);
    expect(session.undo).toBeUndefined();
    const { undo } = await attach('/login');
    for (const data of [null, { kind: 'reopen', arrival: '1' }, { kind: 'pay' }])
      await expect(undo.apply({ what: 'x', data })).rejects.toThrow(DataError);
  }, 60_000);
});
