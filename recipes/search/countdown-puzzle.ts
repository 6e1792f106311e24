/** Countdown as a puzzle: the solver knows whether the target can still be reached, beginners take any two numbers or answer too early. */
import { combine, legalSteps, OPERATIONS } from '../../gyms/countdown/arithmetic.ts';
import { gymModule } from '../../gyms/countdown/gym.ts';
import type { Instance } from '../../gyms/countdown/instance.ts';
import { answerNumber, callStep, numbersOf, valuesOf } from '../../gyms/countdown/players.ts';
import { solve } from '../../gyms/countdown/solver.ts';
import type { Random } from '../../src/base/index.ts';
import type { DefinedGym } from '../../src/gym/index.ts';
import type { Action, Observation } from '../../src/records/index.ts';
import type { Puzzle } from './puzzle.ts';

const gym = gymModule.gym as DefinedGym<Instance>;

export const countdownPuzzle: Puzzle = {
  gym,
  longest: 6,
  depth: 6,
  accept: (action) => action.kind !== 'call' || (action.arguments.length === 2 && action.arguments[0] !== action.arguments[1]),
  guide(task) {
    const { target } = gym.instance(task);
    return {
      best(observation) {
        const steps = solve(valuesOf(observation), target);
        const [step] = steps ?? [];
        if (step) return callStep(observation, step);
        return steps ? answerNumber(observation, target) : null;
      },
      slip(observation, random) {
        const steps = legalSteps(valuesOf(observation));
        const kind = random.uniform();
        if (kind < 0.65 && steps.length > 0) return callStep(observation, random.pick(steps));
        return (kind < 0.75 ? refusedStep(observation, random) : null) ?? earlyEnd(observation, random);
      },
      follow() {},
    };
  },
};

/** A step that the rules refuse; null where the first two numbers allow everything. */
function refusedStep(observation: Observation, random: Random): Action | null {
  const [left, right] = random.shuffle(valuesOf(observation));
  if (left === undefined || right === undefined) return null;
  const operation = random.shuffle(OPERATIONS).find((each) => combine(each, left, right) === null);
  return operation === undefined ? null : callStep(observation, { operation, left, right });
}

/** Gives an answer whatever it is worth: a number on the table, the goal's own, none. */
function earlyEnd(observation: Observation, random: Random): Action {
  const kind = random.uniform();
  const goal = observation.targets.find(({ role }) => role === 'goal');
  if (kind < 0.65) return { kind: 'answer', source: random.pick(numbersOf(observation)).reference };
  if (kind < 0.8 && goal) return { kind: 'answer', source: goal.reference };
  return { kind: kind < 0.95 ? 'done' : 'abstain' };
}
