/**
 * The server's doors: an HTTP API for people and programs, one that speaks like OpenAI's, an MCP server, and the console's files. Behind them stands the workplace; here is only who may ask for what.
 *
 * A person comes with a token, as `authorization: Bearer` or, in a browser, in a session. What changes something is refused when it comes from another site,
 * and stands in the audit log, let through or not. Whatever host the request names must be one that the server was started for (DNS rebinding).
 */
import { randomBytes } from 'node:crypto';
import { type Context, Hono, type MiddlewareHandler } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { deleteCookie, getCookie, setCookie } from 'hono/cookie';
import { HTTPException } from 'hono/http-exception';
import { streamSSE } from 'hono/streaming';
import * as z from 'zod';
import { JourneymanError } from '../base/index.ts';
import type { RunStanding } from '../records/index.ts';
import type { AgentStanding } from '../release/index.ts';
import type { AuditLog } from './audit-log.ts';
import { chatRoutes } from './chat-door.ts';
import {
  assertApp,
  assertMay,
  assertSameSite,
  bearerOf,
  fromElsewhere,
  invalid,
  LARGEST_BODY,
  readJson,
  type ServedAgent,
  statusOf,
  wrongAt,
} from './door.ts';
import { jobRequestSchema } from './job.ts';
import { mcpRoutes } from './mcp-door.ts';
import type { Alarm } from './monitors-state.ts';
import type { People, Person, Role } from './people.ts';
import { type Pair, preferenceSchema, showPair } from './preferences.ts';
import { showStep } from './shown-step.ts';
import { stopScopeSchema } from './stop-switch.ts';
import { type Decision, decisionSchema, type TriageList } from './triage-entry.ts';
import type { JobStep } from './work-job.ts';
import type { Workplace } from './workplace.ts';

const COOKIE = 'journeyman';
const SESSION_MS = 12 * 3600 * 1000;
const MOST_SESSIONS = 1000;
/** Attempts at logging in that fail, in a minute, before nobody can. */
const MOST_FAILURES = 20;
const SECURITY_HEADERS: Readonly<Record<string, string>> = {
  'content-security-policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'; form-action 'none'; frame-ancestors 'none'; base-uri 'none'",
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'same-origin',
  'cache-control': 'no-store',
};

export interface ApiOptions {
  readonly workplace: Workplace;
  readonly people: People;
  readonly audit: AuditLog;
  readonly stepsOf: (job: string) => readonly JobStep[];
  readonly agents: () => readonly ServedAgent[];
  readonly alarms: () => readonly (Alarm & { readonly agent: string })[];
  readonly clearAlarm: (agent: string, alarm: string, clearing: { readonly by: string; readonly reason: string }) => void;
  /** Host and port as browsers name them. */
  readonly hosts: readonly string[];
  /** What people decide about what was met at work. */
  readonly triage: {
    readonly list: () => TriageList;
    /** Throws `ConfigError` for what can't be decided so. */
    readonly decide: (compartment: string, id: string, options: { readonly decision: Decision; readonly by: string }) => void;
  };
  /** Of the registry. */
  readonly releases: () => readonly AgentStanding[];
  /** The factory's, newest first. */
  readonly runs: () => readonly ServedRun[];
  /** Pairs of transcripts that people compare. */
  readonly preferences: {
    /** Undefined where nothing is left to compare. */
    readonly next: () => Promise<Pair | undefined>;
    /** How many were compared. */
    readonly count: () => number;
    /** Throws `ConfigError` for a pair that is not there or was compared. */
    readonly prefer: (id: string, options: z.infer<typeof preferenceSchema> & { readonly by: string }) => void;
  };
  /** Origins of the live apps that jobs may be at. */
  readonly apps: readonly string[];
  /** The console's, by path. */
  readonly files: ReadonlyMap<string, { readonly type: string; readonly bytes: Uint8Array }>;
  readonly now?: () => Date;
}

/** A run of the factory; `id` is its folder among others, `GYM/NAME`. */
export interface ServedRun extends RunStanding {
  readonly id: string;
}

