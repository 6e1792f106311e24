/**
 * The registry's ledger of one agent: what was judged, released, rolled back and revoked, as JSON Lines that are only ever added to. Refused
 * versions stand there as well: what was broken once must not be forgotten because it was never released.
 *
 * Each line holds the hash of the one before, so that a line that was taken out or changed is noticed. Lines cut off at the end are not: a copy of
 * the last hash elsewhere would be needed. What stands behind the last line feed was torn by a crash and counts as never written.
 */
import { closeSync, existsSync, fsyncSync, ftruncateSync, openSync, readFileSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import * as z from 'zod';
import { DataError, hashBytes, syncFolder } from '../base/index.ts';
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
type WithoutChain<T> = T extends unknown ? Readonly<Omit<T, 'schemaVersion' | 'previous'>> : never;
export type HistoryEvent = WithoutChain<Line>;

export interface History {
  readonly events: readonly HistoryEvent[];
  readonly lastHash: string;
  /** Bytes of whole lines. */
  readonly size: number;
}

/** Versions in the order of their judgement, as `judgeRelease` takes them. */
export const judgedVersions = (events: readonly HistoryEvent[]): readonly JudgedVersion[] =>
  events.flatMap((event) => (event.kind === 'judged' ? [{ version: event.version, isAllowed: event.isAllowed, exam: event.exam }] : []));

/** The version that the last event put in front; a revoked one stays there, and does not work. */
export const pointedAt = (events: readonly HistoryEvent[]): number | undefined =>
  events.findLast(({ kind }) => kind === 'published' || kind === 'rolled-back')?.version;

/** Empty where there is no file yet. Throws `DataError` for a symbolic link, a line that can't be read and a chain that is broken. */
export function loadHistory(path: string): History {
  if (!existsSync(path)) return { events: [], lastHash: '', size: 0 };
  requirePlain(path, 'file', `read ${path}`);
  const bytes = readFileSync(path);
  const size = bytes.lastIndexOf(0x0a) + 1;
  const events: HistoryEvent[] = [];
  let lastHash = '';
  let judged = 0;
  for (const [i, text] of bytes.toString('utf8', 0, size).split('\n').slice(0, -1).entries()) {
    const { previous, schemaVersion: _, ...event } = parseLine(text, `${path}:${i + 1}`);
    if (event.kind === 'judged') judged++;
    const isInOrder = event.kind === 'judged' ? event.version === judged : event.version <= judged;
    if (previous !== lastHash || !isInOrder)
      throw new DataError({
        operation: `read ${path}:${i + 1}`,
        got: 'a line that does not follow the one before it',
        expected: 'a history that was only ever added to',
        fix: 'restore it from a copy; until then nothing of this agent is released',
      });
    events.push(event);
    lastHash = hashBytes(text);
  }
  return { events, lastHash, size };
}

function parseLine(text: string, place: string): Line {
  try {
    return lineSchema.parse(JSON.parse(text));
  } catch (cause) {
    const expected = 'one event of an agent as JSON';
    throw new DataError({ operation: `read ${place}`, got: (cause as Error).message.slice(0, 200), expected, cause });
  }
}

/** Adds one line behind `history`, which must be what lies at `path`; on the disk when this returns. To be called under a lock. */
export function appendHistory(path: string, { lastHash, size }: History, event: HistoryEvent): void {
  const text = JSON.stringify(lineSchema.parse({ schemaVersion: 1, previous: lastHash, ...event }));
  const file = openSync(path, existsSync(path) ? 'r+' : 'wx');
  try {
    ftruncateSync(file, size);
    const bytes = Buffer.from(`${text}\n`, 'utf8');
    for (let at = 0; at < bytes.byteLength; ) at += writeSync(file, bytes, at, bytes.byteLength - at, size + at);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  syncFolder(dirname(path));
}
