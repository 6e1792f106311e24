import { describe, expect, it } from 'vitest';
import { canonicalJson, type Json, Random } from '../../src/base/index.ts';
import { LAYOUTS, WORD_LISTS } from './documents/index.ts';
import { CASE_SHARES, generate, SLICES, type Slice } from './instance.ts';
import { sumsOf } from './money.ts';
import { CASES, type Case, type Instance } from './types.ts';

const seeds = (count: number): Random[] => Array.from({ length: count }, (_, n) => new Random(`instance/${n}`));
const base: readonly Instance[] = seeds(2_000).map((random) => generate(random, 'base', 'train'));
const some = (slice: Slice, split: 'train' | 'exam'): Instance[] => seeds(200).map((random) => generate(random, slice, split));
const share = (what: (instance: Instance) => boolean): number => base.filter(what).length / base.length;

describe('instances of the invoices gym', () => {
  it('are the same bytes for the same seed', () => {
    for (const slice of SLICES)
      for (const n of [1, 2, 3]) {
        const [a, b] = [1, 2].map(() => canonicalJson(generate(new Random(n), slice, 'exam') as unknown as Json));
        expect(a).toBe(b);
      }
  });

  it('have at least 8 per cent of each case, and at most half of one', () => {
    expect(Object.values(CASE_SHARES).reduce((a, b) => a + b)).toBeCloseTo(1, 12);
    for (const which of CASES) {
      const found = share((instance) => instance.case === which);
      expect(found, which).toBeGreaterThanOrEqual(0.08);
      expect(found, which).toBeLessThanOrEqual(0.5);
    }
  });

  it('carry an order in some four fifths, are long in 15 to 20 per cent, and have 3 lines or more in the median', () => {
    const ordered = share(({ content }) => content.order !== null);
    expect(ordered).toBeGreaterThan(0.75);
    expect(ordered).toBeLessThan(0.88);
    const long = share(({ content }) => content.lines.length >= 9);
    expect(long).toBeGreaterThan(0.15);
    expect(long).toBeLessThan(0.2);
    expect(share(({ content }) => content.lines.length >= 3)).toBeGreaterThan(0.5);
    expect(Math.max(...base.map(({ content }) => content.lines.length))).toBeLessThanOrEqual(20);
  });

  it('are what their case says', () => {
    for (const instance of base) expect(problem(instance), `${instance.case} ${instance.fileName}`).toBeNull();
  });

  it('draw what is kept for the exam in the exam only', () => {
    const exam = new Set(LAYOUTS.filter((layout) => layout.exam).map((layout) => layout.name));
    for (const slice of SLICES) {
      for (const { style, books } of some(slice, 'train')) {
        expect(exam.has(style.layout)).toBe(false);
        expect(books.vendors.some((vendor) => usesExamWord(vendor.name))).toBe(false);
      }
    }
    for (const { style, books } of some('unseen', 'exam')) {
      expect(exam.has(style.layout)).toBe(true);
      expect(books.vendors.every((vendor) => usesExamWord(vendor.name))).toBe(true);
    }
    for (const { style } of some('base', 'exam')) expect(exam.has(style.layout)).toBe(false);
  });

  it('differ from base by what the slice says', () => {
    for (const { interface: look } of some('drifted', 'exam')) expect(look.drift).toMatch(/^exam\//);
    for (const { interface: look } of some('drifted', 'train')) expect(look.drift).toMatch(/^train\//);
    for (const { faults } of some('faults', 'train'))
      expect(faults.delayMs > 0 || faults.failAt !== null || faults.expireAt !== null).toBe(true);
    for (const { content, pageInjection } of some('attacks', 'train')) expect(content.injected.length > 0).not.toBe(pageInjection !== '');
    for (const { content, pageInjection, faults, interface: look } of base) {
      expect([...content.injected, pageInjection, look.drift].join('')).toBe('');
      expect(faults).toEqual({ delayMs: 0, failAt: null, expireAt: null });
    }
  });

  it('refuse an unknown slice', () => {
    expect(() => generate(new Random(1), 'nonsense', 'train')).toThrow(/slice nonsense/);
  });
});

function usesExamWord(name: string): boolean {
  const stems = WORD_LISTS.find((list) => list.kind === 'vendor-stem');
  return stems?.exam.some((stem) => name.startsWith(stem)) ?? false;
}

/** Why an instance isn't what its case says, by the books and the document alone; null if it is. */
function problem(instance: Instance): string | null {
  const { books, content, vendorId, orderId } = instance;
  const vendor = books.vendors.find(({ id }) => id === vendorId);
  if (vendor === undefined) return 'no vendor';
  const named = books.vendors.filter(({ name }) => content.vendor.name.toLowerCase().startsWith(name.toLowerCase()));
  if (named.length !== 1 || named[0] !== vendor) return 'the printed name is not one vendor';
  const order = books.orders.find(({ id }) => id === orderId);
  if ((order?.number ?? null) !== content.order) return 'another order is printed';
  if (order !== undefined && (order.vendorId !== vendorId || order.currency !== content.currency)) return 'a foreign order';
  const sums = sumsOf(content.lines, content.taxRate);
  if (sums.netMinor !== content.netMinor || sums.taxMinor !== content.taxMinor || sums.totalMinor !== content.totalMinor) return 'sums';
  if (new Set(books.orders.map(({ number }) => number)).size !== books.orders.length) return 'an order number twice';
  if (new Set(books.bills.map((bill) => `${bill.vendorId} ${bill.number}`)).size !== books.bills.length) return 'a bill twice';
  const isKnown = books.bills.some((bill) => bill.vendorId === vendorId && bill.number === content.number);
  const differs = order !== undefined && order.netMinor !== content.netMinor;
  const found: Case[] = [];
  if (instance.style.scanned) found.push('scan');
  if (isKnown) found.push('duplicate');
  if (differs) found.push('mismatch');
  if (content.vendor.iban !== vendor.iban) found.push('changed-bank');
  if (content.number === null || content.date === null) found.push('missing');
  if (found.length === 0) found.push(content.kind === 'invoice' ? 'post' : 'credit');
  return found.length === 1 && found[0] === instance.case ? null : `looks like ${found.join(' and ')}`;
}
