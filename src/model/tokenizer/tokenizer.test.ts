import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DataError } from '../../base/index.ts';
import { trainTokenizer } from './bpe-trainer.ts';
import { anyText, CORPUS, MULTILINGUAL, SPECIALS } from './sample-texts.ts';

const tokenizer = trainTokenizer(CORPUS, { vocabularySize: 400, specialTokens: SPECIALS });
const firstByte = SPECIALS.length;

describe('tokenizer', () => {
  it('returns every well-formed text', () => {
    for (const text of MULTILINGUAL) expect(tokenizer.decode(tokenizer.encodeText(text))).toBe(text);
    fc.assert(
      fc.property(anyText, (text) => {
        expect(tokenizer.decode(tokenizer.encodeText(text))).toBe(text);
        expect(tokenizer.decode(tokenizer.encode(text))).toBe(text);
      }),
      { numRuns: 500 },
    );
  });

  it('never reads a special token in outside text', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        expect(tokenizer.encodeText(text).every((id) => id >= firstByte)).toBe(true);
      }),
    );
  });

  it('reads special tokens in our own text, the longest at the leftmost place', () => {
    expect(tokenizer.encode('⟨12⟩<|act|>⟨1⟩')).toEqual([4, 1, 3]);
    expect(tokenizer.encode('<|act|><|act|>')).toEqual([2, ...tokenizer.encodeText('|act|>')]);
    expect(tokenizer.encode('a<|pad|> b')).toEqual([...tokenizer.encodeText('a'), 0, ...tokenizer.encodeText(' b')]);
  });

  it('reads lone surrogates as U+FFFD', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(0xffff)), (units) => {
        const text = String.fromCharCode(...units);
        expect(tokenizer.decode(tokenizer.encodeText(text))).toBe(text.toWellFormed());
        expect(tokenizer.decode(tokenizer.encode(text))).toBe(text.toWellFormed());
      }),
    );
  });

  it('decodes bytes that are not UTF-8 to U+FFFD, and keeps a byte order mark', () => {
    const euro = trainTokenizer(['x'], { vocabularySize: 257, specialTokens: ['⟨1⟩'] }).encodeText('€');
    const bytes = euro.map((id) => id - 1 + firstByte);
    expect(tokenizer.decode(bytes)).toBe('€');
    expect(tokenizer.decode(bytes.slice(0, 2))).toBe('\ufffd');
    expect(tokenizer.decode(bytes.slice(1))).toBe('\ufffd\ufffd');
    expect(tokenizer.decode([bytes[0] as number, 3])).toBe('\ufffd⟨1⟩');
    expect(tokenizer.decode(tokenizer.encodeText('\ufeff\ufeffa'))).toBe('\ufeff\ufeffa');
    expect(tokenizer.decode([])).toBe('');
  });

  it('gives each digit a token of its own', () => {
    expect(tokenizer.encodeText('2024-02').map((id) => tokenizer.tokenOf(id))).toEqual([...'2024-02']);
  });

  it('names tokens both ways and refuses unknown ids', () => {
    for (let id = 0; id < tokenizer.vocabularySize; id++) expect(tokenizer.idOf(tokenizer.tokenOf(id))).toBe(id);
    expect(tokenizer.idOf('no such token')).toBeUndefined();
    for (const id of [-1, 0.5, tokenizer.vocabularySize, Number.NaN]) {
      expect(() => tokenizer.tokenOf(id)).toThrow(DataError);
      expect(() => tokenizer.decode([id])).toThrow(/expected a whole number from 0 to 399/);
    }
  });

  it('does not hand out its memory', () => {
    const ids = tokenizer.encodeText('total');
    ids.push(0);
    expect(tokenizer.encodeText('total')).not.toContain(0);
  });
});
