/**
 * A door for agents that speak OpenAI's chat protocol: they delegate a job to a released agent as if it were a model, and hear how it stands when it has ended
 * or waits for a person. Beside it, what every door for agents shares: who may ask, and what is said of a job.
 *
 * Invariant: delegating is not approving. Nothing that comes through here answers an approval, settles what a crash left unknown, or stops or releases anything.
 * Only a bearer token opens it, never the session of a browser. Which hosts it answers to is checked by the app that it is mounted in.
 * The protocol: OpenAI, API reference, "Chat Completions" and "Models".
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { type Context, Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { HTTPException } from 'hono/http-exception';
import { streamSSE } from 'hono/streaming';
import * as z from 'zod';
import { JourneymanError } from '../base/index.ts';
import type { AuditLog } from './audit-log.ts';
import { JOB_ENDINGS, type JobRequest, jobRequestSchema } from './job.ts';
import { mayDo, type People, type Person, type Role } from './people.ts';
import type { JobState, JobView, Workplace } from './workplace.ts';

export const LARGEST_BODY = 256 * 1024;
/** A try again that comes later than this is a new job. */
const RETRY_MS = 15 * 60_000;
/** Whoever has gone without a word is noticed. */
const BEAT_MS = 15_000;

/** A released agent that may be asked for. */
export interface OfferedAgent {
  readonly name: string;
  readonly version: number;
  /** As ISO 8601; past it, the agent is not offered. */
  readonly validUntil: string;
}

export interface DoorOptions {
  readonly workplace: Workplace;
  readonly people: People;
  readonly audit: AuditLog;
  readonly agents: () => readonly OfferedAgent[];
  /** Origins of the live apps that jobs may be at. */
  readonly apps: readonly string[];
  /** After so many seconds, a job that still works is reported as it stands. Default: 120 for chat; 30 for MCP, whose clients give up after 60. */
  readonly waitSeconds?: number;
  readonly now?: () => Date;
}

const JOB_STATES = ['queued', 'working', 'waits-for-approval', 'waits-for-certainty', 'ended'] as const satisfies readonly JobState[];

/** What another agent is told of a job. */
export const jobReportSchema = z.strictObject({
  job: z.string(),
  state: z.enum(JOB_STATES),
  /** null until it has ended. */
  how: z.enum(JOB_ENDINGS).nullable(),
  because: z.array(z.string()),
  /** What people are asked for, at the server itself. */
  waiting: z.array(z.strictObject({ approval: z.string(), action: z.string(), because: z.array(z.string()) })),
});
export type JobReport = z.infer<typeof jobReportSchema>;

/** Why a door stays shut, with the status of HTTP; each protocol says it in its own shape. `code` is OpenAI's where OpenAI has one. */
export class DoorRefusal extends HTTPException {
  readonly code: string;

  constructor(status: 400 | 401 | 403 | 404 | 413, { code, message }: { readonly code: string; readonly message: string }) {
    super(status, { message });
    this.code = code;
  }
}

/** Whose token the request carries. Throws `DoorRefusal` for nobody's, for a role that does not do, and for what a page of another site sends. */
export function callerOf(request: Request, { people, role }: { readonly people: People; readonly role: Role }): Person {
  const host = request.headers.get('host') ?? '';
  const origin = request.headers.get('origin');
  const isForeign = origin !== null && origin !== `http://${host}` && origin !== `https://${host}`;
  if (isForeign || request.headers.get('sec-fetch-site') === 'cross-site')
    throw new DoorRefusal(403, { code: 'foreign_origin', message: 'This request comes from another site' });
  const token = /^Bearer (\S{1,200})$/i.exec(request.headers.get('authorization') ?? '')?.[1];
  const person = token === undefined ? undefined : people.byToken(token);
  if (!person)
    throw new DoorRefusal(401, { code: 'invalid_api_key', message: 'Nobody has this token; it comes as "Authorization: Bearer"' });
  assertMay(person, role);
  return person;
}

/** Throws `DoorRefusal` for a role that does not do. */
export function assertMay(person: Person, role: Role): void {
  if (!mayDo(person, role))
    throw new DoorRefusal(403, { code: 'insufficient_permissions', message: `A ${person.role} may not do this; it takes a ${role}` });
}

/** Those whose certificate still holds. */
export function offeredAgents({ agents, now = () => new Date() }: DoorOptions): readonly OfferedAgent[] {
  const nowMs = now().getTime();
  return agents().filter(({ validUntil }) => Date.parse(validUntil) > nowMs);
}

/** Throws `DoorRefusal` for an agent that is not offered, and for an app that the server was not started for. */
export function assertMaySend({ agent, place }: JobRequest, options: DoorOptions): void {
  if (!offeredAgents(options).some(({ name }) => name === agent))
    throw new DoorRefusal(404, { code: 'model_not_found', message: `There is no released agent "${agent}" here` });
  if (place.kind === 'sandbox') return;
  const { origin } = new URL(place.url);
  if (!options.apps.includes(origin))
    throw new DoorRefusal(403, { code: 'app_not_allowed', message: `${origin} is no app that this server was started for` });
}

