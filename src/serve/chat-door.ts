/**
 * A door for agents that speak OpenAI's chat protocol: they delegate a job to a released agent as if it were a model, and hear how it stands when it has ended
 * or waits for a person.
 *
 * Only a bearer token opens it, never the session of a browser. Which hosts it answers to is checked by the app that it is mounted in.
 * The protocol: OpenAI, API reference, "Chat Completions" and "Models".
 */
import { type Context, Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { streamSSE } from 'hono/streaming';
import * as z from 'zod';
import {
  assertMay,
  assertMaySend,
  callerOf,
  type DoorOptions,
  DoorRefusal,
  invalid,
  LARGEST_BODY,
  offeredAgents,
  readJson,
  statusOf,
  whenSettled,
  wrongAt,
} from './door.ts';
import { type JobRequest, jobRequestSchema } from './job.ts';
import type { Person } from './people.ts';
import type { JobView } from './workplace.ts';

/** A try again that comes later than this is a new job. */
const RETRY_MS = 15 * 60_000;
/** Whoever has gone without a word is noticed. */
const BEAT_MS = 15_000;

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

function inOpenAisShape(c: Context, error: Error): Response {
  const status = statusOf(error);
  const code = error instanceof DoorRefusal ? error.code : null;
  const message = status === 500 ? 'The server has made a mistake' : error.message;
  // Whoever repeats what failed halfway may send a job twice.
  c.header('x-should-retry', 'false');
  return c.json({ error: { message, type: STATUS_TYPES[status] ?? 'invalid_request_error', param: null, code } }, status as 400);
}
