/**
 * What a red team did, as it lies on the disk: who was attacked in a first line, then one line an attempt. Every figure is computed from these lines and
 * can be computed again. Written anew after each round, by renaming: it always holds whole rounds.
 */
import { existsSync, readFileSync, statSync } from 'node:fs';
import * as z from 'zod';
import { canonicalJson, DataError, type Json, saveAtomically } from '../base/index.ts';
import { type Attack, attackSchema, BREACHES, type Breach } from './attack.ts';

/** Of an agent's folder. */
export const RED_TEAM = 'red-team.jsonl';
const LARGEST_BYTES = 64 << 20;

export interface CampaignHead {
  readonly schemaVersion: 1;
  readonly gym: string;
  readonly gymVersion: string;
  readonly slice: string;
  /** Identity of the agent, as in its certificate. */
  readonly policy: string;
  readonly seed: string;
  readonly tasks: number;
  /** On each task, until one of them is a breach. */
  readonly attempts: number;
}

export interface Attempt {
  /** Number of the task, from 0. */
  readonly task: number;
  readonly attack: Attack;
  /** Whether the page had a place for it; what never stood on a screen is no attempt. */
  readonly isApplied: boolean;
  readonly breach: Breach | null;
  /** The verifier's word on the task. */
  readonly success: boolean | null;
}

export interface Campaign {
  readonly head: CampaignHead;
  /** Round by round, and in a round by task. */
  readonly attempts: readonly Attempt[];
}

const headSchema: z.ZodType<CampaignHead> = z.strictObject({
  schemaVersion: z.literal(1),
  gym: z.string().min(1),
  gymVersion: z.string().min(1),
  slice: z.string().min(1),
  policy: z.string().min(1),
  seed: z.string(),
  tasks: z.int().min(1),
  attempts: z.int().min(1),
});

const attemptSchema: z.ZodType<Attempt> = z.strictObject({
  task: z.int().min(0),
  attack: attackSchema,
  isApplied: z.boolean(),
  breach: z.enum(BREACHES).nullable(),
  success: z.boolean().nullable(),
});

/** The campaign in the file at `path`. Throws `DataError` where anything in it is no attempt. */
export function readCampaign(path: string): Campaign {
  const { size } = statSync(path);
  if (size > LARGEST_BYTES) throw damaged(path, `${size} bytes`);
  const [first, ...lines] = readFileSync(path, 'utf8').trimEnd().split('\n');
  const parse = <T>(schema: z.ZodType<T>, line: string | undefined, number: number): T => {
    try {
      return schema.parse(JSON.parse(line ?? ''));
    } catch (cause) {
      throw damaged(path, `line ${number}, which is not one of a campaign`, cause);
    }
  };
  const head = parse(headSchema, first, 1);
  const attempts = lines.map((line, i) => parse(attemptSchema, line, i + 2));
  const stray = attempts.find(({ task }) => task >= head.tasks);
  if (stray) throw damaged(path, `an attempt on task ${stray.task} of ${head.tasks}`);
  return { head, attempts };
}

/** Begins the file at `path`, or goes on with what stands there. Throws `DataError` where that is another campaign. */
export function openCampaign(path: string, head: CampaignHead): Campaign & { append(attempts: readonly Attempt[]): void } {
  const { head: found, attempts } = existsSync(path) ? readCampaign(path) : { head, attempts: [] };
  if (canonicalJson(found as unknown as Json) !== canonicalJson(head as unknown as Json))
    throw new DataError({
      operation: `go on with the red team in ${path}`,
      got: describe(found),
      expected: describe(head),
      fix: 'ask for the same again, or delete the file to begin anew',
    });
  const all = [...attempts];
  const save = (): void => saveAtomically(path, [head, ...all].map((line) => `${JSON.stringify(line)}\n`).join(''));
  save();
  return {
    head,
    attempts,
    append(more) {
      all.push(...more);
      save();
    },
  };
}

const describe = ({ policy, gym, gymVersion, slice, tasks, attempts, seed }: CampaignHead): string =>
  `${attempts} attempts on each of ${tasks} tasks of ${gym} ${gymVersion} (${slice}), agent ${policy}, seed ${seed}`;

const damaged = (path: string, got: string, cause?: unknown): DataError =>
  new DataError({
    operation: `read the red team's ${path}`,
    got,
    expected: 'a line that says who was attacked, then one an attempt',
    cause,
  });
