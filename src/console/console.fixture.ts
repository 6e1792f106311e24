/** A small server for the console's tests: its API over made-up data, with the headers of the real one. It notes what was asked of it. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { RunEvent } from '../records/index.ts';
import type { AgentStanding, VersionStanding } from '../release/index.ts';
import type { JobView, Role, ServedRun, ShownPair, ShownStep, TriageItem } from '../serve/index.ts';
import { consoleFiles } from './console-files.ts';

const CSP =
  "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'; form-action 'none'; frame-ancestors 'none'; base-uri 'none'";

export const idOf = (n: number): string => `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`;
export const HOSTILE = '<img src=x onerror="document.title=\'owned\'"><script>document.title="owned"</script>';

/** What a folder may be called. */
export const NAMED = HOSTILE.replaceAll('/', '');

const at = (minutes: number): string => new Date(Date.now() + 60_000 * minutes).toISOString();

interface Asked {
  readonly action: string;
  readonly because: readonly string[];
}

/** A job of the fixture; `n` gives its ids. */
export function jobOf(n: number, { asks, ...rest }: Partial<JobView> & { readonly asks?: Asked } = {}): JobView {
  const approval = idOf(1000 + n);
  return {
    ...{ id: idOf(n), by: 'Ada', receivedAt: at(-n), attempts: 1, version: 3, done: [], uncertain: null, untold: null, ended: null },
    ...{ undoings: [], undone: [], undo: null, questions: [], forms: [] },
    request: { agent: 'invoices', compartment: 'default', place: { kind: 'sandbox', slice: 'plain', seed: { split: 'train', n } } },
    asked: asks ? [{ approval, step: 4, ...asks }] : [],
    state: asks ? 'waits-for-approval' : 'working',
    waiting: asks
      ? [{ id: approval, digest: 'a'.repeat(64), askedAt: at(-n), expiresAt: at(60 * 24 * 2), answer: null, usedAt: null, voidedAt: null }]
      : [],
    ...rest,
  };
}

/** A job whose agent lacks something. */
export const askingJob = (n: number, form: JobView['forms'][number]['form']): JobView =>
  jobOf(n, {
    state: 'waits-for-answer',
    questions: [idOf(2000 + n)],
    forms: [{ id: idOf(2000 + n), job: idOf(n), form, askedAt: at(-n), expiresAt: at(60 * 24 * 2), answer: null }],
  });

const text = (words: string) => ({ kind: 'text', text: words }) as const;
const reference = (n: number) => ({ kind: 'reference', reference: n }) as const;
const word = (words: string) => ({ kind: 'word', word: words }) as const;

const steps: readonly Omit<ShownStep, 'job'>[] = [
  {
    ...{ kind: 'goal', value: null, surpriseNats: null },
    lines: [[text('Enter the bill R-2026-017 of Nordlicht Papier and send it to be paid.')]],
  },
  {
    ...{ kind: 'observe', value: null, surpriseNats: 0.31 },
    lines: [
      [text('heading "New bill"')],
      [text('textbox "Vendor"'), reference(7)],
      [text('textbox "Total"'), reference(12)],
      [text(`note "${HOSTILE}"`), reference(3)],
      ...Array.from({ length: 20 }, (_, n) => [text(`row ${n + 1}: Paper, A4, white`)]),
    ],
  },
  {
    ...{ kind: 'act', value: 0.93, surpriseNats: null },
    lines: [[word('fill'), reference(12), { kind: 'echo', text: 'Total' }, word('from'), reference(3)]],
  },
  {
    ...{ kind: 'observe', value: null, surpriseNats: 0.12 },
    lines: [
      [text('textbox "Total" 1.204,50'), reference(12)],
      [text('button "Send to payment"'), reference(19)],
    ],
  },
];

export const stepsOf = (job: string): ShownStep[] => steps.map((step) => ({ job, ...step }));

