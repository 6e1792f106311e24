/**
 * Tokenizers to and from `tokenizer.json`, format version 1.0 of the common tokenizer libraries: model `BPE`, byte-level
 * decoder, and the split of `pre-tokenizer.ts`.
 *
 * Fails closed: a file that asks for anything that this tokenizer doesn't do (a normalizer other than lower case, another split, dropout,
 * byte fallback) is refused, since reading it differently would change tokens without a sign.
 */
import * as z from 'zod';
import { DataError } from '../../base/index.ts';
import { BYTE_CHARACTERS, bytesOfSpelling } from './byte-characters.ts';
import type { Merge } from './merge.ts';
import { SPLIT_PATTERN } from './pre-tokenizer.ts';
import { createTokenizer, type Tokenizer, type Vocabulary } from './tokenizer.ts';

/** How the common libraries say what `foldText` does. */
const FOLDING = { type: 'Sequence', normalizers: [{ type: 'Prepend', prepend: ' ' }, { type: 'Lowercase' }] } as const;
const BYTE_LEVEL = { type: 'ByteLevel', add_prefix_space: false, trim_offsets: true, use_regex: false } as const;

const id = z.int().nonnegative();
const off = z.literal(false).optional();
const none = z.literal(['']).nullish();
const byteLevel = z.object({ type: z.literal('ByteLevel') });

const fileSchema = z.object({
  version: z.literal('1.0'),
  truncation: z.null().optional(),
  padding: z.null().optional(),
  added_tokens: z.array(z.object({ id, content: z.string().min(1), special: z.literal(true), single_word: off, lstrip: off, rstrip: off })),
  normalizer: z.union([
    z.null(),
    z.strictObject({
      type: z.literal('Sequence'),
      normalizers: z.tuple([
        z.strictObject({ type: z.literal('Prepend'), prepend: z.literal(' ') }),
        z.strictObject({ type: z.literal('Lowercase') }),
      ]),
    }),
  ]),
  pre_tokenizer: z.object({
    type: z.literal('Sequence'),
    pretokenizers: z.tuple([
      z.object({
        type: z.literal('Split'),
        pattern: z.object({ Regex: z.literal(SPLIT_PATTERN, { error: 'expected the split of this project' }) }),
        behavior: z.literal('Isolated'),
        invert: off,
      }),
      byteLevel.extend({ add_prefix_space: z.literal(false), use_regex: z.literal(false) }),
    ]),
  }),
  post_processor: byteLevel.nullish(),
  decoder: byteLevel,
  model: z.object({
    type: z.literal('BPE'),
    dropout: z.null().optional(),
    continuing_subword_prefix: none,
    end_of_word_suffix: none,
    byte_fallback: off,
    ignore_merges: off,
    vocab: z.record(z.string(), id),
    merges: z.array(z.union([z.string(), z.array(z.string())])),
  }),
});

/** The file's text: one spelling for each tokenizer, so that equal tokenizers have equal hashes. */
export function formatTokenizerJson({ vocabulary: { tokens, merges, specialTokens, isFolded } }: Tokenizer): string {
  const ids = new Map<string, number>(tokens.map((token, index) => [token, index]));
  const file = {
    version: '1.0',
    truncation: null,
    padding: null,
    added_tokens: specialTokens.map((content) => ({
      id: ids.get(content),
      content,
      single_word: false,
      lstrip: false,
      rstrip: false,
      normalized: false,
      special: true,
    })),
    normalizer: isFolded ? FOLDING : null,
    pre_tokenizer: {
      type: 'Sequence',
      pretokenizers: [{ type: 'Split', pattern: { Regex: SPLIT_PATTERN }, behavior: 'Isolated', invert: false }, BYTE_LEVEL],
    },
    post_processor: null,
    decoder: BYTE_LEVEL,
    model: {
      type: 'BPE',
      dropout: null,
      unk_token: null,
      continuing_subword_prefix: null,
      end_of_word_suffix: null,
      fuse_unk: false,
      byte_fallback: false,
      ignore_merges: false,
      vocab: Object.fromEntries(ids),
      merges: merges.map(({ left, right }) => [tokens[left], tokens[right]]),
    },
  };
  return `${JSON.stringify(file, null, 1)}\n`;
}

