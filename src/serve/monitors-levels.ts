/**
 * What a finished job tells the monitors, and the levels that it is held against. Levels come from the exam: the same measurements, of the same agent, before
 * it was let to work.
 *
 * Real-valued signals (surprise, cost) become events: a job is above the exam's level or it is not. So one exact detector of rates serves them all, whatever
 * their distribution is. Sources: Clopper & Pearson 1934; Wilks 1941 (tolerance limits by order statistics); STATISTICS §3 and §11.
 */
import * as z from 'zod';
import { ConfigError } from '../base/index.ts';
import { sequentialBound, upperBound } from '../stats/index.ts';

export const jobObservationSchema = z
  .strictObject({
    /** What a verifier, or whatever stands for one, says of the end state; null where nothing can tell. */
    success: z.boolean().nullable(),
    /** Mean over what the agent read before its decisions, nats a token; null where it tells none. */
    surpriseNats: z.number().nonnegative().nullable(),
    /** It asked for help or handed the job over. */
    abstained: z.boolean(),
    /** A person stopped, corrected or took over; approvals that the rules ask for are none. */
    intervened: z.boolean(),
    /** What the job cost, without waiting for people; seconds. */
    seconds: z.number().nonnegative(),
  })
  .readonly();
export type JobObservation = z.infer<typeof jobObservationSchema>;

const share = z.number().gt(0).lt(1);

export const monitorLevelsSchema = z
  .strictObject({
    /** At least this share of jobs succeeds: the lower bound that the certificate states. */
    successFloor: share,
    /** More than this share the exam does not explain; null, not watched: as after an exam without a failure. */
    successCeiling: share.nullable(),
    /** At most `share` of jobs have a mean surprise above `nats`; null, not watched: the agent tells none. */
    surprise: z.strictObject({ nats: z.number().nonnegative(), share }).readonly().nullable(),
    abstentionShare: share,
    interventionShare: share,
    /** At most `share` of jobs take longer than `seconds`. */
    cost: z.strictObject({ seconds: z.number().nonnegative(), share }).readonly(),
  })
  .refine(({ successFloor, successCeiling }) => successCeiling === null || successFloor < successCeiling, {
    path: ['successCeiling'],
    message: 'it must lie above the floor',
  })
  .readonly();
export type MonitorLevels = z.infer<typeof monitorLevelsSchema>;

export interface ExamLevelsOptions {
  /** The certificate's lower bound on success: `gateBound` of the slice that is most like the work. */
  readonly successFloor: number;
  /** The most that people should have to intervene, a share of jobs: no exam tells it, whoever releases the agent promises it. */
  readonly interventionShare: number;
  /** How often each of the levels may be wrong about the exam's own distribution. Default 0.05. */
  readonly alpha?: number;
  /** Of jobs above the levels of surprise and cost. Default 0.05. */
  readonly aboveShare?: number;
}

/**
 * Levels from the jobs of an exam, in the order in which they were played. Each holds for the exam's distribution with confidence 1 − α: ceiling and
 * abstention at any moment at which the exam was ended; surprise and cost as upper tolerance limits for a number of jobs fixed beforehand, so that an exam
 * ended by its successes makes these two approximate. Throws `ConfigError` for shares outside (0, 1), for what is no observation, and for fewer jobs than
 * a tolerance limit needs (59 at the defaults).
 */
export function examLevels(
  exam: readonly JobObservation[],
  { successFloor, interventionShare, alpha = 0.05, aboveShare = 0.05 }: ExamLevelsOptions,
): MonitorLevels {
  const unread = exam.find((job) => !jobObservationSchema.safeParse(job).success);
  if (unread)
    throw new ConfigError({
      operation: 'levels from an exam',
      got: JSON.stringify(unread).slice(0, 200),
      expected: 'observations of its jobs',
      fix: 'measurements that are missing are null where they may be, not NaN',
    });
  const level = (name: string, values: readonly number[]): number => toleranceLevel(name, values, { alpha, aboveShare });
  const judged = exam.filter(({ success }) => success !== null);
  const successCeiling = 1 - sequentialBound({ outcomes: judged.map(({ success }) => success === false), alpha });
  const nats = exam.flatMap(({ surpriseNats }) => surpriseNats ?? []);
  return requireLevels({
    successFloor,
    successCeiling: successCeiling < 1 ? successCeiling : null,
    surprise: nats.length === 0 ? null : { nats: level('surprise', nats), share: aboveShare },
    abstentionShare: 1 - sequentialBound({ outcomes: exam.map(({ abstained }) => !abstained), alpha }),
    interventionShare,
    cost: {
      seconds: level(
        'cost',
        exam.map(({ seconds }) => seconds),
      ),
      share: aboveShare,
    },
  });
}

/**
 * Nats a token above which what is read counts as another world: in at most one of twenty jobs like the exam's something is more surprising, with confidence
 * 0.95. null where the agent can't tell or the exam was too small.
 */
export function surpriseLimit(highest: readonly (number | null)[]): number | null {
  const nats = highest.flatMap((value) => value ?? []);
  return nats.length < highest.length ? null : toleranceLimit(nats, { alpha: 0.05, aboveShare: 0.05 });
}

/** What was given, checked. Throws `ConfigError`. */
export function requireLevels(levels: MonitorLevels): MonitorLevels {
  const parsed = monitorLevelsSchema.safeParse(levels);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new ConfigError({
    operation: 'levels of the monitors',
    got: `a wrong ${issue?.path.join('.') || 'record'} (${issue?.message})`,
    expected: 'shares of jobs strictly between 0 and 1, a ceiling of success above its floor, and levels that are not negative',
    fix: 'take them from the certificate and its exam, e.g. with examLevels',
    cause: parsed.error,
  });
}

interface Tolerance {
  readonly alpha: number;
  readonly aboveShare: number;
}

/** Throws `ConfigError` for too few values. */
function toleranceLevel(name: string, values: readonly number[], tolerance: Tolerance): number {
  const limit = toleranceLimit(values, tolerance);
  if (limit === null)
    throw new ConfigError({
      operation: `the exam's level of ${name}`,
      got: `${values.length} jobs of the exam`,
      expected: `enough of them that the largest value bounds all but a share of ${tolerance.aboveShare} of jobs`,
      fix: 'examine on more tasks (59 for a share of 0.05 with confidence 0.95), or watch a larger share above the level',
    });
  return limit;
}

/**
 * The smallest of the values that at most `aboveShare` of the distribution exceeds, with confidence 1 − α: the r-th smallest of n where
 * P(Bin(n, aboveShare) ≤ n − r) ≤ α (Wilks 1941), that is where the Clopper–Pearson upper bound of n − r in n stays within `aboveShare`. null for too few.
 */
function toleranceLimit(values: readonly number[], { alpha, aboveShare }: Tolerance): number | null {
  const sorted = values.toSorted((a, b) => a - b);
  const trials = sorted.length;
  const isWithin = (above: number): boolean => above < trials && upperBound({ events: above, trials, alpha }) <= aboveShare;
  if (!isWithin(0)) return null;
  let above = 0;
  while (isWithin(above + 1)) above++;
  return sorted[trials - 1 - above] as number;
}
