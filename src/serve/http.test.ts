/** The API over a real socket: who may do what, what comes from elsewhere, what stands in the audit log. */
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ConfigError } from '../base/index.ts';
import type { Transcript } from '../records/index.ts';
import { makeApi, type ServedRun } from './http.ts';
import type { Role } from './people.ts';
import { pairOf } from './preferences.ts';
import { APP, LIVE, type ServedTill, serveTill } from './served-till.fixture.ts';
import { openTranscripts } from './transcripts.ts';

const RUN: ServedRun = {
  ...{ id: 'till/one', gym: 'till', begunAt: '2026-11-26T10:00:00.000Z', lastAt: '2026-11-26T10:00:09.000Z', state: 'running' },
  ...{ stage: { name: 'sft', note: '' }, progress: null, best: null, certificate: null, measured: [] },
  losses: [{ tokens: 100, loss: 2, stage: 'sft' }],
};
const transcript = (outcome: string): Transcript => ({
  schemaVersion: 1,
  segments: [
    { kind: 'act', pieces: [{ kind: 'word', word: 'done' }] },
    { kind: 'outcome', pieces: [{ kind: 'text', text: outcome }] },
  ],
});
const PAIR = pairOf(
  { gym: { name: 'till', version: '1' }, task: { slice: 'base', seed: { split: 'train', n: 3 } } },
  transcript('right'),
  transcript('wrong'),
);

const live = { agent: 'clerk', place: LIVE };
const cleared: unknown[] = [];
const decided: unknown[] = [];
let served: ServedTill;

beforeEach(async () => {
  served = await serveTill(({ folder, ...behind }) => {
    const transcripts = openTranscripts(join(folder, 'transcripts'));
    const api = makeApi({
      ...behind,
      apps: [APP],
      stepsOf: (job) => transcripts.of(job),
      agents: () => [],
      releases: () => [{ name: 'clerk', versions: [], problem: null }],
      runs: () => [RUN],
      preferences: {
        next: async () => PAIR,
        count: () => 7,
        prefer: (...what) => {
          if (what[0] !== PAIR.id) throw new ConfigError({ operation: 'judge a pair', got: what[0], expected: PAIR.id });
          decided.push(what);
        },
      },
      triage: {
        list: () => ({ entries: [], problems: [] }),
        decide: (...what) => {
          if (what[0] !== 'acme') throw new ConfigError({ operation: 'open a triage', got: what[0], expected: 'acme' });
          decided.push(what);
        },
      },
      alarms: () => [],
      clearAlarm: (...what) => cleared.push(what),
      files: new Map([['/', { type: 'text/html; charset=utf-8', bytes: new TextEncoder().encode('<p>console</p>') }]]),
    });
    return {
      ...api,
      stepped(step) {
        transcripts.add(step);
        api.stepped(step);
      },
    };
  });
});
afterEach(() => served.close());

const ask = (path: string, init: RequestInit & { as?: Role } = {}): Promise<Response> =>
  fetch(`${served.origin}${path}`, {
    ...init,
    headers: { ...(init.as ? { authorization: `Bearer ${served.tokens[init.as]}` } : {}), ...init.headers },
  });
const post = (path: string, body: unknown, as?: Role, headers: Record<string, string> = {}): Promise<Response> =>
  ask(path, {
    method: 'POST',
    body: JSON.stringify(body),
    headers: { 'content-type': 'application/json', ...headers },
    ...(as ? { as } : {}),
  });
