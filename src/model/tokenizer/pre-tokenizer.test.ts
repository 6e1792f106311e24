import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { splitText } from './pre-tokenizer.ts';
import { anyText } from './sample-texts.ts';

describe('splitText', () => {
  it('loses nothing', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        expect(splitText(text).join('')).toBe(text);
      }),
    );
  });

  it.each([
    ['Total: 1,204.50', ['Total', ':', ' ', '1', ',', '2', '0', '4', '.', '5', '0']],
    ['the  due date', ['the', ' ', ' due', ' date']],
    ['a\n  b', ['a', '\n ', ' b']],
    ['"First name"', ['"', 'First', ' name', '"']],
    ['Österreich e\u0301t हिन्दी', ['Österreich', ' e\u0301t', ' हिन्दी']],
    ['5 €', ['5', ' €']],
    ['x \n', ['x', ' \n']],
    ['', []],
  ])('cuts %j', (text, pieces) => {
    expect(splitText(text)).toEqual(pieces);
  });
});