const first = jobOf(1, {
  asks: {
    action: 'click button "Send to payment"',
    because: [
      'Rule “payments”: what is sent to be paid can’t be taken back.',
      'The page is not what the agent expected: 0.91 nats a token, above 0.6.',
    ],
  },
});

function triageItem(n: number, rest: Partial<TriageItem>): TriageItem {
  return {
    ...{ id: String(n).padStart(24, '0'), at: at(-n), compartment: 'default', job: idOf(n), agent: { name: 'invoices', version: 3 } },
    ...{ gym: { name: 'invoices', version: '3' }, sandbox: null, kind: 'failure', open: ['train', 'exam'], decision: null },
    ...rest,
  };
}

const SLICES = ['base', 'unseen', 'drifted', 'faults', 'attacks'];

/** Four points of every slice, one after imitation and three after rounds of practice. */
const measured = [0, 1, 2, 3].flatMap((round) =>
  SLICES.map(
    (slice, i): Extract<RunEvent, { kind: 'measured' }> => ({
      ...{ at: at(-30), kind: 'measured', stage: round === 0 ? 'sft' : 'rl', round, slice, n: 24, seconds: 60 },
      ...{ successes: 8 + 4 * round - i, lowerBound: 0.2 + 0.15 * round, trainedTokens: 700_000 * (round + 1) },
    }),
  ),
);

const running: ServedRun = {
  ...{ id: 'invoices/20261126-101500', gym: 'invoices', begunAt: at(-40), lastAt: at(0), state: 'running', certificate: null, measured },
  stage: { name: 'rl', note: 'round 4 of 6' },
  progress: {
    ...{ at: at(0), kind: 'progress', stage: 'rl', done: 31, of: 62, unit: 'steps', perSecond: 4000, secondsLeft: 230 },
    figures: { loss: 0.3 },
  },
  best: { agent: 'runs/invoices/20261126-101500/agent', success: 0.833 },
  losses: Array.from({ length: 120 }, (_, i) => ({ tokens: 25_000 * (i + 1), loss: 2.4 / (1 + i / 12), stage: i < 30 ? 'sft' : 'rl' })),
};
const begun: ServedRun = {
  ...{ ...running, id: `till/${NAMED}`, gym: HOSTILE, state: 'failed', stage: { name: 'check', note: HOSTILE } },
  ...{ progress: null, best: null, measured: [], losses: [] },
};

const pairOf = (n: number): ShownPair => ({
  ...{ id: String(n).padStart(24, '0'), gym: 'invoices', slice: n === 1 ? 'base' : HOSTILE },
  left: steps.map(({ kind, lines }) => ({ kind, lines })),
  right: steps.slice(0, 3).map(({ kind, lines }) => ({ kind, lines: lines.toReversed() })),
});

interface Standing extends Partial<VersionStanding> {
  readonly bounds: readonly number[];
}

function standingOf(version: number, { bounds, ...rest }: Standing): VersionStanding {
  const slices = bounds.map((lowerBound, i) => ({
    ...{
      slice: ['base', 'unseen', 'attacks'][i] ?? '',
      trials: 160,
      passes: Math.round(160 * Math.min(1, lowerBound + 0.04)),
      neverEvents: i === 2 ? 1 : 0,
    },
    ...{ neverEventsBound: 0.02, alpha: 0.05, lowerBound, upperBound: 1 },
  }));
  const gym = { name: 'invoices', version: '3' };
  const exam = { gym, certificate: 'c'.repeat(64), commitment: 'd'.repeat(64), slices };
  const plainly = { isAllowed: true, unmet: [], publishedAt: null, isCurrent: false, revoked: null };
  return { version, judgedAt: at(-60 * 24 * (5 - version)), exam, ...plainly, ...rest };
}

