/**
 * How vendors number what they send: each has one pattern and one counter, so that neighbours differ in a digit or two.
 */
import type { Random } from '../../src/base/index.ts';

export interface Numbering {
  /** The number of the `counter`-th document of a year, as printed. */
  readonly invoice: (counter: number, year: number) => string;
  readonly creditNote: (counter: number, year: number) => string;
  /** Where the counter stands about now. */
  readonly counter: number;
}

type Pattern = (counter: number, year: number, seed: number) => string;

const pad = (value: number, width: number): string => String(value).padStart(width, '0');

const PATTERNS: readonly Pattern[] = [
  (counter, year) => `RE-${year}-${pad(counter, 4)}`,
  (counter) => `INV-${pad(counter, 5)}`,
  (counter, year) => `${year}/${pad(counter, 4)}`,
  (counter, year) => `F${pad(year % 100, 2)}-${pad(counter, 5)}`,
  (counter, _year, seed) => `${100 + (seed % 900)}-${pad(counter, 5)}`,
  (counter, _year, seed) => `${1 + (seed % 9)}${pad(counter, 6)}`,
  (counter, year, seed) => `${'ABDKMRT'.charAt(seed % 7)}${pad(year % 100, 2)}.${pad(counter, 4)}`,
  (counter, _year, seed) => `V${pad(seed % 100, 2)}/${pad(counter, 4)}`,
];

const CREDIT_PREFIXES = ['CN-', 'GS-', 'AV-', 'C-'];

export function makeNumbering(random: Random): Numbering {
  const pattern = random.pick(PATTERNS);
  const seed = random.below(9000);
  const prefix = random.uniform() < 0.5 ? random.pick(CREDIT_PREFIXES) : '';
  return {
    invoice: (counter, year) => pattern(counter, year, seed),
    creditNote: (counter, year) => `${prefix}${pattern(counter, year, seed)}`,
    counter: 60 + random.below(9000),
  };
}
