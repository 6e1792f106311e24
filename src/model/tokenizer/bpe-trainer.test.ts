import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ConfigError, DataError, hashBytes } from '../../base/index.ts';
import { trainTokenizer } from './bpe-trainer.ts';
import { BYTE_ALPHABET } from './byte-characters.ts';
import { splitText } from './pre-tokenizer.ts';
import { CORPUS, SPECIALS } from './sample-texts.ts';
import { formatTokenizerJson } from './tokenizer-json.ts';

/** The definition: count all pairs anew for each merge. ASCII only. */
function mergesByDefinition(texts: readonly string[], count: number): string[] {
  const ids = new Map(BYTE_ALPHABET.map((character, id) => [character, id]));
  let words = texts.flatMap((text) => splitText(text).map((piece) => [...piece.replaceAll(' ', 'Ġ').replaceAll('\n', 'Ċ')]));
  const merges: string[] = [];
  while (merges.length < count) {
    const pairs = new Map<string, number>();
    for (const word of words)
      for (let i = 0; i + 1 < word.length; i++) {
        const pair = `${word[i]} ${word[i + 1]}`;
        pairs.set(pair, (pairs.get(pair) ?? 0) + 1);
      }
    const idsOf = (pair: string) => pair.split(' ').map((token) => ids.get(token) as number) as [number, number];
    const [best] = [...pairs]
      .filter(([, n]) => n > 1)
      .sort(([a, m], [b, n]) => n - m || idsOf(a)[0] - idsOf(b)[0] || idsOf(a)[1] - idsOf(b)[1]);
    if (best === undefined) break;
    const [left, right] = best[0].split(' ') as [string, string];
    merges.push(best[0]);
    if (!ids.has(left + right)) ids.set(left + right, ids.size);
    words = words.map((word) => {
      const out: string[] = [];
      for (let i = 0; i < word.length; i++) out.push(word[i] === left && word[i + 1] === right ? left + word[++i] : (word[i] as string));
      return out;
    });
  }
  return merges;
}

describe('trainTokenizer', () => {
  it('puts special tokens first, then bytes by character, then merges', () => {
    const tokenizer = trainTokenizer(CORPUS, { vocabularySize: 300, specialTokens: SPECIALS });
    expect(tokenizer.vocabularySize).toBe(300);
    expect(SPECIALS.map((token) => tokenizer.idOf(token))).toEqual(SPECIALS.map((_, id) => id));
    expect(tokenizer.tokenOf(SPECIALS.length)).toBe('!');
    expect(tokenizer.tokenOf(SPECIALS.length + 255)).toBe('Ń');
    expect(tokenizer.vocabulary.merges[0]?.result).toBe(SPECIALS.length + 256);
  });

  it('gives the same bytes each time', () => {
    // Equal to what the Python tokenizers library trains (see agreement.test.ts); stored so that it can't drift.
    const train = () => formatTokenizerJson(trainTokenizer(CORPUS, { vocabularySize: 400, specialTokens: SPECIALS }));
    expect(train()).toBe(train());
    expect(hashBytes(train())).toBe('e76427d076a5ab20fb9fa61b6c4bf33a0326ecfa2d67b90f59c1b16319047f95');
  });

  it('keeps its counts as if it counted anew', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: fc.constantFrom('a', 'b', 'c', ' '), maxLength: 60 }), { maxLength: 8 }), (texts) => {
        const tokenizer = trainTokenizer([...texts, 'x'], { vocabularySize: 290, specialTokens: [] });
        const { tokens, merges } = tokenizer.vocabulary;
        const spelled = merges.map(({ left, right }) => `${tokens[left]} ${tokens[right]}`);
        expect(spelled).toEqual(mergesByDefinition([...texts, 'x'], spelled.length));
        if (tokens.length < 290) expect(mergesByDefinition([...texts, 'x'], spelled.length + 1)).toEqual(spelled);
      }),
    );
  });

  it('ends early where no pair occurs twice, and says the real size', () => {
    const tokenizer = trainTokenizer(['abab abab'], { vocabularySize: 1000, specialTokens: ['<|pad|>'] });
    // ab, abab; the space before the second abab occurs once.
    expect(tokenizer.vocabularySize).toBe(1 + 256 + 2);
  });

  it('never makes a special token out of text', () => {
    const tokenizer = trainTokenizer(['abc abc abc abc'], { vocabularySize: 270, specialTokens: ['abc', 'ab'] });
    expect(tokenizer.encodeText('abc ab')).not.toContain(0);
    expect(tokenizer.encodeText('abc ab')).not.toContain(1);
    expect(tokenizer.encode('abcab')).toEqual([0, 1]);
  });

  it('refuses what it cannot train', () => {
    const train = (texts: readonly string[], vocabularySize: number, specialTokens: readonly string[]) => () =>
      trainTokenizer(texts, { vocabularySize, specialTokens });
    expect(train(['a'], 256, ['<|pad|>'])).toThrow(ConfigError);
    expect(train(['a'], 300.5, [])).toThrow(/vocabularySize = 300.5.*at least 256/);
    expect(train(['a'], 400, ['<|pad|>', '<|pad|>'])).toThrow(ConfigError);
    expect(train(['a'], 400, [''])).toThrow(ConfigError);
    expect(train(['a'], 400, ['é'])).toThrow(/special token "é"/);
    expect(train([], 400, [])).toThrow(DataError);
    expect(train(['', ''], 400, [])).toThrow(/no text/);
  });
});