describe('the API', () => {
  it('takes a job, shows it, lets a person approve, and writes down who did', async () => {
    const sent = await post('/api/jobs', live, 'operator');
    expect(sent.status).toBe(201);
    const { id } = (await sent.json()) as { id: string };
    await served.workplace.idle();
    const state = (await (await ask('/api/state', { as: 'watcher' })).json()) as {
      jobs: { id: string; state: string; waiting: { id: string }[] }[];
    };
    expect(state.jobs).toMatchObject([{ id, state: 'waits-for-approval' }]);
    const approval = state.jobs[0]?.waiting[0]?.id ?? '';
    expect((await post(`/api/approvals/${approval}`, { isApproved: true }, 'watcher')).status).toBe(403);
    expect(served.till.pressed).toEqual([]);
    expect((await post(`/api/approvals/${approval}`, { isApproved: true }, 'operator')).status).toBe(200);
    await served.workplace.idle();
    expect(served.till.pressed).toEqual(['save 12.00']);
    // Given once: a replayed answer is refused.
    expect((await post(`/api/approvals/${approval}`, { isApproved: true }, 'operator')).status).toBe(409);
    const { job, steps } = (await (await ask(`/api/jobs/${id}`, { as: 'watcher' })).json()) as {
      job: { ended: { how: string } };
      steps: unknown[];
    };
    expect(job.ended.how).toBe('done');
    expect(steps.length).toBeGreaterThan(5);
    expect(served.auditLines().map(({ by, what, status }) => [by, what.replace(approval, 'ID'), status])).toEqual([
      ['Otto', 'POST /api/jobs', 201],
      ['Wanda', 'POST /api/approvals/ID', 403],
      ['Otto', 'POST /api/approvals/ID', 200],
      ['Otto', 'POST /api/approvals/ID', 409],
    ]);
  });

  it('takes several approvals at once, each by itself, from those who may', async () => {
    const jobs = await Promise.all(Array.from({ length: 3 }, async () => (await post('/api/jobs', live, 'operator')).json()));
    await served.workplace.idle();
    const [one, two, three] = (jobs as { id: string }[]).map(({ id }) => served.workplace.job(id)?.waiting[0]?.id ?? '');
    expect((await post('/api/approvals', { ids: [one], isApproved: true }, 'watcher')).status).toBe(403);
    for (const ids of [[], ['x'], Array.from({ length: 201 }, () => one)])
      expect((await post('/api/approvals', { ids, isApproved: true }, 'operator')).status).toBe(400);
    expect((await post(`/api/approvals/${two}`, { isApproved: false }, 'operator')).status).toBe(200);
    const answered = await (await post('/api/approvals', { ids: [one, one, two], isApproved: true }, 'operator')).json();
    expect(answered).toEqual({
      answers: [
        { id: one, problem: null },
        { id: two, problem: expect.stringContaining('a person said no') },
      ],
    });
    await served.workplace.idle();
    expect(served.till.pressed).toEqual(['save 12.00']);
    expect(served.workplace.jobs().find(({ waiting }) => waiting.length > 0)?.waiting[0]?.id).toBe(three);
    // Who said so stands in the audit log, with what.
    expect(served.auditLines().at(-1)).toMatchObject({
      by: 'Otto',
      what: 'POST /api/approvals',
      detail: expect.stringContaining(one ?? 'none'),
    });
  });

  it('shows what became of every version to whoever is logged in', async () => {
    expect(await (await ask('/api/releases', { as: 'watcher' })).json()).toEqual({
      releases: [{ name: 'clerk', versions: [], problem: null }],
    });
  });

  it('lets an operator decide what is learned from', async () => {
    expect(await (await ask('/api/triage', { as: 'watcher' })).json()).toEqual({ entries: [], problems: [] });
    const accept = { kind: 'accept', purpose: 'exam', as: 'task' };
    expect((await post('/api/triage/acme/e1', accept, 'watcher')).status).toBe(403);
    expect((await post('/api/triage/acme/e1', { ...accept, purpose: 'both' }, 'operator')).status).toBe(400);
    expect((await post('/api/triage/acme/e1', { kind: 'dismiss', reason: '' }, 'operator')).status).toBe(400);
    expect((await post(`/api/triage/${encodeURIComponent('../acme')}/e1`, accept, 'operator')).status).toBe(409);
    expect((await post('/api/triage/acme/e1', accept, 'operator')).status).toBe(200);
    expect(decided).toEqual([['acme', 'e1', { decision: accept, by: 'Otto' }]]);
  });

  it('shows the runs of the factory, with curves where one is looked at', async () => {
    const { measured: _, losses: __, ...summary } = RUN;
    expect(await (await ask('/api/runs', { as: 'watcher' })).json()).toEqual({ runs: [summary] });
    expect(await (await ask('/api/runs/till/one', { as: 'watcher' })).json()).toEqual({ run: RUN });
    expect((await ask('/api/runs/till/..%2f..%2fpeople.json', { as: 'watcher' })).status).toBe(404);
  });

  it('lets an operator compare, without telling how either ended', async () => {
    const shown = await (await ask('/api/preferences', { as: 'watcher' })).json();
    const act = { kind: 'act', lines: [[{ kind: 'word', word: 'done' }]] };
    expect(shown).toEqual({ pair: { id: PAIR.id, gym: 'till', slice: 'base', left: [act], right: [act] }, count: 7 });
    const path = `/api/preferences/${PAIR.id}`;
    expect((await post(path, { choice: 'left' }, 'watcher')).status).toBe(403);
    expect((await post(path, { choice: 'both' }, 'operator')).status).toBe(400);
    expect((await post('/api/preferences/another', { choice: 'left' }, 'operator')).status).toBe(409);
    expect((await post(path, { choice: 'left', reason: ' shorter ' }, 'operator')).status).toBe(200);
    expect(decided.at(-1)).toEqual([PAIR.id, { choice: 'left', reason: 'shorter', by: 'Otto' }]);
  });

  it('lets an operator answer what an agent lacks', async () => {
    served.wishes = ['ask Amount', 'done'];
    const { id } = (await (await post('/api/jobs', live, 'operator')).json()) as { id: string };
    await served.workplace.idle();
    const question = served.workplace.job(id)?.forms[0]?.id ?? '';
    const path = `/api/questions/${question}`;
    expect((await post(path, { value: '12.50' }, 'watcher')).status).toBe(403);
    for (const [body, status] of [
      [{ value: 7 }, 400],
      [{ value: 'x'.repeat(2001) }, 400],
      [{}, 400],
      [{ value: '' }, 409],
    ] as const)
      expect((await post(path, body, 'operator')).status).toBe(status);
    expect((await post(path, { value: '12.50' }, 'operator')).status).toBe(200);
    expect((await post(path, { value: '12.51' }, 'operator')).status).toBe(409);
    expect(JSON.stringify(served.auditLines())).not.toContain('12.5');
    await served.workplace.idle();
    expect(served.workplace.job(id)?.ended?.how).toBe('done');
  });

  it('lets nobody in without a token, and in a browser only requests of its own pages', async () => {
    for (const path of [
      '/api/releases',
      '/api/runs',
      '/api/runs/till/one',
      '/api/preferences',
      '/api/state',
      '/api/me',
      '/api/events',
      `/api/jobs/${'0'.repeat(36)}`,
    ])
      expect((await ask(path)).status).toBe(401);
    expect((await ask('/api/me', { headers: { authorization: 'Bearer guessed' } })).status).toBe(401);
    const own = { 'x-journeyman': '1' };
    expect((await post('/api/login', { token: 'guessed' }, undefined, own)).status).toBe(401);
    expect((await post('/api/login', { token: served.tokens.operator })).status).toBe(403);
    const login = await post('/api/login', { token: served.tokens.operator }, undefined, own);
    expect(await login.json()).toEqual({ name: 'Otto', role: 'operator' });
    const set = login.headers.get('set-cookie') ?? '';
    expect(set).toMatch(/HttpOnly/);
    expect(set).toMatch(/SameSite=Strict/);
    const cookie = set.split(';')[0] ?? '';
    const stop = { scope: { kind: 'everything' }, reason: 'x' };
    expect((await post('/api/stops', stop, undefined, { cookie })).status).toBe(403);
    expect((await post('/api/stops', stop, undefined, { cookie, ...own, origin: 'http://evil.example' })).status).toBe(403);
    expect((await post('/api/stops', stop, undefined, { cookie, ...own, 'sec-fetch-site': 'cross-site' })).status).toBe(403);
    expect(served.workplace.stops.stops()).toEqual([]);
    expect((await post('/api/stops', stop, undefined, { cookie, ...own, origin: served.origin })).status).toBe(200);
    expect(served.workplace.stops.stops()).toHaveLength(1);
    expect((await post('/api/logout', {}, undefined, { cookie, ...own })).status).toBe(200);
    expect((await ask('/api/me', { headers: { cookie } })).status).toBe(401);
    // No token, not even a wrong one, is written down.
    expect(JSON.stringify(served.auditLines())).not.toContain(served.tokens.operator);
    expect(JSON.stringify(served.auditLines())).not.toContain('guessed');
  });

  it('slows down whoever guesses tokens', async () => {
    const own = { 'x-journeyman': '1' };
    for (let i = 0; i < 20; i++) await post('/api/login', { token: `guess ${i}` }, undefined, own);
    expect((await post('/api/login', { token: 'another' }, undefined, own)).status).toBe(429);
  });

  it('refuses other hosts, other apps, what is too large and what is no JSON, in words', async () => {
    // fetch sets the host itself, so the socket is spoken to.
    const { request } = await import('node:http');
    const status = await new Promise<number>((resolve, reject) => {
      const { hostname, port } = new URL(served.origin);
      request({ hostname, port, path: '/api/me', headers: { host: 'evil.example' } }, (response) => resolve(response.statusCode ?? 0))
        .on('error', reject)
        .end();
    });
    expect(status).toBe(403);
    const elsewhere = { ...live, place: { ...LIVE, url: 'http://169.254.169.254/latest' } };
    const refused = await post('/api/jobs', elsewhere, 'operator');
    expect(refused.status).toBe(403);
    expect(await refused.json()).toEqual({ error: { message: 'http://169.254.169.254 is no app that this server was started for' } });
    expect((await post('/api/jobs', { ...live, padding: 'x'.repeat(300_000) }, 'operator')).status).toBe(413);
    expect((await ask('/api/jobs', { method: 'POST', body: '{', as: 'operator' })).status).toBe(400);
    const wrong = await post('/api/stops', { scope: { kind: 'job', job: '../..' }, reason: 'x' }, 'operator');
    expect(wrong.status).toBe(400);
    expect((await ask('/../../etc/passwd', { as: 'signer' })).status).toBe(404);
    expect((await ask('/api/jobs/..%2f..%2fpeople', { as: 'signer' })).status).toBe(404);
    expect(served.workplace.jobs()).toEqual([]);
  });

  it('keeps clearing alarms for signers', async () => {
    expect((await post('/api/alarms/clerk/success-1/clear', { reason: 'looked' }, 'operator')).status).toBe(403);
    expect((await post('/api/alarms/clerk/success-1/clear', { reason: 'looked' }, 'signer')).status).toBe(200);
    expect(cleared).toEqual([['clerk', 'success-1', { by: 'Sigrid', reason: 'looked' }]]);
  });

  it('tells those who watch within 300 ms, with 50 jobs there', async () => {
    for (let i = 0; i < 50; i++) served.workplace.submit({ agent: 'clerk', place: LIVE }, 'Otto');
    await served.workplace.idle();
    const events = await ask('/api/events', { as: 'watcher' });
    const reader = (events.body as ReadableStream<Uint8Array>).getReader();
    const next = async (): Promise<string> => new TextDecoder().decode((await reader.read()).value);
    await next();
    const latencies: number[] = [];
    for (const { waiting } of served.workplace.jobs().slice(0, 10)) {
      const startedMs = performance.now();
      served.workplace.answer(waiting[0]?.id ?? '', { isApproved: false, by: 'Otto' });
      await next();
      latencies.push(performance.now() - startedMs);
      await served.workplace.idle();
    }
    await reader.cancel();
    expect(Math.max(...latencies)).toBeLessThan(300);
  });

  it('sends every answer with headers that let nothing else in', async () => {
    const page = await ask('/');
    expect(await page.text()).toBe('<p>console</p>');
    expect(page.headers.get('content-security-policy')).toMatch(/^default-src 'none'; script-src 'self'/);
    expect(page.headers.get('x-content-type-options')).toBe('nosniff');
  });
});
