import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readUtterance, utteranceElements } from './utterance.ts';

const texts = (text: string, phrases: readonly string[] = []): string[] =>
  utteranceElements({ text, phrases }).map(({ name, text = name }) => text);

describe('the words of a goal', () => {
  it('keeps quoted phrases whole and strips the punctuation of the sentence, not that of a value', () => {
    expect(texts('Enter "Ann Lee" and the password "x9!", then press Login.')).toEqual([
      'Enter',
      'Ann Lee',
      'and',
      'the',
      'password',
      'x9!',
      'then',
      'press',
      'Login',
    ]);
    expect(texts('Set 03/12/2026, -3, $5.50, 50% and @ann (#7).')).toEqual([
      'Set',
      '03/12/2026',
      '-3',
      '$5.50',
      '50%',
      'and',
      '@ann',
      '#7',
    ]);
    expect(texts('He said “good day” – "')).toEqual(['He', 'said', 'good day']);
  });

  it('shows the words as they are written', () => {
    const [, second] = utteranceElements({ text: 'press Login.', phrases: [] });
    expect(second).toEqual({ key: 'utterance/1', role: 'goal', name: 'Login.', text: 'Login', offers: ['copy'] });
  });

  it('takes values that the page names as one, the longest first, at whole words only', () => {
    const read = readUtterance({
      utterance: 'Fly from New York City to Newark',
      fields: [
        ['from', 'New York City'],
        ['x', 'York City'],
        ['to', 'Newark'],
      ],
    });
    expect(read && utteranceElements(read).map(({ name }) => name)).toEqual(['Fly', 'from', 'New York City', 'to', 'Newark']);
    expect(texts('a.b c a+b c', ['a+b c'])).toEqual(['a.b', 'c', 'a+b c']);
    expect(readUtterance({ utterance: 'x  y', fields: { a: 'x y', n: 3 } })).toEqual({ text: 'x y', phrases: ['x y'] });
  });

  it('refuses what is no utterance', () => {
    for (const given of [null, 3, {}, { utterance: 3 }, [], undefined]) expect(readUtterance(given)).toBeNull();
  });

  it('loses no letter or digit of any text, and names every element once', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        const elements = utteranceElements(readUtterance(text) ?? { text: '', phrases: [] });
        const letters = (given: string): string => given.replace(/[^\p{L}\p{N}]/gu, '');
        expect(letters(elements.map(({ name }) => name).join(''))).toBe(letters(text));
        expect(new Set(elements.map(({ key }) => key)).size).toBe(elements.length);
        expect(elements.every(({ name, text: copied = name }) => name !== '' && copied !== '')).toBe(true);
      }),
    );
  });
});
