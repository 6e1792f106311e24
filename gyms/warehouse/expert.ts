/**
 * Plays a room by the oracle's shortest solution, and after a mistake by the shortest one from there.
 *
 * A mistake is a push that brings the room no nearer to its solution but leaves it solvable.
 */
import type { Random } from '../../src/base/index.ts';
import type { Expert, ExpertOptions } from '../../src/gym/index.ts';
import type { Instance } from './instance.ts';
import { solve } from './oracle.ts';
import { callPush } from './players.ts';
import { legalPushes, type Neighbours, neighboursOf, type Placement, type Push, push, type Room } from './room.ts';

/** In an episode, so that its steps suffice. */
const MOST_MISTAKES = 4;

/** Candidates that are tried: each takes a search. */
const TRIES = 4;

/** States that a search after a mistake may look at. */
const MISTAKE_LIMIT = 2000;

export function openExpert(instance: Instance, { random, mistakes = 0 }: ExpertOptions): Expert {
  const neighbours = neighboursOf(instance);
  let placement: Placement = { goods: instance.goods, worker: instance.worker };
  let plan: readonly Push[] | null = null;
  let made = 0;
  return {
    next(observation) {
      plan ??= solve(instance, placement)?.pushes ?? null;
      if (plan === null) return { action: { kind: 'abstain' } };
      const [right, ...rest] = plan;
      if (right === undefined) return { action: { kind: 'done' } };
      const errs = mistakes > 0 && made < MOST_MISTAKES && random.uniform() < mistakes;
      const mistake = errs ? findMistake(instance, placement, { neighbours, plan, random }) : null;
      const chosen = mistake ?? { push: right, rest };
      const after = push(neighbours, placement, chosen.push);
      if (typeof after !== 'string') placement = after;
      plan = chosen.rest;
      const action = callPush(observation, chosen.push);
      if (!mistake) return { action };
      made++;
      return { action, mistake: true };
    },
  };
}

interface MistakeOptions {
  readonly neighbours: Neighbours;
  /** The way that would be right. */
  readonly plan: readonly Push[];
  readonly random: Random;
}

/** A push after which as many are needed as before, or more, with those; null where none was found. */
function findMistake(
  room: Room,
  placement: Placement,
  { neighbours, plan, random }: MistakeOptions,
): { readonly push: Push; readonly rest: readonly Push[] } | null {
  for (const candidate of random.shuffle(legalPushes(neighbours, placement)).slice(0, TRIES)) {
    const after = push(neighbours, placement, candidate);
    if (typeof after === 'string') continue;
    const solution = solve(room, after, { exactLimit: MISTAKE_LIMIT, limit: 0, neighbours });
    if (solution && solution.pushes.length >= plan.length) return { push: candidate, rest: solution.pushes };
  }
  return null;
}
