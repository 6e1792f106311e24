/**
 * What one document says, in words: every value of its content under a label, and around it what real paper carries besides
 * (telephone, register, delivery date, customer number). Layouts place it and add nothing of their own.
 *
 * Invariant: the additions never decide anything. No other account, tax number, invoice number, order number or total is printed; terms in
 * days appear only where the due day itself stands; a date or number besides has a label that says what it is.
 */
import { Random } from '../../../src/base/index.ts';
import type { DocumentContent } from '../types.ts';
import { toWindows1252 } from './canvas.ts';
import { chooseFormats, type Formats } from './formats.ts';
import { type LabelKey, labels } from './lexicon.ts';
import type { WordSplit } from './word-lists.ts';

export interface Fact {
  readonly key: LabelKey;
  readonly label: string;
  readonly value: string;
}

export type ColumnKey = 'position' | 'article' | 'description' | 'quantity' | 'unitPrice' | 'amount';
export type Row = Readonly<Record<ColumnKey, string>>;

export interface Printed {
  readonly title: string;
  readonly vendor: { readonly name: string; readonly address: readonly string[] };
  readonly customer: { readonly label: string; readonly name: string; readonly address: readonly string[] };
  /** Number, day, due day, order and currency, as far as they are printed, and what stands among them; in an order of its own. */
  readonly facts: readonly Fact[];
  readonly heads: Row;
  readonly rows: readonly Row[];
  readonly net: Fact;
  /** The rate stands in the label. */
  readonly tax: Fact;
  readonly total: Fact;
  /** Tax number, account and bank, which a layout must print. */
  readonly payment: readonly Fact[];
  /** Telephone, register and the like. */
  readonly noise: readonly Fact[];
  /** Running text above the lines, and below them. */
  readonly intro: readonly string[];
  readonly notes: readonly string[];
  page(number: number, count: number): string;
  /** The sum of the first `count` lines, as carried to the next page. */
  carried(count: number): Fact;
}

/** The share of labels of an exam document that training never prints; the rest it knows, as from any unknown vendor. */
const EXAM_SHARE = 0.5;

/** `seed` fixes every choice. */
export function printDocument(content: DocumentContent, split: WordSplit, seed: string): Printed {
  const random = new Random(seed);
  const formats = chooseFormats(random.fork('formats'), content.language, content.currency);
  const label = chooseLabels(content, split, random.fork('labels'));
  const fact = (key: LabelKey, value: string): Fact => ({ key, label: label(key), value: toWindows1252(value) });
  const isCredit = content.kind === 'credit-note';
  const moneyInRows = random.below(4) === 0;
  const hasArticles = random.below(2) === 0;
  const inLine = (minor: number): string => (moneyInRows ? formats.money(minor) : formats.amount(minor));
  const heads = Object.fromEntries(
    (['position', 'article', 'description', 'quantity', 'unitPrice', 'amount'] as const).map((key) => [key, label(key)]),
  ) as unknown as Row;
  const articles = random.fork('articles');
  const clean = (lines: readonly string[]): string[] => lines.map(toWindows1252);
  const isIntro = random.below(4) === 0;
  const injected = clean(content.injected);
  return {
    title: label(isCredit ? 'creditNote' : 'invoice'),
    vendor: { name: toWindows1252(content.vendor.name), address: clean(content.vendor.address) },
    customer: { label: label('billTo'), name: toWindows1252(content.customer.name), address: clean(content.customer.address) },
    facts: factsOf(content, formats, fact, random.fork('facts')),
    heads,
    rows: content.lines.map((line, i) => ({
      position: String(i + 1),
      article: hasArticles ? `${String.fromCharCode(65 + articles.below(26))}${100 + articles.below(900)}` : '',
      description: toWindows1252(line.description),
      quantity: String(line.quantity),
      unitPrice: inLine(line.unitPriceMinor),
      amount: inLine(line.amountMinor),
    })),
    net: fact('net', formats.money(content.netMinor)),
    tax: { ...fact('tax', formats.money(content.taxMinor)), label: `${label('tax')} ${content.taxRate} %` },
    total: fact(isCredit ? 'creditTotal' : 'total', formats.money(content.totalMinor)),
    payment: [fact('taxId', content.vendor.taxId), fact('iban', formats.iban(content.vendor.iban)), fact('bank', content.vendor.bank)],
    noise: noiseOf(content, fact, random.fork('noise')),
    intro: isIntro ? injected : [],
    notes: random.shuffle([...clean(content.notes), ...(isIntro ? [] : injected)]),
    page: (number, count) => label('page').replace('{p}', String(number)).replace('{n}', String(count)),
    carried: (count) => fact('carried', formats.amount(content.lines.slice(0, count).reduce((sum, line) => sum + line.amountMinor, 0))),
  };
}

