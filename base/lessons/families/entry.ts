/**
 * The main family: a document and a form, values to be copied by what they are called. With options, tables that grow, remarks, several pages, values that are missing.
 *
 * One parameter record says what may occur; the small families of document work are this one with other parameters.
 */
import { type Entry, layOut, type Sheet } from '../paper.ts';
import type { FieldItem, FormItem, ListItem, Page, Plan, Run, Stop, Wanted } from '../plan.ts';
import type { Named, Universe } from '../universe.ts';
import { tellingDate, type Value } from '../values.ts';
import { VALUE_KINDS, type ValueKind } from '../words/index.ts';
import { type Choices, makeChoices } from './choices.ts';
import { makeButtons, makeChrome, NO_FAULTS } from './chrome.ts';
import { makeGoods } from './goods.ts';

export interface EntryOptions {
  readonly family: string;
  /** Whether the work stops short, and why. */
  readonly stop: 'none' | 'absent' | 'remark-ask' | 'remark-press' | 'sum-press';
  readonly table: 'never' | 'sometimes' | 'always';
  readonly pages: number;
  readonly lists: number;
  readonly fields: number;
  /** Labelled values that nobody asks for. */
  readonly decoys: number;
}

interface Thing extends Named {
  readonly id: string;
  readonly value: Value;
}

export function planEntry(universe: Universe, options: EntryOptions): Plan {
  const { random } = universe;
  const things = makeThings(universe, options.fields, 'f');
  const decoys = makeDecoys(universe, things, options.decoys);
  const choices = makeChoices(universe, options.lists);
  const hasTable =
    options.table === 'always' ||
    options.stop === 'sum-press' ||
    (options.table === 'sometimes' && random.below(100) < 55 * universe.level + 4);
  const goods = hasTable ? makeGoods(universe, options) : null;

  const sums =
    goods === null ? [] : goods.totals.filter(({ isOnForm }) => isOnForm).map(({ named, value, id }) => ({ ...named, id, value }));
  const stopAt = options.stop === 'absent' || options.stop.startsWith('remark') ? random.below(things.length) : -1;
  const other = random.below(universe.level > 0.3 ? 3 : 2);
  const buttons = makeButtons(universe, options.stop === 'remark-press' || options.stop === 'sum-press' ? Math.max(1, other) : other);
  const flag = random.pick(
    buttons.all.filter(({ key }) => key !== buttons.save).length > 0 ? buttons.all.filter(({ key }) => key !== buttons.save) : buttons.all,
  );
  // Where there is nothing else to press, the remark is about nothing on the screen.
  const flagWords = flag.key === buttons.save ? universe.phrase(1) : flag.label;
  const stop: Stop = options.stop === 'remark-ask' || options.stop === 'absent' ? { kind: 'ask' } : { kind: 'press', button: flag.key };

  const fields = things.map((thing, i): FieldItem => {
    const item: FieldItem = { kind: 'field', key: `field/${thing.id}`, label: thing.form, wanted: wantedOf(thing) };
    // Some fields hold something already: the right value, or one to be overwritten.
    const isHeld = options.stop === 'none' && random.uniform() < 0.05 * universe.level;
    if (isHeld) return { ...item, initial: random.below(2) === 0 ? thing.value.held : universe.value(thing.kind).held };
    if (i !== stopAt) return item;
    if (options.stop === 'absent') return { ...item, wanted: null, isAbsent: true };
    const text =
      options.stop === 'remark-ask'
        ? `${thing.form} ${universe.phrase(1 + random.below(3)).toLowerCase()}`
        : remarkLike(universe, flagWords);
    return { ...item, remark: { text, stop } };
  });
  const form = arrange(universe, {
    fields,
    lists: choices.lists,
    table:
      goods === null
        ? null
        : {
            ...goods.item,
            ...(goods.expected === null ? {} : { expected: { minor: goods.expected, remark: remarkLike(universe, flagWords), stop } }),
          },
    sums: sums.map((sum): FieldItem => ({ kind: 'field', key: `field/${sum.id}`, label: sum.form, wanted: wantedOf(sum) })),
  });

  const printed = things.filter((_, i) => !(options.stop === 'absent' && i === stopAt)).map(entryOf);
  const pages = makePages(universe, {
    options,
    entries: [...printed, ...decoys.map(entryOf)],
    choices,
    sheet: goods?.sheet ?? null,
    totals: (goods?.totals ?? []).map(({ named, value, id }) => entryOf({ ...named, value, id })),
  });
  const end: Plan['end'] = options.stop === 'none' ? { kind: 'save' } : stop;
  return {
    ...makeChrome(universe, { family: options.family, pages: pages.length }),
    pages,
    form,
    buttons: buttons.all,
    save: buttons.save,
    faults: NO_FAULTS,
    end,
  };
}

