import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compileGlob, fold, matchesGlob } from './glob.ts';

const matches = (pattern: string, text: string): boolean => matchesGlob(compileGlob(pattern), fold(text));

describe('patterns', () => {
  it.each<readonly [pattern: string, text: string, expected: boolean]>([
    ['save bill', 'Save bill', true],
    ['save', 'Save bill', false],
    ['*', '', true],
    ['', '', true],
    ['', 'x', false],
    ['*payment*', 'All Payments', true],
    ['pay *', 'Pay', false],
    ['a*a', 'a', false],
    ['a*a', 'aa', true],
    ['ab*ba', 'aba', false],
    ['*a*b', 'xaxbxb', true],
    ['a*b*c', 'acb', false],
    ['a.c', 'abc', false],
    ['[a-z]+', 'b', false],
    ['straße', 'STRASSE', true],
    ['*ος', 'ΟΔΟΣ', true],
    ['total', '  to\u200btal\t', true],
    ['total', 'ｔｏｔａｌ', true],
    ['grand total', 'Grand \n\u00a0total', true],
    ['pay*', 'P\u00ad\u202eayments', true],
    ['pay*', 'Рay', false], // A Cyrillic Р: letters that look alike stay different.
  ])('%j on %j: %s', (pattern, text, expected) => expect(matches(pattern, text)).toBe(expected));

  it('match as a plain table of prefixes says (property)', () => {
    const letters = (signs: string) => fc.string({ unit: fc.constantFrom(...signs), maxLength: 12 });
    fc.assert(
      fc.property(letters('AB*'), letters('AB'), (pattern, text) => {
        expect(matches(pattern, text)).toBe(matchesByTable(pattern, text));
      }),
      { numRuns: 1000 },
    );
  });

  it('take what stands for the star as it is (property)', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 40 }), (text) => {
        expect(matches('*', text)).toBe(true);
        // What folding makes of a star is one in a pattern.
        if (!fold(text).includes('*')) expect(matches(text, text)).toBe(true);
      }),
    );
  });

  it('answer soon on texts that make backtracking explode', () => {
    const started = performance.now();
    expect(matches('*a*a*a*a*a*a*a*b', 'a'.repeat(20_000))).toBe(false);
    expect(performance.now() - started).toBeLessThan(3000);
  });
});

/** table[i][j]: the first i signs of the pattern match the first j of the text. */
function matchesByTable(pattern: string, text: string): boolean {
  const table = Array.from({ length: pattern.length + 1 }, () => Array<boolean>(text.length + 1).fill(false));
  const at = (i: number, j: number): boolean => table[i]?.[j] ?? false;
  for (let i = 0; i <= pattern.length; i++)
    for (let j = 0; j <= text.length; j++) {
      const sign = pattern[i - 1];
      const row = table[i] as boolean[];
      if (i === 0) row[j] = j === 0;
      else row[j] = sign === '*' ? at(i - 1, j) || (j > 0 && at(i, j - 1)) : j > 0 && sign === text[j - 1] && at(i - 1, j - 1);
    }
  return at(pattern.length, text.length);
}
