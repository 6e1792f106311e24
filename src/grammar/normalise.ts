/**
 * What copied text is turned into on its way into a field. Exact or loud: what can't be read with certainty is refused with its
 * reason, never guessed. Pure; knows no locale but what the text itself shows.
 */
import type { Normaliser } from '../records/index.ts';
import { readDate } from './read-date.ts';

export type Normalised = { readonly ok: true; readonly text: string } | { readonly ok: false; readonly reason: string };

/** `text` as `as` says: `date` and `us-date` give `2026-03-12`, `amount` gives `1234.56`, `integer` gives `1500`. */
export function normalise(text: string, as: Normaliser): Normalised {
  switch (as) {
    case 'date':
    case 'us-date':
      return readDate(text, as === 'us-date' ? 'month' : 'day');
    case 'amount':
      return readAmount(text);
    case 'integer':
      return readInteger(text);
    case 'lower':
      return { ok: true, text: text.toLowerCase() };
    case 'upper':
      return { ok: true, text: text.toUpperCase() };
    case 'trim':
      return { ok: true, text: text.replace(/\s+/gu, ' ').trim() };
  }
}

/** A number with its signs: digits, and between them dots, commas, apostrophes and spaces that don't break. */
const NUMBER = /[-−–+(]?\s?\d(?:[\d.,'’]|[ \u00a0\u2009\u202f](?=\d{3}(?!\d)))*/gu;

/** The only number in `text`; a sign that stands behind it or brackets around it count. */
function findNumber(text: string): { readonly digits: string; readonly negative: boolean } | string {
  const found = [...text.matchAll(NUMBER)];
  // A tax rate beside its amount is no second amount.
  const numbers = found.filter((match) => !/^\s?[%‰]/u.test(text.slice(match.index + match[0].length)));
  const [match] = numbers;
  if (!match) return 'no number';
  if (numbers.length > 1) return 'more than one number';
  const before = text.slice(0, match.index);
  const after = text.slice(match.index + match[0].length);
  // Part of a code such as RE-2024: not an amount.
  if (/[\p{L}\p{N}][-–−/_#]?$/u.test(before) && !/(?:^|[^\p{L}])\p{Lu}{3}$/u.test(before)) {
    if (!/\s$/u.test(before)) return 'a number inside a word';
  }
  if (/^[\p{L}]/u.test(after) && !/^\p{Lu}{3}(?:[^\p{L}]|$)/u.test(after)) return 'a number inside a word';
  const sign = match[0].trimStart();
  const negative = /^[-−–(]/u.test(sign) || /^\s?-(?!\S)/u.test(after);
  return { digits: sign.replace(/^[-−–+(]\s?/u, '').replace(/[.,'’]+$/u, ''), negative };
}

/** An amount of money with two decimals. One separator before exactly three digits groups thousands, unless a lone 0 stands before it. */
function readAmount(text: string): Normalised {
  const found = findNumber(text);
  if (typeof found === 'string') return refuse(text, 'an amount', found);
  const { digits, negative } = found;
  const plain = digits.replace(/[ \u00a0\u2009\u202f'’]/gu, '');
  const last = Math.max(plain.lastIndexOf('.'), plain.lastIndexOf(','));
  const separator = plain[last] as string;
  const isDecimal =
    last >= 0 && plain.indexOf(separator) === last && (plain.length - last !== 4 || plain.slice(0, last).match(/^0$|[.,].*/u) !== null);
  const whole = isDecimal ? plain.slice(0, last) : plain;
  const decimals = isDecimal ? plain.slice(last + 1) : '';
  if (!isGrouped(whole)) return refuse(text, 'an amount', 'its groups of digits are uneven');
  if (decimals.length > 2 && /[1-9]/u.test(decimals.slice(2))) return refuse(text, 'an amount', 'it has fractions of a cent');
  const units = whole.replace(/[.,]/gu, '').replace(/^0+(?=\d)/u, '');
  if (units.length > 15) return refuse(text, 'an amount', 'it has more than 15 digits');
  return { ok: true, text: `${negative ? '-' : ''}${units}.${decimals.slice(0, 2).padEnd(2, '0')}` };
}

function readInteger(text: string): Normalised {
  const found = findNumber(text);
  if (typeof found === 'string') return refuse(text, 'a whole number', found);
  const plain = found.digits.replace(/[ \u00a0\u2009\u202f'’]/gu, '');
  // Decimals that are all zero, as in 3,00.
  const whole = plain.replace(/[.,]0{1,2}$/u, '');
  if (!isGrouped(whole)) return refuse(text, 'a whole number', 'it has decimals');
  const units = whole.replace(/[.,]/gu, '').replace(/^0+(?=\d)/u, '');
  if (units.length > 15) return refuse(text, 'a whole number', 'it has more than 15 digits');
  return { ok: true, text: `${found.negative ? '-' : ''}${units}` };
}

/** Digits alone, or in groups of three behind one kind of separator. */
const isGrouped = (text: string): boolean => /^(?:\d+|[1-9]\d{0,2}(?:\.\d{3})+|[1-9]\d{0,2}(?:,\d{3})+)$/u.test(text);

function refuse(text: string, what: string, why: string): Normalised {
  const shown = text.length > 40 ? `${text.slice(0, 40)}…` : text;
  return { ok: false, reason: `"${shown}" can't be read as ${what}: ${why}` };
}
