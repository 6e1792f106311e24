/** What a transcript is where one comes in from outside: strict, so that a field that nobody knows is noticed and not lost. */
import * as z from 'zod';
import { SEGMENT_KINDS } from '../records/index.ts';

const piece = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('text'), text: z.string() }),
  z.strictObject({ kind: z.literal('reference'), reference: z.int().nonnegative() }),
  z.strictObject({ kind: z.literal('word'), word: z.string() }),
  z.strictObject({ kind: z.literal('echo'), text: z.string(), next: z.array(z.string()).exactOptional() }),
]);

export const segmentSchema = z.strictObject({
  kind: z.enum(SEGMENT_KINDS),
  pieces: z.array(piece),
  imitate: z.boolean().exactOptional(),
});

export const transcriptSchema = z.strictObject({ schemaVersion: z.literal(1), segments: z.array(segmentSchema) });
