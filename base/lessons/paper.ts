/**
 * Papers: entries, tables and prose laid out into pages of lines of runs, in the order in which a reader of the text layer meets them. Two columns that stand on the same
 * base lines come out interleaved, as they do from real documents.
 *
 * Invariant: everything given is printed once, a label directly before or above its value within its block.
 */
import type { Random } from '../../src/base/index.ts';
import type { Line, Page, Run } from './plan.ts';

/** A label and its value. */
export interface Entry {
  readonly label: string;
  readonly value: Run;
  /** The value may be read out of a run that also holds the label. */
  readonly isReadable: boolean;
}

/** The cells of a table, by row; the head may be missing. */
export interface Sheet {
  readonly head: readonly string[];
  readonly rows: readonly Line[];
}

export interface PaperParts {
  readonly letterhead: readonly string[];
  /** Who it is for. */
  readonly addressee: readonly string[];
  readonly title: string;
  readonly entries: readonly Entry[];
  readonly sheet: Sheet | null;
  readonly totals: readonly Entry[];
  readonly notes: readonly string[];
  readonly footer: readonly Entry[];
  /** The ways that occur in the head. */
  readonly shapes: readonly Shape[];
  readonly pages: number;
  /** A label and a sum at the foot of a page on which the table goes on; null for none. */
  readonly carried: (() => Line) | null;
  /** Printed at a page's end; `{at}` and `{of}`. */
  readonly counter: string;
}

/** How labels and values stand: side by side, one below the other, a row of each, or both in one run. */
export type Shape = 'side' | 'stack' | 'grid' | 'one';

export function layOut(parts: PaperParts, random: Random): Page[] {
  const head = layOutHead(parts, random);
  const body: Line[] =
    parts.sheet === null ? [] : [...(parts.sheet.head.length > 0 ? [parts.sheet.head.map(run)] : []), ...parts.sheet.rows];
  const totals = parts.totals.flatMap((entry) => shape([entry], random.below(6) === 0 ? 'stack' : 'side', random));
  const notes = parts.notes.map((text): Line => [run(text)]);
  const footer = shape(parts.footer, random.below(3) > 0 ? 'grid' : 'side', random);
  const tail = random.below(3) === 0 ? [...totals, ...footer, ...notes] : [...totals, ...notes, ...footer];
  return paginate({ head, body, tail, letterhead: parts.letterhead[0] ?? '' }, parts, random);
}

function layOutHead({ letterhead, addressee, title, entries, shapes }: PaperParts, random: Random): Line[] {
  const sender = letterhead.map((text): Line => [run(text)]);
  const receiver = addressee.map((text): Line => [run(text)]);
  const heading: Line[] = title === '' ? [] : [[run(title)]];
  const split = random.below(entries.length + 1);
  const [first, second] = [entries.slice(0, split), entries.slice(split)];
  const upper = shape(first, random.pick(shapes), random);
  const lower = shape(second, random.pick(shapes), random);
  switch (random.below(6)) {
    case 0:
      return [...sender, ...heading, ...receiver, ...upper, ...lower];
    case 1:
      return [...zip(sender, [...heading, ...upper]), ...zip(receiver, lower)];
    case 2:
      return [...zip([...sender, ...receiver], [...heading, ...upper]), ...lower];
    case 3:
      return [...heading, ...zip(upper, [...sender, ...receiver]), ...lower];
    case 4:
      return [...zip([...sender, ...receiver, ...heading], [...upper, ...lower])];
    default:
      return [...sender, ...zip(receiver, upper), ...heading, ...lower];
  }
}

function shape(entries: readonly Entry[], how: Shape, random: Random): Line[] {
  switch (how) {
    case 'side':
      return entries.map(({ label, value }) => [run(label), value]);
    case 'stack':
      return entries.flatMap(({ label, value }): Line[] => [[run(label)], [value]]);
    case 'one':
      return entries.map(
        ({ label, value, isReadable }): Line =>
          isReadable ? [{ ...value, text: `${label.replace(/\s?:$/u, '')}: ${value.text}` }] : [run(label), value],
      );
    case 'grid': {
      const lines: Line[] = [];
      for (let at = 0; at < entries.length; ) {
        const chunk = entries.slice(at, at + 2 + random.below(3));
        lines.push(
          chunk.map(({ label }) => run(label)),
          chunk.map(({ value }) => value),
        );
        at += chunk.length;
      }
      return lines;
    }
  }
}

/** Two columns on common base lines; one of them may begin lower. */
function zip(left: readonly Line[], right: readonly Line[]): Line[] {
  return Array.from({ length: Math.max(left.length, right.length) }, (_, i) => [...(left[i] ?? []), ...(right[i] ?? [])]);
}

interface Blocks {
  readonly head: readonly Line[];
  readonly body: readonly Line[];
  readonly tail: readonly Line[];
  readonly letterhead: string;
}

/** The body may break anywhere but behind its head; later pages begin with the sender again. */
function paginate({ head, body, tail, letterhead }: Blocks, { pages, counter, carried: carry }: PaperParts, random: Random): Page[] {
  const foot = (at: number, of: number): Line[] =>
    counter === '' ? [] : [[run(counter.replace('{at}', String(at + 1)).replace('{of}', String(of)))]];
  if (pages <= 1) return [[...head, ...body, ...tail, ...foot(0, 1)]];
  const carried = body.length >= 3 ? body : [];
  const first = carried.length === 0 ? [...body] : [];
  const cuts = Array.from({ length: pages - 1 }, () => 1 + random.below(Math.max(1, carried.length))).sort((a, b) => a - b);
  const edges = [0, ...cuts, carried.length];
  return Array.from({ length: pages }, (_, at) => [
    ...(at === 0 ? [...head, ...first] : [[run(letterhead)]]),
    ...carried.slice(edges[at], edges[at + 1]),
    ...(at < pages - 1 && carry !== null && carried.length > 0 ? [carry()] : []),
    ...(at === pages - 1 ? tail : []),
    ...foot(at, pages),
  ]);
}

const run = (text: string): Run => ({ text });
