/**
 * When the actions were done that rules with a rate count. Immutable, plain JSON; keeps a day, the longest window there is.
 *
 * Times that lie ahead of now count too: a clock that was set back lifts no limit. One process writes it; it is no lock between several.
 */
import * as z from 'zod';
import { DataError } from '../../base/index.ts';
import type { ActionContext } from './action-context.ts';
import { WINDOWS_MS } from './spec-rule.ts';
import { HIGHEST_RATE, ID_PATTERN } from './spec-schema.ts';

export interface RateLedger {
  readonly schemaVersion: 1;
  /** By rule; Unix time in milliseconds, in the order in which they were recorded. */
  readonly timesMs: Readonly<Record<string, readonly number[]>>;
}

export const EMPTY_LEDGER: RateLedger = { schemaVersion: 1, timesMs: {} };

const timeMs = z.int().nonnegative();
const ledgerSchema = z.strictObject({
  schemaVersion: z.literal(1),
  timesMs: z.record(z.string().max(80).regex(ID_PATTERN), z.array(timeMs).max(HIGHEST_RATE)),
});

/** The ledger after an action that was done at `atMs` and counts for `rules` (a judgement's `counts`). Forgets what is more than a day older. */
export function recordAction(ledger: RateLedger, rules: readonly string[], atMs: number): RateLedger {
  if (!timeMs.safeParse(atMs).success)
    throw new DataError({ operation: 'record an action', got: `the time ${atMs}`, expected: 'Unix time in whole milliseconds' });
  const kept = Object.entries(ledger.timesMs).flatMap(([rule, times]) => {
    const recent = times.filter((time) => time > atMs - WINDOWS_MS.day);
    return recent.length > 0 ? [[rule, recent] as const] : [];
  });
  const byRule = new Map<string, readonly number[]>(kept);
  // More than the highest rate make no difference to any limit.
  for (const rule of rules) byRule.set(rule, [...(byRule.get(rule) ?? []), atMs].slice(-HIGHEST_RATE));
  return { schemaVersion: 1, timesMs: Object.fromEntries(byRule) };
}

/** What an `ActionContext` asks for: counts in windows that end at `nowMs`; what lies exactly a window back is out. */
export function countsOf(ledger: RateLedger, nowMs: number): ActionContext['countEarlier'] {
  return (rule, windowMs) => {
    const times = Object.hasOwn(ledger.timesMs, rule) ? (ledger.timesMs[rule] as readonly number[]) : [];
    return times.reduce((count, time) => (time > nowMs - windowMs ? count + 1 : count), 0);
  };
}

/** Throws `DataError`. */
export function parseRateLedger(value: unknown): RateLedger {
  const parsed = ledgerSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new DataError({
    operation: 'read a rate ledger',
    got: parsed.error.issues
      .slice(0, 8)
      .map(({ path, message }) => `${path.join('.') || 'the whole'}: ${message}`)
      .join('; '),
    expected: 'schemaVersion 1 and timesMs: lists of Unix times in milliseconds, by rule',
    fix: 'restore it from a copy; an empty one forgets what was done and so lifts the limits for a day',
  });
}
