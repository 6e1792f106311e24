/** What stands beside what: a text's neighbours on its line and in the lines above, which is where labels and heads of columns stand. */
import type { ScreenItem } from './screen.ts';

export interface Neighbours {
  /** The text before and the one above; `^` at the edge. Where the line above has another number of texts, the nearest by number, marked `~`. */
  readonly left: string;
  readonly above: string;
  /** In the nearest line above that has as many texts and no number among them; '' for none. */
  readonly head: string;
  /** Its number on its line, and how many there are. */
  readonly column: number;
  readonly columns: number;
}

/** Lines that are looked back for a head. */
const FURTHEST_HEAD = 40;

/** Of every plain text. */
export function neighboursOf(items: readonly ScreenItem[]): ReadonlyMap<ScreenItem, Neighbours> {
  const lines = [
    ...Map.groupBy(
      items.filter(({ role }) => role === ''),
      ({ line }) => line,
    ).values(),
  ];
  const found = new Map<ScreenItem, Neighbours>();
  const isHead = lines.map((line) => line.every(({ name }) => !/\d/.test(name)));
  for (const [l, line] of lines.entries()) {
    const above = lines[l - 1];
    const heads = lines.slice(Math.max(0, l - FURTHEST_HEAD), l).findLast((other, i, all) => {
      return other.length === line.length && isHead[l - all.length + i];
    });
    for (const [column, item] of line.entries())
      found.set(item, {
        left: line[column - 1]?.name ?? '^',
        above: aboveOf(above, column, line.length),
        head: heads?.[column]?.name ?? '',
        column,
        columns: line.length,
      });
  }
  return found;
}

function aboveOf(above: readonly ScreenItem[] | undefined, column: number, columns: number): string {
  if (above === undefined) return '^';
  if (above.length === columns) return (above[column] as ScreenItem).name;
  return `~${above[Math.min(above.length - 1, column)]?.name ?? ''}`;
}
