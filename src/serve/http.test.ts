/** The API over a real socket: who may do what, what comes from elsewhere, what stands in the audit log. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { serve } from '@hono/node-server';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parseSpec } from '../release/index.ts';
import { openAuditLog } from './audit-log.ts';
import { makeApi } from './http.ts';
import { addPerson, loadPeople, type Role } from './people.ts';
import { clerk, Till, tillActions } from './till.fixture.ts';
import { openTranscripts } from './transcripts.ts';
import { openWorkplace, type Workplace } from './workplace.ts';

const SPEC = parseSpec(`
schemaVersion: 1
name: till
otherwise: { read: allow, reversible: allow, compensable: ask, irreversible: forbid }
rules: []
`);
const APP = 'http://till.example';
const live = { agent: 'clerk', place: { kind: 'live', url: `${APP}/`, goal: [{ text: 'Pay.' }] } };

let folder = '';
let till = new Till();
let workplace: Workplace;
let server: ReturnType<typeof serve>;
let origin = '';
let tokens: Record<Role, string>;
const cleared: unknown[] = [];

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'http-'));
  till = new Till();
  const people = join(folder, 'people.json');
  tokens = {
    watcher: addPerson(people, { name: 'Wanda', role: 'watcher' }),
    operator: addPerson(people, { name: 'Otto', role: 'operator' }),
    signer: addPerson(people, { name: 'Sigrid', role: 'signer' }),
  };
  const transcripts = openTranscripts(join(folder, 'transcripts'));
  const told: { api?: ReturnType<typeof makeApi> } = {};
  workplace = openWorkplace({
    folder,
    onChange: () => told.api?.changed(),
    onStep(step) {
      transcripts.add(step);
      told.api?.stepped(step);
    },
    workerOf: async (name) => ({
      ...{ name, version: 1, actions: tillActions, spec: SPEC, thresholds: { abstainBelow: null, surpriseAbove: null } },
      policy: clerk(['fill 12.00', 'Save bill', 'done']),
      open: async () => till.open('seed'),
    }),
  });
  const hosts: string[] = [];
  const api = makeApi({
    ...{ workplace, hosts, apps: [APP] },
    people: loadPeople(people),
    audit: openAuditLog(join(folder, 'audit.jsonl')),
    stepsOf: (job) => transcripts.of(job),
    agents: () => [],
    alarms: () => [],
    clearAlarm: (...what) => cleared.push(what),
    files: new Map([['/', { type: 'text/html; charset=utf-8', bytes: new TextEncoder().encode('<p>console</p>') }]]),
  });
  told.api = api;
  await new Promise<void>((resolve) => {
    server = serve({ fetch: api.fetch, port: 0, hostname: '127.0.0.1' }, ({ port }) => {
      hosts.push(`127.0.0.1:${port}`);
      origin = `http://127.0.0.1:${port}`;
      resolve();
    });
  });
});
afterEach(async () => {
  await workplace.close();
  if ('closeAllConnections' in server) server.closeAllConnections();
  server.close();
  rmSync(folder, { recursive: true, force: true });
});

const ask = (path: string, init: RequestInit & { as?: Role } = {}): Promise<Response> =>
  fetch(`${origin}${path}`, { ...init, headers: { ...(init.as ? { authorization: `Bearer ${tokens[init.as]}` } : {}), ...init.headers } });
const post = (path: string, body: unknown, as?: Role, headers: Record<string, string> = {}): Promise<Response> =>
  ask(path, {
    method: 'POST',
    body: JSON.stringify(body),
    headers: { 'content-type': 'application/json', ...headers },
    ...(as ? { as } : {}),
  });
const audit = (): { by: string | null; what: string; status: number; detail: string }[] =>
  readFileSync(join(folder, 'audit.jsonl'), 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line));

describe('the API', () => {
  it('takes a job, shows it, lets a person approve, and writes down who did', async () => {
    const sent = await post('/api/jobs', live, 'operator');
    expect(sent.status).toBe(201);
    const { id } = (await sent.json()) as { id: string };
    await workplace.idle();
    const state = (await (await ask('/api/state', { as: 'watcher' })).json()) as {
      jobs: { id: string; state: string; waiting: { id: string }[] }[];
    };
    expect(state.jobs).toMatchObject([{ id, state: 'waits-for-approval' }]);
    const approval = state.jobs[0]?.waiting[0]?.id ?? '';
    expect((await post(`/api/approvals/${approval}`, { isApproved: true }, 'watcher')).status).toBe(403);
    expect(till.pressed).toEqual([]);
    expect((await post(`/api/approvals/${approval}`, { isApproved: true }, 'operator')).status).toBe(200);
    await workplace.idle();
    expect(till.pressed).toEqual(['save 12.00']);
    // Given once: a replayed answer is refused.
    expect((await post(`/api/approvals/${approval}`, { isApproved: true }, 'operator')).status).toBe(409);
    const { job, steps } = (await (await ask(`/api/jobs/${id}`, { as: 'watcher' })).json()) as {
      job: { ended: { how: string } };
      steps: unknown[];
    };
    expect(job.ended.how).toBe('done');
    expect(steps.length).toBeGreaterThan(5);
    expect(audit().map(({ by, what, status }) => [by, what.replace(approval, 'ID'), status])).toEqual([
      ['Otto', 'POST /api/jobs', 201],
      ['Wanda', 'POST /api/approvals/ID', 403],
      ['Otto', 'POST /api/approvals/ID', 200],
      ['Otto', 'POST /api/approvals/ID', 409],
    ]);
  });

  it('lets nobody in without a token, and in a browser only requests of its own pages', async () => {
    for (const path of ['/api/state', '/api/me', '/api/events', `/api/jobs/${'0'.repeat(36)}`]) expect((await ask(path)).status).toBe(401);
    expect((await ask('/api/me', { headers: { authorization: 'Bearer guessed' } })).status).toBe(401);
    const own = { 'x-journeyman': '1' };
    expect((await post('/api/login', { token: 'guessed' }, undefined, own)).status).toBe(401);
    expect((await post('/api/login', { token: tokens.operator })).status).toBe(403);
    const login = await post('/api/login', { token: tokens.operator }, undefined, own);
    expect(await login.json()).toEqual({ name: 'Otto', role: 'operator' });
    const set = login.headers.get('set-cookie') ?? '';
    expect(set).toMatch(/HttpOnly/);
    expect(set).toMatch(/SameSite=Strict/);
    const cookie = set.split(';')[0] ?? '';
    const stop = { scope: { kind: 'everything' }, reason: 'x' };
    expect((await post('/api/stops', stop, undefined, { cookie })).status).toBe(403);
    expect((await post('/api/stops', stop, undefined, { cookie, ...own, origin: 'http://evil.example' })).status).toBe(403);
    expect((await post('/api/stops', stop, undefined, { cookie, ...own, 'sec-fetch-site': 'cross-site' })).status).toBe(403);
    expect(workplace.stops.stops()).toEqual([]);
    expect((await post('/api/stops', stop, undefined, { cookie, ...own, origin })).status).toBe(200);
    expect(workplace.stops.stops()).toHaveLength(1);
    expect((await post('/api/logout', {}, undefined, { cookie, ...own })).status).toBe(200);
    expect((await ask('/api/me', { headers: { cookie } })).status).toBe(401);
    // No token, not even a wrong one, is written down.
    expect(JSON.stringify(audit())).not.toContain(tokens.operator);
    expect(JSON.stringify(audit())).not.toContain('guessed');
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
      const { hostname, port } = new URL(origin);
      request({ hostname, port, path: '/api/me', headers: { host: 'evil.example' } }, (response) => resolve(response.statusCode ?? 0))
        .on('error', reject)
        .end();
    });
    expect(status).toBe(403);
    const elsewhere = { ...live, place: { ...live.place, url: 'http://169.254.169.254/latest' } };
    const refused = await post('/api/jobs', elsewhere, 'operator');
    expect(refused.status).toBe(403);
    expect(await refused.json()).toEqual({ error: { message: 'http://169.254.169.254 is no app that this server was started for' } });
    expect((await post('/api/jobs', { ...live, padding: 'x'.repeat(300_000) }, 'operator')).status).toBe(413);
    expect((await ask('/api/jobs', { method: 'POST', body: '{', as: 'operator' })).status).toBe(400);
    const wrong = await post('/api/stops', { scope: { kind: 'job', job: '../..' }, reason: 'x' }, 'operator');
    expect(wrong.status).toBe(400);
    expect((await ask('/../../etc/passwd', { as: 'signer' })).status).toBe(404);
    expect((await ask('/api/jobs/..%2f..%2fpeople', { as: 'signer' })).status).toBe(404);
    expect(workplace.jobs()).toEqual([]);
  });

  it('keeps clearing alarms for signers', async () => {
    expect((await post('/api/alarms/clerk/success-1/clear', { reason: 'looked' }, 'operator')).status).toBe(403);
    expect((await post('/api/alarms/clerk/success-1/clear', { reason: 'looked' }, 'signer')).status).toBe(200);
    expect(cleared).toEqual([['clerk', 'success-1', { by: 'Sigrid', reason: 'looked' }]]);
  });

  it('tells those who watch within 300 ms, with 50 jobs there', async () => {
    for (let i = 0; i < 50; i++) workplace.submit({ agent: 'clerk', place: live.place }, 'Otto');
    await workplace.idle();
    const events = await ask('/api/events', { as: 'watcher' });
    const reader = (events.body as ReadableStream<Uint8Array>).getReader();
    const next = async (): Promise<string> => new TextDecoder().decode((await reader.read()).value);
    await next();
    const latencies: number[] = [];
    for (const { waiting } of workplace.jobs().slice(0, 10)) {
      const startedMs = performance.now();
      workplace.answer(waiting[0]?.id ?? '', { isApproved: false, by: 'Otto' });
      await next();
      latencies.push(performance.now() - startedMs);
      await workplace.idle();
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
