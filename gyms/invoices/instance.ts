/**
 * One task of the invoices gym from a seed: the books, the document that arrived, the look of the app, and so what is right to do.
 *
 * A slice changes one thing and leaves the rest as in `base`: words and layouts (`unseen`), labels and dialogs (`drifted`), slowness and
 * failures (`faults`), text that gives orders (`attacks`). What is right never depends on the slice. Pure: same `random`, same instance.
 */
import { ConfigError, type Random } from '../../src/base/index.ts';
import type { Split } from '../../src/records/index.ts';
import { makeBooks, makeVendors, type PlannedVendor } from './books.ts';
import { addDays, yearOf } from './days.ts';
import { address, iban, injection, itemDescription, LAYOUTS, legalForm, note, type WordSplit } from './documents/index.ts';
import { sumsOf } from './money.ts';
import type { Case, Currency, DocumentContent, DocumentLine, DocumentStyle, Faults, Instance, Interface, Language } from './types.ts';

export const SLICES = ['base', 'unseen', 'drifted', 'faults', 'attacks'] as const;
export type Slice = (typeof SLICES)[number];

/** Share of each case, in every slice; they sum to 1. */
export const CASE_SHARES: Readonly<Record<Case, number>> = {
  post: 0.36,
  credit: 0.12,
  duplicate: 0.11,
  mismatch: 0.11,
  'changed-bank': 0.1,
  missing: 0.1,
  scan: 0.1,
};

const LANGUAGE_SHARES: Readonly<Record<Language, number>> = { en: 0.3, de: 0.25, fr: 0.15, es: 0.1, nl: 0.1, it: 0.1 };

const TAX_RATES: Readonly<Record<Language, readonly number[]>> = {
  en: [20, 20, 0],
  de: [19, 19, 7, 0],
  fr: [20, 20, 10],
  es: [21, 21, 10],
  nl: [21, 21, 9],
  it: [22, 22, 10, 4],
};

const USUAL_CURRENCIES: Readonly<Record<Language, readonly Currency[]>> = {
  en: ['GBP', 'USD', 'EUR'],
  de: ['EUR', 'EUR', 'CHF'],
  fr: ['EUR', 'EUR', 'EUR', 'CHF'],
  es: ['EUR'],
  nl: ['EUR'],
  it: ['EUR', 'EUR', 'EUR', 'CHF'],
};

const BANKS = [
  'Commerz Union',
  'First Harbour Bank',
  'Banque du Midi',
  'Volksbank Nord',
  'Banco Ribera',
  'Handelsbank',
  'Cassa Lariana',
  'Alpenbank',
];
const USERS = ['a.meyer', 'j.okafor', 's.lindqvist', 'm.rossi', 'k.tanaka', 'p.novak', 'c.dubois', 'l.garcia'];
const FILE_WORDS = ['invoice', 'document', 'scan', 'mail', 'fax', 'incoming', 'paper', 'attachment'];
const PASSWORD_CHARACTERS = 'abcdefghjkmnpqrstuvwxyzABCDEFGHJKMNPQRSTUVWXYZ23456789';

/** Picks a key with the probability that stands beside it. */
function pickByShare<Key extends string>(random: Random, shares: Readonly<Record<Key, number>>): Key {
  const keys = Object.keys(shares) as Key[];
  let left = random.uniform();
  for (const key of keys) {
    left -= shares[key];
    if (left < 0) return key;
  }
  return keys[0] as Key;
}

/** Only `unseen` in the exam reads the exam's words and layouts. */
export function wordsOf(slice: string, split: Split): WordSplit {
  return slice === 'unseen' && split === 'exam' ? 'exam' : 'train';
}

function makeLines(random: Random, language: Language, words: WordSplit): readonly DocumentLine[] {
  const long = random.uniform() < 0.18;
  const count = long ? 9 + Math.min(random.below(12), random.below(12)) : random.pick([1, 2, 3, 3, 3, 4, 4, 4, 5, 5, 6]);
  const seen = new Set<string>();
  const lines: DocumentLine[] = [];
  while (lines.length < count) {
    const description = itemDescription(random, language, words);
    if (seen.has(description)) continue;
    seen.add(description);
    const quantity = random.uniform() < 0.08 ? 100 + random.below(900) : 1 + random.below(random.pick([3, 12, 40]));
    const cents = random.pick([0, 50, 90, 95, 99, random.below(100)]);
    const unitPriceMinor = 100 * (1 + random.below(random.pick([20, 90, 400]))) + cents;
    lines.push({ description, quantity, unitPriceMinor, amountMinor: quantity * unitPriceMinor });
  }
  return lines;
}

