import { describe, expect, it } from 'vitest';
import { gymModule as countdown } from '../../gyms/countdown/gym.ts';
import { callStep, numbersOf, valuesOf } from '../../gyms/countdown/players.ts';
import { solve } from '../../gyms/countdown/solver.ts';
import { gymModule as warehouse } from '../../gyms/warehouse/gym.ts';
import { ConfigError } from '../../src/base/index.ts';
import type { Action, Gym, Observation, Session, Task } from '../../src/records/index.ts';
import { beamSearch, bestOfN, gumbelSearch, type SearchProblem, thresholdRule, treeSearch } from '../../src/search/index.ts';
import { type GymEnd, type GymState, gymProblem } from './gym-problem.ts';
import type { Mind } from './mind.ts';
import { type Plan, playWithSearch } from './play-with-search.ts';
import { screenKey } from './screen-key.ts';
import { uniformMind } from './uniform-mind.ts';

const { gym } = countdown;

/** Tasks of three numbers. */
const TASKS: readonly Task[] = Array.from({ length: 60 }, (_, n) => gym.task({ split: 'validate', n }))
  .filter((task) => countdownNumbers(task).length === 3)
  .slice(0, 8);

function countdownNumbers(task: Task): readonly number[] {
  return (gym as Gym & { instance(task: Task): { readonly numbers: readonly number[] } }).instance(task).numbers;
}

const isUseful = (action: Action): boolean =>
  action.kind !== 'call' || (action.arguments.length === 2 && action.arguments[0] !== action.arguments[1]);
const uniform = uniformMind({ verbs: gym.manifest.actions, longest: 6, accept: isUseful });

const targetOf = ({ targets }: Observation): number => Number(targets.find(({ role }) => role === 'goal')?.name);

/** What can be read off the goal and the screen: is the number that was answered the one that was asked for? */
const reads = ({ before, action }: GymEnd<unknown>): number =>
  action.kind === 'answer' &&
  'source' in action &&
  numbersOf(before).some(({ reference, name }) => reference === action.source && Number(name) === targetOf(before))
    ? 1
    : 0;

/** Knows whether the target can still be reached, and has a weak idea how. Its thoughts are numbers, so that a test can count them. */
function solverMind(): { readonly mind: Mind<number>; readonly live: ReadonlySet<number>; readonly made: () => number } {
  const live = new Set<number>();
  let made = 0;
  const think = (): number => {
    live.add(made);
    return made++;
  };
  const use = (thought: number): void => expect(live.has(thought)).toBe(true);
  const mind: Mind<number> = {
    begin: async () => think(),
    async propose(thought, observation, count) {
      use(thought);
      const steps = solve(valuesOf(observation), targetOf(observation));
      const others = (await uniform.propose('', observation, count - 1)).candidates.map(({ action }) => action);
      const [first] = steps ?? [];
      const answer = numbersOf(observation).find(({ name }) => Number(name) === targetOf(observation));
      const right: Action | null = first
        ? callStep(observation, first)
        : answer && steps
          ? { kind: 'answer', source: answer.reference }
          : null;
      const known = others.filter((action) => JSON.stringify(action) !== JSON.stringify(right));
      const share = right ? 0.15 : 0;
      return {
        candidates: [
          ...(right ? [{ action: right, logprob: Math.log(share) }] : []),
          ...known.map((action) => ({ action, logprob: Math.log((1 - share) / known.length) })),
        ],
        value: steps ? 0.8 : 0.02,
      };
    },
    async follow(thought) {
      use(thought);
      return think();
    },
    async forget(thought) {
      use(thought);
      live.delete(thought);
    },
  };
  return { mind, live, made: () => made };
}

/** A gym whose verifier must not be asked before the end of the episode. */
function guarded(inner: Gym): Gym {
  return {
    ...inner,
    open: async (task, lane) => {
      const session = await inner.open(task, lane);
      return {
        ...session,
        async score() {
          expect((await session.observe()).stop).not.toBeNull();
          return session.score();
        },
        audit: () => Promise.reject(new Error('asked in search')),
      };
    },
  };
}

type Planner = <Thought>(problem: SearchProblem<GymState<Thought>, Action>, root: GymState<Thought>, decision: number) => Promise<Plan>;

