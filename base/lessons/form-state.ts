/**
 * What the form holds, and what follows from it: options that have come, rows that have grown, products, sums, remarks.
 */
import type { FormItem, ListItem, RowsItem } from './plan.ts';

/** Key of a cell of a table of fields. */
export const cellKey = (table: string, row: number, column: string): string => `cell/${table}/${row}/${column}`;

/** An amount in hundredths, as a form shows it. */
export const plainAmount = (minor: number): string => (minor / 100).toFixed(2);

export class FormState {
  readonly #form: readonly FormItem[];
  readonly #held = new Map<string, string>();

  constructor(form: readonly FormItem[]) {
    this.#form = form;
    for (const item of form) {
      if (item.kind === 'field') this.#held.set(item.key, item.initial ?? '');
      else if (item.kind === 'list') this.#held.set(item.key, item.initial);
    }
  }

  held(key: string): string {
    return this.#held.get(key) ?? '';
  }

  put(key: string, text: string): void {
    this.#held.set(key, text);
  }

  list(key: string): ListItem | undefined {
    return this.#form.find((item): item is ListItem => item.kind === 'list' && item.key === key);
  }

  /** The remark about a table's sum, as it stands now. */
  sumRemark(item: RowsItem): string | null {
    if (item.expected === undefined) return null;
    const { filled, minor } = this.sum(item);
    const off = Math.abs(item.expected.minor - minor);
    return filled === 0 || off === 0 ? null : `${item.expected.remark} ${plainAmount(off)}`;
  }

  /** Whether it holds what is wanted, and nothing else. */
  isRight(item: FormItem): boolean {
    switch (item.kind) {
      case 'heading':
        return true;
      case 'field':
        return this.held(item.key) === (item.wanted?.held ?? item.initial ?? '');
      case 'list':
        return this.held(item.key) === item.wanted;
      case 'rows': {
        const rows = Array.from({ length: this.rowCount(item) }, (_, row) => row);
        return (
          rows.length >= item.wanted.length &&
          rows.every((row) =>
            item.columns.every(({ key }, at) => this.held(cellKey(item.key, row, key)) === (item.wanted[row]?.[at]?.held ?? '')),
          )
        );
      }
    }
  }

  /** What can be chosen now. */
  optionsOf(list: ListItem): readonly string[] {
    if (list.after === undefined) return list.options;
    const other = this.list(list.after);
    return other !== undefined && this.held(other.key) === other.wanted
      ? list.options
      : list.options.filter((option) => option === list.initial);
  }

  #isComplete(item: RowsItem, row: number): boolean {
    return item.columns.every(({ key }) => this.held(cellKey(item.key, row, key)) !== '');
  }

  /** Rows that are shown: one more than are complete. */
  rowCount(item: RowsItem): number {
    let rows = 1;
    while (rows < item.limit && this.#isComplete(item, rows - 1)) rows++;
    return rows;
  }

  /** In hundredths; null while it can't be computed. */
  rowMinor(item: RowsItem, row: number): number | null {
    if (item.product === null) return null;
    const [first, second] = item.product.map((at) => this.held(cellKey(item.key, row, item.columns[at]?.key ?? ''))) as [string, string];
    if (first === '' || second === '') return null;
    const minor = Math.round(Number(first) * Number(second) * 100);
    return Number.isFinite(minor) ? minor : null;
  }

  /** How many rows have an amount, and what these make. */
  sum(item: RowsItem): { readonly filled: number; readonly minor: number } {
    let filled = 0;
    let minor = 0;
    for (let row = 0; row < this.rowCount(item); row++) {
      const each = this.rowMinor(item, row);
      if (each === null) continue;
      filled++;
      minor += each;
    }
    return { filled, minor };
  }
}
