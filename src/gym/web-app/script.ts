/**
 * A scripted player from steps that name what they want by the words on the screen: the quickest way to an expert and to its impostors.
 *
 * It sees what a policy sees. What it looks for and doesn't find is thrown, with what is there: a script is code, and that is its stack trace.
 */
import type { Action, Key, Normaliser, Observation, Offer, Target } from '../../records/index.ts';
import { GymError } from '../errors.ts';
import type { Expert, ExpertOptions } from '../expert.ts';

export interface Step {
  act(observation: Observation): Action;
  /** A wrong way of doing the same that doing it right makes good; null where there is none now. */
  slip?(observation: Observation, options: ExpertOptions): Action | null;
}

export interface StepOptions {
  /** Looks only below this text: for a button that every row has. */
  readonly after?: string;
}

/** Copies `text`, from wherever it stands in the goal or on the screen, into a field. */
export function fill(field: string, text: string, options: StepOptions & { readonly as?: Normaliser } = {}): Step {
  const as = options.as === undefined ? {} : { as: options.as };
  const action = (observation: Observation, source: Target): Action => {
    return { kind: 'fill', target: find(observation, 'fill', field, options).reference, source: source.reference, ...as };
  };
  return {
    act: (observation) => action(observation, findText(observation, text)),
    slip(observation, { random }) {
      const others = observation.targets.filter((target) => target.role === 'goal' && target.text !== text);
      return others.length === 0 ? null : action(observation, random.pick(others));
    },
  };
}

/** Puts the player's own words into a field. */
export function typeText(field: string, text: string, options: StepOptions = {}): Step {
  return { act: (observation) => ({ kind: 'type', target: find(observation, 'fill', field, options).reference, text }) };
}

export function clear(field: string, options: StepOptions = {}): Step {
  return { act: (observation) => ({ kind: 'clear', target: find(observation, 'fill', field, options).reference }) };
}

/** Chooses the option that reads `text`, from wherever that stands. */
export function select(list: string, text: string, options: StepOptions = {}): Step {
  return {
    act(observation) {
      const option = observation.targets.find(({ offers, name }) => offers.includes('option') && name === text);
      const source = option ?? findText(observation, text);
      return { kind: 'select', target: find(observation, 'select', list, options).reference, source: source.reference };
    },
    slip(observation, { random }) {
      const target = find(observation, 'select', list, options);
      const i = observation.targets.indexOf(target);
      const rest = observation.targets.slice(i + 1);
      const end = rest.findIndex(({ offers }) => !offers.includes('option'));
      const others = rest.slice(0, end === -1 ? rest.length : end).filter(({ name }) => name !== text && name !== '');
      return others.length === 0 ? null : { kind: 'select', target: target.reference, source: random.pick(others).reference };
    },
  };
}

export function click(name: string, options: StepOptions = {}): Step {
  return { act: (observation) => ({ kind: 'click', target: find(observation, 'click', name, options).reference }) };
}

export function press(key: Key): Step {
  return { act: () => ({ kind: 'press', key }) };
}

/** Gives `text`, which must stand somewhere, as the answer; ends the episode. */
export function answer(text: string): Step {
  return { act: (observation) => ({ kind: 'answer', source: findText(observation, text).reference }) };
}

/** Asks about what reads `text`, or about the whole; ends the episode. */
export function ask(text?: string): Step {
  return { act: (observation) => ({ kind: 'ask', ...(text === undefined ? {} : { about: findText(observation, text).reference }) }) };
}

/** Hands the task over; ends the episode. */
export const abstain: Step = { act: () => ({ kind: 'abstain' }) };
/** Says that the task is finished: what every script does when its steps are used up. */
export const done: Step = { act: () => ({ kind: 'done' }) };

/** Most mistakes in an episode, so that its steps suffice. */
const MOST_MISTAKES = 4;

/** Plays the steps in turn, then says that it has finished. A mistake is made in place of a step, which then follows. */
export function playScript(steps: readonly Step[], options: ExpertOptions): Expert {
  const { random, mistakes = 0 } = options;
  let i = 0;
  let made = 0;
  return {
    next(observation) {
      const step = steps[i] ?? done;
      const slip = made < MOST_MISTAKES && mistakes > 0 && random.uniform() < mistakes ? step.slip?.(observation, options) : undefined;
      if (slip) {
        made++;
        return { action: slip, mistake: true };
      }
      i++;
      return { action: step.act(observation) };
    },
  };
}

/** What the player looks for: offers it, reads exactly so; the first one, where several do. */
function find(observation: Observation, offer: Offer, name: string, { after }: StepOptions): Target {
  const { targets } = observation;
  const from = after === undefined ? 0 : targets.findIndex((target) => target.role !== 'goal' && shows(target, after)) + 1;
  if (after !== undefined && from === 0) throw notFound(observation, `a text '${after}'`);
  const found = targets.slice(from).find((target) => target.offers.includes(offer) && target.name === name);
  if (!found) throw notFound(observation, `'${name}' that offers ${offer}${after === undefined ? '' : ` after '${after}'`}`);
  return found;
}

/** The goal's first, in the order of targets. */
function findText(observation: Observation, text: string): Target {
  const found = observation.targets.find((target) => target.offers.includes('copy') && shows(target, text));
  if (!found) throw notFound(observation, `the text '${text}' in the goal or on the screen`);
  return found;
}

const shows = ({ text, name }: Target, wanted: string): boolean => text === wanted || name === wanted;

function notFound({ targets, pieces }: Observation, wanted: string): GymError {
  const there = targets.map(({ role, name, value, offers }) => `${role} '${name || value || ''}' (${offers.join(', ')})`);
  const notice = pieces.findIndex((piece) => piece.kind === 'word' && piece.word === 'notice');
  const said = pieces[notice + 1];
  return new GymError({
    operation: 'play a script',
    got: `a screen with ${there.slice(0, 40).join('; ') || 'nothing'}${notice >= 0 && said?.kind === 'text' ? ` and the notice '${said.text}'` : ''}`,
    expected: wanted,
    fix: 'spell the step as the screen does',
  });
}
