/** Figures in sentences. Lower bounds are rounded down and upper bounds up, so that no sentence says more than was shown. */

const PERCENT = '\u00a0%';

/** 0.96199 → `96.1 %`. A hair of binary rounding doesn't cost a tenth. */
export const atLeast = (share: number): string => `${(Math.floor(1000 * share + 1e-9) / 10).toFixed(1)}${PERCENT}`;

/** 0.0481 → `4.9 %`. */
export const atMost = (share: number): string => `${(Math.ceil(1000 * share - 1e-9) / 10).toFixed(1)}${PERCENT}`;

/** What a person asked for, as short as it is. */
export const exactly = (share: number): string => `${Number((100 * share).toFixed(3))}${PERCENT}`;

/** `“base”, “drift” and “faults”`. */
export function quoteAll(names: readonly string[]): string {
  const quoted = names.map((name) => `“${name}”`);
  return quoted.length < 2 ? quoted.join('') : `${quoted.slice(0, -1).join(', ')} and ${quoted.at(-1)}`;
}

export const countOf = (count: number, unit: string): string => `${count} ${unit}${count === 1 ? '' : 's'}`;
