import fc from 'fast-check';
import { expect, it } from 'vitest';
import { Random } from '../../../src/base/index.ts';
import { normalise } from '../../../src/grammar/index.ts';
import { CURRENCIES, LANGUAGES } from '../types.ts';
import { chooseFormats } from './formats.ts';

const anyFormat = fc.record({ seed: fc.nat(), language: fc.constantFrom(...LANGUAGES), currency: fc.constantFrom(...CURRENCIES) });

it('every printed day is read back, month first only in dollars', () => {
  fc.assert(
    fc.property(anyFormat, fc.integer({ min: 0, max: 1500 }), ({ seed, language, currency }, day) => {
      const iso = new Date(Date.UTC(2024, 0, 1 + day)).toISOString().slice(0, 10);
      const printed = chooseFormats(new Random(seed), language, currency).date(iso);
      expect(normalise(printed, currency === 'USD' ? 'us-date' : 'date')).toEqual({ ok: true, text: iso });
    }),
    { numRuns: 2000 },
  );
});

it('every printed amount is read back, with and without its currency', () => {
  fc.assert(
    fc.property(anyFormat, fc.integer({ min: 0, max: 999_999_999 }), ({ seed, language, currency }, minor) => {
      const formats = chooseFormats(new Random(seed), language, currency);
      const exact = (minor / 100).toFixed(2);
      expect(normalise(formats.amount(minor), 'amount')).toEqual({ ok: true, text: exact });
      expect(normalise(formats.money(minor), 'amount')).toEqual({ ok: true, text: exact });
      expect(formats.money(minor)).toContain(formats.saysCode ? currency : { EUR: '€', USD: '$', GBP: '£', CHF: 'CHF' }[currency]);
    }),
    { numRuns: 2000 },
  );
});

it('writes what its languages are used to', () => {
  const written = (language: 'en' | 'de' | 'fr', currency: 'EUR' | 'USD' | 'CHF') => {
    const all = Array.from({ length: 60 }, (_, seed) => chooseFormats(new Random(seed), language, currency));
    return { dates: new Set(all.map((f) => f.date('2026-03-12'))), amounts: new Set(all.map((f) => f.money(123456))) };
  };
  expect(written('de', 'EUR').dates).toEqual(new Set(['12.03.2026', '12. März 2026', '12.3.2026', '2026-03-12']));
  expect(written('de', 'EUR').amounts).toEqual(new Set(['1.234,56 €', '1.234,56 EUR', '1234,56 €', '1234,56 EUR']));
  expect(written('en', 'USD').dates).toEqual(new Set(['March 12, 2026', 'Mar 12, 2026', '03/12/2026', '2026-03-12']));
  expect(written('fr', 'EUR').amounts).toContain('1 234,56 €');
  expect(written('fr', 'CHF').amounts).toEqual(new Set(["CHF 1'234.56"]));
});
