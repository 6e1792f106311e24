/**
 * Where on a document a value stands: for the expert, which has to point at the right one of several equal texts. Right by value comes first;
 * among equals, beside the right label or in the right column, so that its demonstrations teach what people do.
 *
 * Reads the targets of an observation only.
 */
import { normalise } from '../../src/grammar/index.ts';
import type { Normaliser, Target } from '../../src/records/index.ts';
import { labels } from './documents/index.ts';
import type { Language } from './types.ts';

export type LabelKey = keyof ReturnType<typeof labels>;

export type ValueKind = 'text' | 'date' | 'amount' | 'integer';

export interface Source {
  readonly reference: number;
  readonly as?: Normaliser;
}

/** A cell whose text gives the wanted value, and how. */
interface Found {
  readonly at: number;
  readonly as: Normaliser | undefined;
}

export const foldText = (text: string): string => text.replace(/\s+/gu, ' ').trim();

const isLabel = (text: string): string => foldText(text).toLowerCase().replace(/\s?:$/, '');

/** The text cells of a document's page, in reading order. */
export class Cells {
  readonly #cells: readonly Target[];
  readonly #language: Language;
  readonly #monthFirst: boolean;
  readonly #labels = new Map<LabelKey, readonly number[]>();

  /** `monthFirst`: how this document orders days and months where it writes them with slashes. */
  constructor(cells: readonly Target[], language: Language, monthFirst: boolean) {
    this.#cells = cells;
    this.#language = language;
    this.#monthFirst = monthFirst;
  }

  get count(): number {
    return this.#cells.length;
  }

  /** The cell that gives `wanted`, the nearest to a label of `keys` where there are several. */
  find(wanted: string, kind: ValueKind, keys: readonly LabelKey[]): Source | null {
    return this.#nearest(this.#all(wanted, kind), keys);
  }

  /** As `find`, for text that is copied as it is. */
  findText(fits: (text: string) => boolean, keys: readonly LabelKey[]): Source | null {
    const found = this.#cells.flatMap(({ text }, at): Found[] => (fits(text) ? [{ at, as: undefined }] : []));
    return this.#nearest(found, keys);
  }

  #nearest(found: readonly Found[], keys: readonly LabelKey[]): Source | null {
    const places = keys.flatMap((key) => this.#places(key));
    const distance = (at: number): number => Math.min(...places.map((label) => (at >= label ? at - label : 3 * (label - at))), 1_000);
    const best = found.toSorted((a, b) => distance(a.at) - distance(b.at) || b.at - a.at)[0];
    return best === undefined ? null : this.#source(best);
  }

  /** In the row of the line that is described so: the cell that gives `wanted`, in the column with this head. */
  findInRow(description: string, wanted: string, kind: 'amount' | 'integer', column: 'quantity' | 'unitPrice'): Source | null {
    const [row] = this.#all(description, 'text');
    if (row === undefined) return null;
    const [head] = this.#places('description');
    const [place] = head === undefined ? [] : this.#places(column).toSorted((a, b) => Math.abs(a - head) - Math.abs(b - head));
    const offset = head === undefined || place === undefined ? 1 : place - head;
    const near = this.#all(wanted, kind).filter(({ at }) => Math.abs(at - row.at) <= 6);
    const best = near.toSorted((a, b) => Math.abs(a.at - row.at - offset) - Math.abs(b.at - row.at - offset))[0];
    return best === undefined ? null : this.#source(best);
  }

  /** A cell that gives something else of the same kind: where a slip of the hand would land. */
  findOther(wanted: string, kind: ValueKind, pick: (items: readonly Source[]) => Source): Source | null {
    const others = this.#cells.flatMap((_, at): Found[] => {
      for (const as of this.#normalisers(kind)) {
        const text = this.#read(at, as);
        if (text !== null && text !== wanted) return [{ at, as }];
      }
      return [];
    });
    return others.length === 0 ? null : pick(others.map((found) => this.#source(found)));
  }

  #source({ at, as }: Found): Source {
    const reference = (this.#cells[at] as Target).reference;
    return as === undefined ? { reference } : { reference, as };
  }

  #all(wanted: string, kind: ValueKind): readonly Found[] {
    return this.#cells.flatMap((_, at): Found[] => {
      const as = this.#normalisers(kind).find((each) => this.#read(at, each) === wanted);
      return as === undefined && !(kind === 'text' && this.#read(at, undefined) === wanted) ? [] : [{ at, as }];
    });
  }

  #normalisers(kind: ValueKind): readonly (Normaliser | undefined)[] {
    if (kind === 'text') return [undefined];
    if (kind === 'date') return this.#monthFirst ? ['us-date', 'date'] : ['date', 'us-date'];
    return [kind];
  }

  #read(at: number, as: Normaliser | undefined): string | null {
    const { text } = this.#cells[at] as Target;
    if (as === undefined) return foldText(text);
    const read = normalise(text, as);
    return read.ok ? read.text : null;
  }

  /** Where a label of this kind stands, alone or before its value. */
  #places(key: LabelKey): readonly number[] {
    const known = this.#labels.get(key);
    if (known !== undefined) return known;
    const synonyms = (['train', 'exam'] as const).flatMap((split) => labels(this.#language, split)[key].map(isLabel));
    const places = this.#cells.flatMap(({ text }, at) => {
      const cell = isLabel(text);
      return synonyms.some((label) => cell === label || cell.startsWith(`${label} `) || cell.startsWith(`${label}:`)) ? [at] : [];
    });
    this.#labels.set(key, places);
    return places;
  }
}
