import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DataError } from '../base/index.ts';
import { boundaryId } from '../grammar/index.ts';
import { loadTexts, textSource } from './corpus.ts';

/** One token a character. */
const codec = {
  encodeText: (text: string) => Array.from(text, (character) => 400 + (character.codePointAt(0) as number)),
  decode: (ids: readonly number[]) => String.fromCodePoint(...ids.map((id) => id - 400)),
};

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'journeyman-corpus-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('text as episodes', () => {
  it('predicts every token once, none across documents', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ maxLength: 40 }), { maxLength: 5 }), fc.integer({ min: 2, max: 12 }), (texts, length) => {
        fc.pre(texts.some((text) => text.trim() !== ''));
        const source = textSource(texts, codec, { length });
        const episodes = Array.from({ length: source.length }, (_, i) => source.episode(i));
        for (const { tokens, weights, pointed } of episodes) {
          expect(tokens[0]).toBe(boundaryId('begin'));
          expect(tokens.length).toBeLessThanOrEqual(length);
          expect([...weights]).toEqual([0, ...Array(tokens.length - 1).fill(1)]);
          expect([...pointed]).toEqual(Array(tokens.length).fill(0));
        }
        expect(episodes.map(({ tokens }) => codec.decode([...tokens.subarray(1)])).join('')).toBe(texts.join(''));
        expect(episodes.length).toBe(texts.reduce((sum, text) => sum + Math.ceil([...text].length / (length - 1)), 0));
      }),
    );
  });

  it.each([[], [''], [' \n', '']])('refuses a corpus without text', (...texts) => {
    expect(() => textSource(texts, codec, { length: 8 })).toThrow(/got no text in/);
  });

  it.each([1, 2.5, Number.NaN])('refuses episodes of %d tokens', (length) => {
    expect(() => textSource(['a'], codec, { length })).toThrow(/at least 2/);
  });
});

describe('text files', () => {
  const file = (name: string, content: string | Uint8Array): string => {
    writeFileSync(join(folder, name), content);
    return join(folder, name);
  };

  it('are read as UTF-8', () => {
    expect(loadTexts([file('a', 'é'), file('b', ''), file('c', 'z')])).toEqual(['é', '', 'z']);
  });

  it('that are missing, folders, not UTF-8 or empty are refused by name', () => {
    expect(() => loadTexts([join(folder, 'nowhere')])).toThrow(/nowhere: got no such file/);
    expect(() => loadTexts([folder])).toThrow(/got a folder/);
    expect(() => loadTexts([file('latin', new Uint8Array([0x61, 0xe9, 0x62]))])).toThrow(/latin: got bytes that are not UTF-8/);
    expect(() => loadTexts([file('empty', '')])).toThrow(DataError);
    expect(() => loadTexts([file('empty', ''), file('blank', '\n')])).toThrow(/no text in 2 files/);
  });
});
