/**
 * The verdict on an episode in an app: what the state is now against what it was, judged by functions that see data only.
 *
 * Invariant: a success is an end state without fault, no broken invariant, and an ending that the task wants.
 */
import type { Ending, Score } from '../../records/index.ts';
import type { AppInstance } from './app.ts';

/** What a verifier sees. */
export interface Episode<Data, State> {
  readonly data: Data;
  /** Read after the reset, before the page was opened. */
  readonly before: State;
  readonly after: State;
  /** The policy's part in how it ended; `answered` has the text. */
  readonly ending: Ending;
  /** For verifiers that ask the app more. */
  readonly app: AppInstance;
}

/** What is wrong with the end state, one line each for people; nothing is success. A `Score` where partial credit is given. */
export type Verifier<Data, State> = (episode: Episode<Data, State>) => Verdict | Promise<Verdict>;
export type Verdict = readonly string[] | Score;

/** What must never happen, on any path. */
export interface Invariant<Data, State> {
  readonly description: string;
  holds(episode: Episode<Data, State>): boolean | Promise<boolean>;
}

export interface Judge<Data, State> {
  readonly invariants: Readonly<Record<string, Invariant<Data, State>>>;
  /** Endings that may be a success. */
  readonly endings: readonly Ending['kind'][];
}

export async function judge<Data, State>(
  episode: Episode<Data, State>,
  verifier: Verifier<Data, State>,
  { invariants, endings }: Judge<Data, State>,
): Promise<Score> {
  const verdict = await verifier(episode);
  const broken: string[] = [];
  for (const [name, invariant] of Object.entries(invariants)) if (!(await invariant.holds(episode))) broken.push(name);
  const score = 'success' in verdict ? verdict : scoreOf(verdict);
  const { kind } = episode.ending;
  const reasons = endings.includes(kind) ? [] : [`ended as '${kind}', not ${endings.join(' or ')}`];
  if (broken.length === 0 && reasons.length === 0 && score.broken.length === 0) return score;
  const all = [...new Set([...score.broken, ...broken])];
  const isBroken = all.length > 0;
  return {
    success: score.success === null && !isBroken ? null : false,
    credit: isBroken ? 0 : score.credit === null ? null : Math.min(score.credit, 0.99),
    broken: all,
    reasons: [...score.reasons, ...reasons],
  };
}

function scoreOf(wrong: readonly string[]): Score {
  return { success: wrong.length === 0, credit: wrong.length === 0 ? 1 : 0, broken: [], reasons: wrong };
}