const PLANNERS: Readonly<Record<string, Planner>> = {
  'tree search, mean': (problem, root, seed) => treeSearch(problem, root, { simulations: 60, seed }),
  'tree search, best': (problem, root, seed) => treeSearch(problem, root, { simulations: 60, seed, backup: 'best' }),
  'gumbel search': (problem, root, seed) => gumbelSearch(problem, root, { simulations: 60, seed }),
  'best of n': (problem, root, seed) =>
    bestOfN(problem, root, { samples: 100, depth: 8, seed, hopeless: thresholdRule({ threshold: 0.1, patience: 1 }) }),
  beam: (problem, root) => beamSearch(problem, root, { width: 3, depth: 6, nodes: 120 }),
};

describe.each(Object.entries(PLANNERS))('countdown with %s', (_, plan) => {
  it('is solved with a mind that has a weak idea of the way', async () => {
    expect(TASKS.length).toBe(8);
    for (const task of TASKS) {
      const { mind, live, made } = solverMind();
      const played = await playWithSearch({ gym: guarded(gym), task, lane: { seed: 'a' }, mind, judge: reads, plan });
      expect(played.score).toMatchObject({ success: true });
      expect(played.stop).toBe('answered');
      expect(live.size).toBe(0);
      expect(made()).toBeGreaterThan(played.nodes);
    }
  });

  it('is not solved with the uniform mind, which is told nothing', async () => {
    let solved = 0;
    for (const task of TASKS) {
      const played = await playWithSearch({ gym: guarded(gym), task, lane: { seed: 'a' }, mind: uniform, count: 100, plan });
      if (played.score.success) solved++;
    }
    // Some 40 actions a table, of which one in each of two or three decisions is right.
    expect(solved).toBeLessThanOrEqual(1);
  });
});

it('the same mind often fails without search', async () => {
  let solved = 0;
  for (const task of TASKS)
    for (let seed = 0; seed < 5; seed++) {
      const { mind } = solverMind();
      const alone: Planner = (problem, root, decision) =>
        bestOfN(problem, root, { samples: 1, depth: 1, seed: `${seed}/${decision}`, judge: () => 0 });
      const played = await playWithSearch({ gym: guarded(gym), task, lane: { seed: 'a' }, mind, plan: alone });
      if (played.score.success) solved++;
    }
  expect(solved / (TASKS.length * 5)).toBeLessThan(0.5);
});

describe('the uniform mind', () => {
  it('with a judge that reads the goal solves puzzles by exhaustive search alone', async () => {
    for (const task of TASKS.slice(0, 3)) {
      const played = await playWithSearch({
        gym: guarded(gym),
        task,
        lane: { seed: 'a' },
        mind: uniform,
        count: 100,
        judge: reads,
        plan: (problem, root) => treeSearch(problem, root, { simulations: 20_000, backup: 'best' }),
        commit: Number.POSITIVE_INFINITY,
      });
      expect(played.score).toMatchObject({ success: true });
      expect(played.targets.slice(1).every((target) => target === null)).toBe(true);
    }
  });

  it('proposes distinct actions, all alike, always the same for the same thought', async () => {
    const session = await gym.open(TASKS[0] as Task, { seed: 'a' });
    const observation = await session.observe();
    const some = await uniform.propose('x', observation, 5);
    expect(new Set(some.candidates.map(({ action }) => JSON.stringify(action))).size).toBe(5);
    expect(await uniform.propose('x', observation, 5)).toEqual(some);
    expect(await uniform.propose('y', observation, 5)).not.toEqual(some);
    const all = await uniform.propose('x', observation, 1000);
    expect(all.candidates.reduce((sum, { logprob }) => sum + Math.exp(logprob), 0)).toBeCloseTo(1, 9);
    await session.close();
  });
});

