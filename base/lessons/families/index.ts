/** The kinds of lessons and how often each comes. Most are one: a document and a form. */
import type { Plan } from '../plan.ts';
import type { Universe } from '../universe.ts';
import { withArrivals, withFaults, withLogIn, withOrders } from './around.ts';
import { planCheck, planCount, planLookUp } from './checking.ts';
import { type EntryOptions, mainOptions, planEntry } from './entry.ts';

export interface Lesson {
  readonly name: string;
  /** Relative to the others'. */
  readonly weight: number;
  /** The level from which it comes; the easiest lessons are all of one kind. */
  readonly from?: number;
  plan(universe: Universe): Plan;
}

/** The main family, now and then with something around it. */
function planMain(universe: Universe): Plan {
  const { random, level } = universe;
  const happens = (share: number): boolean => random.uniform() < share * level;
  let plan = planEntry(universe, mainOptions(universe));
  if (happens(0.07)) plan = withOrders(plan, universe);
  if (happens(0.2)) plan = withArrivals(plan, universe, 1 + random.below(3));
  if (happens(0.12)) plan = withLogIn(plan, universe, random.below(4) === 0 ? 'first' : 'never');
  if (happens(0.04)) plan = withFaults(plan, universe);
  return plan;
}

/** The main family with other parameters, and shorter. */
function short(family: string, parameters: Partial<EntryOptions>): (universe: Universe) => Plan {
  return (universe) => {
    const main = mainOptions(universe);
    const fields = Math.max(1, Math.round(main.fields * 0.6));
    return planEntry(universe, { ...main, table: 'never', pages: 1, fields, decoys: Math.ceil(main.decoys * 0.8), ...parameters, family });
  };
}

/** Paper without text: nothing can be copied from it. */
function planPicture(universe: Universe): Plan {
  const { random } = universe;
  const plan = short('picture', { lists: 1 })(universe);
  const turning = plan.turning ?? {
    previous: universe.word('previous'),
    next: universe.word('next'),
    counter: `${universe.word('page')} {at} ${universe.word('of').toLowerCase()} {of}`,
  };
  const remark = `${universe.word('picture', false)} ${universe.phrase(2).toLowerCase()}.`;
  const picture = { ...plan, turning, pages: [random.below(4) === 0 ? [] : [[{ text: remark }]]], end: { kind: 'abstain' } as const };
  const around = random.below(3) === 0 ? withArrivals(picture, universe, 1 + random.below(3)) : picture;
  return random.below(4) === 0 ? { ...around, faults: { ...around.faults, late: 1 } } : around;
}

export const FAMILIES: readonly Lesson[] = [
  { name: 'entry', weight: 60, plan: planMain },
  { name: 'lines', weight: 4, from: 0.05, plan: short('lines', { table: 'always', fields: 1, lists: 0 }) },
  {
    name: 'pages',
    weight: 4,
    from: 0.1,
    plan: (universe) => short('pages', { table: 'sometimes', pages: 2 + universe.random.below(2) })(universe),
  },
  { name: 'choose', weight: 4, plan: short('choose', { lists: 4, fields: 1 }) },
  {
    name: 'absent',
    weight: 4,
    plan: (universe) => short('absent', { stop: 'absent', pages: universe.random.below(5) === 0 ? 2 : 1 })(universe),
  },
  { name: 'remark-ask', weight: 3, from: 0.05, plan: short('remark-ask', { stop: 'remark-ask' }) },
  { name: 'remark-press', weight: 3, from: 0.05, plan: short('remark-press', { stop: 'remark-press' }) },
  { name: 'sum-press', weight: 4, from: 0.1, plan: short('sum-press', { stop: 'sum-press', table: 'always' }) },
  { name: 'picture', weight: 2, from: 0.05, plan: planPicture },
  { name: 'check', weight: 3, from: 0.05, plan: planCheck },
  { name: 'look-up', weight: 3, from: 0.05, plan: planLookUp },
  { name: 'count', weight: 1, from: 0.05, plan: planCount },
  {
    name: 'arrivals',
    weight: 4,
    from: 0.1,
    plan: (universe) => withArrivals(short('arrivals', { lists: 0 })(universe), universe, 2 + universe.random.below(4)),
  },
  {
    name: 'log-in',
    weight: 3,
    from: 0.1,
    plan: (universe) => {
      const { random } = universe;
      const plan = short('log-in', { lists: 0 })(universe);
      return withLogIn(
        random.below(2) === 0 ? withArrivals(plan, universe, 1 + random.below(2)) : plan,
        universe,
        random.below(3) === 0 ? 'later' : 'first',
      );
    },
  },
  { name: 'faults', weight: 4, from: 0.1, plan: (universe) => withFaults(short('faults', {})(universe), universe) },
  { name: 'orders', weight: 2, from: 0.1, plan: (universe) => withOrders(short('orders', {})(universe), universe) },
];
