/** Small families about comparing: a filled form against the paper, a row that the goal names, the number of rows. */
import type { FieldItem, Line, Plan, Run, Wanted } from '../plan.ts';
import type { Universe } from '../universe.ts';
import { makeCode, makeText } from '../values.ts';
import type { ValueKind } from '../words/index.ts';
import { makeButtons, makeChrome, NO_FAULTS } from './chrome.ts';
import { planEntry } from './entry.ts';

/** Everything is entered already; one button says that it agrees with the paper, the other one that it doesn't. */
export function planCheck(universe: Universe): Plan {
  const { random, level } = universe;
  const fields = 1 + random.below(2 + Math.round(2 * level));
  const plan = planEntry(universe, {
    family: 'check',
    stop: 'none',
    table: 'never',
    pages: 1,
    lists: 0,
    fields,
    decoys: 1 + random.below(3 + Math.round(5 * level)),
  });
  const agrees = random.below(2) === 0;
  const wrongAt = random.below(fields);
  const form = plan.form
    .filter((item): item is FieldItem => item.kind === 'field')
    .map((item, i): FieldItem => {
      const held = item.wanted?.held ?? '';
      return { ...item, wanted: null, initial: agrees || i !== wrongAt ? held : otherThan(universe, held, item.wanted?.kind ?? 'code') };
    });
  const buttons = [
    { key: 'agrees', label: universe.word('agrees', false), status: universe.word('saved') },
    { key: 'differs', label: universe.word('differs', false), status: universe.phrase(2) },
  ];
  return { ...plan, form, buttons: random.shuffle(buttons), save: agrees ? 'agrees' : 'differs', question: null };
}

function otherThan(universe: Universe, held: string, kind: ValueKind): string {
  for (;;) {
    const other = universe.value(kind).held;
    if (other !== held) return other;
  }
}

interface Table {
  readonly head: Line;
  readonly rows: readonly Line[];
  readonly labels: readonly string[];
  readonly wanted: readonly (readonly Wanted[])[];
}

/** A table of codes and values without sums. */
function makeTable(universe: Universe, rows: number): Table {
  const { random } = universe;
  const kinds: ValueKind[] = ['code', ...random.shuffle<ValueKind>(['date', 'amount', 'integer', 'text']).slice(0, 1 + random.below(3))];
  const names = kinds.map((kind) => universe.name(kind));
  const codes = new Set<string>();
  const make = random.below(2) === 0 ? (): string => makeCode(random) : (): string => makeText(random, universe.paperTongue);
  while (codes.size < rows) codes.add(make());
  const cells = [...codes].map((code, row) =>
    kinds.map((kind, at): { readonly run: Run; readonly wanted: Wanted } => {
      const id = `${at}/${row}`;
      const value = at === 0 ? { printed: code, held: code } : universe.value(kind);
      return {
        run: { text: value.printed, id, kind },
        wanted: { source: id, held: value.held, kind, ...('as' in value && value.as !== undefined ? { as: value.as } : {}) },
      };
    }),
  );
  return {
    head: names.map(({ printed }) => ({ text: printed.replace(/\s?:$/u, '') })),
    rows: cells.map((row) => row.map(({ run }) => run)),
    labels: names.map(({ form }) => form),
    wanted: cells.map((row) => row.map(({ wanted }) => wanted)),
  };
}

/** The goal names a row; its other cells are wanted. */
export function planLookUp(universe: Universe): Plan {
  const { random, level } = universe;
  const table = makeTable(universe, 2 + random.below(3 + Math.round(9 * level)));
  const row = random.below(table.rows.length);
  const wanted = table.wanted[row] ?? [];
  const buttons = makeButtons(universe, random.below(2));
  const fields = wanted
    .slice(1)
    .map((each, i): FieldItem => ({ kind: 'field', key: `field/${i}`, label: table.labels[i + 1] ?? '', wanted: each }));
  const chrome = makeChrome(universe, { family: 'look-up', pages: 1 });
  return {
    ...chrome,
    goal: [...chrome.goal.map(({ text }) => ({ text: text.replace(/\.$/u, ': ') })), { text: wanted[0]?.held ?? '', key: 'row' }],
    pages: [[...proseLines(universe), table.head, ...table.rows, ...proseLines(universe)]],
    form: random.shuffle(fields),
    buttons: buttons.all,
    save: buttons.save,
    faults: NO_FAULTS,
    end: { kind: 'save' },
  };
}

/** The number of the paper's rows is to be chosen. */
export function planCount(universe: Universe): Plan {
  const { random, level } = universe;
  const most = 4 + Math.round(4 * level);
  const count = 1 + random.below(most);
  const table = makeTable(universe, count);
  const buttons = makeButtons(universe, random.below(2));
  const isNumbered = random.below(2) === 0;
  const rows = isNumbered ? table.rows.map((row, i): Line => [{ text: String(i + 1) }, ...row]) : table.rows;
  return {
    ...makeChrome(universe, { family: 'count', pages: 1 }),
    pages: [[...proseLines(universe), isNumbered ? [{ text: '#' }, ...table.head] : table.head, ...rows, ...proseLines(universe)]],
    form: [
      {
        kind: 'list',
        key: 'list/count',
        label: universe.word('count', false),
        options: Array.from({ length: most }, (_, i) => String(i + 1)),
        initial: '',
        wanted: String(count),
      },
    ],
    buttons: buttons.all,
    save: buttons.save,
    faults: NO_FAULTS,
    end: { kind: 'save' },
  };
}

function proseLines(universe: Universe): Line[] {
  const { random, level } = universe;
  return Array.from({ length: Math.round(level * random.below(4)) }, () => [{ text: universe.prose(1 + random.below(4)) }]);
}
