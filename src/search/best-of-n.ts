/**
 * Best of n: whole continuations are drawn from the policy, and a judge says which is the best. The simplest search, and the hardest to beat where
 * the judge is good and the policy is right now and then (Cobbe et al. 2021, "Training verifiers to solve math word problems", section 4).
 *
 * Continuations are drawn side by side, each with random numbers of its own, so that their order of progress changes nothing. One that the critic
 * gives up costs no more steps and is never judged.
 */
import { ConfigError, Random } from '../base/index.ts';
import { checkUnit } from './check-evaluation.ts';
import type { HopelessRule } from './early-stop.ts';
import { type Held, HeldStates } from './held-states.ts';
import type { Candidate, SearchProblem } from './problem.ts';

/** Why a continuation stopped: the problem ended; the critic gave up; its moves are used up; the policy had no move. */
export type ContinuationStop = 'ended' | 'hopeless' | 'depth' | 'no-move';

export interface Continuation<Move> {
  /** Which sample it is, 0 … n − 1. */
  readonly sample: number;
  readonly moves: readonly Move[];
  /** The critic's, of each state before a move, oldest first. */
  readonly values: readonly number[];
  readonly stop: ContinuationStop;
  /** What the problem believes of the end; null where it did not come to one. */
  readonly endValue: number | null;
}

export interface JudgedContinuation<Move> extends Continuation<Move> {
  /** The judge's; null where it was not judged. */
  readonly score: number | null;
}

/** What a whole continuation is worth, in [0, 1]; null for no opinion. `last` is its last state. */
export type Judge<State, Move> = (continuation: Continuation<Move>, last: State) => Promise<number | null> | number | null;

export interface BestOfNOptions<State, Move> {
  /** n. */
  readonly samples: number;
  /** Moves of a continuation at most. */
  readonly depth: number;
  /** Default 0. */
  readonly seed?: number | string;
  /** Default: the end's value; null for what did not end. Never asked about what was given up. */
  readonly judge?: Judge<State, Move>;
  /** Default: nothing is given up. */
  readonly hopeless?: HopelessRule;
  /** Moves are drawn by prior^(1 / temperature). Default 1. */
  readonly temperature?: number;
}

export interface BestOfNResult<Move> {
  /** Of the best continuation that was scored; empty where none was. */
  readonly moves: readonly Move[];
  /** Its score. */
  readonly value: number | null;
  /** Best first; equals in order of sampling, those without a score last. */
  readonly continuations: readonly JudgedContinuation<Move>[];
  /** States opened by `step`. */
  readonly nodes: number;
}

/** Throws `ConfigError`, and whatever problem and judge throw: then only after every continuation has come to rest. */
export async function bestOfN<State, Move>(
  problem: SearchProblem<State, Move>,
  root: State,
  options: BestOfNOptions<State, Move>,
): Promise<BestOfNResult<Move>> {
  const { samples, depth, temperature = 1 } = options;
  if (!isCount(samples) || !isCount(depth) || !(temperature > 0))
    throw new ConfigError({
      operation: 'best of n',
      got: `${samples} samples of ${depth} moves at temperature ${temperature}`,
      expected: 'whole numbers from 1 up, and a temperature above 0',
    });
  const states = new HeldStates(problem);
  const random = new Random(options.seed ?? 0);
  try {
    const outcomes = await Promise.allSettled(
      Array.from({ length: samples }, (_, sample) =>
        continueFrom({ states, options, sample, random: random.fork(sample) }, { state: root }),
      ),
    );
    const continuations = outcomes.map((outcome) => {
      if (outcome.status === 'rejected') throw outcome.reason;
      return outcome.value;
    });
    const ranked = continuations.toSorted((a, b) => (b.score ?? -1) - (a.score ?? -1));
    const best = ranked.find(({ score }) => score !== null);
    return { moves: best?.moves ?? [], value: best?.score ?? null, continuations: ranked, nodes: states.count };
  } finally {
    await states.dispose();
  }
}

interface Sampling<State, Move> {
  readonly states: HeldStates<State, Move>;
  readonly options: BestOfNOptions<State, Move>;
  readonly sample: number;
  readonly random: Random;
}

async function continueFrom<State, Move>(
  { states, options, sample, random }: Sampling<State, Move>,
  root: Held<State>,
): Promise<JudgedContinuation<Move>> {
  const { depth, judge = ({ endValue }) => endValue, hopeless, temperature = 1 } = options;
  const moves: Move[] = [];
  const values: number[] = [];
  let stop: ContinuationStop = 'depth';
  let endValue: number | null = null;
  let here = root;
  while (moves.length < depth) {
    const evaluation = await states.evaluate(here);
    values.push(evaluation.value);
    if (hopeless?.(values)) {
      stop = 'hopeless';
      break;
    }
    const chosen = draw(evaluation.moves, { random, temperature });
    if (!chosen) {
      stop = 'no-move';
      break;
    }
    const step = await states.step(here, chosen);
    await states.release(here);
    here = step.held;
    moves.push(chosen.move);
    if (step.ended) {
      stop = 'ended';
      endValue = step.value;
      break;
    }
  }
  const continuation: Continuation<Move> = { sample, moves, values, stop, endValue };
  const score = stop === 'hopeless' ? null : await judge(continuation, here.state);
  await states.release(here);
  return { ...continuation, score: score === null ? null : checkUnit(score, 'a judge’s score') };
}

/** A move by prior^(1 / temperature). */
function draw<Move>(
  moves: readonly Candidate<Move>[],
  { random, temperature }: { readonly random: Random; readonly temperature: number },
): Candidate<Move> | undefined {
  if (moves.length === 0) return undefined;
  const highest = Math.max(...moves.map(({ prior }) => prior));
  // Divided by the highest, so that a low temperature does not turn all of them into 0.
  const weights = moves.map(({ prior }) => (prior / highest) ** (1 / temperature));
  let left = random.uniform() * weights.reduce((sum, weight) => sum + weight, 0);
  for (const [i, weight] of weights.entries()) {
    left -= weight;
    if (left < 0) return moves[i];
  }
  // Rounding may leave a rest.
  return moves[weights.findLastIndex((weight) => weight > 0)];
}

const isCount = (n: number): boolean => Number.isInteger(n) && n >= 1;
