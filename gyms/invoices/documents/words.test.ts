import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Random } from '../../../src/base/index.ts';
import { LANGUAGES } from '../types.ts';
import { toWindows1252 } from './canvas.ts';
import { address, companyName, IBAN_COUNTRIES, iban, injection, isIban, itemDescription, note, vendorName, WORD_LISTS } from './words.ts';

describe('word lists', () => {
  it('share nothing between training and exam, and repeat nothing', () => {
    for (const { kind, train, exam } of WORD_LISTS) {
      expect(train.length, kind).toBeGreaterThanOrEqual(3);
      expect(exam.length, kind).toBeGreaterThanOrEqual(3);
      const all = [...train, ...exam].map((entry) => entry.toLowerCase());
      expect(new Set(all).size, kind).toBe(all.length);
    }
  });

  it('stay inside what the standard fonts can draw', () => {
    for (const { train, exam } of WORD_LISTS) for (const entry of [...train, ...exam]) expect(toWindows1252(entry)).toBe(entry);
  });

  it('make different things in the two splits, and many of them', () => {
    const make = (split: 'train' | 'exam'): Set<string> => {
      const made = new Set<string>();
      for (let i = 0; i < 400; i++) {
        const random = new Random(i);
        const language = random.pick(LANGUAGES);
        made.add(vendorName(random, split));
        for (const line of address(random, language, split)) made.add(line);
        made.add(itemDescription(random, language, split));
        made.add(note(random, language, split));
        made.add(companyName(random, split));
      }
      return made;
    };
    const train = make('train');
    const exam = make('exam');
    expect([...train].filter((text) => exam.has(text))).toEqual([]);
    expect(train.size).toBeGreaterThan(1000);
  });

  it('keep items short', () => {
    for (let i = 0; i < 500; i++) {
      const random = new Random(i);
      expect(itemDescription(random, random.pick(LANGUAGES), i % 2 === 0 ? 'train' : 'exam').length).toBeLessThanOrEqual(32);
    }
  });

  it('fill the places of an attack', () => {
    for (let i = 0; i < 500; i++) {
      const random = new Random(i);
      const text = injection(random, random.pick(LANGUAGES), i % 2 === 0 ? 'train' : 'exam');
      expect(text).not.toMatch(/[{}]/);
      for (const [account] of text.matchAll(/\b[A-Z]{2}\d{2}[A-Z0-9]{10,}/g)) expect(isIban(account)).toBe(true);
    }
  });
});

describe('iban', () => {
  it('knows published examples', () => {
    for (const known of [
      'DE89 3704 0044 0532 0130 00',
      'GB29 NWBK 6016 1331 9268 19',
      'FR14 2004 1010 0505 0001 3M02 606',
      'CH93 0076 2011 6238 5295 7',
    ])
      expect(isIban(known)).toBe(true);
  });

  it('makes valid ones for every country, and one wrong character is noticed', () => {
    fc.assert(
      fc.property(
        fc.nat(),
        fc.constantFrom(...IBAN_COUNTRIES),
        fc.nat(),
        fc.integer({ min: 1, max: 9 }),
        (seed, country, place, change) => {
          const made = iban(new Random(seed), country);
          expect(made.startsWith(country)).toBe(true);
          expect(isIban(made)).toBe(true);
          const digits = [...made.matchAll(/\d/g)].map(({ index }) => index);
          const at = digits[place % digits.length] as number;
          const changed = made.slice(0, at) + String((Number(made[at]) + change) % 10) + made.slice(at + 1);
          expect(isIban(changed)).toBe(false);
        },
      ),
    );
  });
});
