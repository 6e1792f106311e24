/**
 * An entry of the triage: something that a released agent met at work and that may be worth learning from, and what a person decided about it.
 *
 * Invariant: whatever two entries have in common stands in their keys. Those that share one are of one group, and a group serves either training or the
 * exam.
 */
import * as z from 'zod';
import { hashBytes } from '../base/index.ts';
import { transcriptSchema } from '../grammar/index.ts';
import type { Seed, Transcript } from '../records/index.ts';

/** It ended wrong; a person stepped in; the world was another one than expected; a person answered what the agent asked. */
export const TRIAGE_KINDS = ['failure', 'intervention', 'surprise', 'answer'] as const;
export type TriageKind = (typeof TRIAGE_KINDS)[number];

export const PURPOSES = ['train', 'exam'] as const;
export type Purpose = (typeof PURPOSES)[number];

export interface TriageReport {
  /** Whose data it is. */
  readonly compartment: string;
  readonly job: string;
  readonly agent: { readonly name: string; readonly version: number };
  /** That the agent was made for. */
  readonly gym: { readonly name: string; readonly version: string };
  /** The task, where it was one of the gym's sandbox; null for a live app. */
  readonly sandbox: { readonly slice: string; readonly seed: Seed } | null;
  readonly kind: TriageKind;
  /** Secrets masked. What the agent did wrong has `imitate: false`, if somebody is to be imitated in the rest. */
  readonly transcript: Transcript;
}

export type Decision =
  /** As a task it is worked on afresh, as a demonstration what was done is imitated. */
  | { readonly kind: 'accept'; readonly purpose: Purpose; readonly as: 'task' | 'demonstration' }
  | { readonly kind: 'dismiss'; readonly reason: string };

export type Decided = Decision & { readonly by: string; readonly at: string };

export interface TriageEntry extends TriageReport {
  /** 24 hexadecimal digits; the same report has the same one. */
  readonly id: string;
  readonly at: string;
  /** Purposes that its group leaves open; none where it has something in common with both. */
  readonly open: readonly Purpose[];
  readonly decision: Decided | null;
}

/** An entry as it is listed, without what was seen and done. */
export type TriageItem = Omit<TriageEntry, 'transcript'>;

export interface TriageList {
  readonly entries: readonly TriageItem[];
  /** Of books that can't be read. */
  readonly problems: readonly string[];
}

const name = z.string().min(1).max(200);
const time = z.iso.datetime();
const id = z.string().regex(/^[0-9a-f]{24}$/);

/** Safe as the name of a folder, on every system. */
export const compartmentSchema = z.string().regex(/^[a-z0-9][a-z0-9-]{0,62}$/);

const report = {
  job: name,
  agent: z.strictObject({ name, version: z.int().positive() }),
  gym: z.strictObject({ name, version: name }),
  sandbox: z
    .strictObject({
      slice: name,
      // Exam tasks of a gym are for its exam alone: nobody is at work on one.
      seed: z.strictObject({ split: z.enum(['train', 'validate']), n: z.int().nonnegative() }),
    })
    .nullable(),
  kind: z.enum(TRIAGE_KINDS),
  transcript: transcriptSchema.refine(({ segments }) => segments.some(({ kind }) => kind === 'observe'), {
    path: ['segments'],
    message: 'something that was observed',
  }),
};

export const reportSchema = z.strictObject({ compartment: compartmentSchema, ...report });

export const decisionSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('accept'), purpose: z.enum(PURPOSES), as: z.enum(['task', 'demonstration']) }),
  z.strictObject({ kind: z.literal('dismiss'), reason: z.string().trim().min(1).max(2000) }),
]);

const line = { schemaVersion: z.literal(1), previous: z.string(), compartment: compartmentSchema, at: time, id };

/** One line of a book. */
export const triageLineSchema = z.discriminatedUnion('event', [
  z.strictObject({ ...line, event: z.literal('reported'), report: z.strictObject(report) }),
  z.strictObject({ ...line, event: z.literal('decided'), decision: decisionSchema, by: name }),
]);
export type TriageLine = z.infer<typeof triageLineSchema>;

/** Of a report; reported again, the same thing has the same one, so that it stands in the book once. */
export const entryId = ({ compartment, job, kind, transcript }: TriageReport): string =>
  hashBytes(JSON.stringify([compartment, job, kind, transcript])).slice(0, 24);

/**
 * What makes two entries one for learning: the same job, the same task of a sandbox (in any version and slice: exams count seeds like that, too), or the
 * same goal and observations.
 */
export function groupKeys({
  job,
  gym,
  sandbox,
  transcript,
}: Pick<TriageReport, 'job' | 'gym' | 'sandbox' | 'transcript'>): readonly string[] {
  return [
    `job ${job}`,
    `content ${contentHash(transcript)}`,
    ...(sandbox === null ? [] : [`task ${gym.name}/${sandbox.seed.split}/${sandbox.seed.n}`]),
  ];
}

/** Of what was to be done and what was seen. Numbers of references are left out: each session deals them anew. */
export function contentHash({ segments }: Transcript): string {
  const read = segments.filter(({ kind }) => kind === 'goal' || kind === 'observe');
  const content = read.map(({ kind, pieces }) => [
    kind,
    ...pieces.map((piece) => (piece.kind === 'reference' ? [piece.kind] : [piece.kind, piece.kind === 'word' ? piece.word : piece.text])),
  ]);
  return hashBytes(JSON.stringify(content));
}
