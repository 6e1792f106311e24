/** The tokenizer: training it, using it, and its file. */
export { type TrainTokenizerOptions, trainTokenizer } from './bpe-trainer.ts';
export type { Merge } from './merge.ts';
export { SPLIT_PATTERN, splitText } from './pre-tokenizer.ts';
export { createTokenizer, type Tokenizer, type Vocabulary } from './tokenizer.ts';
export { formatTokenizerJson, parseTokenizerJson } from './tokenizer-json.ts';
