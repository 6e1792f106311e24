/** Small problems whose answers are known, and an account of what a search does with their states. */
import type { SearchProblem } from './problem.ts';

/** A tree by hand: a leaf is an end. Moves are the branches' names. */
export interface Toy {
  readonly value: number;
  readonly branches?: Readonly<Record<string, { readonly prior: number; readonly to: Toy }>>;
}

export const treeProblem: SearchProblem<Toy, string> = {
  evaluate: async ({ value, branches = {} }) => ({
    moves: Object.entries(branches).map(([move, { prior }]) => ({ move, prior })),
    value,
  }),
  async step({ branches = {} }, move) {
    const state = branches[move]?.to as Toy;
    return state.branches ? { state, ended: false } : { state, ended: true, value: state.value };
  },
};

/** The best end that can be reached. */
export function bestEnd({ value, branches }: Toy): number {
  return branches ? Math.max(...Object.values(branches).map(({ to }) => bestEnd(to))) : value;
}

export function countStates({ branches = {} }: Toy): number {
  return Object.values(branches).reduce((sum, { to }) => sum + 1 + countStates(to), 0);
}

/** The same tree with the critic that knows. */
export function withPerfectCritic({ value, branches }: Toy): Toy {
  if (!branches) return { value };
  const known = Object.entries(branches).map(([move, { prior, to }]) => [move, { prior, to: withPerfectCritic(to) }] as const);
  return { value: Math.max(...known.map(([, { to }]) => to.value)), branches: Object.fromEntries(known) };
}

/** The same tree with the critic that says 0 and the policy that knows nothing. */
export function withoutHints({ value, branches }: Toy): Toy {
  if (!branches) return { value };
  const entries = Object.entries(branches);
  return {
    value: 0,
    branches: Object.fromEntries(entries.map(([move, { to }]) => [move, { prior: 1 / entries.length, to: withoutHints(to) }])),
  };
}

/** The value at which moves lead to; throws where they lead nowhere. */
export function follow(toy: Toy, moves: readonly string[]): Toy {
  return moves.reduce((here, move) => (here.branches as NonNullable<Toy['branches']>)[move]?.to as Toy, toy);
}

/** `branching`^`depth` ends of which one is worth 1 and the rest nothing; neither policy nor critic has an idea. A state is the moves so far. */
export function needleProblem({
  branching,
  depth,
  needle,
}: {
  branching: number;
  depth: number;
  needle: number;
}): SearchProblem<readonly number[], number> {
  const place = (moves: readonly number[]): number => moves.reduce((sum, move) => sum * branching + move, 0);
  return {
    evaluate: async () => ({ moves: Array.from({ length: branching }, (_, move) => ({ move, prior: 1 / branching })), value: 0 }),
    async step(moves, move) {
      const state = [...moves, move];
      if (state.length < depth) return { state, ended: false };
      return { state, ended: true, value: place(state) === needle ? 1 : 0 };
    },
  };
}

/** Numbers 0 … limit, + 1 and × 2 and − 1: positions meet again, and there are ways round in circles. Worth 1 at the goal, which ends it. */
export function numberProblem({ goal, limit }: { goal: number; limit: number }): SearchProblem<number, string> {
  const moves = ['+1', '*2', '-1'];
  return {
    evaluate: async (n) => ({ moves: moves.map((move) => ({ move, prior: 1 / 3 })), value: 0.9 / (1 + Math.abs(goal - n)) }),
    async step(n, move) {
      const state = Math.max(0, Math.min(limit, move === '+1' ? n + 1 : move === '*2' ? n * 2 : n - 1));
      return state === goal ? { state, ended: true, value: 1 } : { state, ended: false };
    },
    key: String,
  };
}

/** A graph of 10,007 positions without an end, fixed by arithmetic: the same in Python. State: a number below 10,007. */
export const arithmeticProblem: SearchProblem<number, number> = {
  async evaluate(id) {
    const weights = [0, 1, 2, 3].map((move) => Math.exp(((id * 17 + move * 29) % 13) / 6));
    const sum = weights.reduce((a, b) => a + b, 0);
    return { moves: weights.map((weight, move) => ({ move, prior: weight / sum })), value: ((id * 37) % 101) / 101 };
  },
  step: async (id, move) => ({ state: (id * 4 + move + 1) % 10_007, ended: false }),
};

export interface Account {
  readonly steps: number;
  readonly evaluations: number;
  /** Of states that `step` returned: how often each was released. */
  readonly releases: readonly number[];
  /** A state was used after its release, or the root was released. */
  readonly isMisused: boolean;
}

interface Numbered<State> {
  readonly state: State;
  readonly number: number;
}

/** `problem`, and what was done with it. Step number `failAt`, counted from 1, throws. */
export function accounted<State, Move>(problem: SearchProblem<State, Move>, root: State, failAt = Number.POSITIVE_INFINITY) {
  const releases: number[] = [];
  let evaluations = 0;
  let isMisused = false;
  const use = ({ number }: Numbered<State>): void => {
    if (number >= 0 && releases[number] !== 0) isMisused = true;
  };
  const watched: SearchProblem<Numbered<State>, Move> = {
    async evaluate(held) {
      use(held);
      evaluations++;
      return problem.evaluate(held.state);
    },
    async step(held, move) {
      use(held);
      if (releases.length + 1 === failAt) throw new Error('the sandbox broke');
      const number = releases.push(0) - 1;
      const step = await problem.step(held.state, move);
      return { ...step, state: { state: step.state, number } };
    },
    async release({ number }) {
      if (number < 0) isMisused = true;
      else releases[number] = (releases[number] as number) + 1;
    },
    ...(problem.key ? { key: ({ state }: Numbered<State>) => (problem.key as (state: State) => string)(state) } : {}),
  };
  const account = (): Account => ({ steps: releases.length, evaluations, releases: [...releases], isMisused });
  return { problem: watched, root: { state: root, number: -1 } as Numbered<State>, account };
}
