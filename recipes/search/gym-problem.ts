/**
 * A gym's sandbox as a search problem: a state is a snapshot of the session, what it shows there, and the thought of the mind that has come there.
 *
 *   step = restore the snapshot ─▶ act ─▶ take a snapshot ─▶ let a copy of the thought follow
 *
 * The session's verifier is never asked. What an end is worth, a judge says; without one an end that the policy chose (`done`, `answered`) is
 * worth what the critic expected before it, and every other end 0. The critic's value knows nothing of the last action: where that decides (which
 * number is answered?), search needs the judge.
 *
 * One session serves the whole search, one step at a time; evaluations run side by side. Needs exact snapshots, and a world whose clock does not
 * run on while the search thinks.
 */
import { ConfigError } from '../../src/base/index.ts';
import type { Action, Observation, Session, Snapshot } from '../../src/records/index.ts';
import type { SearchProblem } from '../../src/search/index.ts';
import type { Mind } from './mind.ts';

export interface GymState<Thought> {
  /** null at an end: nothing leads on from there. */
  readonly snapshot: Snapshot | null;
  /** As it came: the whole screen or what the last action changed. */
  readonly observation: Observation;
  /** null at an end that no judge has to read. */
  readonly thought: Thought | null;
}

export interface GymEnd<Thought> {
  readonly before: Observation;
  readonly action: Action;
  readonly after: Observation;
  /** Has read action and observation. */
  readonly thought: Thought;
}

export interface GymProblemOptions<Thought> {
  readonly session: Session;
  readonly mind: Mind<Thought>;
  /** Candidate actions of a state at most. Default 16. */
  readonly count?: number;
  /** What an end is worth, in [0, 1], from what the policy could know. Default: see above. */
  readonly judge?: (end: GymEnd<Thought>) => Promise<number> | number;
  /** Default: no two states are the same. `screenKey` where what is on the screen is all there is. */
  readonly key?: (snapshot: Snapshot) => string;
}

export interface GymProblem<Thought> {
  readonly problem: SearchProblem<GymState<Thought>, Action>;
  /** The state that the session is in: to begin a search from, and again after anybody has used the session. The thought stays the caller's. */
  here(thought: Thought, observation: Observation): Promise<GymState<Thought>>;
  /** Puts the session where `state` was taken: to go on with the episode when the search is over. */
  restore(state: GymState<Thought>): Promise<void>;
}

/** Throws `ConfigError` for a session without snapshots. */
export function gymProblem<Thought>({ session, mind, count = 16, judge, key }: GymProblemOptions<Thought>): GymProblem<Thought> {
  if (!session.snapshot || !session.restore)
    throw new ConfigError({
      operation: `search in ${session.task.gym}`,
      got: 'a session without snapshots',
      expected: 'snapshot and restore',
      fix: 'give the gym’s world `save` and `load`',
    });
  const takeSnapshot = session.snapshot.bind(session);
  const restoreSnapshot = session.restore.bind(session);
  /** Where the session is, if that is the place of a snapshot. */
  let place: Snapshot | null = null;
  const critics = new WeakMap<GymState<Thought>, number>();
  const alone = createQueue();

  const goTo = async (snapshot: Snapshot): Promise<void> => {
    if (place === snapshot) return;
    place = null;
    await restoreSnapshot(snapshot);
    place = snapshot;
  };
  const act = ({ snapshot }: GymState<Thought>, action: Action) =>
    alone(async () => {
      await goTo(present(snapshot));
      place = null;
      const observation = await session.act(action);
      if (observation.stop === null) place = await takeSnapshot();
      return { observation, snapshot: place };
    });

  let ends = 0;
  const problem: SearchProblem<GymState<Thought>, Action> = {
    async evaluate(state) {
      const { candidates, value } = await mind.propose(present(state.thought), state.observation, count);
      critics.set(state, value);
      return { moves: candidates.map(({ action, logprob }) => ({ move: action, prior: Math.min(1, Math.exp(logprob)) })), value };
    },
    async step(state, action) {
      const before = state.observation;
      const { observation, snapshot } = await act(state, action);
      const { stop } = observation;
      const isChosen = stop === 'done' || stop === 'answered';
      if (stop !== null && !judge)
        return { state: { snapshot, observation, thought: null }, ended: true, value: isChosen ? (critics.get(state) ?? 0) : 0 };
      const thought = await mind.follow(present(state.thought), action, before, observation);
      const next: GymState<Thought> = { snapshot, observation, thought };
      if (stop === null || !judge) return { state: next, ended: false };
      try {
        return { state: next, ended: true, value: await judge({ before, action, after: observation, thought }) };
      } catch (cause) {
        // The search never gets to see this state, so it can't release it.
        await mind.forget(thought);
        throw cause;
      }
    },
    async release({ thought }) {
      if (thought !== null) await mind.forget(thought);
    },
    // An end has no snapshot; it is a place of its own.
    ...(key ? { key: ({ snapshot }) => (snapshot ? key(snapshot) : `end ${ends++}`) } : {}),
  };
  return {
    problem,
    here: (thought, observation) =>
      alone(async () => {
        place = await takeSnapshot();
        return { snapshot: place, observation, thought };
      }),
    restore: ({ snapshot }) => alone(() => goTo(present(snapshot))),
  };
}

/** Runs what it is given one after the other. */
function createQueue(): <Result>(work: () => Promise<Result>) => Promise<Result> {
  let last: Promise<unknown> = Promise.resolve();
  return (work) => {
    const next = last.then(work);
    last = next.catch(() => undefined);
    return next;
  };
}

function present<Part>(part: Part | null): Part {
  if (part === null)
    throw new ConfigError({
      operation: 'search in a gym',
      got: 'an ended state',
      expected: 'one that goes on',
      fix: 'begin before the stop',
    });
  return part;
}