export function reportOf({ id, state, ended, waiting, asked, uncertain }: JobView): JobReport {
  const isUnknown = state === 'waits-for-certainty' && uncertain !== null;
  return {
    job: id,
    state,
    how: ended?.how ?? null,
    because: ended ? [...ended.because] : isUnknown ? [`A person has to look whether this was done: ${uncertain}.`] : [],
    waiting: asked
      .filter(({ approval }) => waiting.some((open) => open.id === approval))
      .map(({ approval, action, because }) => ({ approval, action, because: [...because] })),
  };
}

/** The job as it is when it can't go on without a person, when the time is up, or when nobody listens any more. It goes on in any case. */
export async function whenSettled(
  job: JobView,
  { workplace, waitSeconds, signal }: { readonly workplace: Workplace; readonly waitSeconds: number; readonly signal: AbortSignal },
): Promise<JobReport> {
  const untilMs = performance.now() + waitSeconds * 1000;
  for (let pauseMs = 20; ; pauseMs = Math.min(pauseMs * 1.5, 250)) {
    const view = workplace.job(job.id) ?? job;
    const leftMs = untilMs - performance.now();
    if (view.state === 'ended' || view.state.startsWith('waits-') || leftMs <= 0 || signal.aborted) return reportOf(view);
    // Cut short only where nobody listens any more.
    await sleep(Math.min(pauseMs, leftMs), undefined, { signal }).catch(() => {});
  }
}

/** The first thing that is wrong, in words. */
export function wrongAt({ issues: [issue] }: z.ZodError): string {
  return `${issue?.path.join('.') || 'What was sent'}: ${issue?.message}`;
}

const textPart = z.looseObject({ type: z.literal('text'), text: z.string() });
/** What else a client may set (temperature and the like) means nothing to an agent and is passed over. */
const completionSchema = z.looseObject({
  model: z.string().min(1).max(200),
  messages: z
    .array(z.looseObject({ role: z.string(), content: z.unknown() }))
    .min(1)
    .max(1000),
  stream: z.boolean().nullish(),
  n: z.literal(1, 'an agent does a job once').nullish(),
});
const contentSchema = z.union([z.string(), z.array(textPart).min(1).max(100)]);
const questionSchema = z.strictObject({ job: z.uuid() });

const STATUS_TYPES: Readonly<Record<number, string>> = { 403: 'permission_error', 500: 'server_error', 503: 'server_error' };

/** To be mounted at the root, behind the check of hosts and before what asks for a session: all its paths are under `/v1`. */
export function chatRoutes(options: DoorOptions): Hono {
  const { workplace, people, audit, now = () => new Date(), waitSeconds = 120 } = options;
  const app = new Hono();

  const log = (c: Context, by: Person | null, { status, detail }: { readonly status: number; readonly detail: string }): void =>
    audit.add({ at: now().toISOString(), by: by?.name ?? null, what: `${c.req.method} ${c.req.path}`, status, detail });

  app.use('/v1/*', async (c, next) => {
    await next();
    c.header('cache-control', 'no-store');
    c.header('x-content-type-options', 'nosniff');
  });
  app.use('/v1/*', bodyLimit({ maxSize: LARGEST_BODY, onError: tooLarge }));

  app.get('/v1/models', (c) => {
    callerOf(c.req.raw, { people, role: 'watcher' });
    // The protocol wants a time; when an agent was released is not kept.
    const data = offeredAgents(options).map(({ name }) => ({ id: name, object: 'model', created: 0, owned_by: 'journeyman' }));
    return c.json({ object: 'list', data });
  });

  app.post('/v1/chat/completions', async (c) => {
    const visit: { by: Person | null; detail: string } = { by: null, detail: '' };
    try {
      visit.by = callerOf(c.req.raw, { people, role: 'watcher' });
      const { model, isStreamed, asked } = readCompletion(await c.req.text());
      const question = questionSchema.safeParse(asked);
      if (question.success) return await answer(c, { job: known(question.data.job, model), model, isStreamed });
      assertMay(visit.by, 'operator');
      const request = readOrder(model, asked);
      visit.detail = JSON.stringify(request);
      assertMaySend(request, options);
      const job = sentBefore(c, request, visit.by) ?? workplace.submit(request, visit.by.name);
      log(c, visit.by, { status: 200, detail: visit.detail });
      return await answer(c, { job, model, isStreamed });
    } catch (error) {
      log(c, visit.by, { status: statusOf(error as Error), detail: visit.detail });
      throw error;
    }
  });

  /** A report may be asked for after the agent's certificate has run out. */
  function known(id: string, model: string): JobView {
    const job = workplace.job(id);
    if (job?.request.agent === model) return job;
    throw new DoorRefusal(404, { code: 'job_not_found', message: `"${model.slice(0, 60)}" has no such job` });
  }

  /** Official clients repeat a request whose answer got lost, and say so: the job that it sent the first time is not sent twice. */
  function sentBefore(c: Context, request: JobRequest, { name }: Person): JobView | undefined {
    if (!(Number(c.req.header('x-stainless-retry-count')) > 0)) return undefined;
    const sinceMs = now().getTime() - RETRY_MS;
    const same = JSON.stringify(request);
    return workplace
      .jobs()
      .filter((job) => job.by === name && Date.parse(job.receivedAt) >= sinceMs && JSON.stringify(job.request) === same)
      .toSorted((a, b) => Date.parse(b.receivedAt) - Date.parse(a.receivedAt))[0];
  }

  async function answer(
    c: Context,
    { job, model, isStreamed }: { readonly job: JobView; readonly model: string; readonly isStreamed: boolean },
  ): Promise<Response> {
    const head = { id: `chatcmpl-${job.id}`, created: Math.floor(now().getTime() / 1000), model };
    const settled = (signal: AbortSignal) => whenSettled(job, { workplace, waitSeconds, signal });
    if (!isStreamed) {
      const content = JSON.stringify(await settled(c.req.raw.signal));
      const message = { role: 'assistant', content, refusal: null };
      return c.json({ ...head, object: 'chat.completion', choices: [{ index: 0, message, logprobs: null, finish_reason: 'stop' }] });
    }
    return streamSSE(c, async (stream) => {
      const gone = new AbortController();
      stream.onAbort(() => gone.abort());
      const send = (delta: object, finish_reason: 'stop' | null = null) =>
        stream.writeSSE({
          data: JSON.stringify({ ...head, object: 'chat.completion.chunk', choices: [{ index: 0, delta, logprobs: null, finish_reason }] }),
        });
      const beat = setInterval(() => void stream.write(':\n\n'), BEAT_MS);
      try {
        await send({ role: 'assistant', content: '' });
        await send({ content: JSON.stringify(await settled(gone.signal)) });
        await send({}, 'stop');
        await stream.writeSSE({ data: '[DONE]' });
      } finally {
        clearInterval(beat);
      }
    });
  }

  function tooLarge(c: Context): Response {
    if (c.req.method === 'POST') log(c, null, { status: 413, detail: '' });
    // What was not read would be taken for the next request.
    c.header('connection', 'close');
    return inOpenAisShape(c, new DoorRefusal(413, { code: 'request_too_large', message: `At most ${LARGEST_BODY} bytes` }));
  }

  app.all('/v1/*', () => {
    throw new DoorRefusal(404, { code: 'unknown_url', message: 'There is nothing here' });
  });
  app.onError((error, c) => inOpenAisShape(c, error));
  return app;
}

