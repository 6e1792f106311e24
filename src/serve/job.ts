/**
 * A job: one task for one released agent, and what became of it. What it is now follows from the lines of its ledger alone, so a server that was killed goes
 * on where they end.
 */
import * as z from 'zod';
import type { Unchained } from '../base/index.ts';
import { compartmentSchema } from './triage-entry.ts';
import { type DoneAction, undoingSchema } from './undo.ts';

const name = z.string().min(1).max(200);
const words = z.string().max(4000);
const sentences = z.array(words).min(1).max(100);

/** Variables of the server's environment that a job may name: no job reaches for another one. */
const SECRET_VARIABLE = /^JOURNEYMAN_SECRET_[A-Z0-9_]{1,80}$/;

/** Where an agent works: a task of its gym in the sandbox, or an app that somebody runs. */
const placeSchema = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('sandbox'),
    slice: name,
    // Exam tasks are for exams alone.
    seed: z.strictObject({ split: z.enum(['train', 'validate']), n: z.int().nonnegative() }),
  }),
  z.strictObject({
    kind: z.literal('live'),
    url: z.url({ protocol: /^https?$/ }),
    goal: z
      .array(z.strictObject({ text: words, key: name.optional(), secret: z.boolean().optional() }))
      .min(1)
      .max(50),
    /** By key of the goal: the variable of the server's environment that holds it; never the secret itself. */
    secrets: z.record(name, z.string().regex(SECRET_VARIABLE, 'JOURNEYMAN_SECRET_ and a name in capitals')).default({}),
  }),
]);
export type Place = z.infer<typeof placeSchema>;

export const jobRequestSchema = z.strictObject({
  agent: name,
  /** Whose data it is: what is learned from it stays with them. */
  compartment: compartmentSchema.default('default'),
  place: placeSchema,
});
export type JobRequest = z.infer<typeof jobRequestSchema>;

/** `done`: the agent says so. `handed-over`: a person has to go on. `stopped`: a person said so. `failed`: the app or the agent broke. */
export const JOB_ENDINGS = ['done', 'handed-over', 'stopped', 'failed'] as const;
export type JobEnding = (typeof JOB_ENDINGS)[number];

/** What the monitors and the triage are told of a job beside how it ended. */
const figuresSchema = z.strictObject({
  /** Mean over what was read before its decisions, nats a token; null for an agent that can't tell. */
  surpriseNats: z.number().nonnegative().nullable(),
  /** Somebody stopped it or said no; to be asked and to say yes is the rule. */
  intervened: z.boolean(),
  /** Questions of the agent's that a person answered with a value. */
  answers: z.int().nonnegative(),
  /** Of work; waiting for people is left out. */
  seconds: z.number().nonnegative(),
});
export type JobFigures = Readonly<z.infer<typeof figuresSchema>>;

const line = { schemaVersion: z.literal(1), previous: z.string(), at: z.iso.datetime() };
const step = z.int().nonnegative();

/** Lines of a job's ledger. A line that speaks of an action stands before it is done (`intended`) and after (`did`). */
export const jobLineSchema = z.discriminatedUnion('kind', [
  z.strictObject({ ...line, kind: z.literal('received'), job: z.uuid(), by: name, request: jobRequestSchema }),
  z.strictObject({ ...line, kind: z.literal('opened'), version: z.int().positive() }),
  z.strictObject({ ...line, kind: z.literal('asked'), step, approval: z.uuid(), action: words, because: sentences }),
  /** The agent lacks something; `question` in the book of questions has the form and the answer. */
  z.strictObject({ ...line, kind: z.literal('questioned'), step, question: z.uuid() }),
  z.strictObject({ ...line, kind: z.literal('intended'), step, action: words, approval: z.uuid().nullable() }),
  /** `undoing`: how it is taken back, where the place can. */
  z.strictObject({ ...line, kind: z.literal('did'), step, undoing: undoingSchema.optional() }),
  /** A person looked whether an action that a crash left unknown was done. */
  z.strictObject({ ...line, kind: z.literal('settled'), wasDone: z.boolean(), by: name }),
  /** `figures`: none where it was never worked on. */
  z.strictObject({ ...line, kind: z.literal('ended'), how: z.enum(JOB_ENDINGS), because: sentences, figures: figuresSchema.optional() }),
  /** Monitors and triage know of its end. */
  z.strictObject({ ...line, kind: z.literal('reported') }),
  /** One of the lasting actions, by its place among them, was taken back. */
  z.strictObject({ ...line, kind: z.literal('undone'), place: step }),
  z.strictObject({ ...line, kind: z.literal('undo'), by: name, isRestored: z.boolean(), sentences: z.array(words).max(1000) }),
]);
export type JobLine = z.infer<typeof jobLineSchema>;
export type JobEvent = Unchained<JobLine>;

