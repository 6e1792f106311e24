/** Fresh tasks for the to-do list: what is on it already, and what shall be added. */
import { type GoalPart, goalText, type Random, type Split } from '../../../../src/gym/index.ts';

export interface Item {
  readonly title: string;
  /** ISO 8601. */
  readonly due: string;
  readonly done: number;
}

export interface Data {
  readonly title: string;
  /** As people write it: 3 March 2026. */
  readonly due: string;
  /** ISO 8601. */
  readonly dueIso: string;
  readonly others: readonly Item[];
}

const VERBS = ['Call', 'Write to', 'Visit', 'Thank', 'Invoice', 'Remind'];
export const NAMES = {
  base: ['Anna', 'the landlord', 'Mr Okafor', 'the bank', 'Lucia', 'the dentist', 'our printer', 'Grandma'],
  /** For a slice of its own; the exam's are in no task of training. */
  unseen: {
    train: ['the plumber', 'Dr Ahmadi', 'the school', 'Jonas'],
    exam: ['the notary', 'Mrs Silva', 'the museum', 'Ingrid'],
  },
};

/** The validation split belongs to training. */
const half = (split: Split): 'train' | 'exam' => (split === 'exam' ? 'exam' : 'train');

export function generate(random: Random, slice: string, split: Split): Data {
  const names = slice === 'unseen' ? NAMES.unseen[half(split)] : NAMES.base;
  const [own = '', ...rest] = random.shuffle(names);
  const titleOf = (name: string): string => `${random.pick(VERBS)} ${name}`;
  const date = randomDate(random);
  return {
    title: titleOf(own),
    due: `${date.getUTCDate()} ${MONTHS[date.getUTCMonth()]} ${date.getUTCFullYear()}`,
    dueIso: isoOf(date),
    others: rest.slice(0, random.below(4)).map((name) => ({ title: titleOf(name), due: isoOf(randomDate(random)), done: random.below(2) })),
  };
}

export function goal({ title, due }: Data): readonly GoalPart[] {
  return goalText`Add the task ${title}, due on ${due}.`;
}

const MONTHS = 'January February March April May June July August September October November December'.split(' ');
const randomDate = (random: Random): Date => new Date(Date.UTC(2026, random.below(12), 1 + random.below(28)));
const isoOf = (date: Date): string => date.toISOString().slice(0, 10);
