/**
 * The pen of the layouts: aligned runs that are made smaller rather than cut, stacks of lines, paragraphs, and labelled values in
 * the forms that paper knows. Every function takes where it begins and gives where it ended, in points from the top.
 *
 * Invariant: a label and its value are two runs at least `GAP` apart, so that a value can be pointed at alone.
 */
import { type Canvas, type Colour, type Family, type Type, widthOf } from './canvas.ts';
import type { Fact, Printed } from './printed.ts';

/** What a seed chooses about the looks of a document. */
export interface Look {
  readonly family: Family;
  /** Of ordinary text. */
  readonly size: number;
  readonly accent: Colour;
  /** Written behind labels: a colon or nothing. */
  readonly colon: string;
}

export interface Sheet {
  readonly canvas: Canvas;
  readonly printed: Printed;
  readonly look: Look;
}

export const INK: Colour = [0.1, 0.1, 0.12];
export const DIM: Colour = [0.42, 0.42, 0.45];
export const WHITE: Colour = [1, 1, 1];
export const PALE: Colour = [0.93, 0.94, 0.95];

/** Least distance of two runs on one line. */
export const GAP = 9;

export interface RunStyle {
  readonly bold?: boolean;
  /** Points more or less than the look's size. */
  readonly bigger?: number;
  readonly colour?: Colour;
  readonly align?: 'left' | 'right' | 'centre';
  /** The run is made smaller until it is no wider. */
  readonly within?: number;
  readonly upwards?: boolean;
}

/** One run; `x` is its left end, right end or middle, as `align` says. Gives its width. */
export function write(sheet: Sheet, text: string, x: number, y: number, style: RunStyle = {}): number {
  if (text.trim() === '') return 0;
  const type: Type = {
    family: sheet.look.family,
    bold: style.bold ?? false,
    size: sheet.look.size + (style.bigger ?? 0),
    colour: style.colour ?? INK,
  };
  const natural = widthOf(text, type);
  const scale = style.within === undefined ? 1 : Math.min(1, style.within / natural);
  const size = Math.floor(type.size * scale * 20) / 20;
  const width = (natural * size) / type.size;
  const left = style.align === 'right' ? x - width : style.align === 'centre' ? x - width / 2 : x;
  sheet.canvas.text(text, left, y, { ...type, size }, style.upwards);
  return width;
}

/** Lines below each other; `y` is the first baseline, the result the next. */
export function stack(
  sheet: Sheet,
  lines: readonly string[],
  x: number,
  y: number,
  style: RunStyle & { readonly lead?: number } = {},
): number {
  const lead = style.lead ?? sheet.look.size + (style.bigger ?? 0) + 3.5;
  for (const [i, line] of lines.entries()) write(sheet, line, x, y + i * lead, style);
  return y + lines.length * lead;
}

/** Texts broken at spaces into lines no wider than `width`. */
export function wrap(sheet: Sheet, texts: readonly string[], width: number, bigger = 0): string[] {
  const type = { family: sheet.look.family, bold: false, size: sheet.look.size + bigger };
  const lines: string[] = [];
  for (const text of texts) {
    let line = '';
    for (const word of text.split(/\s+/)) {
      const longer = line === '' ? word : `${line} ${word}`;
      if (line !== '' && widthOf(longer, type) > width) {
        lines.push(line);
        line = word;
      } else line = longer;
    }
    if (line !== '') lines.push(line);
  }
  return lines;
}

export const labelOf = (sheet: Sheet, fact: Fact): string => `${fact.label}${sheet.look.colon}`;

/** Where a value stands: right of its label in a column, at the far right end, or in a grid above or under it. */
export type FactForm = 'beside' | 'spread' | 'above' | 'under';

export interface FactBlock {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly form: FactForm;
  /** Of the grid; 1 when left out. */
  readonly columns?: number;
  readonly bigger?: number;
  readonly bold?: boolean;
}

/** Labelled values, row by row. Gives the next baseline. */
export function facts(sheet: Sheet, list: readonly Fact[], block: FactBlock): number {
  const columns = block.columns ?? 1;
  const bigger = block.bigger ?? 0;
  const size = sheet.look.size + bigger;
  const isGrid = block.form === 'above' || block.form === 'under';
  // Without more room between them, a value would seem to belong to the next label.
  const between = isGrid ? GAP : 2 * GAP;
  const cell = (block.width - (columns - 1) * between) / columns;
  const lead = isGrid ? 2 * size + 9 : size + 4.5;
  const bold = block.bold ?? false;
  for (const [i, fact] of list.entries()) {
    const x = block.x + (i % columns) * (cell + between);
    const y = block.y + Math.floor(i / columns) * lead;
    if (isGrid) {
      const below = y + size + 2;
      const labelY = block.form === 'above' ? y : below;
      write(sheet, fact.label, x, labelY, { bigger: bigger - 1.5, colour: DIM, within: cell });
      write(sheet, fact.value, x, block.form === 'above' ? below : y, { bigger, bold, within: cell });
      continue;
    }
    const type = { family: sheet.look.family, bold: false, size };
    const widest = Math.max(...list.map((other) => widthOf(labelOf(sheet, other), type)));
    const label = Math.min(widest, block.form === 'beside' ? cell * 0.5 : cell * 0.55);
    write(sheet, labelOf(sheet, fact), x, y, { bigger, colour: DIM, within: label });
    const valueX = block.form === 'beside' ? x + label + GAP : x + cell;
    write(sheet, fact.value, valueX, y, { bigger, bold, align: block.form === 'beside' ? 'left' : 'right', within: cell - label - GAP });
  }
  return block.y + Math.ceil(list.length / columns) * lead;
}

export function rule(sheet: Sheet, x: number, y: number, width: number, colour: Colour = DIM, height = 0.6): void {
  sheet.canvas.box(x, y, width, height, colour);
}
