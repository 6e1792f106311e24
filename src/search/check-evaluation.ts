/** What a problem returns is checked where it enters: a value outside [0, 1] would bend every algorithm's arithmetic silently. */
import { DataError } from '../base/index.ts';
import type { Candidate, Evaluation } from './problem.ts';

/** Rounding that a sum of priors may carry. */
const TOLERANCE = 1e-3;

/** Throws `DataError` unless 0 ≤ `value` ≤ 1. */
export function checkUnit(value: number, what: string): number {
  if (!(value >= 0 && value <= 1)) throw wrong(`${what} of ${value}`, 'a number from 0 to 1');
  return value;
}

/**
 * Leaves out the moves of prior 0; where all are 0, they are equally likely. Throws `DataError` for a value or prior outside [0, 1] and for priors that
 * sum to more than 1.
 */
export function checkEvaluation<Move>({ moves, value }: Evaluation<Move>): Evaluation<Move> {
  checkUnit(value, 'a state’s value');
  const sum = moves.reduce((total, { prior }) => total + checkUnit(prior, 'a prior'), 0);
  if (sum > 1 + TOLERANCE) throw wrong(`priors that sum to ${sum}`, 'at most 1');
  const considered: readonly Candidate<Move>[] =
    sum === 0 ? moves.map(({ move }) => ({ move, prior: 1 / moves.length })) : moves.filter(({ prior }) => prior > 0);
  return { moves: considered, value };
}

function wrong(got: string, expected: string): DataError {
  return new DataError({ operation: 'search', got, expected, fix: 'correct what the problem returns' });
}