/** The books' spelling, often with a legal form, sometimes in the capitals that letterheads like. */
function printedName(random: Random, name: string, language: Language): string {
  const full = random.uniform() < 0.5 ? `${name} ${legalForm(random, language)}` : name;
  return random.uniform() < 0.15 ? full.toUpperCase() : full;
}

/** What the order says where the document doesn't match it: off by a piece, or by some amount. */
function otherNet(random: Random, netMinor: number, lines: readonly DocumentLine[]): number {
  const difference = random.pick([random.pick(lines).unitPriceMinor, 100 * (1 + random.below(400)), 10 * (5 + random.below(100))]);
  return random.uniform() < 0.5 && netMinor > 2 * difference ? netMinor - difference : netMinor + difference;
}

function kindOf(random: Random, which: Case): DocumentContent['kind'] {
  if (which === 'credit') return 'credit-note';
  if (which === 'post' || which === 'mismatch') return 'invoice';
  return random.uniform() < 0.12 ? 'credit-note' : 'invoice';
}

function makeInterface(random: Random, slice: string, split: Split): Interface {
  if (slice !== 'drifted') return { drift: '', confirm: false };
  return { drift: `${split === 'exam' ? 'exam' : 'train'}/${random.below(1_000_000)}`, confirm: random.uniform() < 0.5 };
}

/** In the slice at least one of the three is set. */
function makeFaults(random: Random, slice: string): Faults {
  if (slice !== 'faults') return { delayMs: 0, failAt: null, expireAt: null };
  const which = random.below(4);
  return {
    delayMs: which === 0 || random.uniform() < 0.5 ? 300 + random.below(2_701) : 0,
    failAt: which === 1 || which === 3 ? 1 : null,
    expireAt: which === 2 || which === 3 ? 2 + random.below(4) : null,
  };
}

function makePassword(random: Random): string {
  return Array.from({ length: 12 }, () => PASSWORD_CHARACTERS.charAt(random.below(PASSWORD_CHARACTERS.length))).join('');
}

interface Attack {
  readonly injected: readonly string[];
  readonly pageInjection: string;
}

function makeAttack(random: Random, slice: string, split: Split, which: Case, language: Language): Attack {
  if (slice !== 'attacks') return { injected: [], pageInjection: '' };
  const words: WordSplit = split === 'exam' ? 'exam' : 'train';
  const text = injection(random, language, words);
  // Nobody can read a text in a picture, so a scan is attacked from the page.
  if (which === 'scan' || random.uniform() < 0.35) return { injected: [], pageInjection: text };
  return { injected: [text], pageInjection: '' };
}

function makeStyle(random: Random, words: WordSplit, which: Case): DocumentStyle {
  const layouts = LAYOUTS.filter((layout) => layout.exam === (words === 'exam'));
  return { layout: random.pick(layouts).name, seed: random.fork('style').uint32().toString(36), scanned: which === 'scan' };
}

function clockOf(random: Random): { readonly now: string; readonly today: string } {
  const today = addDays('2025-02-03', random.below(690));
  const pad = (value: number): string => String(value).padStart(2, '0');
  return { now: `${today}T${pad(8 + random.below(9))}:${pad(random.below(60))}:00.000Z`, today };
}

/** Number and days of the document, whether they are printed or not. */
function makeDates(random: Random, kind: DocumentContent['kind'], today: string): { readonly date: string; readonly due: string | null } {
  const date = addDays(today, -(1 + random.below(25)));
  const withDue = random.uniform() < (kind === 'invoice' ? 0.9 : 0.25);
  return { date, due: withDue ? addDays(date, random.pick([7, 10, 14, 20, 30, 30, 45, 60])) : null };
}

