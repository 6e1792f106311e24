/**
 * Trains a byte-level byte-pair vocabulary (Sennrich et al. 2016, arXiv 1508.07909, §3.2): start from bytes, merge the
 * most frequent pair of neighbours inside pieces, again and again. Counts are kept up to date instead of taken anew.
 *
 * Ids: special tokens in the order given, the 256 bytes in the order of their characters, then merges. Deterministic:
 * of pairs with equal counts the one with the lower left id comes first, then the lower right id. A token that two
 * merges make has one id. A merge that would spell a special token is passed over, so plain text can't become one.
 *
 * Ends early when no pair occurs twice: `vocabularySize` of the result is the real size.
 */
import { ConfigError, DataError } from '../../base/index.ts';
import { BYTE_ALPHABET, BYTE_CHARACTERS } from './byte-characters.ts';
import { Heap } from './heap.ts';
import type { Merge } from './merge.ts';
import { splitText } from './pre-tokenizer.ts';
import { createTokenizer, foldText, type Tokenizer } from './tokenizer.ts';

export interface TrainTokenizerOptions {
  /** V: ids wanted, special tokens and bytes included. */
  readonly vocabularySize: number;
  readonly specialTokens: readonly string[];
  /** As in `Vocabulary`. Default false. */
  readonly isFolded?: boolean;
}

/** A piece that occurs `count` times; `ids` are its tokens so far. */
interface Word {
  readonly count: number;
  ids: number[];
}

interface Candidate {
  readonly left: number;
  readonly right: number;
  readonly count: number;
}

/** Throws `ConfigError` for sizes or special tokens that can't be, `DataError` for texts without a character. */
export function trainTokenizer(texts: Iterable<string>, options: TrainTokenizerOptions): Tokenizer {
  const { vocabularySize, specialTokens, isFolded } = checkOptions(options);
  const tokens = [...specialTokens, ...BYTE_ALPHABET];
  const idOf = new Map<string, number>(tokens.map((token, id) => [token, id]));
  const special = new Set(specialTokens);
  const merges: Merge[] = [];
  const pairs = countPairs(countPieces(isFolded ? folded(texts) : texts, idOf), vocabularySize);
  while (tokens.length < vocabularySize) {
    const best = pairs.takeMostFrequent();
    if (best === undefined) break;
    const spelling = `${tokens[best.left]}${tokens[best.right]}`;
    if (special.has(spelling)) continue;
    const result = idOf.get(spelling) ?? tokens.push(spelling) - 1;
    idOf.set(spelling, result);
    const merge = { left: best.left, right: best.right, result };
    merges.push(merge);
    pairs.apply(merge);
  }
  return createTokenizer({ tokens, merges, specialTokens, ...(isFolded ? { isFolded } : {}) });
}

function* folded(texts: Iterable<string>): Generator<string> {
  for (const text of texts) yield foldText(text);
}

function checkOptions({ vocabularySize, specialTokens, isFolded = false }: TrainTokenizerOptions): Required<TrainTokenizerOptions> {
  const operation = 'trainTokenizer';
  const least = specialTokens.length + BYTE_ALPHABET.length;
  if (!(Number.isInteger(vocabularySize) && vocabularySize >= least))
    throw new ConfigError({
      operation,
      got: `vocabularySize = ${vocabularySize}`,
      expected: `a whole number of at least ${least} (${specialTokens.length} special tokens and 256 bytes)`,
    });
  const seen = new Set<string>(BYTE_CHARACTERS);
  for (const token of specialTokens) {
    if (token === '' || !token.isWellFormed() || seen.has(token))
      throw new ConfigError({
        operation,
        got: `special token ${JSON.stringify(token)}`,
        expected: 'well-formed special tokens, each given once, none empty and none the name of a byte',
      });
    seen.add(token);
  }
  return { vocabularySize, specialTokens: [...specialTokens], isFolded };
}

function countPieces(texts: Iterable<string>, idOf: ReadonlyMap<string, number>): Word[] {
  const counts = new Map<string, number>();
  for (const text of texts) for (const piece of splitText(text.toWellFormed())) counts.set(piece, (counts.get(piece) ?? 0) + 1);
  if (counts.size === 0)
    throw new DataError({ operation: 'trainTokenizer', got: 'no text', expected: 'texts with at least one character' });
  const byteIds = BYTE_CHARACTERS.map((character) => idOf.get(character) as number);
  const utf8 = new TextEncoder();
  return Array.from(counts, ([piece, count]) => ({ count, ids: Array.from(utf8.encode(piece), (byte) => byteIds[byte] as number) }));
}

/**
 * Counts of neighbouring pairs in `words`, which `apply` rewrites. The heap may hold outdated candidates, but for every
 * pair one whose count is not below the pair's, so the first that is up to date is the most frequent.
 */
function countPairs(words: readonly Word[], vocabularySize: number) {
  const counts = new Map<number, number>();
  /** Words in which a pair occurs or did occur. */
  const places = new Map<number, number[]>();
  const candidates = new Heap<Candidate>(
    (a, b) => a.count > b.count || (a.count === b.count && (a.left < b.left || (a.left === b.left && a.right < b.right))),
  );
  const keyOf = (left: number, right: number): number => left * vocabularySize + right;

  function add(left: number, right: number, index: number, count: number): void {
    const key = keyOf(left, right);
    counts.set(key, (counts.get(key) ?? 0) + count);
    const there = places.get(key);
    if (there === undefined) places.set(key, [index]);
    else if (there.at(-1) !== index) there.push(index);
  }

  function propose(key: number): void {
    const count = counts.get(key) as number;
    const right = key % vocabularySize;
    // A pair that occurs once makes no text shorter but that one.
    if (count > 1) candidates.push({ left: (key - right) / vocabularySize, right, count });
  }

  words.forEach(({ ids, count }, index) => {
    for (let i = 0; i + 1 < ids.length; i++) add(ids[i] as number, ids[i + 1] as number, index, count);
  });
  for (const key of counts.keys()) propose(key);

  return {
    takeMostFrequent(): Candidate | undefined {
      for (let candidate = candidates.pop(); candidate !== undefined; candidate = candidates.pop()) {
        const key = keyOf(candidate.left, candidate.right);
        const count = counts.get(key) ?? 0;
        if (count === candidate.count) return candidate;
        if (count < candidate.count && count > 0) propose(key);
      }
      return undefined;
    },

    apply({ left, right, result }: Merge): void {
      const grown = new Set<number>();
      for (const index of places.get(keyOf(left, right)) ?? []) {
        const word = words[index] as Word;
        const merged = mergePair(word.ids, { left, right, result });
        if (merged.length === word.ids.length) continue;
        for (let i = 0; i + 1 < word.ids.length; i++) {
          const key = keyOf(word.ids[i] as number, word.ids[i + 1] as number);
          counts.set(key, (counts.get(key) as number) - word.count);
        }
        for (let i = 0; i + 1 < merged.length; i++) {
          const [a, b] = [merged[i] as number, merged[i + 1] as number];
          add(a, b, index, word.count);
          if (a === result || b === result) grown.add(keyOf(a, b));
        }
        word.ids = merged;
      }
      places.delete(keyOf(left, right));
      for (const key of grown) propose(key);
    },
  };
}

function mergePair(ids: readonly number[], { left, right, result }: Merge): number[] {
  const merged: number[] = [];
  for (let i = 0; i < ids.length; i++) {
    const isPair = ids[i] === left && ids[i + 1] === right;
    merged.push(isPair ? result : (ids[i] as number));
    if (isPair) i++;
  }
  return merged;
}
