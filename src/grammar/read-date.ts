/**
 * The one calendar day that a text names. Month names of six languages; numbers in the order that the caller says where the text does not show it
 * by itself. Two different days in one text, or a day that the calendar lacks, are refused.
 */
type Reading = { readonly ok: true; readonly text: string } | { readonly ok: false; readonly reason: string };

/** English, German, French, Spanish, Dutch, Italian: the first letters that tell a month, folded. */
const MONTHS: readonly (readonly string[])[] = [
  ['january', 'januar', 'janvier', 'enero', 'januari', 'gennaio', 'janner', 'jan', 'janv', 'ene', 'gen'],
  ['february', 'februar', 'fevrier', 'febrero', 'februari', 'febbraio', 'feb', 'fevr', 'fev', 'febr'],
  ['march', 'marz', 'maerz', 'mars', 'marzo', 'maart', 'mar', 'mrz', 'mrt', 'maa'],
  ['april', 'avril', 'abril', 'aprile', 'apr', 'avr', 'abr'],
  ['may', 'mai', 'mayo', 'mei', 'maggio', 'mag'],
  ['june', 'juni', 'juin', 'junio', 'giugno', 'jun', 'giu'],
  ['july', 'juli', 'juillet', 'julio', 'luglio', 'jul', 'juil', 'lug'],
  ['august', 'aout', 'agosto', 'augustus', 'aug', 'ago'],
  ['september', 'septembre', 'septiembre', 'settembre', 'sep', 'sept', 'set'],
  ['october', 'oktober', 'octobre', 'octubre', 'ottobre', 'oct', 'okt', 'ott'],
  ['november', 'novembre', 'noviembre', 'nov'],
  ['december', 'dezember', 'decembre', 'diciembre', 'dicembre', 'dec', 'dez', 'dic'],
];
const MONTH_NUMBERS: ReadonlyMap<string, number> = new Map(MONTHS.flatMap((names, i) => names.map((name) => [name, i + 1] as const)));

/** `first`: what the first of two numbers is where both could be either. */
export function readDate(text: string, first: 'day' | 'month'): Reading {
  if (text.length > 400) return { ok: false, reason: 'a text of more than 400 characters is no date' };
  const folded = text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase();
  const days = new Set([...isoDays(folded), ...numberDays(folded, first), ...namedDays(folded)]);
  const shown = text.length > 40 ? `${text.slice(0, 40)}…` : text;
  if (days.size === 0) return { ok: false, reason: `"${shown}" can't be read as a date: no day of the calendar` };
  if (days.size > 1) return { ok: false, reason: `"${shown}" can't be read as a date: more than one day` };
  return { ok: true, text: [...days][0] as string };
}

function isoDays(text: string): string[] {
  return [...text.matchAll(/(?<![\d.])(\d{4})([-/.])(\d{1,2})\2(\d{1,2})(?![\d])/gu)].flatMap(([, y, , m, d]) => day(y, m, d));
}

function numberDays(text: string, first: 'day' | 'month'): string[] {
  return [...text.matchAll(/(?<![\d./-])(\d{1,2})(\s?[./-]\s?)(\d{1,2})\2(\d{4}|\d{2})(?!\d|[./-]\d)/gu)].flatMap(
    ([, a, separator, b, y]) => {
      // Dots are written day first wherever dots are written.
      const monthFirst = first === 'month' && !separator?.includes('.');
      return monthFirst ? day(y, a, b) : day(y, b, a);
    },
  );
}

function namedDays(text: string): string[] {
  const before = text.matchAll(
    /(?<!\d)(\d{1,2})(?:\.|st|nd|rd|th|er|º|°)?[\s-]*(?:de\s+|of\s+)?([a-z]{3,10})\.?,?[\s-]*(?:de\s+|del\s+)?(\d{4}|\d{2})(?!\d)/gu,
  );
  const after = text.matchAll(/([a-z]{3,10})\.?[\s-]+(\d{1,2})(?:st|nd|rd|th)?,?\s+(\d{4})(?!\d)/gu);
  return [
    ...[...before].flatMap(([, d, name, y]) => day(y, MONTH_NUMBERS.get(name as string)?.toString(), d)),
    ...[...after].flatMap(([, name, d, y]) => day(y, MONTH_NUMBERS.get(name as string)?.toString(), d)),
  ];
}

/** The ISO day, or nothing where the calendar has none. Two digits of a year are of this century. */
function day(y: string | undefined, m: string | undefined, d: string | undefined): string[] {
  if (y === undefined || m === undefined || d === undefined) return [];
  const [year, month, date] = [Number(y) + (y.length === 2 ? 2000 : 0), Number(m), Number(d)];
  const time = new Date(Date.UTC(year, month - 1, date));
  if (year < 1900 || time.getUTCMonth() !== month - 1 || time.getUTCDate() !== date) return [];
  return [time.toISOString().slice(0, 10)];
}
