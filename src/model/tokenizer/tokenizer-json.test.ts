import { describe, expect, it } from 'vitest';
import { DataError } from '../../base/index.ts';
import { trainTokenizer } from './bpe-trainer.ts';
import { CORPUS, MULTILINGUAL, SPECIALS } from './sample-texts.ts';
import { formatTokenizerJson, parseTokenizerJson } from './tokenizer-json.ts';

const tokenizer = trainTokenizer(CORPUS, { vocabularySize: 400, specialTokens: SPECIALS });
const text = formatTokenizerJson(tokenizer);

interface TokenizerFile {
  version: string;
  normalizer: unknown;
  truncation: unknown;
  pre_tokenizer: unknown;
  post_processor: unknown;
  decoder: unknown;
  added_tokens: { id: number; content: string; special: boolean; lstrip?: boolean }[];
  model: { type: string; dropout: unknown; byte_fallback: boolean; vocab: Record<string, number>; merges: (string | string[])[] };
}

function changed(change: (file: TokenizerFile) => void): string {
  const file = JSON.parse(text) as TokenizerFile;
  change(file);
  return JSON.stringify(file);
}

describe('tokenizer.json', () => {
  it('comes back as it was', () => {
    const read = parseTokenizerJson(text);
    expect(read.vocabulary).toEqual(tokenizer.vocabulary);
    expect(formatTokenizerJson(read)).toBe(text);
    for (const sample of MULTILINGUAL) expect(read.encode(sample)).toEqual(tokenizer.encode(sample));
  });

  it('reads merges spelled as strings', () => {
    const spelled = changed(({ model }) => {
      model.merges = model.merges.map((merge) => (merge as string[]).join(' '));
    });
    expect(formatTokenizerJson(parseTokenizerJson(spelled))).toBe(text);
  });

  it('reads special tokens that only added_tokens names', () => {
    const apart = changed(({ model }) => {
      for (const token of SPECIALS) delete model.vocab[token];
    });
    expect(parseTokenizerJson(apart).vocabulary).toEqual(tokenizer.vocabulary);
  });

  it.each<[string, string, RegExp]>([
    ['a truncated file', text.slice(0, 5000), /5000 characters that are not JSON.*expected a whole JSON file/],
    ['an empty file', '', /0 characters that are not JSON/],
    ['a list', '[]', /got \[\] at the top/],
    ['another model', changed((file) => (file.model.type = 'Unigram')), /got "Unigram" at model\.type/],
    ['another version', changed((file) => (file.version = '2.0')), /got "2.0" at version/],
    ['a normalizer', changed((file) => (file.normalizer = { type: 'NFC' })), /got \{"type":"NFC"\} at normalizer/],
    ['another split', text.replace('[0-9]|', '[0-9]{1,3}|'), /at pre_tokenizer\.pretokenizers\.0\.pattern\.Regex.*split of this project/],
    ['no split', changed((file) => (file.pre_tokenizer = { type: 'ByteLevel', use_regex: true })), /"ByteLevel" at pre_tokenizer\.type/],
    ['a template', changed((file) => (file.post_processor = { type: 'TemplateProcessing' })), /at post_processor/],
    ['another decoder', changed((file) => (file.decoder = { type: 'WordPiece' })), /"WordPiece" at decoder\.type/],
    ['truncation', changed((file) => (file.truncation = { max_length: 5 })), /at truncation/],
    ['dropout', changed((file) => (file.model.dropout = 0.1)), /got 0.1 at model\.dropout/],
    ['byte fallback', changed((file) => (file.model.byte_fallback = true)), /at model\.byte_fallback/],
    ['a stripping token', changed((file) => Object.assign(file.added_tokens[0] as object, { lstrip: true })), /at added_tokens\.0\.lstrip/],
    ['an id that is no number', changed(({ model }) => Object.assign(model.vocab, { a: '5' })), /got "5" at model\.vocab\.a/],
    ['an id given twice', changed(({ model }) => (model.vocab.a = 399)), /got id \d+ for .*expected each id from 0 to 399 once/],
    ['an id too high', changed(({ model }) => (model.vocab.a = 5000)), /got id 5000 for "a"/],
    ['two ids for a token', changed((file) => (file.model.vocab['<|pad|>'] = 7)), /got id 0 for "<\|pad\|>".*expected id 7/],
    ['a merge of unknown tokens', changed(({ model }) => (model.merges[0] = ['q', 'zz'])), /got "zz" in merge 0/],
    ['a merge into an unknown token', changed(({ model }) => (model.merges[1] = ['q', '!'])), /got "q!" in merge 1/],
    ['a merge of special tokens', changed(({ model }) => (model.merges[0] = ['<|pad|>', 'a'])), /got "<\|pad\|>" in merge 0/],
    ['a merge of three', changed(({ model }) => (model.merges[2] = 'a b c')), /got "a b c" as merge 2.*expected two tokens/],
  ])('refuses %s', (_, file, message) => {
    expect(() => parseTokenizerJson(file, 'runs/a/tokenizer.json')).toThrow(DataError);
    expect(() => parseTokenizerJson(file, 'runs/a/tokenizer.json')).toThrow(/^read runs\/a\/tokenizer\.json: /);
    expect(() => parseTokenizerJson(file)).toThrow(message);
  });

  it('refuses a vocabulary without some byte, and tokens in no byte characters', () => {
    const renamed = (from: string, to: string) =>
      changed((file) => {
        file.model.vocab[to] = file.model.vocab[from] as number;
        delete file.model.vocab[from];
      });
    expect(() => parseTokenizerJson(renamed('Ń', 'x!'))).toThrow(/no byte "Ń"/);
    const last = tokenizer.tokenOf(399);
    expect(() => parseTokenizerJson(renamed(last, '日').replace(/"merges":.*/, '"merges":[]}}'))).toThrow(/token "日"/);
  });
});