describe('an episode with search', () => {
  it('reads as if there had been none', async () => {
    const task = TASKS[0] as Task;
    const { mind } = solverMind();
    const played = await playWithSearch({ gym, task, lane: { seed: 'a' }, mind, judge: reads, plan: PLANNERS['gumbel search'] as Planner });
    const session = await gym.open(task, { seed: 'a' });
    const seen = [(await session.observe()).pieces];
    for (const action of played.actions) seen.push((await session.act(action)).pieces);
    expect(played.transcript.segments.filter(({ kind }) => kind === 'observe').map(({ pieces }) => pieces)).toEqual(seen);
    expect(played.targets).toHaveLength(played.actions.length);
    for (const [i, target] of played.targets.entries()) {
      expect(target?.reduce((sum, { weight }) => sum + weight, 0)).toBeCloseTo(1, 9);
      expect(target?.map(({ move }) => move)).toContainEqual(played.actions[i]);
    }
    await session.close();
  });

  it('is the same for the same seeds', async () => {
    const play = () =>
      playWithSearch({ gym, task: TASKS[1] as Task, lane: { seed: 'b' }, mind: uniform, plan: PLANNERS['tree search, mean'] as Planner });
    expect(await play()).toEqual(await play());
  });
});

describe('ends', () => {
  const endOf = async (action: (observation: Observation) => Action, judge?: (end: GymEnd<number>) => number) => {
    const session = await gym.open(TASKS[0] as Task, { seed: 'a' });
    const { mind, live } = solverMind();
    const observation = await session.observe();
    const { problem, here } = gymProblem({ session, mind, ...(judge ? { judge } : {}) });
    const root = await here(await mind.begin({ kind: 'goal', pieces: session.goal }, observation), observation);
    await problem.evaluate(root);
    const step = await problem.step(root, action(observation)).catch((error: Error) => error);
    if (!(step instanceof Error)) await problem.release?.(step.state);
    // The root's thought is the caller's.
    expect(live.size).toBe(1);
    await session.close();
    return step;
  };

  it('that the policy chose are worth what the critic expected, others nothing', async () => {
    expect(await endOf(() => ({ kind: 'done' }))).toMatchObject({ ended: true, value: 0.8, state: { thought: null, snapshot: null } });
    expect(await endOf(() => ({ kind: 'abstain' }))).toMatchObject({ ended: true, value: 0 });
  });

  it('are worth what the judge says; what it throws is thrown', async () => {
    expect(
      await endOf(
        () => ({ kind: 'abstain' }),
        () => 0.4,
      ),
    ).toMatchObject({ ended: true, value: 0.4, state: { thought: 1 } });
    const failing = (): number => {
      throw new Error('no judge');
    };
    expect(await endOf(() => ({ kind: 'done' }), failing)).toMatchObject({ message: 'no judge' });
  });
});

describe('warehouse', () => {
  const task = warehouse.gym.task({ split: 'validate', n: 1 }, 'small');
  const mind = uniformMind({
    verbs: warehouse.gym.manifest.actions,
    longest: 5,
    accept: (action) => action.kind === 'call' && action.arguments.length === 1,
  });

  it('positions that look the same are searched once, and a line found that way can be played', async () => {
    const search = async (session: Session, isKeyed: boolean) => {
      const observation = await session.observe();
      const { problem, here, restore } = gymProblem({ session, mind, ...(isKeyed ? { key: screenKey } : {}) });
      let evaluations = 0;
      const counted: typeof problem = {
        ...problem,
        evaluate(state) {
          evaluations++;
          return problem.evaluate(state);
        },
      };
      const root = await here('', observation);
      const found = await treeSearch(counted, root, { simulations: 300, seed: 1 });
      await restore(root);
      return { ...found, evaluations };
    };
    const session = await warehouse.gym.open(task, { seed: 'a' });
    const before = (await session.observe()).targets;
    const plain = await search(session, false);
    const keyed = await search(session, true);
    expect(plain.evaluations).toBe(plain.nodes + 1);
    expect(keyed.evaluations).toBeLessThan(keyed.nodes / 2);
    expect((await session.observe()).targets).toEqual(before);
    for (const action of keyed.moves) {
      const { pieces } = await session.act(action);
      expect(pieces.some((piece) => piece.kind === 'word' && piece.word === 'notice')).toBe(false);
    }
    await session.close();
  });

  it('refuses a session that can’t be wound back', async () => {
    const { snapshot, ...session } = await warehouse.gym.open(task, { seed: 'a' });
    expect(() => gymProblem({ session, mind })).toThrow(ConfigError);
    await session.close();
  });
});
