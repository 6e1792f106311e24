/**
 * What every scripted player of this gym does with an observation: find tools and goods, turn a push into an action.
 *
 * Rows of the grid are nothing that can be named, so players follow the worker by the truth that they start with.
 */
import { ConfigError } from '../../src/base/index.ts';
import type { Expert } from '../../src/gym/index.ts';
import type { Action, Observation } from '../../src/records/index.ts';
import { DIRECTIONS, letterOf, type Push } from './room.ts';

export function callPush({ targets }: Observation, { good, direction }: Push): Action {
  const tool = targets.find(({ role, name }) => role === 'tool' && name === DIRECTIONS[direction]);
  const target = targets.find(({ role, name }) => role === '' && name.charAt(0).toLowerCase() === letterOf(good));
  if (!tool || !target)
    throw new ConfigError({
      operation: 'play warehouse',
      got: targets.map(({ name }) => name).join(', '),
      expected: `the tool ${DIRECTIONS[direction]} and the good ${letterOf(good)}`,
    });
  return { kind: 'call', tool: tool.reference, arguments: [target.reference] };
}

/** Carries out `pushes` and then says done. */
export function playPushes(pushes: readonly Push[]): Expert {
  let i = 0;
  return {
    next(observation) {
      const push = pushes[i++];
      return { action: push ? callPush(observation, push) : { kind: 'done' } };
    },
  };
}
