/** The tokenizer of a new model: the one that its run has already, else one trained on the texts. */
import { join } from 'node:path';
import { SPECIAL_TOKENS } from '../grammar/index.ts';
import { formatTokenizerJson, type Tokenizer, trainTokenizer } from '../model/index.ts';
import { CHECKPOINT_FOLDER, loadRunState } from '../train/index.ts';
import { loadFolderModel } from './model-folder.ts';

export interface NewTokenizerOptions {
  readonly folder: string;
  readonly vocabularySize: number;
  readonly note: (text: string) => void;
}

export function makeTokenizer(
  texts: readonly string[],
  { folder, vocabularySize, note }: NewTokenizerOptions,
): { tokenizer: Tokenizer; tokenizerJson: string } {
  if (loadRunState(join(folder, CHECKPOINT_FOLDER)) !== undefined) return loadFolderModel(folder);
  const characters = texts.reduce((sum, text) => sum + text.length, 0);
  note(`Training a tokenizer of ${vocabularySize} tokens on ${characters.toLocaleString('en')} characters.`);
  const tokenizer = trainTokenizer(texts, { vocabularySize, specialTokens: SPECIAL_TOKENS });
  return { tokenizer, tokenizerJson: formatTokenizerJson(tokenizer) };
}