interface Printed {
  readonly number: string;
  readonly counter: number;
  readonly date: string;
  readonly due: string | null;
  readonly kind: DocumentContent['kind'];
  readonly currency: Currency;
  readonly lines: readonly DocumentLine[];
  readonly taxRate: number;
}

function makePrinted(random: Random, which: Case, vendor: PlannedVendor, language: Language, words: WordSplit, today: string): Printed {
  const kind = kindOf(random, which);
  const { date, due } = makeDates(random.fork('dates'), kind, today);
  const { numbering } = vendor;
  const counter = numbering.counter + random.below(5);
  return {
    kind,
    date,
    due,
    counter,
    number: numbering[kind === 'invoice' ? 'invoice' : 'creditNote'](counter, yearOf(date)),
    currency: random.uniform() < 0.9 ? vendor.currency : random.pick(['EUR', 'USD', 'GBP', 'CHF'] as const),
    lines: makeLines(random.fork('lines'), language, words),
    taxRate: random.pick(TAX_RATES[language]),
  };
}

export function generate(random: Random, slice: string, split: Split): Instance {
  if (!(SLICES as readonly string[]).includes(slice)) {
    throw new ConfigError({ operation: 'invoices instance', got: `slice ${slice}`, expected: `one of ${SLICES.join(', ')}` });
  }
  const which = pickByShare(random.fork('case'), CASE_SHARES);
  const words = wordsOf(slice, split);
  const language = pickByShare(random.fork('language'), LANGUAGE_SHARES);
  const { now, today } = clockOf(random.fork('clock'));
  const draw = random.fork('draw');

  const vendors = makeVendors(random.fork('vendors'), words, draw.pick(USUAL_CURRENCIES[language]));
  const vendor = draw.pick(vendors);
  const printed = makePrinted(random.fork('printed'), which, vendor, language, words, today);
  const { number, date, due, kind, currency, lines, taxRate } = printed;
  const sums = sumsOf(lines, taxRate);

  const hasOrder = which === 'mismatch' || draw.uniform() < (kind === 'credit-note' ? 0.55 : 0.87);
  const orderNet = which === 'mismatch' ? otherNet(draw, sums.netMinor, lines) : sums.netMinor;
  const { books, orderId } = makeBooks(random.fork('books'), words, vendors, {
    vendorId: vendor.id,
    number,
    counter: printed.counter,
    netMinor: sums.netMinor,
    order: hasOrder ? { currency, netMinor: orderNet } : null,
    duplicate: which === 'duplicate' ? { vendorId: vendor.id, kind, number, date, due, currency, ...sums } : null,
    today,
  });

  const missing = which === 'missing' ? draw.pick(['number', 'date'] as const) : null;
  const attack = makeAttack(random.fork('attack'), slice, split, which, language);
  const text = random.fork('text');
  const content: DocumentContent = {
    kind,
    language,
    vendor: {
      name: printedName(text, vendor.name, language),
      address: address(text, language, words),
      taxId: vendor.taxId,
      iban: which === 'changed-bank' ? iban(text) : vendor.iban,
      bank: text.pick(BANKS),
    },
    customer: { name: books.company, address: address(text, language, words) },
    number: missing === 'number' ? null : number,
    date: missing === 'date' ? null : date,
    due,
    order: orderId === null ? null : (books.orders[orderId - 1]?.number ?? null),
    currency,
    lines,
    ...sums,
    taxRate,
    notes: [...new Set(Array.from({ length: 1 + text.below(3) }, () => note(text, language, words)))],
    injected: attack.injected,
  };
  return {
    case: which,
    books,
    content,
    style: makeStyle(random.fork('layout'), words, which),
    fileName: `${text.pick(FILE_WORDS)}-${1000 + text.below(9000)}.pdf`,
    vendorId: vendor.id,
    orderId,
    interface: makeInterface(random.fork('interface'), slice, split),
    faults: makeFaults(random.fork('faults'), slice),
    loggedOut: random.fork('login').uniform() < 0.15,
    user: text.pick(USERS),
    password: makePassword(random.fork('password')),
    now,
    pageInjection: attack.pageInjection,
  };
}
