/**
 * Whether a `tokenizer.json` belongs to a model: every id that it can give has a row in the embedding. Fewer ids than
 * rows are fine (vocabularies are padded). It reads no more of the tokenizer than its ids.
 */
import { z } from 'zod';
import { CheckpointError, hashBytes } from '../../base/index.ts';
import type { ModelConfig } from '../config.ts';

const id = z.int().min(0);
const tokenizerSchema = z.looseObject({
  model: z.looseObject({
    // From token to id; a Unigram model has a list instead, in which the position is the id.
    vocab: z.union([z.record(z.string(), id), z.array(z.unknown())]),
  }),
  added_tokens: z.array(z.looseObject({ id })).nullish(),
});

/** Throws `CheckpointError` that names `source` unless all ids are below `config.vocabularySize`. */
export function checkTokenizerFits(
  tokenizerJson: string,
  { config, source }: { readonly config: ModelConfig; readonly source: string },
): void {
  const ids = countIds(tokenizerJson, source);
  if (ids > config.vocabularySize)
    throw new CheckpointError({
      operation: `read ${source}`,
      got: `${ids} token ids`,
      expected: `at most ${config.vocabularySize}, the vocabulary of the weights`,
      fix: 'use the tokenizer that the model was trained with',
      details: { file: source },
    });
}

/** Throws `CheckpointError` unless it is the tokenizer that was saved with the weights; others' checkpoints don't say which (undefined). */
export function checkTokenizerHash(
  tokenizerJson: string,
  { expected, source }: { readonly expected: string | undefined; readonly source: string },
): void {
  const hash = hashBytes(tokenizerJson);
  if (expected === undefined || hash === expected) return;
  throw new CheckpointError({
    operation: `read ${source}`,
    got: `a tokenizer with the SHA-256 ${hash.slice(0, 12)}…`,
    expected: `${expected.slice(0, 12)}…, the one that was saved with the weights`,
    fix: 'restore the tokenizer.json that the model was trained with',
    details: { file: source, hash, expected },
  });
}

/** Largest id of the tokenizer plus one. */
function countIds(tokenizerJson: string, source: string): number {
  let json: unknown;
  let cause: unknown;
  try {
    json = JSON.parse(tokenizerJson);
  } catch (error) {
    cause = error;
  }
  const parsed = tokenizerSchema.safeParse(json);
  if (!parsed.success)
    throw new CheckpointError({
      operation: `read ${source}`,
      got: cause === undefined ? 'no token ids under model.vocab and added_tokens' : 'text that is not JSON',
      expected: 'a tokenizer.json with model.vocab',
      fix: 'take the tokenizer of the same checkpoint',
      details: { file: source },
      cause: cause ?? parsed.error,
    });
  const { model, added_tokens: added } = parsed.data;
  let count = Array.isArray(model.vocab) ? model.vocab.length : 0;
  if (!Array.isArray(model.vocab)) for (const value of Object.values(model.vocab)) count = Math.max(count, value + 1);
  for (const token of added ?? []) count = Math.max(count, token.id + 1);
  return count;
}
