/**
 * How dates and amounts are written on one document: a choice among what its language and currency are used to.
 *
 * Invariant: a reader can tell the day: every day of a document in dollars is right when read by `us-date`, of any other by `date`. So English
 * documents in dollars put the month first, and others in dollars write no slashes or hyphens between day and month. Amounts are read by `amount`.
 */
import type { Random } from '../../../src/base/index.ts';
import type { Currency, Language } from '../types.ts';

export interface Formats {
  /** An ISO day as printed. */
  date(iso: string): string;
  /** Minor units as printed, without currency. */
  amount(minor: number): string;
  /** Minor units with symbol or code. */
  money(minor: number): string;
  /** Whether `money` spells the code, so that the currency need not be said again. */
  readonly saysCode: boolean;
  iban(iban: string): string;
}

const MONTHS: Readonly<Record<Language, readonly string[]>> = {
  en: ['January', 'February', 'March', 'April', 'May', 'June', 'July', 'August', 'September', 'October', 'November', 'December'],
  de: ['Januar', 'Februar', 'März', 'April', 'Mai', 'Juni', 'Juli', 'August', 'September', 'Oktober', 'November', 'Dezember'],
  fr: ['janvier', 'février', 'mars', 'avril', 'mai', 'juin', 'juillet', 'août', 'septembre', 'octobre', 'novembre', 'décembre'],
  es: ['enero', 'febrero', 'marzo', 'abril', 'mayo', 'junio', 'julio', 'agosto', 'septiembre', 'octubre', 'noviembre', 'diciembre'],
  nl: ['januari', 'februari', 'maart', 'april', 'mei', 'juni', 'juli', 'augustus', 'september', 'oktober', 'november', 'december'],
  it: ['gennaio', 'febbraio', 'marzo', 'aprile', 'maggio', 'giugno', 'luglio', 'agosto', 'settembre', 'ottobre', 'novembre', 'dicembre'],
};

/** Parts of a day: `Y` year, `M` and `m` month with and without a leading zero, `D` and `d` day, `N` name, `A` first three letters of the name. */
const DATE_PATTERNS: Readonly<Record<Language, readonly string[]>> = {
  en: ['D/M/Y', 'd N Y', 'D-A-Y', 'Y-M-D', 'd A Y'],
  de: ['D.M.Y', 'D.M.Y', 'd. N Y', 'd.m.Y', 'Y-M-D'],
  fr: ['D/M/Y', 'd N Y', 'D.M.Y', 'Y-M-D'],
  es: ['D/M/Y', 'd N Y', 'D-M-Y', 'Y-M-D'],
  nl: ['D-M-Y', 'd N Y', 'D.M.Y', 'Y-M-D'],
  it: ['D/M/Y', 'd N Y', 'D.M.Y', 'Y-M-D'],
};
const DOLLAR_PATTERNS: readonly string[] = ['N d, Y', 'A d, Y', 'M/D/Y', 'Y-M-D'];

interface Separators {
  readonly group: string;
  readonly decimal: string;
}

const SEPARATORS: Readonly<Record<Language, readonly Separators[]>> = {
  en: [{ group: ',', decimal: '.' }],
  de: [
    { group: '.', decimal: ',' },
    { group: '', decimal: ',' },
  ],
  fr: [
    { group: ' ', decimal: ',' },
    { group: '', decimal: ',' },
  ],
  es: [{ group: '.', decimal: ',' }],
  nl: [{ group: '.', decimal: ',' }],
  it: [{ group: '.', decimal: ',' }],
};
const FRANC: Separators = { group: "'", decimal: '.' };

const SYMBOLS: Readonly<Record<Currency, string>> = { EUR: '€', USD: '$', GBP: '£', CHF: 'CHF' };

/** The forms of one document, fixed by `random`. */
export function chooseFormats(random: Random, language: Language, currency: Currency): Formats {
  const patterns = currency === 'USD' && language === 'en' ? DOLLAR_PATTERNS : DATE_PATTERNS[language];
  const safe = currency === 'USD' && language !== 'en' ? patterns.filter((pattern) => !/D[/-]M/.test(pattern)) : patterns;
  const pattern = random.pick(safe);
  const separators = currency === 'CHF' ? FRANC : random.pick(SEPARATORS[language]);
  const saysCode = currency === 'CHF' || random.below(3) === 0;
  const sign = saysCode ? currency : SYMBOLS[currency];
  const before = language === 'en' || currency === 'CHF' || (language === 'nl' && random.below(2) === 0);
  const isSpaced = saysCode || !before || language !== 'en';
  const amount = (minor: number): string => writeAmount(minor, separators);
  const isGrouped = random.below(2) === 0;
  return {
    date: (iso) => writeDate(iso, pattern, language),
    amount,
    money: (minor) => (before ? `${sign}${isSpaced ? ' ' : ''}${amount(minor)}` : `${amount(minor)} ${sign}`),
    saysCode,
    iban: (iban) => (isGrouped ? (iban.match(/.{1,4}/g) ?? []).join(' ') : iban),
  };
}

function writeDate(iso: string, pattern: string, language: Language): string {
  const [year = '', month = '', day = ''] = iso.split('-');
  const name = MONTHS[language][Number(month) - 1] ?? month;
  const parts: Readonly<Record<string, string>> = {
    Y: year,
    M: month,
    m: String(Number(month)),
    D: day,
    d: String(Number(day)),
    N: name,
    A: name.slice(0, 3),
  };
  return pattern.replace(/[YMmDdNA]/g, (part) => parts[part] as string);
}

function writeAmount(minor: number, { group, decimal }: Separators): string {
  const units = String(Math.floor(Math.abs(minor) / 100)).replace(/\B(?=(\d{3})+$)/g, group);
  return `${minor < 0 ? '-' : ''}${units}${decimal}${String(Math.abs(minor) % 100).padStart(2, '0')}`;
}
