import { describe, expect, it } from 'vitest';
import { LANGUAGES } from '../types.ts';
import { toWindows1252 } from './canvas.ts';
import { LABEL_KEYS, type LabelKey, LEXICON, labels } from './lexicon.ts';

const phrase = (text: string): RegExp =>
  new RegExp(`(?<![\\p{L}\\p{N}])${text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}(?![\\p{L}\\p{N}])`, 'iu');

describe.each(LANGUAGES)('labels in %s', (language) => {
  it('have synonyms in both halves', () => {
    for (const key of LABEL_KEYS)
      for (const split of ['train', 'exam'] as const) {
        const list = labels(language, split)[key];
        expect(list.length, key).toBeGreaterThan(0);
        for (const label of list) {
          expect(label.trim()).toBe(label);
          expect(label).not.toBe('');
          expect(toWindows1252(label)).toBe(label);
        }
      }
  });

  it('of the exam are no part of any of training', () => {
    const known = LABEL_KEYS.flatMap((key) => labels(language, 'train')[key]);
    const seen = LABEL_KEYS.flatMap((key) =>
      LEXICON[language].exam[key].filter((label) => known.some((other) => phrase(label).test(other))),
    );
    expect(seen).toEqual([]);
  });

  it('do not call a credit note an invoice', () => {
    for (const split of ['train', 'exam'] as const) {
      const invoices = [...labels(language, 'train').invoice, ...labels(language, 'exam').invoice].map((title) => title.toLowerCase());
      const credits = labels(language, split).creditNote.map((title) => title.toLowerCase());
      expect(credits.filter((title) => invoices.some((invoice) => title.includes(invoice)))).toEqual([]);
    }
  });

  it('of what decides are the label of nothing else', () => {
    const all = (key: LabelKey): string[] =>
      [...labels(language, 'train')[key], ...labels(language, 'exam')[key]].map((label) => label.toLowerCase());
    /** Printed on different documents, so they may share a label. */
    const twins: Partial<Record<LabelKey, LabelKey>> = { number: 'creditNumber', date: 'creditDate', total: 'creditTotal' };
    for (const key of [
      'number',
      'creditNumber',
      'date',
      'creditDate',
      'due',
      'order',
      'currency',
      'taxId',
      'iban',
      'net',
      'tax',
      'total',
    ] as const)
      for (const other of LABEL_KEYS) {
        if (other === key || twins[key] === other || twins[other] === key) continue;
        expect(
          all(key)
            .filter((label) => all(other).includes(label))
            .map((label) => `${label}: ${key}, ${other}`),
        ).toEqual([]);
      }
  });

  it('keep the places for numbers', () => {
    for (const split of ['train', 'exam'] as const) {
      for (const label of labels(language, split).page) expect(label).toMatch(/\{p\}.*\{n\}/);
      for (const label of labels(language, split).days) expect(label).toContain('{d}');
    }
  });
});