/** Kinds of values, with the likelihood of a second one that looks like the first. */
function makeThings(universe: Universe, count: number, prefix: string): Thing[] {
  const { random } = universe;
  const kinds: ValueKind[] = [];
  while (kinds.length < count) {
    const kind = random.below(3) === 0 && kinds.length > 0 ? random.pick(kinds) : random.pick(WEIGHTED_KINDS);
    kinds.push(kind);
  }
  return kinds.map((kind, i) => ({ ...universe.name(kind), id: `${prefix}${i}`, value: universe.value(kind) }));
}

const WEIGHTED_KINDS: readonly ValueKind[] = [
  'date',
  'date',
  'date',
  'amount',
  'amount',
  'code',
  'code',
  'code',
  'account',
  'integer',
  'text',
  'text',
];

/** Most of them look like something that is wanted, so that only the label tells which is meant. */
function makeDecoys(universe: Universe, things: readonly Thing[], count: number): Thing[] {
  const { random, style } = universe;
  const decoys = Array.from({ length: count }, (_, i): Thing => {
    const kind = random.below(4) > 0 && things.length > 0 ? random.pick(things).kind : random.pick(VALUE_KINDS);
    return { ...universe.name(kind), id: `d${i}`, value: universe.value(kind) };
  });
  const hasDates = [...things, ...decoys].some(({ kind }) => kind === 'date');
  const isOpen = style.date === 'us' || style.date === 'slashes' || style.date === 'dashes';
  return hasDates && isOpen ? [...decoys, { ...universe.name('date'), id: 'dt', value: tellingDate(style, random) }] : decoys;
}

const wantedOf = ({ id, value, kind }: Thing): Wanted => ({
  source: id,
  held: value.held,
  kind,
  ...(value.as === undefined ? {} : { as: value.as }),
});

const runOf = ({ id, value, kind }: Thing): Run => ({ text: value.printed, id, kind });
const entryOf = (thing: Thing): Entry => ({
  label: thing.printed,
  value: runOf(thing),
  // Copied as it stands, a label would be copied with it; a label with a number in it would be read as one.
  isReadable: (thing.kind === 'amount' || thing.kind === 'date') && !/\d/u.test(thing.printed),
});

/** A remark that shares words with what is to be pressed. */
function remarkLike(universe: Universe, label: string): string {
  const { random } = universe;
  const word = label.split(' ').reduce((best, each) => (each.length > best.length ? each : best), '');
  return random.below(2) === 0
    ? `${universe.phrase(1)} ${word.toLowerCase()}`
    : `${word} ${universe.phrase(1 + random.below(2)).toLowerCase()}`;
}

interface FormParts {
  readonly fields: readonly FieldItem[];
  readonly lists: readonly ListItem[];
  readonly table: FormItem | null;
  readonly sums: readonly FieldItem[];
}

