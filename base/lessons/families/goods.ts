/**
 * A table of lines on the paper and the table of fields that takes them, with the sums below.
 *
 * Invariant: a line's amount is quantity times price, and the sums are those of the lines.
 */
import type { Sheet } from '../paper.ts';
import type { Line, RowsItem, Run, Wanted } from '../plan.ts';
import type { Named, Universe } from '../universe.ts';
import { amountValue, makeCode, makeText, type Value } from '../values.ts';

export interface Total {
  readonly id: string;
  readonly named: Named;
  readonly value: Value;
  readonly isOnForm: boolean;
}

export interface Goods {
  readonly item: RowsItem;
  readonly sheet: Sheet;
  readonly totals: readonly Total[];
  /** What the form compares the sum with; null where it does not. */
  readonly expected: number | null;
}

interface GoodsLine {
  readonly text: string;
  readonly code: string;
  readonly quantity: number;
  readonly priceMinor: number;
}

export interface GoodsOptions {
  readonly stop: string;
  readonly pages: number;
}

export function makeGoods(universe: Universe, { stop, pages }: GoodsOptions): Goods {
  const { random, level, style } = universe;
  const most = 2 + Math.round(level * 4);
  const count = (pages > 1 ? 2 : 1) + random.below(most);
  const lines = Array.from(
    { length: count },
    (): GoodsLine => ({
      text: makeText(random, universe.paperTongue),
      code: makeCode(random),
      quantity: random.below(3) === 0 ? 1 + random.below(120) : 1 + random.below(12),
      priceMinor: random.below(4) === 0 ? 1000 + random.below(90000) : 100 * (1 + random.below(99)) - random.pick([0, 1, 5, 10, 50]),
    }),
  );
  // Many tables print bare numbers and say the currency below.
  const bare = random.below(5) < 2 ? { ...style.amount, mark: '' } : style.amount;
  const price = (minor: number): Value => amountValue(minor, bare);
  const decimals = random.below(8) === 0 ? `${style.amount.point}00` : '';
  const names = {
    text: universe.name('text'),
    code: universe.name('code'),
    quantity: universe.name('integer'),
    price: universe.name('amount'),
    amount: universe.name('amount'),
  };

  const withCode = random.uniform() < 0.4 * level;
  const takesCode = withCode && random.below(3) === 0;
  const takesText = !takesCode || random.below(2) === 0;
  const columns = random.shuffle<ColumnName>([
    'text',
    'quantity',
    'price',
    'amount',
    ...(withCode ? (['code'] as const) : []),
    ...(random.uniform() < 0.5 * level ? (['count'] as const) : []),
  ]);
  // Most papers count first and sum up last.
  const ordered = random.below(3) === 0 ? columns : [...columns].sort((a, b) => RANK[a] - RANK[b]);
  const unit = random.pick(['zk', 'pt', 'jf', 'Kz.']);
  const integer = (n: number): string => (random.below(8) === 0 ? `${n}${decimals} ${unit}` : `${n}${decimals}`);
  const cell = (line: GoodsLine, at: number, column: ColumnName): Run => {
    const id = `${column}/${at}`;
    switch (column) {
      case 'count':
        return { text: String(at + 1), id, kind: 'integer' };
      case 'text':
        return { text: line.text, id, kind: 'text' };
      case 'code':
        return { text: line.code, id, kind: 'code' };
      case 'quantity':
        return { text: integer(line.quantity), id, kind: 'integer' };
      case 'price':
        return { text: price(line.priceMinor).printed, id, kind: 'amount' };
      case 'amount':
        return { text: price(line.priceMinor * line.quantity).printed, id, kind: 'amount' };
    }
  };
  const wraps = random.uniform() < 0.15 * level;
  const rows = lines.flatMap((line, at): Line[] => {
    const main = ordered.map((column) => cell(line, at, column));
    return wraps && random.below(2) === 0 ? [main, [{ text: universe.prose(2) }]] : [main];
  });
  const head = ordered.map((column) => (column === 'count' ? random.pick(['#', 'Nz', 'Px']) : names[column].printed.replace(/\s?:$/u, '')));

  const netMinor = lines.reduce((sum, { quantity, priceMinor }) => sum + quantity * priceMinor, 0);
  const totals = makeTotals(universe, netMinor);
  const formColumns = [
    ...(takesText ? [{ key: 'text', label: names.text.form }] : []),
    ...(takesCode ? [{ key: 'code', label: names.code.form }] : []),
    { key: 'quantity', label: names.quantity.form },
    { key: 'price', label: names.price.form },
  ];
  const order = random.below(4) === 0 ? random.shuffle(formColumns) : formColumns;
  const showsProduct = random.below(4) > 0;
  const at = (key: string): number => order.findIndex((column) => column.key === key);
  const compares = stop === 'sum-press' || random.uniform() < 0.25 * level;
  const item: RowsItem = {
    kind: 'rows',
    key: 'lines',
    columns: order,
    computed: showsProduct ? [names.amount.form] : [],
    wanted: lines.map((line, row) => order.map(({ key }) => wantedCell(line, row, key))),
    product: showsProduct || compares ? [at('quantity'), at('price')] : null,
    showsSum: random.below(3) > 0,
    limit: count + 1,
  };
  const off = 100 * (1 + random.below(60)) + random.below(100);
  const expected = !compares ? null : stop === 'sum-press' ? netMinor + (random.below(2) === 0 || off >= netMinor ? off : -off) : netMinor;
  return { item, sheet: { head: random.below(12) === 0 ? [] : head, rows }, totals, expected };
}

type ColumnName = keyof typeof RANK;
const RANK = { count: 0, code: 1, text: 2, quantity: 3, price: 4, amount: 5 } as const;

function wantedCell({ text, code, quantity, priceMinor }: GoodsLine, row: number, key: string): Wanted {
  const source = `${key}/${row}`;
  switch (key) {
    case 'quantity':
      return { source, as: 'integer', held: String(quantity), kind: 'integer' };
    case 'price':
      return { source, as: 'amount', held: (priceMinor / 100).toFixed(2), kind: 'amount' };
    case 'code':
      return { source, held: code, kind: 'code' };
    default:
      return { source, held: text, kind: 'text' };
  }
}

/** The lines' sum, something on top, and what both make; some of them are asked for. */
function makeTotals(universe: Universe, netMinor: number): Total[] {
  const { random, style } = universe;
  const rate = random.below(4) === 0 ? 0 : random.pick([5, 7, 8, 10, 19, 20, 21, 22]);
  const extraMinor = Math.round((netMinor * rate) / 100);
  const withRate = ({ printed, ...named }: Named): Named => ({
    ...named,
    printed: random.below(5) < 2 ? `${printed.replace(/\s?:$/u, '')} ${rate} %` : printed,
  });
  const all = [netMinor, extraMinor, netMinor + extraMinor];
  const shown = random.below(5) === 0 ? [2] : random.below(4) === 0 ? [0, 2] : [0, 1, 2];
  return shown.map((which) => ({
    id: `sum/${which}`,
    named: which === 1 ? withRate(universe.name('amount')) : universe.name('amount'),
    value: amountValue(all[which] as number, style.amount),
    isOnForm: random.below(2) === 0,
  }));
}
