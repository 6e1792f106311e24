/**
 * A raw score: what one exam episode says about the agent, and nothing else. Bounds are computed from these lines and can be computed again.
 *
 * Invariant: what the agent is to blame for is a failure (it threw, it didn't answer, it ran out of time), what the sandbox or a verifier is to
 * blame for is unresolved. An episode that was accepted, and whose second verdict then broke off, is unresolved too: nobody may choose.
 */
import { existsSync, readFileSync } from 'node:fs';
import * as z from 'zod';
import { DataError, hashBytes, saveAtomically } from '../base/index.ts';
import type { EpisodeRecord, RawScore } from '../records/index.ts';
import { mean, median } from './mean.ts';

const probability = z.number().min(0).max(1);

const scoreSchema = z.strictObject({
  episode: z.string().min(1),
  slice: z.string().min(1),
  n: z.int().nonnegative(),
  run: z.int().nonnegative(),
  success: z.boolean().nullable(),
  audit: z.boolean().nullable(),
  broken: z.array(z.string()),
  stop: z.string().nullable(),
  value: probability.nullable(),
  lowestValue: probability.nullable(),
  // Scores of before it was kept have none.
  surpriseNats: z.number().nonnegative().nullable().default(null),
  highestSurpriseNats: z.number().nonnegative().nullable().default(null),
  steps: z.int().nonnegative(),
  tokens: z.int().nonnegative().nullable(),
  seconds: z.number().nonnegative(),
  decisionMs: z.number().nonnegative().nullable(),
});

/** The score of `record`, the run number `run` of its task. */
export function rawScore(record: EpisodeRecord, run = 0): RawScore {
  const values = record.steps.flatMap(({ value }) => (value === null ? [] : [Math.min(1, Math.max(0, value))]));
  const surprises = record.steps.flatMap(({ surpriseNats }) => surpriseNats ?? []);
  const canTell = surprises.length > 0 && surprises.length === record.steps.length;
  const hasCritic = values.length > 0 && values.length === record.steps.length;
  return {
    episode: record.id,
    slice: record.slice,
    n: record.seed.n,
    run,
    success: successOf(record),
    audit: record.audit?.success ?? null,
    broken: [...new Set([...(record.score?.broken ?? []), ...(record.audit?.broken ?? [])])].sort(),
    stop: record.stop,
    value: hasCritic ? (values[0] as number) : null,
    lowestValue: hasCritic ? Math.min(...values) : null,
    surpriseNats: canTell ? mean(surprises) : null,
    highestSurpriseNats: canTell ? Math.max(...surprises) : null,
    steps: record.steps.length,
    tokens: record.tokens,
    seconds: record.seconds,
    decisionMs: median(record.steps.map(({ milliseconds }) => milliseconds)),
  };
}

function successOf({ score, fault }: EpisodeRecord): boolean | null {
  if (fault?.kind === 'policy') return false;
  const success = score?.success ?? null;
  return fault !== null && success === true ? null : success;
}

/** The file's text: one line of JSON a score. */
export const spellRawScores = (scores: readonly RawScore[]): string => scores.map((score) => `${JSON.stringify(score)}\n`).join('');

/** SHA-256 of the file. */
export const hashRawScores = (scores: readonly RawScore[]): string => hashBytes(spellRawScores(scores));

export function saveRawScores(path: string, scores: readonly RawScore[]): void {
  saveAtomically(path, spellRawScores(scores));
}

export interface LoadedScores {
  readonly scores: readonly RawScore[];
  /** SHA-256 of the file's bytes. */
  readonly hash: string;
}

/** Throws `DataError` that names the line that is no score, or an episode that stands there twice. */
export function loadRawScores(path: string): LoadedScores {
  const operation = `read the raw scores ${path}`;
  if (!existsSync(path)) throw new DataError({ operation, got: 'no such file', expected: 'one line of JSON an episode' });
  const bytes = readFileSync(path);
  const seen = new Set<string>();
  const scores = bytes
    .toString('utf8')
    .split('\n')
    .slice(0, -1)
    .map((line, i) => {
      const score = parseScore(line, `${path}:${i + 1}`);
      for (const name of [score.episode, `${score.slice}/${score.n}/${score.run}`]) {
        if (seen.has(name))
          throw new DataError({ operation, got: `${name} twice, again in line ${i + 1}`, expected: 'each run of a task once' });
        seen.add(name);
      }
      return score;
    });
  if (bytes.length > 0 && bytes.at(-1) !== 0x0a)
    throw new DataError({ operation, got: 'a last line without an end', expected: 'whole lines' });
  return { scores, hash: hashBytes(bytes) };
}

function parseScore(line: string, place: string): RawScore {
  try {
    return scoreSchema.parse(JSON.parse(line));
  } catch (cause) {
    const expected = 'the raw score of one episode as JSON';
    throw new DataError({ operation: `read ${place}`, got: String((cause as Error).message).slice(0, 200), expected, cause });
  }
}