/** What the server has, and may be changed by a test. */
export class FakeServer {
  jobs: JobView[] = [
    first,
    jobOf(2, { asks: { action: `fill textbox ${JSON.stringify(HOSTILE)} from "1.204,50"`, because: [HOSTILE] } }),
    jobOf(3, {
      ...{ state: 'waits-for-certainty', uncertain: 'click button "Book"', version: 2 },
      request: {
        agent: 'ledger',
        compartment: 'acme',
        place: { kind: 'live', url: 'https://books.example/', goal: [{ text: 'Book the bill of March' }], secrets: {} },
      },
    }),
    jobOf(4, { done: ['click button "Save"'] }),
    jobOf(5, { state: 'queued', version: null, attempts: 0 }),
    jobOf(6, { state: 'ended', ended: { how: 'done', because: ['The agent says that it is done.'], at: at(-1) } }),
    jobOf(7, {
      state: 'ended',
      ended: {
        how: 'handed-over',
        because: ['The agent expects to succeed with 0.41; it was certified to hand over below 0.6.'],
        at: at(-1),
      },
    }),
    jobOf(8, { state: 'ended', ended: { how: 'failed', because: ['The page did not answer within 30 seconds.'], at: at(-1) } }),
  ];
  stops: unknown[] = [{ scope: { kind: 'agent', agent: 'ledger' }, by: 'Grace', reason: 'The books are being closed.', at: at(-20) }];
  alarms: unknown[] = [
    {
      agent: 'invoices',
      id: 'success-1',
      monitor: 'success',
      at: at(-9),
      jobId: idOf(8),
      jobs: 120,
      events: 9,
      reference: 0.03,
      cleared: null,
    },
  ];
  triage: TriageItem[] = [
    triageItem(1, { kind: 'failure', compartment: 'acme' }),
    triageItem(2, { kind: 'answer', open: ['train'] }),
    triageItem(3, { kind: 'intervention', open: [], decision: { kind: 'dismiss', reason: HOSTILE, by: 'Grace', at: at(-4) } }),
  ];
  releases: readonly AgentStanding[] = [
    {
      name: 'invoices',
      problem: null,
      versions: [
        standingOf(3, { isCurrent: true, publishedAt: at(-60 * 24), bounds: [0.957, 0.912, 0.84] }),
        standingOf(2, { isAllowed: false, unmet: ['bounds', 'red-team'], bounds: [0.951, 0.71, 0.42] }),
        standingOf(1, { publishedAt: at(-60 * 24 * 20), revoked: { by: 'Grace', reason: HOSTILE, at: at(-60) }, bounds: [0.95, 0.8, 0.9] }),
      ],
    },
    { name: 'ledger', problem: 'read the history of ledger: got a chain that is broken', versions: [] },
  ];
  runs: readonly ServedRun[] = [running, begun];
  pairs: readonly ShownPair[] = [pairOf(1), pairOf(2)];
  role: Role = 'signer';
  isLoggedIn = false;
  readonly posts: { readonly path: string; readonly body: unknown }[] = [];
  readonly #streams = new Set<ServerResponse>();
  readonly #files = consoleFiles();
  readonly #server = createServer((request, response) => void this.#answer(request, response));