export interface AskedAction {
  readonly approval: string;
  readonly step: number;
  /** In words. */
  readonly action: string;
  readonly because: readonly string[];
}

export interface Job {
  readonly id: string;
  readonly request: JobRequest;
  readonly by: string;
  readonly receivedAt: string;
  /** How often it was opened. */
  readonly attempts: number;
  /** Of the agent, of the last attempt; null before the first. */
  readonly version: number | null;
  readonly asked: readonly AskedAction[];
  /** Ids of the questions that its agent asked. */
  readonly questions: readonly string[];
  /** Actions beyond the reversible ones that were done in the place as it is now. */
  readonly done: readonly string[];
  /** The same, and how each is taken back. */
  readonly undoings: readonly DoneAction[];
  /** Places among them that were taken back. */
  readonly undone: readonly number[];
  /** One of which nobody knows whether it was done: the server died in between. */
  readonly uncertain: string | null;
  readonly ended: { readonly how: JobEnding; readonly because: readonly string[]; readonly at: string } | null;
  /** What monitors and triage have yet to be told; null where there is nothing, or they were. */
  readonly untold: JobFigures | null;
  /** What came of taking it back, the last time. */
  readonly undo: { readonly by: string; readonly isRestored: boolean; readonly sentences: readonly string[]; readonly at: string } | null;
}

/** What a job is after an event; undefined where the event can't follow. */
export function afterEvent(job: Job | undefined, event: JobEvent): Job | undefined {
  if (event.kind === 'received')
    return job
      ? undefined
      : {
          ...{ id: event.job, request: event.request, by: event.by, receivedAt: event.at, attempts: 0, version: null },
          ...{ asked: [], questions: [], done: [], undoings: [], undone: [], uncertain: null, ended: null, untold: null, undo: null },
        };
  if (!job) return undefined;
  if (job.ended) return afterItsEnd(job, event);
  switch (event.kind) {
    case 'opened': {
      const opened = { ...job, attempts: job.attempts + 1, version: event.version };
      // A new sandbox knows nothing of the one before; what was done in a live app still stands.
      return job.request.place.kind === 'sandbox'
        ? { ...opened, done: [], undoings: [], uncertain: null }
        : job.uncertain === null
          ? opened
          : undefined;
    }
    case 'asked': {
      const { approval, step, action, because } = event;
      return { ...job, asked: [...job.asked, { approval, step, action, because }] };
    }
    case 'questioned':
      return { ...job, questions: [...job.questions, event.question] };
    case 'intended':
      return job.uncertain === null ? { ...job, uncertain: event.action } : undefined;
    case 'did':
      return job.uncertain === null ? undefined : withDone(job, job.uncertain, event.undoing ?? UNKNOWN);
    case 'settled':
      if (job.uncertain === null) return undefined;
      return event.wasDone ? withDone(job, job.uncertain, AFTER_CRASH) : { ...job, uncertain: null };
    case 'ended':
      return { ...job, ended: { how: event.how, because: event.because, at: event.at }, untold: event.figures ?? null };
    default:
      return undefined;
  }
}

function afterItsEnd(job: Job, event: JobEvent): Job | undefined {
  if (event.kind === 'undone')
    return job.undone.includes(event.place) || event.place >= job.undoings.length
      ? undefined
      : { ...job, undone: [...job.undone, event.place] };
  if (event.kind === 'reported') return job.untold === null ? undefined : { ...job, untold: null };
  if (event.kind !== 'undo') return undefined;
  const { by, isRestored, sentences, at } = event;
  return { ...job, undo: { by, isRestored, sentences, at } };
}

const UNKNOWN: DoneAction['undoing'] = { kind: 'impossible', why: 'this place tells of no way to take it back' };
const AFTER_CRASH: DoneAction['undoing'] = {
  kind: 'impossible',
  why: 'the server died while it was done, so nobody has seen how it is taken back',
};

const withDone = (job: Job, action: string, undoing: DoneAction['undoing']): Job => ({
  ...job,
  done: [...job.done, action],
  undoings: [...job.undoings, { action, undoing }],
  uncertain: null,
});