/** Fields and lists shuffled, the table somewhere behind the middle, sums mostly behind it, headings between. */
function arrange(universe: Universe, { fields, lists, table, sums }: FormParts): FormItem[] {
  const { random } = universe;
  const dependent = lists.filter(({ after }) => after !== undefined);
  const items: FormItem[] = random.shuffle<FormItem>([...fields, ...lists.filter(({ after }) => after === undefined)]);
  for (const list of dependent) {
    const at = items.findIndex((item) => item.kind === 'list' && item.key === list.after);
    items.splice(at + 1 + random.below(items.length - at), 0, list);
  }
  const middle = Math.ceil(items.length * (0.3 + 0.7 * random.uniform()));
  const ordered =
    table === null ? [...items, ...sums] : [...items.slice(0, middle), table, ...random.shuffle([...items.slice(middle), ...sums])];
  const legal = keepOrder(ordered);
  if (random.below(2) === 0 || universe.level < 0.2) return legal;
  return legal.flatMap((item, i): FormItem[] =>
    i % 4 === 0 && random.below(3) > 0 ? [{ kind: 'heading', text: universe.phrase(1 + random.below(2)) }, item] : [item],
  );
}

/** A list that depends on another stands behind it. */
function keepOrder(items: readonly FormItem[]): FormItem[] {
  const out: FormItem[] = [];
  const late: ListItem[] = [];
  const isThere = (key: string): boolean => out.some((item) => item.kind === 'list' && item.key === key);
  for (const item of items) {
    if (item.kind === 'list' && item.after !== undefined && !isThere(item.after)) late.push(item);
    else out.push(item);
  }
  return [...out, ...late];
}

interface PagesParts {
  readonly options: EntryOptions;
  readonly entries: readonly Entry[];
  readonly choices: Choices;
  readonly sheet: Sheet | null;
  readonly totals: readonly Entry[];
}

function makePages(universe: Universe, { options, entries, choices, sheet, totals }: PagesParts): Page[] {
  const { random, level } = universe;
  const all = random.shuffle([...entries, ...choices.entries]);
  const below = level < 0.15 ? 0 : random.below(Math.max(1, Math.floor(all.length / 2)));
  const size = level * (0.4 + 0.6 * random.uniform());
  const sender = choices.sender ?? (level > 0.1 ? universe.party() : null);
  const address = (): string[] => [universe.street(), universe.place()].slice(0, 1 + random.below(2));
  return layOut(
    {
      letterhead: sender === null ? [] : [sender, ...(size > 0.3 ? address() : [])],
      addressee:
        size > 0.35 && random.below(4) > 0 ? [...(random.below(2) === 0 ? [universe.prose(1)] : []), universe.party(), ...address()] : [],
      title: choices.title ?? (random.below(3) > 0 ? universe.prose(1 + random.below(2)) : ''),
      entries: all.slice(below),
      sheet,
      totals,
      notes: Array.from({ length: Math.round(size * random.below(4)) }, () => `${universe.prose(3 + random.below(4))}.`),
      footer: all.slice(0, below),
      shapes:
        level < 0.06 ? ['side', 'side', 'one'] : level < 0.15 ? ['side', 'side', 'stack', 'one'] : ['side', 'side', 'stack', 'grid', 'one'],
      pages: options.pages,
      carried: random.below(2) === 0 ? () => [{ text: universe.prose(1) }, { text: universe.value('amount').printed }] : null,
      counter:
        options.pages > 1 || random.below(3) === 0
          ? `${universe.word('page')} {at}${random.pick(['/', ` ${universe.word('of').toLowerCase()} `])}{of}`
          : '',
    },
    random,
  );
}

/** The parameters of one lesson of the main family. */
export function mainOptions(universe: Universe): EntryOptions {
  const { random, level } = universe;
  const size = level * (0.35 + 0.65 * random.uniform());
  return {
    family: 'entry',
    stop: 'none',
    table: 'sometimes',
    pages: random.below(100) < 14 * level ? 2 + (random.below(5) === 0 ? 1 : 0) : 1,
    lists: level < 0.05 ? Math.floor(random.below(4) / 3) : random.below(2 + Math.round(2 * size)),
    fields: 2 + Math.round(random.below(2) + size * (2 + random.below(5))),
    decoys: 1 + Math.round(random.below(2 + Math.round(level)) + size * (3 + random.below(12))),
  };
}