/** Throws `DoorRefusal` for what is no chat, and for a last message of the user that is no JSON object. */
function readCompletion(body: string): { readonly model: string; readonly isStreamed: boolean; readonly asked: Record<string, unknown> } {
  const parsed = completionSchema.safeParse(readJson(body, 'What was sent is no JSON'));
  if (!parsed.success) throw invalid(wrongAt(parsed.error));
  const { model, messages, stream } = parsed.data;
  const content = contentSchema.safeParse(messages.findLast(({ role }) => role === 'user')?.content);
  if (!content.success) throw invalid('The last message of the user has to be text');
  const text = typeof content.data === 'string' ? content.data : content.data.map((part) => part.text).join('');
  const wanted =
    'The last message of the user has to be nothing but a JSON object: the place of the job and, if need be, its compartment; or {"job": ID}';
  // Words around the fence could change what is meant, and nobody would read them.
  const fenced = /^```(?:json)?[ \t]*\r?\n([\s\S]*?)\r?\n?```$/i.exec(text.trim())?.[1];
  const asked = z.record(z.string(), z.unknown()).safeParse(readJson(fenced ?? text, wanted));
  if (!asked.success) throw invalid(wanted);
  return { model, isStreamed: stream ?? false, asked: asked.data };
}

/** The place itself with the compartment among its keys, or both by name. Throws `DoorRefusal` for what is no job. */
function readOrder(agent: string, asked: Record<string, unknown>): JobRequest {
  const { compartment, ...rest } = asked;
  const named = 'place' in rest ? rest : { place: rest };
  const parsed = jobRequestSchema.safeParse({ ...named, agent, ...(compartment === undefined ? {} : { compartment }) });
  if (!parsed.success) throw invalid(wrongAt(parsed.error));
  return parsed.data;
}

function readJson(text: string, otherwise: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw invalid(otherwise);
  }
}

const invalid = (message: string): DoorRefusal => new DoorRefusal(400, { code: 'invalid_request_error', message });

export function statusOf(error: Error): number {
  if (error instanceof HTTPException) return error.status;
  return error instanceof JourneymanError ? 503 : 500;
}

function inOpenAisShape(c: Context, error: Error): Response {
  const status = statusOf(error);
  const code = error instanceof DoorRefusal ? error.code : null;
  const message = status === 500 ? 'The server has made a mistake' : error.message;
  // Whoever repeats what failed halfway may send a job twice.
  c.header('x-should-retry', 'false');
  return c.json({ error: { message, type: STATUS_TYPES[status] ?? 'invalid_request_error', param: null, code } }, status as 400);
}
