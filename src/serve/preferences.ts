/**
 * Preferences: of two ways in which one task was worked on, which a person finds better. Kept whole, with what was compared, in a ledger that is only ever
 * added to: what a reward is modelled on (Christiano et al. 2017, arXiv 1706.03741, section 2.2) must not depend on runs that somebody may delete.
 *
 * Invariant: no pair is judged twice, and none is of a task that an exam or the choice between agents may ask (split `train` alone).
 */
import * as z from 'zod';
import { appendChain, type ChainEnd, ConfigError, hashJson, type Json, loadChain } from '../base/index.ts';
import { transcriptSchema } from '../grammar/index.ts';
import type { Transcript } from '../records/index.ts';
import { type ShownSegment, showSegment } from './shown-step.ts';

const text = z.string().min(1).max(200);

const CHOICES = ['left', 'right', 'same'] as const;
export type Choice = (typeof CHOICES)[number];

/** What a person says of a pair. */
export const preferenceSchema = z.strictObject({ choice: z.enum(CHOICES), reason: z.string().trim().max(2000).default('') });

const pairFields = {
  id: z.string().regex(/^[0-9a-f]{24}$/),
  gym: z.strictObject({ name: text, version: text }),
  task: z.strictObject({ slice: text, seed: z.strictObject({ split: z.literal('train'), n: z.int().nonnegative() }) }),
  left: transcriptSchema,
  right: transcriptSchema,
};

const lineSchema = z.strictObject({
  ...{ schemaVersion: z.literal(1), previous: z.string(), at: z.iso.datetime(), by: text },
  ...pairFields,
  ...preferenceSchema.shape,
});

type PairOf = z.infer<z.ZodObject<typeof pairFields>>;
/** One task, worked on in two ways. Who worked so, and what a verifier says, is not told. */
export type Pair = Readonly<Omit<PairOf, 'left' | 'right'>> & { readonly left: Transcript; readonly right: Transcript };

/** Which stands on the left is as good as drawn, and the same whoever asks. */
export function pairOf({ gym, task }: Pick<Pair, 'gym' | 'task'>, one: Transcript, other: Transcript): Pair {
  const [left, right] = hashOf(one) < hashOf(other) ? [one, other] : [other, one];
  return { id: hashJson([hashOf(left), hashOf(right)]).slice(0, 24), gym, task, left, right };
}

const hashOf = (transcript: Transcript): string => hashJson(transcript as unknown as Json);

/** A pair as people are shown it. */
export interface ShownPair {
  readonly id: string;
  readonly gym: string;
  readonly slice: string;
  readonly left: readonly ShownSegment[];
  readonly right: readonly ShownSegment[];
}

export function showPair({ id, gym, task, left, right }: Pair): ShownPair {
  // How it ended would say what the verifier thinks.
  const shown = ({ segments }: Transcript): readonly ShownSegment[] => segments.filter(({ kind }) => kind !== 'outcome').map(showSegment);
  return { id, gym: gym.name, slice: task.slice, left: shown(left), right: shown(right) };
}

export interface Preference extends Pair {
  readonly choice: Choice;
  readonly reason: string;
  readonly by: string;
  readonly at: string;
}

export interface PreferenceBook {
  has(pair: string): boolean;
  /** Oldest first. */
  all(): readonly Preference[];
  /** A named person's word, on the disk when this returns. Throws `ConfigError` for a pair that was judged. */
  prefer(pair: Pair, options: { readonly choice: Choice; readonly reason: string; readonly by: string; readonly now: Date }): void;
}

/** The book at `path`, empty where there is no file yet. To be opened under a lock. Throws `DataError` for a line that can't be read and a broken chain. */
export function openPreferences(path: string): PreferenceBook {
  const preferences = new Map<string, Preference>();
  const take = ({ schemaVersion: _, previous: __, ...preference }: z.infer<typeof lineSchema>): boolean => {
    if (preferences.has(preference.id)) return false;
    preferences.set(preference.id, preference as Preference);
    return true;
  };
  let end: ChainEnd = loadChain(path, {
    parse: (line) => lineSchema.parse(line),
    follows: take,
    names: { line: 'one preference', ledger: 'book of preferences' },
    fix: 'restore it from a copy',
  });
  return {
    has: (pair) => preferences.has(pair),
    all: () => [...preferences.values()],
    prefer(pair, { choice, reason, by, now }) {
      if (preferences.has(pair.id))
        throw new ConfigError({ operation: `judge the pair ${pair.id}`, got: 'one that was judged', expected: 'one that was not' });
      const line = lineSchema.parse({ schemaVersion: 1, previous: '', at: now.toISOString(), by, ...pair, choice, reason });
      end = appendChain(path, end, [line]);
      take(line);
    },
  };
}
