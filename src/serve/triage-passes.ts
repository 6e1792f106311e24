/**
 * Which version passed which exam task that came from production, as a ledger beside the compartment's book. What an earlier version passed, every later
 * one must pass, each task by itself: these are few, and each was a failure once.
 */
import * as z from 'zod';
import { appendChain, loadChain, takeLock } from '../base/index.ts';
import { compartmentSchema } from './triage-entry.ts';
import { compartmentPlace } from './triage-place.ts';

const lineSchema = z.strictObject({
  schemaVersion: z.literal(1),
  previous: z.string(),
  compartment: compartmentSchema,
  at: z.iso.datetime(),
  /** Identity of the version. */
  policy: z.string().min(1).max(200),
  entry: z.string().regex(/^[0-9a-f]{24}$/),
  passed: z.boolean(),
});

export interface ExaminedEntry {
  readonly entry: string;
  /** Without a verdict it is not. */
  readonly passed: boolean;
}

export interface PassesOptions {
  readonly policy: string;
  readonly results: readonly ExaminedEntry[];
  readonly now: Date;
}

/**
 * Writes down what a version passed; the same again changes nothing. Returns the entries that some version before it passed and this one does not. Throws
 * `ConfigError` where another process is at it, `DataError` for a ledger that can't be read.
 */
export function recordPasses(root: string, compartment: string, { policy, results, now }: PassesOptions): readonly string[] {
  const { folder, passes } = compartmentPlace(root, compartment);
  const unlock = takeLock(`${folder}/.passed.lock`, {
    operation: `write down what passed in ${folder}`,
    held: (process) => `a ledger that process ${process} is writing`,
  });
  try {
    const { lines, ...end } = loadChain(passes, {
      parse: (line) => lineSchema.parse(line),
      follows: (line) => line.compartment === compartment,
      names: { line: 'what one version made of one exam task', ledger: 'ledger of passes' },
      fix: 'restore it from a copy; until then no version is held against earlier ones',
    });
    const own = new Set(lines.flatMap((line) => (line.policy === policy ? [line.entry] : [])));
    const added = results.filter(({ entry }) => !own.has(entry));
    if (added.length > 0)
      appendChain(
        passes,
        end,
        added.map((result) => lineSchema.parse({ schemaVersion: 1, previous: '', compartment, at: now.toISOString(), policy, ...result })),
      );
    return results.flatMap(({ entry, passed }) => {
      const about = lines.filter((line) => line.entry === entry);
      const place = about.findIndex((line) => line.policy === policy);
      const isLost = !passed && (place < 0 ? about : about.slice(0, place)).some((line) => line.passed);
      return isLost ? [entry] : [];
    });
  } finally {
    unlock();
  }
}
