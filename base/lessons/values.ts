/**
 * Values as documents print them, and what a form then holds. A lesson has one style of dates and amounts, as a document has.
 *
 * Invariant: what is printed normalises to what is held (`src/grammar`), or is copied as it stands.
 */
import type { Random } from '../../src/base/index.ts';
import type { Normaliser } from '../../src/records/index.ts';
import { capitalised, coinWord, type Tongue, type ValueKind } from './words/index.ts';

export interface Value {
  readonly printed: string;
  readonly as?: Normaliser;
  /** What the field holds after copying. */
  readonly held: string;
}

export interface ValueStyle {
  readonly date: DateStyle;
  readonly amount: AmountStyle;
  /** Accounts in groups of four, or in one. */
  readonly grouped: boolean;
  /** First year of the lesson's dates. */
  readonly year: number;
}

const DATE_STYLES = ['iso', 'dots', 'dots', 'short-dots', 'slashes', 'dashes', 'us', 'short-name', 'long-name', 'name-first'] as const;
type DateStyle = (typeof DATE_STYLES)[number];

interface AmountStyle {
  readonly group: string;
  readonly point: string;
  /** '' for none. */
  readonly mark: string;
  readonly isMarkFirst: boolean;
  readonly space: string;
}

/**
 * Month names are the one thing taken from real languages: the normaliser reads these. One set an episode; short names are their first three letters.
 */
const MONTHS: readonly (readonly string[])[] = [
  ['January', 'February', 'March', 'April', 'May', 'June', 'July', 'August', 'September', 'October', 'November', 'December'],
  ['Januar', 'Februar', 'März', 'April', 'Mai', 'Juni', 'Juli', 'August', 'September', 'Oktober', 'November', 'Dezember'],
  ['enero', 'febrero', 'marzo', 'abril', 'mayo', 'junio', 'julio', 'agosto', 'septiembre', 'octubre', 'noviembre', 'diciembre'],
  ['gennaio', 'febbraio', 'marzo', 'aprile', 'maggio', 'giugno', 'luglio', 'agosto', 'settembre', 'ottobre', 'novembre', 'dicembre'],
];
export const MONTH_NAMES: readonly string[] = MONTHS.flat();

const SIGNS = ['¤', '₳', '₲', '₴', '₸', '₺'] as const;
const LETTERS = 'ABCDEFGHIKLMNPRSTUVWXZ';

/** A currency that no country has: three letters, or a sign. */
export function coinMark(random: Random): string {
  return random.below(4) === 0 ? random.pick(SIGNS) : letters(random, 3);
}

export function makeStyle(random: Random, mark: string): ValueStyle {
  const isLetters = /\p{L}/u.test(mark);
  const [group, point] = random.pick([
    [',', '.'],
    [',', '.'],
    ['.', ','],
    ['.', ','],
    ['\u00a0', ','],
    ["'", '.'],
    ['', '.'],
    ['', ','],
  ] as const);
  return {
    date: random.pick(DATE_STYLES),
    amount: {
      group,
      point,
      mark: random.below(5) < 2 ? '' : mark,
      isMarkFirst: random.below(2) === 0,
      space: isLetters || random.below(2) === 0 ? ' ' : '',
    },
    grouped: random.below(3) > 0,
    year: 2018 + random.below(12),
  };
}

export function makeValue(
  kind: ValueKind,
  style: ValueStyle,
  { random, tongue }: { readonly random: Random; readonly tongue: Tongue },
): Value {
  switch (kind) {
    case 'date':
      return dateValue(Date.UTC(style.year, random.below(12), 1 + random.below(28)), style.date);
    case 'amount':
      return amountValue(100 + random.below(10 ** (3 + random.below(5))), style.amount);
    case 'integer': {
      const number = String(1 + random.below(10 ** (1 + random.below(3))));
      return { printed: number, as: 'integer', held: number };
    }
    case 'code':
      return asPrinted(makeCode(random));
    case 'account':
      return asPrinted(makeAccount(random, style.grouped));
    case 'text':
      return asPrinted(makeText(random, tongue));
  }
}