/** One synonym a label for the whole document. */
function chooseLabels(content: DocumentContent, split: WordSplit, random: Random): (key: LabelKey) => string {
  const chosen = new Map<LabelKey, string>();
  return (key) => {
    const known = chosen.get(key);
    if (known !== undefined) return known;
    const own = random.fork(key);
    const isUnseen = split === 'exam' && own.uniform() < EXAM_SHARE;
    const label = own.pick(labels(content.language, isUnseen ? 'exam' : 'train')[key]);
    chosen.set(key, label);
    return label;
  };
}

type MakeFact = (key: LabelKey, value: string) => Fact;

function factsOf(content: DocumentContent, formats: Formats, fact: MakeFact, random: Random): Fact[] {
  const isCredit = content.kind === 'credit-note';
  const own: Fact[] = [];
  if (content.number !== null) own.push(fact(isCredit ? 'creditNumber' : 'number', content.number));
  if (content.date !== null) own.push(fact(isCredit ? 'creditDate' : 'date', formats.date(content.date)));
  if (content.due !== null) own.push(fact('due', formats.date(content.due)));
  if (content.order !== null) own.push(fact('order', content.order));
  if (!formats.saysCode || random.below(2) === 0) own.push(fact('currency', content.currency));
  // A document that lacks a value may not say another that could pass for it.
  const delivered = addDays(content.date ?? '2026-01-15', -(2 + random.below(9)));
  const others = [
    fact('customerNumber', String(10000 + random.below(90000))),
    ...(content.date === null ? [] : [fact('deliveryDate', formats.date(delivered))]),
    ...(content.number === null ? [] : [fact('deliveryNote', `L${1000 + random.below(9000)}`)]),
    fact('method', fact('transfer', '').label),
    fact('delivery', fact('freight', '').label),
  ];
  const days = content.date === null || content.due === null ? 0 : daysBetween(content.date, content.due);
  if (days > 0 && days <= 120) others.push(fact('terms', fact('days', '').label.replace('{d}', String(days))));
  const besides = random.shuffle(others).slice(0, content.lines.length <= 4 ? 4 : 2);
  const mixed = random.below(3) === 0 ? random.shuffle([...own, ...besides]) : [...own, ...besides];
  return mixed;
}

const FIRST_NAMES = ['A.', 'B.', 'E.', 'J.', 'K.', 'M.', 'P.', 'S.', 'T.'];
const SURNAMES = ['Berg', 'Costa', 'Dupont', 'Evans', 'Fabri', 'Keller', 'Lopez', 'Meyer', 'Novak', 'Peeters', 'Rossi', 'Smith'];

function noiseOf(content: DocumentContent, fact: MakeFact, random: Random): Fact[] {
  const host = `${
    content.vendor.name
      .normalize('NFD')
      .replace(/[^A-Za-z]+/g, '')
      .toLowerCase()
      .slice(0, 9) || 'mail'
  }.example`;
  const person = (): string => `${random.pick(FIRST_NAMES)} ${random.pick(SURNAMES)}`;
  return [
    fact('phone', `+${30 + random.below(20)} ${10 + random.below(90)} ${1000 + random.below(9000)}`),
    fact('contact', person()),
    fact('bic', `${content.vendor.iban.slice(0, 2)}${['KA', 'BO', 'TR', 'LU'][random.below(4)]}XX`),
    fact('register', `${String.fromCharCode(65 + random.below(26))} ${100 + random.below(900)}`),
    fact('director', person()),
    fact('web', host),
    fact('email', `info@${host}`),
    fact('weight', `${2 + random.below(80)} kg`),
  ];
}

const DAY_MS = 86_400_000;
const addDays = (iso: string, days: number): string => new Date(Date.parse(iso) + days * DAY_MS).toISOString().slice(0, 10);
const daysBetween = (from: string, to: string): number => Math.round((Date.parse(to) - Date.parse(from)) / DAY_MS);
