/**
 * What a person did, as it can be done again: a typed action that names elements by what they show. A script of steps plays in another run of the task.
 */
import type { Action, Key, Normaliser, Observation } from '../../records/index.ts';
import { GymError } from '../errors.ts';
import type { Expert } from '../expert.ts';
import { type Description, findDescribed, nameOf } from './description.ts';

export type Step =
  | { readonly kind: 'click' | 'clear'; readonly target: Description }
  | { readonly kind: 'fill'; readonly target: Description; readonly source: Description; readonly as?: Normaliser }
  | { readonly kind: 'type'; readonly target: Description; readonly text: string }
  | { readonly kind: 'select'; readonly target: Description; readonly source: Description }
  | { readonly kind: 'press'; readonly key: Key }
  | { readonly kind: 'drag'; readonly target: Description; readonly to: Description }
  | { readonly kind: 'answer'; readonly source: Description }
  | { readonly kind: 'answer'; readonly text: string }
  | { readonly kind: 'ask'; readonly about?: Description }
  | { readonly kind: 'done' | 'abstain' };

export interface ScriptOptions {
  /** Whether the gym lets one wait: a person works more slowly than a script, and some things only come after a while. */
  readonly canWait: boolean;
}

/** Waits in a row, for what a step names to come. */
const MOST_WAITS = 3;

/** The expert that does `steps` one after another. It throws `GymError` where one names what isn't on the screen and doesn't come. */
export function scriptedExpert(steps: readonly Step[], { canWait }: ScriptOptions): Expert {
  const mistakes = findMistakes(steps);
  let next = 0;
  let waits = 0;
  return {
    next(observation) {
      const step = steps[next];
      if (!step) throw new GymError({ operation: 'replay', got: 'no further step', expected: 'an episode that has ended by now' });
      if (canWait && waits < MOST_WAITS && !namedBy(step).every((named) => findDescribed(named, observation.targets))) {
        waits++;
        return { action: { kind: 'wait' } };
      }
      waits = 0;
      const mistake = mistakes.has(next++);
      const action = actionOf(step, observation);
      return mistake ? { action, mistake } : { action };
    },
  };
}

export function actionOf(step: Step, { targets }: Observation): Action {
  const find = (description: Description): number => {
    const found = findDescribed(description, targets);
    if (found) return found.reference;
    throw new GymError({
      operation: `replay '${step.kind}'`,
      got: `a screen without ${nameOf(description)}`,
      expected: 'what was there before',
    });
  };
  switch (step.kind) {
    case 'click':
    case 'clear':
      return { kind: step.kind, target: find(step.target) };
    case 'fill':
      return { ...step, target: find(step.target), source: find(step.source) };
    case 'type':
      return { ...step, target: find(step.target) };
    case 'select':
      return { kind: 'select', target: find(step.target), source: find(step.source) };
    case 'drag':
      return { kind: 'drag', target: find(step.target), to: find(step.to) };
    case 'answer':
      return 'source' in step ? { kind: 'answer', source: find(step.source) } : step;
    case 'ask':
      return step.about === undefined ? { kind: 'ask' } : { kind: 'ask', about: find(step.about) };
    case 'press':
    case 'done':
    case 'abstain':
      return step;
  }
}

const namedBy = (step: Step): readonly Description[] => [
  ...('target' in step ? [step.target] : []),
  ...('source' in step ? [step.source] : []),
  ...('to' in step ? [step.to] : []),
];

/** Steps that put something into a field which a later step puts right, nothing having been pressed in between: not to be imitated. */
function findMistakes(steps: readonly Step[]): ReadonlySet<number> {
  const mistakes = new Set<number>();
  const put = new Map<string, { readonly index: number; readonly step: Step }>();
  for (const [index, step] of steps.entries()) {
    switch (step.kind) {
      case 'fill':
      case 'type':
      case 'select':
      case 'clear': {
        const { role, name, ordinal } = step.target;
        const field = JSON.stringify([role, name, ordinal]);
        const before = put.get(field);
        if (before && JSON.stringify(before.step) !== JSON.stringify(step)) mistakes.add(before.index);
        put.set(field, { index, step });
        break;
      }
      case 'click':
        // Ticking a box sends nothing off.
        if (step.target.role !== 'check' && step.target.role !== 'checkbox' && step.target.role !== 'radio') put.clear();
        break;
      default:
        put.clear();
    }
  }
  return mistakes;
}
