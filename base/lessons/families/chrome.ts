/** What surrounds the work: title, links, turning of pages, wording of the goal, buttons. */
import type { ButtonItem, Faults, Plan } from '../plan.ts';
import type { Universe } from '../universe.ts';
import { makeCode } from '../values.ts';

type Chrome = Pick<
  Plan,
  'family' | 'goal' | 'title' | 'links' | 'leave' | 'logIn' | 'arrivals' | 'heading' | 'turning' | 'asides' | 'remarksAt' | 'question'
>;

export const NO_FAULTS: Faults = { waits: 0, busy: '', failure: null, late: 0, expiresAfter: null };

/** A screen with the work on it from the start. */
export function makeChrome(universe: Universe, { family, pages }: { readonly family: string; readonly pages: number }): Chrome {
  const { random, level } = universe;
  const isFull = random.uniform() < level;
  const links = isFull ? random.below(6) : 0;
  const yes = universe.word('yes');
  const no = universe.word('no');
  return {
    family,
    goal: [{ text: `${universe.phrase(2 + random.below(4))}.` }],
    title: isFull && random.below(3) > 0 ? universe.party() : '',
    links: Array.from({ length: links }, () => universe.phrase(1)),
    leave: links > 0 && random.below(2) === 0 ? universe.word('leave') : null,
    logIn: null,
    arrivals: null,
    heading: random.below(2) === 0 ? fileName(universe) : universe.phrase(1 + random.below(2)),
    turning:
      pages > 1 || random.uniform() < 0.6 * level
        ? {
            previous: universe.word('previous'),
            next: universe.word('next'),
            counter: `${universe.word('page')} {at} ${universe.word('of').toLowerCase()} {of}`,
          }
        : null,
    asides: [],
    remarksAt: random.pick(['beside', 'beside', 'top', 'end'] as const),
    question:
      random.uniform() < 0.08 * level
        ? { text: `${universe.phrase(2)}?`, yes, no: no === yes ? `${no} ${universe.phrase(1)}` : no, isNoFirst: random.below(3) === 0 }
        : null,
  };
}

const SUFFIXES = ['qdf', 'tif', 'xml', 'dok', 'zip'] as const;

/** What a file is called. */
export function fileName(universe: Universe): string {
  const { random } = universe;
  const stem = random.below(4) === 0 ? makeCode(random).replace(/\W+/gu, '') : universe.prose(1).toLowerCase();
  return `${stem}-${1000 + random.below(9000)}.${random.pick(SUFFIXES)}`;
}

export interface Buttons {
  readonly all: readonly ButtonItem[];
  readonly save: string;
}

/** The one that saves, mostly first, and others. */
export function makeButtons(universe: Universe, others: number): Buttons {
  const { random } = universe;
  const save = { key: 'save', label: universe.word('save'), status: universe.word('saved') };
  const rest = Array.from({ length: others }, (_, i) => ({
    key: `other-${i}`,
    label: universe.phrase(1 + random.below(2)),
    status: universe.phrase(2),
  }));
  // Where its name can be known, it may stand anywhere.
  const all = [save, ...rest];
  return { all: universe.isLexical && random.below(4) === 0 ? random.shuffle(all) : all, save: save.key };
}
