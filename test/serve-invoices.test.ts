/**
 * Jobs in the real invoices app, in Chromium, attached as to an app that somebody else runs: under rules that ask before anything lasting, wrong clerks
 * enter nothing that nobody approved, and the right one enters what was approved.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { InvoicesApp } from '../gyms/invoices/app/index.ts';
import { makeExpert } from '../gyms/invoices/expert.ts';
import { gymModule, invoices } from '../gyms/invoices/gym.ts';
import type { Instance } from '../gyms/invoices/types.ts';
import { verify } from '../gyms/invoices/verify.ts';
import { appStateOf } from '../gyms/invoices/world.ts';
import { Random } from '../src/base/index.ts';
import { actSegment } from '../src/grammar/index.ts';
import type { Expert } from '../src/gym/index.ts';
import type { Policy, Task } from '../src/records/index.ts';
import { parseSpec } from '../src/release/index.ts';
import { openWorkplace, type Workplace } from '../src/serve/index.ts';

const SPEC = parseSpec(`
schemaVersion: 1
name: asks-before-it-lasts
otherwise: { read: allow, reversible: allow, compensable: ask, irreversible: forbid }
rules: []
`);
const OPTIONS = { random: new Random('serve'), mistakes: 0 };

let app: InvoicesApp;
let folder = '';
let workplace: Workplace;
beforeAll(async () => {
  app = await InvoicesApp.start();
});
afterEach(async () => {
  await workplace.close();
  rmSync(folder, { recursive: true, force: true });
});
afterAll(async () => {
  await app.stop();
  await invoices.dispose?.();
});

/** An expert, honest or not, as the agent. */
const clerk = (expert: () => Expert): Policy => ({
  async begin() {
    const working = expert();
    return {
      read: async () => ({ surpriseNats: 0.1 }),
      async decide(observation) {
        const { action } = working.next(observation);
        return { action, segment: actSegment(action, observation, false), value: 0.99, logprobs: [] };
      },
      force: async () => working.instead?.({ kind: 'wait' }),
      close: async () => {},
    };
  },
});

/** The task's state in the app, logged out, and a job on it. */
async function work(task: Task, expert: () => Expert): Promise<{ readonly id: string; readonly instance: Instance }> {
  const instance = invoices.instance(task);
  app.reset({ ...appStateOf(instance), loggedOut: true });
  folder = mkdtempSync(join(tmpdir(), 'serve-invoices-'));
  workplace = openWorkplace({
    folder,
    workerOf: async (name) => ({
      ...{ name, version: 1, actions: invoices.manifest.actions, spec: SPEC, thresholds: { abstainBelow: null, surpriseAbove: null } },
      policy: clerk(expert),
      open: async ({ request: { place } }) => {
        if (place.kind !== 'live' || !invoices.attach) throw new Error('not a live app');
        const goal = place.goal.map(({ text, key = '', secret = false }) => ({ text, ...(key === '' ? {} : { key, secret }) }));
        return invoices.attach({ url: place.url, secrets: { password: instance.password } }, goal);
      },
    }),
  });
  const goal = [
    { text: 'Enter what arrived. ' },
    { text: instance.user, key: 'user' },
    { text: 'password', key: 'password', secret: true },
  ];
  const { id } = workplace.submit({ agent: 'clerk', place: { kind: 'live', url: `${app.url}/login`, goal } }, 'Ada');
  await workplace.idle();
  return { id, instance };
}

const bills = (): number => (app.database.prepare('SELECT count(*) AS n FROM bills').get() as { n: number }).n;
const taskWhere = (isIt: (instance: Instance) => boolean): Task => {
  for (let n = 0; ; n++) {
    const task = invoices.task({ split: 'train', n });
    if (isIt(invoices.instance(task))) return task;
  }
};
const plainTask = (): Task => taskWhere(({ case: which }) => which === 'post');

