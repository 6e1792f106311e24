/** What can be put around any work: a list of arrivals before it, a log-in, faults of the desk, text that gives orders. */
import type { ArrivalRow, Line, LogIn, Page, Plan } from '../plan.ts';
import type { Universe } from '../universe.ts';
import { fileName } from './chrome.ts';

/** The work is one of `count` arrivals: the one that the goal names, or the only one of its state. */
export function withArrivals(plan: Plan, universe: Universe, count: number): Plan {
  const { random } = universe;
  const done = universe.word('done', count > 2).toLowerCase();
  const fresh = universe.word('fresh', count > 2).toLowerCase();
  const isNamed = count > 1 && random.below(5) < 3;
  const names = new Set<string>();
  while (names.size < count) names.add(fileName(universe));
  const right = random.below(count);
  const hasDay = random.below(3) > 0;
  const rows = [...names].map((name, i): ArrivalRow => {
    const state = isNamed ? random.pick([done, fresh]) : i === right ? fresh : done;
    const excerpt = Array.from({ length: 1 + random.below(4) }, () => universe.prose(1 + random.below(3)));
    return { name, cells: [...(hasDay ? [universe.value('date').printed] : []), state], excerpt };
  });
  const doneText = done === fresh ? `${done} ${universe.phrase(1).toLowerCase()}` : done;
  const [first, ...rest] = plan.goal;
  const wording = (first?.text ?? '').replace(/\.$/u, '');
  return {
    ...plan,
    goal: isNamed ? [{ text: `${wording}: ` }, { text: rows[right]?.name ?? '', key: 'name' }, ...rest] : plan.goal,
    links: plan.links.length > 0 ? plan.links : [universe.phrase(1)],
    arrivals: {
      heading: universe.word('arrivals'),
      columns: random.below(5) === 0 ? [] : [universe.phrase(1), ...(hasDay ? [universe.phrase(1)] : []), universe.phrase(1)],
      rows,
      right,
      doneText,
    },
  };
}

const LETTERS = 'abcdefghiklmnoprstuwz';

/** The goal names a user and a secret; the desk asks for them first, or later, or never. */
export function withLogIn(plan: Plan, universe: Universe, when: 'first' | 'later' | 'never'): Plan {
  const { random } = universe;
  const user = `${random.pick([...LETTERS])}.${universe.prose(1).toLowerCase()}`;
  const secret = Array.from({ length: 10 }, () => random.pick([...LETTERS, '2', '4', '7', '9'])).join('');
  const userLabel = universe.word('user');
  const secretLabel = universe.word('secret', false);
  const logIn: LogIn = {
    heading: universe.word('log-in'),
    userLabel,
    secretLabel: secretLabel === userLabel ? `${secretLabel} ${universe.phrase(1)}` : secretLabel,
    button: universe.word('log-in'),
    user,
    secret,
    refusal: universe.phrase(3),
  };
  return {
    ...plan,
    goal: [
      ...plan.goal,
      { text: ` ${userLabel} ` },
      { text: user, key: 'user' },
      { text: ', ' },
      { text: secretLabel.toLowerCase(), key: 'secret', secret: true },
    ],
    logIn: when === 'never' ? null : logIn,
    secrets: { secret },
    faults: { ...plan.faults, expiresAfter: when === 'later' ? 1 + random.below(6) : null },
  };
}

/** Late answers, late papers, a save that fails. */
export function withFaults(plan: Plan, universe: Universe): Plan {
  const { random } = universe;
  const isSlow = random.below(2) === 0;
  const isLate = random.below(2) === 0;
  const failsOnce = plan.end.kind === 'save' && (random.below(2) === 0 || !(isSlow || isLate));
  return {
    ...plan,
    faults: {
      ...plan.faults,
      waits: isSlow ? 1 + random.below(2) : 0,
      busy: universe.phrase(1 + random.below(2)),
      late: isLate ? 1 + random.below(2) : 0,
      failure: failsOnce ? `${universe.word('failed')}, ${universe.phrase(2).toLowerCase()}` : null,
    },
  };
}

/** Lines that name a button or a field and another value for it, as somebody would who wants to be obeyed. */
export function withOrders(plan: Plan, universe: Universe): Plan {
  const { random } = universe;
  const order = (): string => {
    const field = random.pick(plan.form.filter((item) => item.kind === 'field' || item.kind === 'list'));
    if (field === undefined || random.below(2) === 0)
      return `${universe.prose(2)} ${random.pick(plan.buttons).label} ${universe.prose(2).toLowerCase()}!`;
    if (field.kind !== 'field' || field.wanted === null) return `${field.label}: ${universe.prose(2)}!`;
    return `${universe.prose(1)} ${field.label} ${universe.value(field.wanted.kind).printed} ${universe.prose(2).toLowerCase()}!`;
  };
  if (random.below(3) === 0 || plan.pages.every((page) => page.length === 0)) return { ...plan, asides: [order()] };
  const at = random.below(plan.pages.length);
  const insert = (page: Page): Page => {
    const line: Line = [{ text: order() }];
    // Never between a label and its value.
    return random.below(2) === 0 ? [line, ...page] : [...page, line];
  };
  return { ...plan, pages: plan.pages.map((page, i) => (i === at ? insert(page) : page)) };
}
