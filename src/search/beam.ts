/**
 * Beam search: level by level, the moves of all states of the beam are opened, and the best few states go on (Lowerre 1976, "The Harpy speech
 * recognition system"). Complete only as far as the beam is wide: what falls out of it never comes back.
 *
 * Each position is visited once (by key). The states of a level are evaluated together, so that a model can read them as one batch.
 */
import { ConfigError } from '../base/index.ts';
import { type Held, HeldStates } from './held-states.ts';
import type { Candidate, Evaluation, SearchProblem } from './problem.ts';

/** What a beam ranks by. */
export interface BeamLine {
  /** Sum of log p of its moves in nats. */
  readonly logprob: number;
  /** The critic's of its last state; the end's value. */
  readonly value: number;
  /** Moves. */
  readonly depth: number;
  readonly ended: boolean;
}

export interface BeamOptions {
  /** States that go on to the next level. */
  readonly width: number;
  /** Levels at most. */
  readonly depth: number;
  /** Moves of a state that are opened, those of highest prior. Default: all. */
  readonly breadth?: number;
  /** Budget of states opened by `step`. Default: no bound but width, breadth and depth. */
  readonly nodes?: number;
  /** Higher goes on. Default: the value; equals by logprob, then in the problem's order. */
  readonly score?: (line: BeamLine) => number;
  /** An end of at least this value ends the search. Default 1. */
  readonly enough?: number;
}

export interface BeamResult<Move> {
  /** The best line that ended; where none did, the best one of the last beam. */
  readonly moves: readonly Move[];
  /** Its end's value, or the critic's of its last state. */
  readonly value: number;
  readonly ended: boolean;
  readonly nodes: number;
}

interface Line<State, Move> extends BeamLine {
  readonly held: Held<State>;
  readonly moves: readonly Move[];
  /** Of its last state; null for an end. */
  readonly evaluation: Evaluation<Move> | null;
}

/** Throws `ConfigError`, and whatever the problem throws. */
export async function beamSearch<State, Move>(
  problem: SearchProblem<State, Move>,
  root: State,
  options: BeamOptions,
): Promise<BeamResult<Move>> {
  const { width, depth, breadth = Number.POSITIVE_INFINITY, nodes = Number.POSITIVE_INFINITY, enough = 1 } = options;
  if (![width, depth, breadth].every((n) => n >= 1) || !(nodes >= 0))
    throw new ConfigError({
      operation: 'beam search',
      got: `width ${width}, depth ${depth}, breadth ${breadth}, nodes ${nodes}`,
      expected: 'numbers from 1 up, and nodes from 0 up',
    });
  const { score = ({ value }: BeamLine) => value } = options;
  const better = (a: BeamLine, b: BeamLine): number => score(b) - score(a) || b.logprob - a.logprob;
  const states = new HeldStates(problem);
  const seen = new Set<string>();
  const isNew = (state: State): boolean => {
    const key = problem.key?.(state);
    if (key === undefined) return true;
    const known = seen.has(key);
    seen.add(key);
    return !known;
  };
  try {
    isNew(root);
    const held: Held<State> = { state: root };
    const evaluation = await states.evaluate(held);
    let beam: readonly Line<State, Move>[] = [{ held, moves: [], logprob: 0, value: evaluation.value, depth: 0, ended: false, evaluation }];
    let ends: readonly Line<State, Move>[] = [];
    for (let level = 1; level <= depth; level++) {
      const opened: Omit<Line<State, Move>, 'evaluation'>[] = [];
      for (const line of beam) {
        for (const candidate of likeliest(line.evaluation?.moves ?? [], breadth)) {
          if (states.count >= nodes) break;
          const step = await states.step(line.held, candidate);
          if (!isNew(step.state)) {
            await states.release(step.held);
            continue;
          }
          const logprob = line.logprob + Math.log(candidate.prior);
          const next = { held: step.held, moves: [...line.moves, candidate.move], logprob, depth: level };
          if (step.ended) {
            ends = [...ends, { ...next, value: step.value, ended: true, evaluation: null }].toSorted(better).slice(0, 1);
            await states.release(step.held);
            if (step.value >= enough) return result({ ...next, value: step.value, ended: true }, states.count);
          } else opened.push({ ...next, value: 0, ended: false });
        }
        await states.release(line.held);
      }
      const evaluations = await allOf(opened.map((line) => states.evaluate(line.held)));
      const ranked = opened
        .map(
          (line, i): Line<State, Move> => ({ ...line, evaluation: evaluations[i] as Evaluation<Move>, value: evaluations[i]?.value ?? 0 }),
        )
        .toSorted(better);
      if (ranked.length === 0) break;
      beam = ranked.slice(0, width);
      for (const { held } of ranked.slice(width)) await states.release(held);
    }
    return result((ends[0] ?? beam[0]) as Line<State, Move>, states.count);
  } finally {
    await states.dispose();
  }
}

function result<Move>(
  { moves, value, ended }: { readonly moves: readonly Move[]; readonly value: number; readonly ended: boolean },
  nodes: number,
): BeamResult<Move> {
  return { moves, value, ended, nodes };
}

function likeliest<Move>(moves: readonly Candidate<Move>[], count: number): readonly Candidate<Move>[] {
  return count >= moves.length ? moves : moves.toSorted((a, b) => b.prior - a.prior).slice(0, count);
}

/** As `Promise.all`, but throws only when all have come to rest, so that nothing is released under a running evaluation. */
async function allOf<Value>(promises: readonly Promise<Value>[]): Promise<readonly Value[]> {
  const outcomes = await Promise.allSettled(promises);
  return outcomes.map((outcome) => {
    if (outcome.status === 'rejected') throw outcome.reason;
    return outcome.value;
  });
}
