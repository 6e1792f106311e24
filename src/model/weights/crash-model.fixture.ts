/** The model of the crash tests; one version differs from another in each of its files. */
import { presetConfig } from '../config.ts';

export const crashConfig = presetConfig('nano', {
  layers: 1,
  vocabularySize: 32,
  width: 8,
  heads: 1,
  keyValueHeads: 1,
  headWidth: 8,
  feedForwardWidth: 8,
  pointerWidth: 4,
});
export const tokenizerOf = (version: number): string =>
  JSON.stringify({ version, model: { type: 'BPE', vocab: { a: 0 }, merges: [] }, added_tokens: [] });
