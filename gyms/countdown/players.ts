/**
 * What every scripted player of this gym does with an observation: find the numbers and tools, turn a step into an action.
 *
 * Reads targets only, as a policy would; numbers of equal value are interchangeable.
 */
import { ConfigError } from '../../src/base/index.ts';
import type { Expert } from '../../src/gym/index.ts';
import type { Action, Observation, Target } from '../../src/records/index.ts';
import type { Step } from './arithmetic.ts';

/** Numbers on the table, in the order of the screen. */
export function numbersOf({ targets }: Observation): readonly Target[] {
  return targets.filter(({ role, name }) => role === '' && /^[0-9]+$/.test(name));
}

export function valuesOf(observation: Observation): readonly number[] {
  return numbersOf(observation).map(({ name }) => Number(name));
}

export function callStep(observation: Observation, { operation, left, right }: Pick<Step, 'operation' | 'left' | 'right'>): Action {
  const tool = observation.targets.find(({ role, name }) => role === 'tool' && name === operation);
  const numbers = numbersOf(observation);
  const first = numbers.find(({ name }) => name === String(left));
  const second = numbers.find((number) => number !== first && number.name === String(right));
  if (!tool || !first || !second)
    throw new ConfigError({
      operation: 'play countdown',
      got: `a table with ${numbers.map(({ name }) => name).join(', ')}`,
      expected: `${left} ${operation} ${right} to be possible`,
    });
  return { kind: 'call', tool: tool.reference, arguments: [first.reference, second.reference] };
}

/** Answers with the number of this value; hands over where it does not lie there. */
export function answerNumber(observation: Observation, value: number): Action {
  const number = numbersOf(observation).find(({ name }) => name === String(value));
  return number ? { kind: 'answer', source: number.reference } : { kind: 'abstain' };
}

/** Carries out `steps` and then what `end` says. */
export function playSteps(steps: readonly Step[], end: (observation: Observation) => Action): Expert {
  let i = 0;
  return {
    next(observation) {
      const step = steps[i++];
      return { action: step ? callStep(observation, step) : end(observation) };
    },
  };
}
