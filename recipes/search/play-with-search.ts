/**
 * One episode of a mind that looks ahead in the sandbox before it acts: what search adds to a policy, and what the policy can learn from it.
 *
 * The transcript is the one that a policy without search would have written with the same actions; beside it stands, for each decision that was
 * searched, what the search recommends (the target to distil). The verifier is asked once, after the stop.
 */
import { actSegment, outcomeSegment } from '../../src/gym/index.ts';
import type { Action, Gym, Lane, Score, Segment, StopReason, Task, Transcript } from '../../src/records/index.ts';
import type { RootMove, SearchProblem } from '../../src/search/index.ts';
import { type GymProblemOptions, type GymState, gymProblem } from './gym-problem.ts';
import type { Mind } from './mind.ts';

/** What a search returns, as far as playing needs it: all of `src/search` does. */
export interface Plan {
  /** Empty: the search has nothing to say, and the task is handed over. */
  readonly moves: readonly Action[];
  /** Where the search gives a policy target. */
  readonly root?: readonly RootMove<Action>[];
  readonly nodes: number;
}

export interface SearchedEpisode {
  readonly transcript: Transcript;
  readonly actions: readonly Action[];
  /** By action; null where it was played from an earlier plan, or the search gives none. */
  readonly targets: readonly (readonly RootMove<Action>[] | null)[];
  readonly stop: StopReason;
  readonly score: Score;
  /** States that the searches opened. */
  readonly nodes: number;
}

export interface PlayWithSearchOptions<Thought> extends Pick<GymProblemOptions<Thought>, 'judge' | 'key' | 'count'> {
  readonly gym: Gym;
  readonly task: Task;
  readonly lane: Lane;
  readonly mind: Mind<Thought>;
  /** `decision` counts from 0: a seed for it. */
  readonly plan: (problem: SearchProblem<GymState<Thought>, Action>, root: GymState<Thought>, decision: number) => Promise<Plan>;
  /** Moves of a plan that are played before the next search. Default 1; Infinity plays it out. */
  readonly commit?: number;
}

/** Throws what gym, mind and plan throw; the session is closed and every thought forgotten first. */
export async function playWithSearch<Thought>(options: PlayWithSearchOptions<Thought>): Promise<SearchedEpisode> {
  const { gym, task, lane, mind, plan, commit = 1, ...searching } = options;
  const session = await gym.open(task, lane);
  let thought: Thought | null = null;
  try {
    let observation = await session.observe();
    const goal: Segment = { kind: 'goal', pieces: session.goal };
    const segments: Segment[] = [goal, { kind: 'observe', pieces: observation.pieces }];
    const actions: Action[] = [];
    const targets: (readonly RootMove<Action>[] | null)[] = [];
    let nodes = 0;
    let planned: readonly Action[] = [];
    const { problem, here, restore } = gymProblem({ session, mind, ...searching });
    thought = await mind.begin(goal, observation);
    while (observation.stop === null) {
      let target: readonly RootMove<Action>[] | null = null;
      if (planned.length === 0) {
        const root = await here(thought, observation);
        const made = await plan(problem, root, actions.length);
        await restore(root);
        nodes += made.nodes;
        target = made.root ?? null;
        planned = made.moves.slice(0, Math.max(1, commit));
      }
      const [action = { kind: 'abstain' } as const, ...rest] = planned;
      planned = rest;
      const after = await session.act(action);
      segments.push(actSegment(action, observation), { kind: 'observe', pieces: after.pieces });
      actions.push(action);
      targets.push(target);
      const followed: Thought = await mind.follow(thought, action, observation, after);
      await mind.forget(thought);
      thought = followed;
      observation = after;
    }
    const score = await session.score();
    segments.push(outcomeSegment(score));
    return { transcript: { schemaVersion: 1, segments }, actions, targets, stop: observation.stop, score, nodes };
  } finally {
    if (thought !== null) await mind.forget(thought);
    await session.close();
  }
}