export const asPrinted = (printed: string): Value => ({ printed, held: printed });

const two = (n: number): string => String(n).padStart(2, '0');

function dateValue(time: number, style: DateStyle): Value {
  const date = new Date(time);
  const held = date.toISOString().slice(0, 10);
  const [y, m, d] = [date.getUTCFullYear(), date.getUTCMonth(), date.getUTCDate()];
  // One set of names a year of the lesson: no draw, so that a style needs no more state.
  const name = (MONTHS[y % MONTHS.length] as readonly string[])[m] as string;
  const printed: Readonly<Record<DateStyle, string>> = {
    iso: held,
    dots: `${two(d)}.${two(m + 1)}.${y}`,
    'short-dots': `${d}.${m + 1}.${y}`,
    slashes: `${two(d)}/${two(m + 1)}/${y}`,
    dashes: `${two(d)}-${two(m + 1)}-${y}`,
    us: `${two(m + 1)}/${two(d)}/${y}`,
    'short-name': `${d}-${name.slice(0, 3)}-${y}`,
    'long-name': `${d}${y % 2 === 0 ? '.' : ''} ${name} ${y}`,
    'name-first': `${name} ${d}, ${y}`,
  };
  return { printed: printed[style], as: style === 'us' ? 'us-date' : 'date', held };
}

/** A date that shows the order of its numbers by itself, where the style leaves that open. */
export function tellingDate(style: ValueStyle, random: Random): Value {
  return dateValue(Date.UTC(style.year, random.below(12), 13 + random.below(16)), style.date);
}

export function amountValue(minor: number, { group, point, mark, isMarkFirst, space }: AmountStyle): Value {
  const whole = Math.floor(minor / 100);
  const held = `${whole}.${two(minor % 100)}`;
  const grouped = String(whole).replace(/\B(?=(?:\d{3})+$)/gu, group);
  const number = `${grouped}${point}${two(minor % 100)}`;
  const printed = mark === '' ? number : isMarkFirst ? `${mark}${space}${number}` : `${number}${space}${mark}`;
  return { printed, as: 'amount', held };
}

const digits = (random: Random, count: number): string => Array.from({ length: count }, () => random.below(10)).join('');
const letters = (random: Random, count: number): string =>
  Array.from({ length: count }, () => LETTERS[random.below(LETTERS.length)]).join('');

export function makeCode(random: Random): string {
  switch (random.below(9)) {
    case 0:
      return `${letters(random, 2)}-${digits(random, 4)}`;
    case 1:
      return `${letters(random, 2)}-${digits(random, 5)}`;
    case 2:
      return `${digits(random, 3)}-${digits(random, 5)}`;
    case 3:
      return `${letters(random, 1)}${digits(random, 2)}/${digits(random, 4)}`;
    case 4:
      return `${2015 + random.below(15)}/${digits(random, 4)}`;
    case 5:
      return `${letters(random, 1)}${digits(random, 4)}`;
    case 6:
      return `${letters(random, 3)}${digits(random, 5)}`;
    case 7:
      return `${letters(random, 2)} ${digits(random, 3)}.${digits(random, 3)}`;
    default:
      return digits(random, 5 + random.below(3));
  }
}

function makeAccount(random: Random, grouped: boolean): string {
  const text =
    letters(random, 2) + digits(random, 2) + (random.below(3) === 0 ? letters(random, 3) : '') + digits(random, 10 + random.below(9));
  return grouped ? (text.match(/.{1,4}/gu) ?? []).join(' ') : text;
}

const TAILS = ['XL', '2', 'S2', 'M8', '40 cm', '5 l', 'A4', 'II', 'T', '80', '3.0'] as const;

/** A thing or a person: two or three words. */
export function makeText(random: Random, tongue: Tongue): string {
  const first = capitalised(coinWord(tongue, random, 1));
  const second = coinWord(tongue, random, 1);
  return [
    first,
    random.below(3) > 0 ? (tongue.capitalNouns ? capitalised(second) : second) : '',
    random.below(3) === 0 ? random.pick(TAILS) : '',
  ]
    .filter((part) => part !== '')
    .join(' ');
}
