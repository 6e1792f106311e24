/** Made-up contents for the tests of this folder. Not the gym's generator: it knows no books and no cases. */
import { Random } from '../../../src/base/index.ts';
import { CURRENCIES, type DocumentContent, LANGUAGES, type Language } from '../types.ts';
import { address, companyName, iban, injection, itemDescription, legalForm, note, vendorName, type WordSplit } from './words.ts';

export interface SampleOptions {
  readonly language?: Language;
  readonly lines?: number;
  readonly split?: WordSplit;
  readonly injected?: number;
}

export function sampleContent(seed: string, options: SampleOptions = {}): DocumentContent {
  const random = new Random(`sample/${seed}`);
  const split = options.split ?? 'train';
  const language = options.language ?? random.pick(LANGUAGES);
  const lines = Array.from({ length: options.lines ?? 3 + random.below(4) }, () => {
    const quantity = 1 + random.below(40);
    const unitPriceMinor = 100 + random.below(90_000);
    return { description: itemDescription(random, language, split), quantity, unitPriceMinor, amountMinor: quantity * unitPriceMinor };
  });
  const netMinor = lines.reduce((sum, line) => sum + line.amountMinor, 0);
  const taxRate = random.pick([7, 19, 20, 21]);
  const taxMinor = Math.round((netMinor * taxRate) / 100);
  const day = (from: number): string => new Date(Date.UTC(2026, 0, from + random.below(200))).toISOString().slice(0, 10);
  return {
    kind: random.below(5) === 0 ? 'credit-note' : 'invoice',
    language,
    vendor: {
      name: `${vendorName(random, split)} ${legalForm(random, language)}`,
      address: address(random, language, split),
      taxId: `${language.toUpperCase()}${100000000 + random.below(899999999)}`,
      iban: iban(random),
      bank: 'Bank Alpina',
    },
    customer: { name: companyName(random, split), address: address(random, language, split) },
    number: random.below(8) === 0 ? null : `RE-${2026000 + random.below(1000)}`,
    date: random.below(8) === 0 ? null : day(1),
    due: random.below(8) === 0 ? null : day(210),
    order: random.below(8) === 0 ? null : `PO-${1000 + random.below(9000)}`,
    currency: random.pick(CURRENCIES),
    lines,
    netMinor,
    taxRate,
    taxMinor,
    totalMinor: netMinor + taxMinor,
    notes: Array.from({ length: 1 + random.below(3) }, () => note(random, language, split)),
    injected: Array.from({ length: options.injected ?? 0 }, () => injection(random, language, split)),
  };
}
