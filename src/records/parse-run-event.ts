/** A line of `events.jsonl`, checked where it comes in from the disk. */
import * as z from 'zod';
import { type RunEvent, STAGES } from './run-event.ts';

const at = z.iso.datetime();
const stage = z.enum(STAGES);
const count = z.int().nonnegative();
const share = z.number().min(0).max(1);
const amount = z.number().nonnegative();

const eventSchema: z.ZodType<RunEvent> = z.discriminatedUnion('kind', [
  z.strictObject({ at, kind: z.literal('begun'), run: z.string(), gym: z.string(), stages: z.array(stage), resumed: z.boolean() }),
  z.strictObject({ at, kind: z.literal('stage'), stage, state: z.enum(['begun', 'finished', 'skipped']), note: z.string() }),
  z.strictObject({
    ...{ at, kind: z.literal('progress'), stage, done: count, of: count.nullable(), unit: z.string() },
    ...{ perSecond: amount.nullable(), secondsLeft: amount.nullable(), figures: z.record(z.string(), z.number()) },
  }),
  z.strictObject({
    ...{ at, kind: z.literal('measured'), stage, round: count, slice: z.string(), successes: count, n: count },
    ...{ lowerBound: share, trainedTokens: count, seconds: amount },
  }),
  z.strictObject({ at, kind: z.literal('best'), agent: z.string(), success: share }),
  z.strictObject({ at, kind: z.literal('note'), text: z.string() }),
  z.strictObject({
    ...{ at, kind: z.literal('ended'), reason: z.enum(['finished', 'interrupted', 'failed']), seconds: amount },
    certificate: z.string().nullable(),
  }),
]);

/** Undefined for what is no event: a line that a crash has torn, or that another version wrote. */
export function parseRunEvent(line: string): RunEvent | undefined {
  try {
    return eventSchema.safeParse(JSON.parse(line)).data;
  } catch {
    return undefined;
  }
}
