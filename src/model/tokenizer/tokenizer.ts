/**
 * Text to token ids and back: byte-level byte-pair encoding with special tokens.
 *
 * Invariants: `decode(encodeText(text)) === text` for every well-formed string, in lower case where the vocabulary is folded, and `encodeText` never yields a special
 * token, whatever the text spells. Lone surrogates are read as U+FFFD. Ids agree with the common tokenizer libraries'
 * reading of the same `tokenizer.json`.
 *
 * Not here: chat templates, padding, truncation; a transcript knows which of its tokens are whose.
 */
import { DataError } from '../../base/index.ts';
import { BYTE_CHARACTERS, bytesOfSpelling } from './byte-characters.ts';
import { createMerger, type Merge } from './merge.ts';
import { splitText } from './pre-tokenizer.ts';

/** What a tokenizer is made of. A token is spelled with `BYTE_CHARACTERS`, a special token as itself. */
export interface Vocabulary {
  /** Spelling by id; holds all 256 bytes, each spelling once. */
  readonly tokens: readonly string[];
  readonly merges: readonly Merge[];
  /** Those of `tokens` that are special, in id order; no merge results in one. */
  readonly specialTokens: readonly string[];
  /** Whether text is read in lower case and as if a space stood before it: a word is then the same wherever it stands. Default false. */
  readonly isFolded?: boolean;
}

/** How text is read by a folded vocabulary. */
export const foldText = (text: string): string => (text === '' ? '' : ` ${lowerCased(text)}`);

/** Letter by letter, as the common libraries' `Lowercase` does: Σ is σ at a word's end too. */
export const lowerCased = (text: string): string => text.replace(/[^\p{Ll}\p{Lo}]/gu, (letter) => letter.toLowerCase());

export interface Tokenizer {
  readonly vocabulary: Vocabulary;
  /** V: ids are 0 to V - 1. */
  readonly vocabularySize: number;
  readonly specialTokens: readonly string[];
  /** Ids of outside text: special tokens that it spells come out as plain text. */
  encodeText(text: string): number[];
  /** Ids of our own text: special tokens that it spells are read as such, the leftmost and longest first. */
  encode(text: string): number[];
  /** Special tokens are spelled out; bytes that are not UTF-8 become U+FFFD. Throws `DataError` for an unknown id. */
  decode(ids: Iterable<number>): string;
  /** The spelling of an id, e.g. `Ġthe`. Throws `DataError` for an unknown id. */
  tokenOf(id: number): string;
  /** The id of a spelling; `undefined` if there is none. */
  idOf(token: string): number | undefined;
}

/** Pieces remembered with their ids; beyond, the memory starts afresh. */
const REMEMBERED_PIECES = 1 << 16;
const LONGEST_REMEMBERED_PIECE = 64;

/** A tokenizer of a vocabulary that is known to be whole (`parseTokenizerJson` and `trainTokenizer` see to that). */
export function createTokenizer(vocabulary: Vocabulary): Tokenizer {
  const { tokens, merges, specialTokens } = vocabulary;
  const ids = new Map<string, number>(tokens.map((token, id) => [token, id]));
  const special = new Set(specialTokens);
  const utf8 = new TextEncoder();
  const bytesOf = tokens.map((token) => (special.has(token) ? undefined : bytesOfSpelling(token)) ?? utf8.encode(token));
  const byteIds = BYTE_CHARACTERS.map((character) => ids.get(character) as number);
  const merge = createMerger(merges, tokens.length);
  const spelled = spellings(specialTokens);
  const remembered = new Map<string, readonly number[]>();

  function encodePiece(piece: string): readonly number[] {
    const known = remembered.get(piece);
    if (known !== undefined) return known;
    const encoded = merge(Array.from(utf8.encode(piece), (byte) => byteIds[byte] as number));
    if (piece.length <= LONGEST_REMEMBERED_PIECE) {
      if (remembered.size >= REMEMBERED_PIECES) remembered.clear();
      remembered.set(piece, encoded);
    }
    return encoded;
  }

  function append(out: number[], text: string): void {
    for (const piece of splitText(vocabulary.isFolded ? foldText(text) : text)) for (const id of encodePiece(piece)) out.push(id);
  }

  function unknown(operation: string, id: number): DataError {
    return new DataError({ operation, got: `id ${id}`, expected: `a whole number from 0 to ${tokens.length - 1}` });
  }

  return {
    vocabulary,
    vocabularySize: tokens.length,
    specialTokens,
    encodeText(text) {
      const out: number[] = [];
      append(out, text.toWellFormed());
      return out;
    },
    encode(text) {
      const out: number[] = [];
      // Split with a capturing group: every second part is a special token.
      text
        .toWellFormed()
        .split(spelled)
        .forEach((part, i) => {
          if (i % 2 === 0) append(out, part);
          else out.push(ids.get(part) as number);
        });
      return out;
    },
    decode(list) {
      const parts: Uint8Array[] = [];
      for (const id of list) {
        const bytes = bytesOf[id];
        if (bytes === undefined) throw unknown('decode', id);
        parts.push(bytes);
      }
      const text = new TextDecoder('utf-8', { ignoreBOM: true }).decode(Buffer.concat(parts));
      return vocabulary.isFolded && text.startsWith(' ') ? text.slice(1) : text;
    },
    tokenOf(id) {
      const token = tokens[id];
      if (token === undefined) throw unknown('tokenOf', id);
      return token;
    },
    idOf: (token) => ids.get(token),
  };
}

/** A pattern that captures the longest special token at the leftmost place; with none, one that never matches. */
function spellings(specialTokens: readonly string[]): RegExp {
  const longestFirst = [...specialTokens].sort((a, b) => b.length - a.length);
  const escaped = longestFirst.map((token) => token.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&'));
  return new RegExp(escaped.length === 0 ? '((?!))' : `(${escaped.join('|')})`);
}
