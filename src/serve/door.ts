/**
 * What every door of the server shares: whose token a request carries, who may ask for what, which apps a job may be at, and what another agent is told of one.
 *
 * Invariant: delegating is not approving. Nothing here answers an approval, settles what a crash left unknown, or stops or releases anything.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { HTTPException } from 'hono/http-exception';
import * as z from 'zod';
import { ConfigError, DataError, JourneymanError } from '../base/index.ts';
import type { AuditLog } from './audit-log.ts';
import { JOB_ENDINGS, type JobRequest, type Place } from './job.ts';
import { mayDo, type People, type Person, type Role } from './people.ts';
import type { JobState, JobView, Workplace } from './workplace.ts';

export const LARGEST_BODY = 256 * 1024;
/** A released agent that may be asked to work. */
export interface ServedAgent {
  readonly name: string;
  readonly version: number;
  /** As ISO 8601; past it, the agent is not offered. */
  readonly validUntil: string;
}

export interface DoorOptions {
  readonly workplace: Workplace;
  readonly people: People;
  readonly audit: AuditLog;
  readonly agents: () => readonly ServedAgent[];
  /** Origins of the live apps that jobs may be at. */
  readonly apps: readonly string[];
  /** After so many seconds, a job that still works is reported as it stands. Default: 120 for chat; 30 for MCP, whose clients give up after 60. */
  readonly waitSeconds?: number;
  readonly now?: () => Date;
}

const JOB_STATES = [
  'queued',
  'working',
  'waits-for-approval',
  'waits-for-answer',
  'waits-for-certainty',
  'ended',
] as const satisfies readonly JobState[];

/** What another agent is told of a job. */
export const jobReportSchema = z.strictObject({
  job: z.string(),
  state: z.enum(JOB_STATES),
  /** null until it has ended. */
  how: z.enum(JOB_ENDINGS).nullable(),
  because: z.array(z.string()),
  /** What people are asked for, at the server itself. */
  waiting: z.array(z.strictObject({ approval: z.string(), action: z.string(), because: z.array(z.string()) })),
  /** What its agent asks people for, at the server itself. */
  asks: z.array(z.strictObject({ question: z.string(), about: z.string() })),
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

/** Throws `DoorRefusal` for what a page of another site sends. */
export function assertSameSite({ headers }: Request): void {
  const host = headers.get('host') ?? '';
  const origin = headers.get('origin');
  const isForeign = origin !== null && origin !== `http://${host}` && origin !== `https://${host}`;
  if (isForeign || headers.get('sec-fetch-site') === 'cross-site') throw fromElsewhere();
}

export const fromElsewhere = (): DoorRefusal =>
  new DoorRefusal(403, { code: 'foreign_origin', message: 'This request comes from another site' });

export const bearerOf = ({ headers }: Request): string | undefined => /^Bearer (\S{1,200})$/i.exec(headers.get('authorization') ?? '')?.[1];

/** Whose token the request carries. Throws `DoorRefusal` for nobody's, for a role that does not do, and for what a page of another site sends. */
export function callerOf(request: Request, { people, role }: { readonly people: People; readonly role: Role }): Person {
  assertSameSite(request);
  const token = bearerOf(request);
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
export function offeredAgents({ agents, now = () => new Date() }: DoorOptions): readonly ServedAgent[] {
  const nowMs = now().getTime();
  return agents().filter(({ validUntil }) => Date.parse(validUntil) > nowMs);
}

/** Throws `DoorRefusal` for an agent that is not offered, and for an app that the server was not started for. */
export function assertMaySend({ agent, place }: JobRequest, options: DoorOptions): void {
  if (!offeredAgents(options).some(({ name }) => name === agent))
    throw new DoorRefusal(404, { code: 'model_not_found', message: `There is no released agent "${agent}" here` });
  assertApp(place, options.apps);
}

/** Throws `DoorRefusal` for an app that the server was not started for. */
export function assertApp(place: Place, apps: readonly string[]): void {
  if (place.kind === 'sandbox') return;
  const { origin } = new URL(place.url);
  if (!apps.includes(origin))
    throw new DoorRefusal(403, { code: 'app_not_allowed', message: `${origin} is no app that this server was started for` });
}

export function reportOf({ id, state, ended, waiting, forms, asked, uncertain }: JobView): JobReport {
  const isUnknown = state === 'waits-for-certainty' && uncertain !== null;
  return {
    job: id,
    state,
    how: ended?.how ?? null,
    because: ended ? [...ended.because] : isUnknown ? [`A person has to look whether this was done: ${uncertain}.`] : [],
    waiting: asked
      .filter(({ approval }) => waiting.some((open) => open.id === approval))
      .map(({ approval, action, because }) => ({ approval, action, because: [...because] })),
    asks: forms.map(({ id: question, form: { about } }) => ({ question, about })),
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

/** Throws `DoorRefusal`, with `otherwise` as its message, for what is no JSON. */
export function readJson(text: string, otherwise = 'What was sent is no JSON'): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw invalid(otherwise);
  }
}

export const invalid = (message: string): DoorRefusal => new DoorRefusal(400, { code: 'invalid_request_error', message });

export function statusOf(error: Error): number {
  if (error instanceof HTTPException) return error.status;
  if (error instanceof ConfigError || error instanceof DataError) return 409;
  return error instanceof JourneymanError ? 503 : 500;
}
