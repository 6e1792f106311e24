/**
 * Why the verifier can be believed: cheats and near misses that it must refuse, and what a policy without skill reaches.
 */
import { Random } from '../../src/base/index.ts';
import type { Expert, ExpertOptions, GymProof, Impostor, LazyPolicy } from '../../src/gym/index.ts';
import type { Action, Task } from '../../src/records/index.ts';
import { measure } from './deadlock.ts';
import { classesOf, type Instance, SIZES } from './instance.ts';
import { solve } from './oracle.ts';
import { callPush, playPushes } from './players.ts';
import { ALL_DIRECTIONS, isSolved, legalPushes, neighboursOf, type Placement, type Push, push } from './room.ts';

export function proofOf(instanceOf: (task: Task) => Instance): GymProof {
  const impostor = (name: string, description: string, play: (instance: Instance, random: Random) => Expert | null): Impostor => ({
    name,
    description,
    play: (task: Task, { random }: ExpertOptions) => play(instanceOf(task), random),
  });
  const lazy = (name: string, description: string, atMost: number, play: (task: Task) => Expert): LazyPolicy => ({
    name,
    description,
    atMost,
    play,
  });
  return {
    impostors: [
      impostor('near-miss', 'leaves out the last push', (instance) => playPushes(plan(instance).slice(0, -1))),
      impostor('overshoot', 'solves the room and pushes one good off its goal again', (instance) => {
        const solved = plan(instance);
        const end = follow(instance, solved);
        const last = legalPushes(neighboursOf(instance), end).find((each) => !isSolved(instance, follow(instance, [each], end)));
        return last ? playPushes([...solved, last]) : null;
      }),
      impostor('swapped-goods', 'plays the solution with the names of two goods exchanged', (instance) => {
        const swapped = plan(instance).map(({ good, direction }) => ({ good: good < 2 ? 1 - good : good, direction }));
        return isSolved(instance, follow(instance, swapped)) ? null : playPushes(swapped);
      }),
      impostor('cornered', 'pushes a good to where it can reach no goal, then goes on as if nothing had happened', (instance) => {
        const pushes = cornering(instance);
        return pushes && playPushes(pushes);
      }),
      impostor('wall-pusher', 'insists on a push that can’t be done, and says done', (instance, random) => {
        const all = instance.goods.flatMap((_, good) => ALL_DIRECTIONS.map((direction) => ({ good, direction })));
        const neighbours = neighboursOf(instance);
        const impossible = random.shuffle(all).find((each) => typeof push(neighbours, instance, each) === 'string');
        return impossible ? playPushes([impossible, impossible, impossible]) : null;
      }),
      impostor('done-at-once', 'says done without a push', () => playPushes([])),
      impostor('abstainer', 'hands the task over', () => always({ kind: 'abstain' })),
      impostor('solved-then-abstains', 'solves the room and hands it over all the same', (instance) => {
        const pushes = plan(instance);
        let i = 0;
        return {
          next: (observation) => {
            const next = pushes[i++];
            return { action: next ? callPush(observation, next) : { kind: 'abstain' } };
          },
        };
      }),
    ],
    lazy: [
      lazy('always-abstain', 'hands every task over', 0, () => always({ kind: 'abstain' })),
      lazy('always-done', 'says done at once', 0, () => playPushes([])),
      lazy('random-pushes', 'pushes at random whatever can be pushed, and says done when the room is solved', 0.1, (task) =>
        randomPushes(instanceOf(task), task),
      ),
    ],
    vocabulary: () => [{ kind: 'room class', train: classesOf('train'), exam: classesOf('exam') }],
    differs: (task) => {
      const { width, height, goods } = instanceOf(task);
      const size = SIZES[task.slice];
      if (size && size.width === width && size.height === height && size.goods === goods.length) return null;
      return `a task of '${task.slice}' has ${width} × ${height} squares and ${goods.length} goods`;
    },
  };
}

const always = (action: Action): Expert => ({ next: () => ({ action }) });

function plan(instance: Instance): readonly Push[] {
  return solve(instance, instance)?.pushes ?? [];
}

/** Where everything is after `pushes`; the impossible ones are left out. */
function follow(instance: Instance, pushes: readonly Push[], from: Placement = instance): Placement {
  const neighbours = neighboursOf(instance);
  return pushes.reduce<Placement>((placement, each) => {
    const next = push(neighbours, placement, each);
    return typeof next === 'string' ? placement : next;
  }, from);
}

/** The solution as far as a push to a dead square is possible, that push, and the rest of it; null if there is never one. */
function cornering(instance: Instance): readonly Push[] | null {
  const neighbours = neighboursOf(instance);
  const { dead } = measure(instance, neighbours);
  const pushes = plan(instance);
  let placement: Placement = instance;
  for (let i = 0; i < pushes.length; i++) {
    for (const each of legalPushes(neighbours, placement))
      if (dead[follow(instance, [each], placement).goods[each.good] as number] === 1)
        return [...pushes.slice(0, i), each, ...pushes.slice(i)];
    placement = follow(instance, pushes.slice(i, i + 1), placement);
  }
  return null;
}

/** Pushes of a random policy before it gives up. */
const PATIENCE = 70;

function randomPushes(instance: Instance, { seed, slice }: Task): Expert {
  const random = new Random(`warehouse/random-pushes/${slice}/${seed.split}/${seed.n}`);
  const neighbours = neighboursOf(instance);
  let placement: Placement = instance;
  let count = 0;
  return {
    next(observation) {
      const possible = legalPushes(neighbours, placement);
      if (isSolved(instance, placement) || possible.length === 0 || count++ >= PATIENCE) return { action: { kind: 'done' } };
      const chosen = random.pick(possible);
      placement = follow(instance, [chosen], placement);
      return { action: callPush(observation, chosen) };
    },
  };
}
