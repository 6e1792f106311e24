/**
 * The registry's ledger of one agent: what was judged, released, rolled back and revoked, as JSON Lines that are only ever added to. Refused
 * versions stand there as well: what was broken once must not be forgotten because it was never released.
 */
import { existsSync } from 'node:fs';
import * as z from 'zod';
import { appendChain, type ChainEnd, loadChain, type Unchained } from '../base/index.ts';
import { requirePlain } from './files.ts';
import type { JudgedVersion } from './history.ts';

const count = z.int().nonnegative();
const share = z.number().min(0).max(1);
const hash = z.string().regex(/^[0-9a-f]{64}$/);
const version = z.int().positive();
const person = z.string().min(1);

const sliceSchema = z
  .strictObject({
    slice: z.string().min(1),
    trials: count,
    passes: count,
    neverEvents: count,
    neverEventsBound: share,
    alpha: z.number().gt(0).lt(1),
    lowerBound: share,
    upperBound: share,
  })
  .refine(({ passes, trials }) => passes <= trials);

const examSchema = z.strictObject({
  gym: z.strictObject({ name: z.string(), version: z.string() }),
  certificate: hash,
  commitment: hash,
  slices: z.array(sliceSchema).readonly(),
});

const line = { schemaVersion: z.literal(1), previous: z.string(), at: z.iso.datetime(), version };
const lineSchema = z.discriminatedUnion('kind', [
  /** `unmet`: the rules that it broke. */
  z.strictObject({
    ...line,
    kind: z.literal('judged'),
    isAllowed: z.boolean(),
    unmet: z.array(z.string()).readonly(),
    exam: examSchema.nullable(),
  }),
  z.strictObject({ ...line, kind: z.literal('published'), keyIds: z.array(hash).min(1).readonly() }),
  z.strictObject({ ...line, kind: z.literal('rolled-back'), from: version, by: person, reason: person }),
  z.strictObject({ ...line, kind: z.literal('revoked'), by: person, reason: person }),
]);

type Line = z.infer<typeof lineSchema>;
export type HistoryEvent = Unchained<Line>;

export interface History extends ChainEnd {
  readonly events: readonly HistoryEvent[];
}

/** Versions in the order of their judgement, as `judgeRelease` takes them. */
export const judgedVersions = (events: readonly HistoryEvent[]): readonly JudgedVersion[] =>
  events.flatMap((event) => (event.kind === 'judged' ? [{ version: event.version, isAllowed: event.isAllowed, exam: event.exam }] : []));

/** The version that the last event put in front; a revoked one stays there, and does not work. */
export const pointedAt = (events: readonly HistoryEvent[]): number | undefined =>
  events.findLast(({ kind }) => kind === 'published' || kind === 'rolled-back')?.version;

/** Empty where there is no file yet. Throws `DataError` for a symbolic link, a line that can't be read and a chain that is broken. */
export function loadHistory(path: string): History {
  if (existsSync(path)) requirePlain(path, 'file', `read ${path}`);
  const { lines, ...end } = loadChain(path, {
    parse: (line) => lineSchema.parse(line),
    follows: (line, before) => {
      const judged = before.filter(({ kind }) => kind === 'judged').length;
      return line.kind === 'judged' ? line.version === judged + 1 : line.version <= judged;
    },
    names: { line: 'one event of an agent', ledger: 'history' },
    fix: 'restore it from a copy; until then nothing of this agent is released',
  });
  return { ...end, events: lines.map(({ previous: _, schemaVersion: __, ...event }) => event as HistoryEvent) };
}

/** Adds one line behind `history`, which must be what lies at `path`; on the disk when this returns. To be called under a lock. */
export function appendHistory(path: string, history: History, event: HistoryEvent): void {
  appendChain(path, history, [lineSchema.parse({ schemaVersion: 1, previous: '', ...event })]);
}
