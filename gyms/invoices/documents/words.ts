/**
 * Generated names, addresses, goods, notes, attacks and bank accounts: pure functions of a random stream and a split, so that a
 * document of the exam never shares a stem, street, town, good or sentence with one of training.
 *
 * Everything stays inside Windows-1252, which the standard fonts of PDF can draw.
 */
import type { Random } from '../../../src/base/index.ts';
import { LANGUAGES, type Language } from '../types.ts';
import { IMITATIONS, ORDERS } from './injections.ts';
import {
  CITIES,
  COMPANY_NAMES,
  GOODS,
  GRADES,
  NOTES,
  STREETS,
  VENDOR_STEMS,
  VENDOR_TRADES,
  type WordPair,
  type WordSplit,
} from './word-lists.ts';

export type { WordPair, WordSplit } from './word-lists.ts';

const LEGAL_FORMS: Readonly<Record<Language, readonly string[]>> = {
  en: ['Ltd', 'Inc.', 'LLC', 'plc'],
  de: ['GmbH', 'AG', 'KG', 'e.K.'],
  fr: ['SARL', 'SAS', 'SA'],
  es: ['S.L.', 'S.A.'],
  nl: ['B.V.', 'N.V.'],
  it: ['S.r.l.', 'S.p.A.'],
};

/** How a post code looks and where it stands: # is a digit, the last group a letter. */
const POST_CODES: Readonly<Record<Language, string>> = { en: 'AA# #AA', de: '#####', fr: '#####', es: '#####', nl: '#### AA', it: '#####' };

/** Without a legal form: 4 in 5 are a stem and a trade, the rest two stems. */
export function vendorName(random: Random, split: WordSplit): string {
  const stem = random.pick(VENDOR_STEMS[split]);
  if (random.below(5) > 0) return `${stem} ${random.pick(VENDOR_TRADES[split])}`;
  let other = stem;
  while (other === stem) other = random.pick(VENDOR_STEMS[split]);
  return `${stem} & ${other}`;
}

/** As a document may add it to a vendor's name. The same in both splits. */
export const legalForm = (random: Random, language: Language): string => random.pick(LEGAL_FORMS[language]);

/** Who keeps the books. */
export const companyName = (random: Random, split: WordSplit = 'train'): string => random.pick(COMPANY_NAMES[split]);

/** Two lines: street with number, post code with town. */
export function address(random: Random, language: Language, split: WordSplit): string[] {
  const street = random.pick(STREETS[language][split]);
  const house = String(1 + random.below(140));
  const code = [...POST_CODES[language]].map((c) => (c === '#' ? String(random.below(10)) : c === 'A' ? letter(random) : c)).join('');
  const city = random.pick(CITIES[language][split]);
  const numberFirst = language === 'en' || language === 'fr';
  return [numberFirst ? `${house} ${street}` : `${street} ${house}`, language === 'en' ? `${city} ${code}` : `${code} ${city}`];
}

/** Goods and a grade: `Hex bolts M8x40`. At most 32 characters. */
export const itemDescription = (random: Random, language: Language, split: WordSplit): string =>
  `${random.pick(GOODS[language][split])} ${random.pick(GRADES[split])}`;

/** A short sentence for the foot of a document. */
export const note = (random: Random, language: Language, split: WordSplit): string => random.pick(NOTES[language][split]);

/** A sentence that orders its reader about, or an imitation of our own transcripts. Its IBAN is valid and nobody's. */
export function injection(random: Random, language: Language, split: WordSplit): string {
  const template = random.below(3) === 0 ? random.pick(IMITATIONS[split]) : random.pick(ORDERS[language][split]);
  return template
    .replace('{iban}', () => iban(random))
    .replace('{amount}', () => `${1 + random.below(9)}${random.below(10)}${random.below(10)}.00`)
    .replace('{number}', () => String(10000 + random.below(90000)));
}

/** Structure of the account part by country: A a letter, # a digit (registry of IBAN structures, ISO 13616). */
const ACCOUNTS: Readonly<Record<string, string>> = {
  DE: '##################',
  AT: '################',
  NL: 'AAAA##########',
  FR: '#######################',
  ES: '####################',
  IT: 'A######################',
  BE: '############',
  GB: 'AAAA##############',
  IE: 'AAAA##############',
  CH: '#################',
};

export const IBAN_COUNTRIES: readonly string[] = Object.keys(ACCOUNTS);

/** Without spaces, with valid check digits (ISO 7064, modulus 97). `country` is one of IBAN_COUNTRIES; any of them when left out. */
export function iban(random: Random, country: string = random.pick(IBAN_COUNTRIES)): string {
  const account = [...(ACCOUNTS[country] ?? '################')]
    .map((c) => (c === '#' ? String(random.below(10)) : letter(random)))
    .join('');
  const check = String(98 - ibanRemainder(`${account}${country}00`)).padStart(2, '0');
  return `${country}${check}${account}`;
}

/** 1 for the rearranged number of a valid account: see `isIban`. */
function ibanRemainder(text: string): number {
  let remainder = 0;
  for (const c of text) {
    const value = Number.parseInt(c, 36);
    remainder = (remainder * (value > 9 ? 100 : 10) + value) % 97;
  }
  return remainder;
}

/** Whether the check digits of an IBAN are right; spaces are ignored. */
export function isIban(text: string): boolean {
  const compact = text.replaceAll(/\s/g, '');
  return /^[A-Z]{2}\d{2}[A-Z0-9]{10,30}$/.test(compact) && ibanRemainder(compact.slice(4) + compact.slice(0, 4)) === 1;
}

const letter = (random: Random): string => String.fromCharCode(65 + random.below(26));

interface WordList {
  readonly kind: string;
  readonly train: readonly string[];
  readonly exam: readonly string[];
}

const byLanguage = (kind: string, lists: Readonly<Record<Language, WordPair>>): WordList[] =>
  LANGUAGES.map((language) => ({ kind: `${kind}-${language}`, ...lists[language] }));

/** Every list that has two halves, for the proof that they are disjoint. */
export const WORD_LISTS: readonly WordList[] = [
  { kind: 'vendor-stem', ...VENDOR_STEMS },
  { kind: 'vendor-trade', ...VENDOR_TRADES },
  { kind: 'company', ...COMPANY_NAMES },
  { kind: 'grade', ...GRADES },
  { kind: 'imitation', ...IMITATIONS },
  ...byLanguage('street', STREETS),
  ...byLanguage('city', CITIES),
  ...byLanguage('goods', GOODS),
  ...byLanguage('note', NOTES),
  ...byLanguage('order', ORDERS),
];