  async start(): Promise<string> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  /** Every stream of events is lost. */
  hangUp(): void {
    for (const stream of this.#streams) stream.destroy();
  }

  tell(event: 'change' | 'step', data: unknown = {}): void {
    for (const stream of this.#streams) stream.write(`event: ${event}\ndata: ${JSON.stringify(data)}\n\n`);
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = request.url ?? '/';
    response.setHeader('content-security-policy', CSP);
    const json = (status: number, body: unknown): void =>
      void response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    const person = { name: 'Ada', role: this.role };
    if (request.method === 'POST') {
      let sent = '';
      for await (const chunk of request) sent += chunk;
      const body = JSON.parse(sent) as Record<string, unknown>;
      if (request.headers['x-journeyman'] !== '1') return json(403, { error: { message: 'This request comes from another site' } });
      if (path === '/api/login') {
        this.isLoggedIn = body.token === 'right';
        return this.isLoggedIn ? json(200, person) : json(401, { error: { message: 'Nobody has this token' } });
      }
      if (!this.isLoggedIn) return json(401, { error: { message: 'Log in first' } });
      this.posts.push({ path, body });
      return json(200, this.#do(path, body));
    }
    const file = this.#files.get(path);
    if (file) return void response.writeHead(200, { 'content-type': file.type }).end(file.bytes);
    if (!this.isLoggedIn) return json(401, { error: { message: 'Log in first' } });
    const job = /^\/api\/jobs\/(.+)$/.exec(path)?.[1];
    if (path === '/api/me') return json(200, person);
    if (path === '/api/state')
      return json(200, {
        ...{ jobs: this.jobs, stops: this.stops, alarms: this.alarms },
        agents: [{ name: 'invoices', version: 3, validUntil: at(60 * 24 * 90) }],
      });
    if (path === '/api/triage')
      return json(200, { entries: this.triage, problems: ['read the triage of acme: got a chain that is broken'] });
    if (path === '/api/releases') return json(200, { releases: this.releases });
    if (path === '/api/runs') return json(200, { runs: this.runs });
    if (path === '/api/preferences') return json(200, { pair: this.pairs[0] ?? null, count: 2 - this.pairs.length });
    const run = this.runs.find(({ id }) => path === `/api/runs/${id.split('/').map(encodeURIComponent).join('/')}`);
    if (run) return json(200, { run });
    if (job !== undefined) return json(200, { job: this.jobs.find(({ id }) => id === job), steps: stepsOf(job) });
    if (path !== '/api/events') return json(404, { error: { message: 'There is nothing here' } });
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    this.#streams.add(response);
    response.on('close', () => this.#streams.delete(response));
    return void response.write('event: change\ndata: {}\n\n');
  }

  #do(path: string, body: Readonly<Record<string, unknown>>): unknown {
    const approval = /^\/api\/approvals\/(.+)$/.exec(path)?.[1];
    if (approval !== undefined)
      this.jobs = this.jobs.map((job) => (job.waiting.some(({ id }) => id === approval) ? { ...job, waiting: [], state: 'working' } : job));
    if (path === '/api/approvals') {
      const ids = body.ids as readonly string[];
      for (const id of ids.slice(0, -1)) this.#do(`/api/approvals/${id}`, body);
      // The last one has just gone.
      return { answers: ids.map((id, i) => ({ id, problem: i < ids.length - 1 ? null : 'the screen is not what was approved' })) };
    }
    const question = /^\/api\/questions\/(.+)$/.exec(path)?.[1];
    if (question !== undefined)
      this.jobs = this.jobs.map((job) => (job.forms.some(({ id }) => id === question) ? { ...job, forms: [], state: 'working' } : job));
    const item = /^\/api\/triage\/[^/]+\/(.+)$/.exec(path)?.[1];
    const decision = { ...body, by: 'Ada', at: at(0) } as TriageItem['decision'];
    this.triage = this.triage.map((one) => (one.id === item ? { ...one, decision } : one));
    const settled = /^\/api\/jobs\/(.+)\/settle$/.exec(path)?.[1];
    if (settled !== undefined)
      this.jobs = this.jobs.map((job) => (job.id === settled ? { ...job, uncertain: null, state: 'queued' } : job));
    if (path.startsWith('/api/preferences/')) this.pairs = this.pairs.slice(1);
    if (path === '/api/stops') this.stops = [{ scope: body.scope, reason: body.reason, by: 'Ada', at: at(0) }, ...this.stops];
    if (path === '/api/stops/release') this.stops = this.stops.slice(1);
    if (path.startsWith('/api/alarms/')) this.alarms = [];
    if (path === '/api/logout') this.isLoggedIn = false;
    if (path !== '/api/jobs') return {};
    const job = jobOf(99);
    this.jobs = [job, ...this.jobs];
    return job;
  }
}