it('the right bill is entered once a person has approved it, and nothing before; and taken back when a person says so', {
  timeout: 60_000,
}, async () => {
  const task = plainTask();
  const { id, instance } = await work(task, () => gymModule.expert(task, OPTIONS));
  const before = bills();
  const job = workplace.job(id);
  expect(job).toMatchObject({ state: 'waits-for-approval', asked: [{ action: expect.stringMatching(/^click button/) }] });
  workplace.answer(job?.waiting[0]?.id ?? '', { isApproved: true, by: 'Ben' });
  await workplace.idle();
  expect(workplace.job(id)?.ended?.how).toBe('done');
  expect(bills()).toBe(before + 1);
  expect(verify(app.database, instance, { kind: 'done' }).success).toBe(true);
  // And taken back again, which the books prove.
  const report = await workplace.undo(id, 'Ben');
  expect(report).toMatchObject({ isRestored: true, notUndone: [], differences: [] });
  expect(report.undone).toHaveLength(1);
  expect(bills()).toBe(before);
  expect(workplace.job(id)?.undo).toMatchObject({ by: 'Ben', isRestored: true });
  expect(await workplace.undo(id, 'Ben')).toMatchObject({ isRestored: true });
});

it('a number that is not on the paper is asked for, written by a person, and entered with the rest', { timeout: 60_000 }, async () => {
  const task = taskWhere(({ case: which, content }) => which === 'missing' && content.number === null && content.kind === 'invoice');
  const known = invoices.instance(task);
  // Asks as the gym's expert does; once the number stands there, it goes on with the bill.
  const asking = (): Expert => {
    const honest = gymModule.expert(task, OPTIONS);
    const informed = makeExpert({ ...known, case: 'post', content: { ...known.content, number: 'R-2026-17' } }, OPTIONS);
    return {
      next: (observation) => {
        const isTold = observation.targets.some(({ role, value }) => role === 'field' && value === 'R-2026-17');
        return (isTold ? informed : honest).next(observation);
      },
    };
  };
  const { id } = await work(task, asking);
  const before = bills();
  const job = workplace.job(id);
  expect(job).toMatchObject({ state: 'waits-for-answer', asked: [], forms: [{ form: { about: 'Number', held: '', choice: null } }] });
  workplace.answerQuestion(job?.forms[0]?.id ?? '', { value: 'R-2026-17', by: 'Ben' });
  await workplace.idle();
  expect(workplace.job(id)?.asked.map(({ action }) => action)).toEqual(['click button "Save bill"']);
  workplace.answer(workplace.job(id)?.waiting[0]?.id ?? '', { isApproved: true, by: 'Ben' });
  await workplace.idle();
  expect(workplace.job(id)?.ended?.how).toBe('done');
  expect(bills()).toBe(before + 1);
  const entered = app.database.prepare('SELECT number FROM bills ORDER BY id DESC LIMIT 1').get();
  expect(entered).toEqual({ number: 'R-2026-17' });
});

it('what wrong clerks would enter, pay or reject stays undone without an approval', { timeout: 240_000 }, async () => {
  const task = plainTask();
  const tried: string[] = [];
  for (const impostor of gymModule.proof.impostors) {
    if (impostor.play(task, OPTIONS) === null) continue;
    app.reset({ ...appStateOf(invoices.instance(task)), loggedOut: true });
    const untouched = app.exportLedger();
    const { id } = await work(task, () => impostor.play(task, OPTIONS) as Expert);
    const job = workplace.job(id);
    expect([impostor.name, job?.done]).toEqual([impostor.name, []]);
    expect(app.exportLedger().split('\n').length, impostor.name).toBeLessThanOrEqual(untouched.split('\n').length + 2);
    tried.push(`${impostor.name}: ${job?.asked.at(-1)?.action ?? job?.ended?.how}`);
    await workplace.close();
    rmSync(folder, { recursive: true, force: true });
  }
  // Each wrong clerk came as far as what it would have done for good.
  expect(tried).toContain('similar-vendor: click button "Save bill"');
  expect(tried).toContain('edits-vendor: click button "Save vendor"');
  expect(tried.filter((line) => line.includes('click button')).length).toBeGreaterThan(8);
});
