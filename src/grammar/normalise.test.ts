import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Normaliser } from '../records/index.ts';
import { normalise } from './normalise.ts';

const read = (text: string, as: Normaliser): string => {
  const result = normalise(text, as);
  return result.ok ? result.text : `! ${result.reason}`;
};

describe('amounts', () => {
  it.each<readonly [string, string]>([
    ['1.234,56 €', '1234.56'],
    ["1'234.56", '1234.56'],
    ['1 234,56', '1234.56'],
    ['1\u202f234,56 €', '1234.56'],
    ['USD 1,234.56', '1234.56'],
    ['EUR1.234,56', '1234.56'],
    ['$12', '12.00'],
    ['12,5', '12.50'],
    ['0.125.000', '! "0.125.000" can\'t be read as an amount: its groups of digits are uneven'],
    ['1.234', '1234.00'],
    ['1.234.567', '1234567.00'],
    ['0,125', '! "0,125" can\'t be read as an amount: it has fractions of a cent'],
    ['0.50', '0.50'],
    ['-12,00', '-12.00'],
    ['(12.00)', '-12.00'],
    ['Total: 99,90 EUR', '99.90'],
    ['MwSt 19 % 19,00', '19.00'],
    ['19.00%', '! "19.00%" can\'t be read as an amount: no number'],
    ['12.00 13.00', '! "12.00 13.00" can\'t be read as an amount: more than one number'],
    ['RE-2024', '! "RE-2024" can\'t be read as an amount: a number inside a word'],
    ['12abc', '! "12abc" can\'t be read as an amount: a number inside a word'],
    ['1,23,45', '! "1,23,45" can\'t be read as an amount: its groups of digits are uneven'],
    ['', '! "" can\'t be read as an amount: no number'],
    ['１２', '! "１２" can\'t be read as an amount: no number'],
  ])('%j → %j', (text, expected) => expect(read(text, 'amount')).toBe(expected));

  it('written by any of the usual conventions are read as what they are (property)', () => {
    const conventions = [
      ['.', ','],
      [',', '.'],
      [' ', ','],
      ['\u00a0', ','],
      ["'", '.'],
      ['', ','],
      ['', '.'],
    ] as const;
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 10 ** 12 }),
        fc.constantFrom(...conventions),
        fc.boolean(),
        (minor, [group, point], negative) => {
          const units = String(Math.floor(minor / 100)).replace(/\B(?=(\d{3})+(?!\d))/g, group);
          const text = `${negative ? '-' : ''}${units}${point}${String(minor % 100).padStart(2, '0')}`;
          expect(read(text, 'amount')).toBe(`${negative ? '-' : ''}${(minor / 100).toFixed(2)}`);
        },
      ),
      { seed: 3, numRuns: 2000 },
    );
  });
});

describe('whole numbers', () => {
  it.each<readonly [string, string]>([
    ['3', '3'],
    ['3,00', '3'],
    ['1.500', '1500'],
    ['12 pcs', '12'],
    ['007', '7'],
    ['3,5', '! "3,5" can\'t be read as a whole number: it has decimals'],
    ['three', '! "three" can\'t be read as a whole number: no number'],
  ])('%j → %j', (text, expected) => expect(read(text, 'integer')).toBe(expected));
});

describe('dates', () => {
  it.each<readonly [string, string]>([
    ['12.03.2026', '2026-03-12'],
    ['12. März 2026', '2026-03-12'],
    ['12 mars 2026', '2026-03-12'],
    ['12 de marzo de 2026', '2026-03-12'],
    ['12 maart 2026', '2026-03-12'],
    ['12 août 2026', '2026-08-12'],
    ['March 12, 2026', '2026-03-12'],
    ['12th March 2026', '2026-03-12'],
    ['12-Mar-2026', '2026-03-12'],
    ['2026-03-12', '2026-03-12'],
    ['2026/03/12', '2026-03-12'],
    ['12/03/26', '2026-03-12'],
    ['Fällig am 12.03.2026', '2026-03-12'],
    ['Due: 1.4.2026', '2026-04-01'],
    ['29.02.2028', '2028-02-29'],
    ['29.02.2026', '! "29.02.2026" can\'t be read as a date: no day of the calendar'],
    ['2026-13-01', '! "2026-13-01" can\'t be read as a date: no day of the calendar'],
    ['01.02.2026 - 03.02.2026', '! "01.02.2026 - 03.02.2026" can\'t be read as a date: more than one day'],
    ['soon', '! "soon" can\'t be read as a date: no day of the calendar'],
    ['1.2.3.2026', '! "1.2.3.2026" can\'t be read as a date: no day of the calendar'],
  ])('%j → %j', (text, expected) => expect(read(text, 'date')).toBe(expected));

  it('are read month first where that is said, but never with dots', () => {
    expect(read('03/12/2026', 'us-date')).toBe('2026-03-12');
    expect(read('03/12/2026', 'date')).toBe('2026-12-03');
    expect(read('03.12.2026', 'us-date')).toBe('2026-12-03');
    expect(read('25/12/2026', 'us-date')).toMatch(/no day/);
  });

  it('as six languages write them are read as what they are (property)', () => {
    const day = fc.date({ min: new Date('1990-01-01'), max: new Date('2089-12-31'), noInvalidDate: true });
    fc.assert(
      fc.property(
        day,
        fc.constantFrom('en', 'en-GB', 'de', 'fr', 'es', 'nl', 'it'),
        fc.constantFrom('long', 'short'),
        (date, locale, month) => {
          const text = new Intl.DateTimeFormat(locale, { day: 'numeric', month, year: 'numeric', timeZone: 'UTC' }).format(date);
          expect(read(text, 'date')).toBe(date.toISOString().slice(0, 10));
        },
      ),
      { seed: 4, numRuns: 3000 },
    );
  });
});

it('letters and spaces', () => {
  expect(read(' Straße\n 1 ', 'trim')).toBe('Straße 1');
  expect(read('AbC', 'lower')).toBe('abc');
  expect(read('AbC', 'upper')).toBe('ABC');
});

it('hostile text is read in no time', () => {
  const startedMs = performance.now();
  for (const text of ['1 '.repeat(50_000), '1.'.repeat(50_000), `${'a'.repeat(100_000)}1`, '('.repeat(100_000), '1-1-'.repeat(20_000)])
    for (const as of ['amount', 'integer', 'date', 'us-date'] as const) normalise(text, as);
  expect(performance.now() - startedMs).toBeLessThan(2000);
});
