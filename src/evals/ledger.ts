/**
 * The ledger of attempts: who opened which exam when. Only ever added to, because a number of an attempt that could be lost would let
 * somebody try until luck says yes.
 *
 * Invariant: an attempt is spent when its line is on the disk, and only then may its seeds be opened, however the attempt ends. A run that goes
 * on keeps its number. Each line holds the hash of the one before, so that a line that was taken out or changed is noticed.
 */
import { mkdirSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import * as z from 'zod';
import { appendChain, type ChainEnd, ConfigError, loadChain, takeLock } from '../base/index.ts';
import { attemptAlpha } from '../stats/index.ts';

const lineSchema = z.strictObject({
  schemaVersion: z.literal(1),
  /** SHA-256 of the line before, '' for the first. */
  previous: z.string(),
  run: z.string().min(1),
  gym: z.string(),
  version: z.string(),
  slice: z.string(),
  /** Counted from 1 for this gym, version and slice. */
  attempt: z.int().positive(),
  alpha: z.number().gt(0).lt(1),
  commitment: z.string(),
  agent: z.string(),
  openedAt: z.iso.datetime(),
});

export type Attempt = Omit<Readonly<z.infer<typeof lineSchema>>, 'schemaVersion' | 'previous'>;

export interface OpenAttempts {
  /** The ledger's file. */
  readonly path: string;
  /** Identity of the certification: the same again spends nothing again. */
  readonly run: string;
  readonly gym: string;
  readonly version: string;
  readonly slices: readonly string[];
  /** What all attempts together may spend. */
  readonly alpha: number;
  /** Of the nonce that is about to be opened. */
  readonly commitment: string;
  readonly agent: string;
  readonly at?: Date;
}

/**
 * Writes down an attempt on each slice and returns them, in order of `slices`. Throws `ConfigError` where another run has opened the same nonce:
 * its tasks are known. Throws `DataError` for a ledger that was tampered with.
 */
export function openAttempts({ path, slices, at = new Date(), ...options }: OpenAttempts): readonly Attempt[] {
  const { run, gym, version, commitment, agent, alpha } = options;
  const unlock = takeLock(join(dirname(path), `.${basename(path)}.lock`), {
    operation: `open an attempt in ${path}`,
    held: (process) => `a ledger that process ${process} is writing`,
  });
  try {
    const ledger = load(path);
    const reused = ledger.attempts.find((attempt) => attempt.commitment === commitment && attempt.run !== run);
    if (reused)
      throw new ConfigError({
        operation: `open an attempt in ${path}`,
        got: `a nonce that run ${reused.run} opened on ${reused.openedAt}`,
        expected: 'one that nobody has seen',
        fix: 'commit to a fresh nonce before training',
      });
    const mine = (slice: string) => (other: Attempt) => isOf({ gym, version, slice }, other) && other.run === run;
    const added = slices
      .filter((slice) => !ledger.attempts.some(mine(slice)))
      .map((slice): Attempt => {
        const attempt = 1 + ledger.attempts.filter((other) => isOf({ gym, version, slice }, other)).length;
        const spent = attemptAlpha({ alpha, attempt });
        return { run, gym, version, slice, attempt, alpha: spent, commitment, agent, openedAt: at.toISOString() };
      });
    mkdirSync(dirname(path), { recursive: true });
    if (added.length > 0) appendChain(path, ledger, added);
    return slices.map((slice) => [...ledger.attempts, ...added].find(mine(slice)) as Attempt);
  } finally {
    unlock();
  }
}

/** Their numbers by slice, as `certify` takes them. */
export const attemptNumbers = (attempts: readonly Attempt[]): Readonly<Record<string, number>> =>
  Object.fromEntries(attempts.map(({ slice, attempt }) => [slice, attempt]));

/** All attempts in order; none where there is no ledger yet. A torn last line is left out. */
export const readAttempts = (path: string): readonly Attempt[] => load(path).attempts;

const isOf = (place: Pick<Attempt, 'gym' | 'version' | 'slice'>, other: Attempt): boolean =>
  other.gym === place.gym && other.version === place.version && other.slice === place.slice;

const load = (path: string): ChainEnd & { readonly attempts: readonly Attempt[] } => {
  const { lines, ...end } = loadChain(path, {
    parse: (line) => lineSchema.parse(line),
    // Counted from 1 for each gym, version and slice.
    follows: (line, before) => line.attempt === 1 + before.filter((other) => isOf(line, other)).length,
    names: { line: 'one attempt', ledger: 'ledger' },
    fix: 'restore it from a copy; a new version of the gym begins a new count',
  });
  return { ...end, attempts: lines.map(({ previous: _, schemaVersion: __, ...attempt }) => attempt) };
};