/** A run without its curves. */
export type RunSummary = Omit<ServedRun, 'measured' | 'losses'>;

/** `problem`: why it could not be answered; null where it was. */
export interface BatchAnswer {
  readonly id: string;
  readonly problem: string | null;
}

export interface Api {
  readonly fetch: (request: Request) => Response | Promise<Response>;
  /** Tells those who watch. */
  readonly changed: () => void;
  readonly stepped: (step: JobStep) => void;
}

interface Variables {
  person: Person | null;
  /** For the audit log. */
  detail: string;
}
type C = Context<{ Variables: Variables }>;

type Listener = (event: 'change' | 'step', data: string) => void;

const reason = z.string().trim().min(1).max(2000);
/** Approvals that are answered at once, each by its own id. */
const batchSchema = z.strictObject({ ids: z.array(z.uuid()).min(1).max(200), isApproved: z.boolean() });
const stopSchema = z.strictObject({ scope: stopScopeSchema, reason });

export function makeApi(options: ApiOptions): Api {
  const { workplace, audit } = options;
  const now = options.now ?? (() => new Date());
  const sessions = new Sessions(now);
  const failures: number[] = [];
  const listeners = new Set<Listener>();
  const tell: Listener = (event, data) => {
    for (const listener of listeners) listener(event, data);
  };
  const app = new Hono<{ Variables: Variables }>();

  const atThisHost: MiddlewareHandler<{ Variables: Variables }> = async (c, next) => {
    for (const [name, value] of Object.entries(SECURITY_HEADERS)) c.header(name, value);
    if (!options.hosts.includes(c.req.header('host') ?? '')) throw new HTTPException(403, { message: 'Unknown host' });
    await next();
  };

  const knock: MiddlewareHandler<{ Variables: Variables }> = async (c, next) => {
    const bearer = bearerOf(c.req.raw);
    c.set('person', bearer === undefined ? (sessions.find(getCookie(c, COOKIE)) ?? null) : (options.people.byToken(bearer) ?? null));
    c.set('detail', '');
    if (c.req.method === 'GET' || c.req.method === 'HEAD') return next();
    assertSameSite(c.req.raw);
    // A form of another site can't set a header; a program with a token of its own needs none.
    if (bearer === undefined && c.req.header('x-journeyman') !== '1') throw fromElsewhere();
    return next();
  };

  const log = (c: C, status: number): void => {
    if (c.req.method === 'GET' || c.req.method === 'HEAD') return;
    audit.add({
      at: now().toISOString(),
      by: c.get('person')?.name ?? null,
      what: `${c.req.method} ${c.req.path}`,
      status,
      detail: c.get('detail') ?? '',
    });
  };

  const only =
    (role: Role): MiddlewareHandler<{ Variables: Variables }> =>
    async (c, next) => {
      const person = c.get('person');
      if (person === null) throw new HTTPException(401, { message: 'Log in first' });
      assertMay(person, role);
      await next();
    };

  const read = async <T>(c: C, schema: z.ZodType<T>): Promise<T> => {
    const parsed = schema.safeParse(readJson(await c.req.text()));
    if (!parsed.success) throw invalid(wrongAt(parsed.error));
    c.set('detail', JSON.stringify(parsed.data));
    return parsed.data;
  };
  const nameOf = (c: C): string => (c.get('person') as Person).name;

  app.use(atThisHost);
  // Doors for other programs' agents, which know their callers and answer in their protocols' own shapes.
  const door = { workplace, audit, people: options.people, agents: options.agents, apps: options.apps, now };
  app.route('/', chatRoutes(door));
  app.route('/', mcpRoutes(door));
  app.use(knock);
  app.use(
    bodyLimit({
      maxSize: LARGEST_BODY,
      onError: () => Promise.reject(new HTTPException(413, { message: `At most ${LARGEST_BODY} bytes` })),
    }),
  );
  app.use(async (c, next) => {
    await next();
    // What failed is logged where it is answered.
    if (!c.error) log(c, c.res.status);
  });

  app.post('/api/login', async (c) => {
    const { token } = await read(c, z.strictObject({ token: z.string().min(1).max(200) }));
    c.set('detail', '');
    const minuteAgo = now().getTime() - 60_000;
    while (failures.length > 0 && (failures[0] as number) < minuteAgo) failures.shift();
    if (failures.length >= MOST_FAILURES) throw new HTTPException(429, { message: 'Too many attempts; wait a minute' });
    const person = options.people.byToken(token);
    if (!person) {
      failures.push(now().getTime());
      throw new HTTPException(401, { message: 'Nobody has this token' });
    }
    c.set('person', person);
    setCookie(c, COOKIE, sessions.open(person), { httpOnly: true, sameSite: 'Strict', path: '/', maxAge: SESSION_MS / 1000 });
    return c.json(person);
  });
  app.post('/api/logout', (c) => {
    sessions.close(getCookie(c, COOKIE));
    deleteCookie(c, COOKIE, { path: '/' });
    return c.json({});
  });
  app.get('/api/me', only('watcher'), (c) => c.json(c.get('person')));

  app.get('/api/state', only('watcher'), (c) =>
    c.json({ jobs: workplace.jobs().toReversed(), stops: workplace.stops.stops(), alarms: options.alarms(), agents: options.agents() }),
  );
  app.get('/api/releases', only('watcher'), (c) => c.json({ releases: options.releases() }));
  app.get('/api/runs', only('watcher'), (c) =>
    c.json({ runs: options.runs().map(({ measured: _, losses: __, ...summary }): RunSummary => summary) }),
  );
  app.get('/api/runs/:gym/:name', only('watcher'), (c) => {
    const run = options.runs().find(({ id }) => id === `${c.req.param('gym')}/${c.req.param('name')}`);
    if (!run) throw new HTTPException(404, { message: 'There is no such run' });
    return c.json({ run });
  });
  app.get('/api/preferences', only('watcher'), async (c) => {
    const pair = await options.preferences.next();
    return c.json({ pair: pair ? showPair(pair) : null, count: options.preferences.count() });
  });
  app.get('/api/triage', only('watcher'), (c) => c.json(options.triage.list()));
  app.get('/api/jobs/:id', only('watcher'), (c) => {
    const job = workplace.job(c.req.param('id'));
    if (!job) throw new HTTPException(404, { message: 'There is no such job' });
    return c.json({ job, steps: options.stepsOf(job.id).map(showStep) });
  });
  app.get('/api/events', only('watcher'), (c) =>
    streamSSE(c, async (stream) => {
      const listener: Listener = (event, data) => void stream.writeSSE({ event, data });
      listeners.add(listener);
      const gone = new Promise<void>((resolve) => stream.onAbort(resolve));
      await stream.writeSSE({ event: 'change', data: '{}' });
      // Whoever has gone without a word is noticed.
      const beat = setInterval(() => void stream.write(':\n\n'), 15_000);
      await gone;
      clearInterval(beat);
      listeners.delete(listener);
    }),
  );

  app.post('/api/jobs', only('operator'), async (c) => {
    const request = await read(c, jobRequestSchema);
    assertApp(request.place, options.apps);
    return c.json(workplace.submit(request, nameOf(c)), 201);
  });
  app.post('/api/jobs/:id/settle', only('operator'), async (c) => {
    const { wasDone } = await read(c, z.strictObject({ wasDone: z.boolean() }));
    workplace.settle(c.req.param('id'), { wasDone, by: nameOf(c) });
    return c.json({});
  });
  app.post('/api/jobs/:id/undo', only('operator'), async (c) => c.json(await workplace.undo(c.req.param('id'), nameOf(c))));
  app.post('/api/approvals', only('operator'), async (c) => {
    const { ids, isApproved } = await read(c, batchSchema);
    const by = nameOf(c);
    // Each by itself: one that is not there any more holds up no other.
    const answers = [...new Set(ids)].map((id): BatchAnswer => {
      try {
        workplace.answer(id, { isApproved, by });
        return { id, problem: null };
      } catch (error) {
        if (!(error instanceof JourneymanError)) throw error;
        return { id, problem: error.message };
      }
    });
    return c.json({ answers });
  });
  app.post('/api/approvals/:id', only('operator'), async (c) => {
    const { isApproved } = await read(c, z.strictObject({ isApproved: z.boolean() }));
    workplace.answer(c.req.param('id'), { isApproved, by: nameOf(c) });
    return c.json({});
  });
  app.post('/api/questions/:id', only('operator'), async (c) => {
    const { value } = await read(c, z.strictObject({ value: z.string().max(2000).nullable() }));
    // What was written stands with the question.
    c.set('detail', value === null ? 'goes on with the job' : 'answered');
    workplace.answerQuestion(c.req.param('id'), { value, by: nameOf(c) });
    return c.json({});
  });
  app.post('/api/triage/:compartment/:id', only('operator'), async (c) => {
    const decision = await read(c, decisionSchema);
    options.triage.decide(c.req.param('compartment'), c.req.param('id'), { decision, by: nameOf(c) });
    tell('change', '{}');
    return c.json({});
  });
  app.post('/api/preferences/:id', only('operator'), async (c) => {
    const preference = await read(c, preferenceSchema);
    options.preferences.prefer(c.req.param('id'), { ...preference, by: nameOf(c) });
    return c.json({});
  });
  app.post('/api/stops', only('operator'), async (c) => {
    const { scope, reason } = await read(c, stopSchema);
    workplace.stops.stop(scope, { by: nameOf(c), reason, now: now() });
    return c.json({});
  });
  app.post('/api/stops/release', only('operator'), async (c) => {
    const { scope, reason } = await read(c, stopSchema);
    workplace.stops.release(scope, { by: nameOf(c), reason, now: now() });
    return c.json({});
  });
  app.post('/api/alarms/:agent/:id/clear', only('signer'), async (c) => {
    const clearing = await read(c, z.strictObject({ reason }));
    options.clearAlarm(c.req.param('agent'), c.req.param('id'), { by: nameOf(c), reason: clearing.reason });
    tell('change', '{}');
    return c.json({});
  });

  app.get('*', (c) => {
    const file = options.files.get(c.req.path);
    if (!file) throw new HTTPException(404, { message: 'There is nothing here' });
    return c.body(Uint8Array.from(file.bytes), 200, { 'content-type': file.type });
  });

  app.onError((error, c) => {
    const status = statusOf(error);
    log(c, status);
    // What was not read would be taken for the next request.
    if (status === 413) c.header('connection', 'close');
    const message = status === 500 ? 'The server has made a mistake' : error.message;
    return c.json({ error: { message } }, status as 400);
  });
  app.notFound((c) => c.json({ error: { message: 'There is nothing here' } }, 404));

  let isTold = false;
  return {
    fetch: app.fetch,
    stepped: (step) => tell('step', JSON.stringify(showStep(step))),
    changed() {
      // Many changes at once are one.
      if (isTold) return;
      isTold = true;
      setImmediate(() => {
        isTold = false;
        tell('change', '{}');
      });
    },
  };
}

class Sessions {
  readonly #now: () => Date;
  readonly #sessions = new Map<string, { readonly person: Person; readonly untilMs: number }>();

  constructor(now: () => Date) {
    this.#now = now;
  }

  open(person: Person): string {
    const [oldest] = this.#sessions.keys();
    if (this.#sessions.size >= MOST_SESSIONS && oldest !== undefined) this.#sessions.delete(oldest);
    const id = randomBytes(32).toString('base64url');
    this.#sessions.set(id, { person, untilMs: this.#now().getTime() + SESSION_MS });
    return id;
  }

  find(id: string | undefined): Person | undefined {
    const session = id === undefined ? undefined : this.#sessions.get(id);
    return session && this.#now().getTime() < session.untilMs ? session.person : undefined;
  }

  close(id: string | undefined): void {
    if (id !== undefined) this.#sessions.delete(id);
  }
}
