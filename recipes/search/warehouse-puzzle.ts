/** The warehouse as a puzzle: the oracle knows whether every good can still come to a goal, beginners push whatever can be pushed. */
import { gymModule } from '../../gyms/warehouse/gym.ts';
import type { Instance } from '../../gyms/warehouse/instance.ts';
import { solve } from '../../gyms/warehouse/oracle.ts';
import { callPush } from '../../gyms/warehouse/players.ts';
import {
  DIRECTIONS,
  type Direction,
  isSolved,
  legalPushes,
  letterOf,
  neighboursOf,
  type Placement,
  type Push,
  push,
} from '../../gyms/warehouse/room.ts';
import type { DefinedGym } from '../../src/gym/index.ts';
import type { Action, Observation } from '../../src/records/index.ts';
import type { Puzzle } from './puzzle.ts';

const gym = gymModule.gym as DefinedGym<Instance>;
/** States that the oracle may look at after a detour; what takes more counts as lost. */
const LIMIT = 2000;

export const warehousePuzzle: Puzzle = {
  gym,
  longest: 5,
  depth: 40,
  accept: (action) => action.kind !== 'call' || action.arguments.length === 1,
  guide(task) {
    const room = gym.instance(task);
    const neighbours = neighboursOf(room);
    let placement: Placement = room;
    /** From here; null where there is none, undefined where nobody has looked. */
    let plan: readonly Push[] | null | undefined;
    return {
      best(observation) {
        if (plan === undefined) plan = solve(room, placement, { exactLimit: LIMIT, limit: 0, neighbours })?.pushes ?? null;
        const [next] = plan ?? [];
        if (next) return callPush(observation, next);
        return plan ? { kind: 'done' } : null;
      },
      slip(observation, random) {
        const pushes = legalPushes(neighbours, placement);
        if (pushes.length > 0 && random.uniform() < (isSolved(room, placement) ? 0.5 : 0.9))
          return callPush(observation, random.pick(pushes));
        return { kind: random.uniform() < 0.9 ? 'done' : 'abstain' };
      },
      follow(action, before) {
        const made = pushOf(action, before);
        if (!made) return;
        const [next, ...rest] = plan ?? [];
        const isPlanned = next?.good === made.good && next.direction === made.direction;
        const after = push(neighbours, placement, made);
        if (typeof after === 'string') return;
        placement = after;
        plan = isPlanned ? rest : undefined;
      },
    };
  },
};

/** The push that an action asks for; null for every other action. */
function pushOf(action: Action, { targets }: Observation): Push | null {
  if (action.kind !== 'call') return null;
  const nameOf = (reference: number | undefined): string => targets.find((target) => target.reference === reference)?.name ?? '';
  const direction = (DIRECTIONS as readonly string[]).indexOf(nameOf(action.tool));
  const letter = nameOf(action.arguments[0]).charAt(0).toLowerCase();
  const good = [...'abcdefgh'].findIndex((_, i) => letterOf(i) === letter);
  return direction < 0 || good < 0 ? null : { good, direction: direction as Direction };
}