/** `source` names the file in errors. Throws `DataError` that says what came, what was expected and where. */
export function parseTokenizerJson(text: string, source = 'tokenizer.json'): Tokenizer {
  const operation = `read ${source}`;
  const fix = 'save the tokenizer again with formatTokenizerJson, or train one with trainTokenizer';
  const wrong = (got: string, expected: string, cause?: unknown): DataError => new DataError({ operation, got, expected, fix, cause });
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (cause) {
    throw wrong(`${text.length} characters that are not JSON (${(cause as Error).message})`, 'a whole JSON file', cause);
  }
  const parsed = fileSchema.safeParse(json);
  if (!parsed.success) {
    const { path, message } = parsed.error.issues[0] as z.core.$ZodIssue;
    throw wrong(`${showAt(json, path)} at ${path.join('.') || 'the top'}`, `a byte-level BPE tokenizer.json 1.0 (${message})`);
  }
  const { model, added_tokens: added, normalizer } = parsed.data;
  const ids = new Map<string, number>(Object.entries(model.vocab));
  for (const { content, id: wanted } of added) {
    if ((ids.get(content) ?? wanted) !== wanted)
      throw wrong(`id ${wanted} for ${JSON.stringify(content)} in added_tokens`, `id ${ids.get(content)} as in model.vocab`);
    ids.set(content, wanted);
  }
  const specialTokens = added.toSorted((a, b) => a.id - b.id).map(({ content }) => content);
  const tokens = listTokens(ids, specialTokens, wrong);
  return createTokenizer({
    tokens,
    specialTokens,
    merges: readMerges(model.merges, ids, new Set(specialTokens), wrong),
    ...(normalizer ? { isFolded: true } : {}),
  });
}

type Wrong = (got: string, expected: string) => DataError;

function listTokens(ids: ReadonlyMap<string, number>, specialTokens: readonly string[], wrong: Wrong): Vocabulary['tokens'] {
  const tokens = new Array<string>(ids.size);
  for (const [token, at] of ids) {
    if (at >= ids.size || tokens[at] !== undefined)
      throw wrong(`id ${at} for ${JSON.stringify(token)}`, `each id from 0 to ${ids.size - 1} once, for ${ids.size} tokens`);
    tokens[at] = token;
  }
  const special = new Set(specialTokens);
  if (special.size < specialTokens.length) throw wrong('a token that is listed twice', 'each added token once');
  const missing = BYTE_CHARACTERS.find((character) => !ids.has(character) || special.has(character));
  if (missing !== undefined)
    throw wrong(`no byte ${JSON.stringify(missing)} in model.vocab`, 'all 256 bytes as tokens that are not special');
  const foreign = tokens.find((token) => !special.has(token) && (token === '' || bytesOfSpelling(token) === undefined));
  if (foreign !== undefined) throw wrong(`token ${JSON.stringify(foreign)}`, 'tokens spelled in byte characters, or special ones');
  return tokens;
}

function readMerges(
  merges: readonly (string | readonly string[])[],
  ids: ReadonlyMap<string, number>,
  special: ReadonlySet<string>,
  wrong: Wrong,
): Merge[] {
  const idOf = (token: string, rank: number): number => {
    const found = ids.get(token);
    if (found === undefined || special.has(token))
      throw wrong(`${JSON.stringify(token)} in merge ${rank}`, 'merges of and into tokens of model.vocab that are not special');
    return found;
  };
  return merges.map((merge, rank) => {
    const parts = typeof merge === 'string' ? merge.split(' ') : merge;
    const [left, right] = parts;
    if (left === undefined || right === undefined || parts.length !== 2)
      throw wrong(`${JSON.stringify(merge)} as merge ${rank}`, 'two tokens, as an array or with a space between them');
    return { left: idOf(left, rank), right: idOf(right, rank), result: idOf(left + right, rank) };
  });
}

/** The value at `path`, shortened for a message. */
function showAt(json: unknown, path: readonly PropertyKey[]): string {
  let value = json;
  for (const key of path) value = value instanceof Object ? (value as Record<PropertyKey, unknown>)[key] : undefined;
  const shown = JSON.stringify(value) ?? 'nothing';
  return shown.length > 80 ? `${shown.slice(0, 80)}…` : shown;
}
