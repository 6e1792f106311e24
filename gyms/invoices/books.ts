/**
 * Books as a small company has them before something arrives: vendors, open orders, posted bills.
 *
 * They are made to be mistaken for one another: vendors with similar names, bills of a vendor whose numbers differ in a digit, the same
 * number at two vendors, a recurring amount. What the arrived document needs in them comes in as `Wanted`.
 */
import type { Random } from '../../src/base/index.ts';
import { addDays, yearOf } from './days.ts';
import { companyName, iban, vendorName, type WordSplit } from './documents/index.ts';
import { taxOf } from './money.ts';
import { makeNumbering, type Numbering } from './numbering.ts';
import type { Books, Currency, Order, PostedBill, Vendor } from './types.ts';

export interface PlannedVendor extends Vendor {
  readonly numbering: Numbering;
}

/** What the books must hold for the arrived document, and what they must not. */
export interface Wanted {
  readonly vendorId: number;
  /** Printed or not: no bill of this vendor has it, except `duplicate`. */
  readonly number: string;
  /** Counter behind `number`. */
  readonly counter: number;
  readonly netMinor: number;
  /** The order that the document names. */
  readonly order: { readonly currency: Currency; readonly netMinor: number } | null;
  /** The bill that has been entered before. */
  readonly duplicate: Omit<PostedBill, 'id' | 'paid'> | null;
  readonly today: string;
}

/** What has to differ between two vendors, however a document writes them. */
const coreName = (name: string): string => name.toLowerCase();

/** 5 to 7 vendors in the order of their ids; in a third of the books two have names that begin alike. */
export function makeVendors(random: Random, words: WordSplit, currency: Currency): readonly PlannedVendor[] {
  const count = 5 + random.below(3);
  const names: string[] = [];
  const cores = new Set<string>();
  while (names.length < count) {
    let name = vendorName(random, words);
    const first = names.length > 0 && random.uniform() < 0.12 ? random.pick(names).split(' ')[0] : undefined;
    if (first !== undefined && name.includes(' ')) name = `${first}${name.slice(name.indexOf(' '))}`;
    const core = coreName(name);
    if (cores.has(core)) continue;
    cores.add(core);
    names.push(name);
  }
  return random.shuffle(names).map((name, at) => ({
    id: at + 1,
    name,
    iban: iban(random),
    taxId: `${random.pick(['DE', 'FR', 'ES', 'NL', 'IT', 'GB'])}${100_000_000 + random.below(900_000_000)}`,
    currency: random.uniform() < 0.7 ? currency : random.pick(['EUR', 'USD', 'GBP', 'CHF'] as const),
    numbering: makeNumbering(random),
  }));
}

function makeOrders(
  random: Random,
  vendors: readonly PlannedVendor[],
  wanted: Wanted,
): { orders: readonly Order[]; orderId: number | null } {
  const numbers = new Set<number>();
  const nextNumber = (): string => {
    let number = 1000 + random.below(9000);
    // Neighbours of an order that exists, so that one digit decides.
    const known = [...numbers];
    if (known.length > 0 && random.uniform() < 0.35) number = random.pick(known) + random.pick([1, 2, 10, 100]);
    while (numbers.has(number)) number++;
    numbers.add(number);
    return `PO-${number}`;
  };
  const drafts: (Omit<Order, 'id'> & { readonly own: boolean })[] = [];
  if (wanted.order !== null) drafts.push({ vendorId: wanted.vendorId, number: nextNumber(), ...wanted.order, own: true });
  for (const vendor of vendors) {
    const count = random.below(vendor.id === wanted.vendorId && wanted.order !== null ? 3 : 4);
    for (let i = 0; i < count; i++) {
      let netMinor = 5_000 + random.below(1_500_000);
      if (netMinor === wanted.netMinor) netMinor += 1_000;
      drafts.push({ vendorId: vendor.id, number: nextNumber(), currency: vendor.currency, netMinor, own: false });
    }
  }
  const shuffled = random.shuffle(drafts);
  return {
    orders: shuffled.map(({ own: _, ...order }, at) => ({ id: at + 1, ...order })),
    orderId: wanted.order === null ? null : shuffled.findIndex((order) => order.own) + 1,
  };
}

function makeBills(random: Random, vendors: readonly PlannedVendor[], wanted: Wanted): readonly PostedBill[] {
  const drafts: Omit<PostedBill, 'id'>[] = [];
  const taken = new Set<string>();
  const add = (bill: Omit<PostedBill, 'id'>): void => {
    const key = `${bill.vendorId} ${bill.number}`;
    if (taken.has(key)) return;
    taken.add(key);
    drafts.push(bill);
  };
  if (wanted.duplicate !== null) add({ ...wanted.duplicate, paid: random.uniform() < 0.5 });
  else taken.add(`${wanted.vendorId} ${wanted.number}`);
  const usual = (vendor: PlannedVendor, number: string, kind: PostedBill['kind']): Omit<PostedBill, 'id'> => {
    const date = addDays(wanted.today, -(6 + random.below(160)));
    const recurring = vendor.id === wanted.vendorId && random.uniform() < 0.15;
    const netMinor = recurring ? wanted.netMinor : 2_000 + random.below(900_000);
    const taxMinor = taxOf(netMinor, random.pick([0, 7, 19, 20, 21]));
    const due = kind === 'invoice' ? addDays(date, random.pick([14, 30, 60])) : null;
    const totalMinor = netMinor + taxMinor;
    return {
      vendorId: vendor.id,
      kind,
      number,
      date,
      due,
      currency: vendor.currency,
      netMinor,
      taxMinor,
      totalMinor,
      paid: random.uniform() < 0.6,
    };
  };
  for (const vendor of vendors) {
    const own = vendor.id === wanted.vendorId;
    if (random.uniform() >= (own ? 0.85 : 0.5)) continue;
    const count = 2 + random.below(4);
    for (let i = 0; i < count; i++) {
      const counter = (own ? wanted.counter : vendor.numbering.counter) - random.pick([1, 2, 3, 4, 7, 9, 10, 11, 20]);
      const kind = random.uniform() < 0.1 ? 'credit-note' : 'invoice';
      const number = vendor.numbering[kind === 'invoice' ? 'invoice' : 'creditNote'](counter, yearOf(wanted.today));
      add(usual(vendor, number, kind));
    }
  }
  // The same number at somebody else is no duplicate.
  if (random.uniform() < 0.25) {
    const others = vendors.filter((vendor) => vendor.id !== wanted.vendorId);
    add(usual(random.pick(others), wanted.number, 'invoice'));
  }
  return random.shuffle(drafts).map((bill, at) => ({ id: at + 1, ...bill }));
}

export function makeBooks(
  random: Random,
  words: WordSplit,
  vendors: readonly PlannedVendor[],
  wanted: Wanted,
): { books: Books; orderId: number | null } {
  const { orders, orderId } = makeOrders(random.fork('orders'), vendors, wanted);
  const bills = makeBills(random.fork('bills'), vendors, wanted);
  const plain = vendors.map(({ numbering: _, ...vendor }) => vendor);
  return { books: { company: companyName(random.fork('company'), words), vendors: plain, orders, bills }, orderId };
}
