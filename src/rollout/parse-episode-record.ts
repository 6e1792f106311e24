/** An episode's record, checked where it comes in from the disk. */
import * as z from 'zod';
import { DataError } from '../base/index.ts';
import { segmentSchema, transcriptSchema } from '../grammar/index.ts';
import { type EpisodeRecord, SPLITS, STOP_REASONS } from '../records/index.ts';

const score = z.strictObject({
  success: z.boolean().nullable(),
  credit: z.number().min(0).max(1).nullable(),
  broken: z.array(z.string()),
  reasons: z.array(z.string()),
});

const step = z.strictObject({
  value: z.number().nullable(),
  logprobs: z.array(z.number()),
  surpriseNats: z.number().nullable(),
  milliseconds: z.number().nonnegative(),
  advice: segmentSchema.exactOptional(),
});

const recordSchema = z.strictObject({
  schemaVersion: z.literal(1),
  id: z.string().regex(/^[0-9a-f]{8,64}$/),
  gym: z.string(),
  gymVersion: z.string(),
  slice: z.string(),
  seed: z.strictObject({ split: z.enum(SPLITS), n: z.int().nonnegative() }),
  lane: z.string(),
  policy: z.string(),
  transcript: transcriptSchema,
  steps: z.array(step),
  stop: z.enum(STOP_REASONS).nullable(),
  score: score.nullable(),
  audit: score.nullable(),
  fault: z.strictObject({ kind: z.enum(['infrastructure', 'policy', 'verifier']), code: z.string(), message: z.string() }).nullable(),
  seconds: z.number().nonnegative(),
  tokens: z.int().nonnegative().nullable(),
});

/** The record in `line`, a line of JSON that stands at `place` (`file:line`). Throws `DataError` that names the place. */
export function parseEpisodeRecord(line: string, place: string): EpisodeRecord {
  let json: unknown;
  try {
    json = JSON.parse(line);
  } catch (cause) {
    throw new DataError({
      operation: `read ${place}`,
      got: `a line that is not JSON (${(cause as Error).message})`,
      expected: 'the record of one episode as JSON',
      cause,
    });
  }
  return checkEpisodeRecord(json, place);
}

/** `record`, if it is one. Throws `DataError` that names `place`. */
export function checkEpisodeRecord(record: unknown, place: string): EpisodeRecord {
  const parsed = recordSchema.safeParse(record);
  if (parsed.success) return parsed.data;
  const { path, message } = parsed.error.issues[0] as z.core.$ZodIssue;
  throw new DataError({
    operation: `read ${place}`,
    got: `an episode that is wrong at ${path.join('.') || 'the top'}`,
    expected: `an episode's record of version 1 (${message})`,
    cause: parsed.error,
  });
}
