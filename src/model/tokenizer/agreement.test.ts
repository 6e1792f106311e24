/**
 * Token for token the same as the common libraries: @huggingface/tokenizers, and the Python library `tokenizers` where
 * `$JOURNEYMAN_PYTHON` (default `python3`) has it.
 */
import { spawnSync } from 'node:child_process';
import { Tokenizer as PeerTokenizer } from '@huggingface/tokenizers';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SPECIAL_TOKENS } from '../../grammar/index.ts';
import { trainTokenizer } from './bpe-trainer.ts';
import { SPLIT_PATTERN } from './pre-tokenizer.ts';
import { anyText, CORPUS, MULTILINGUAL, SPECIALS } from './sample-texts.ts';
import { formatTokenizerJson, parseTokenizerJson } from './tokenizer-json.ts';

interface Peer {
  encode(text: string): { ids: number[] };
  decode(ids: number[]): string;
}

const tokenizer = trainTokenizer(CORPUS, { vocabularySize: 500, specialTokens: SPECIALS });
const json = formatTokenizerJson(tokenizer);

describe('@huggingface/tokenizers', () => {
  const config = { clean_up_tokenization_spaces: false };
  const peer: Peer = new PeerTokenizer(JSON.parse(json) as object, config);
  /** Without added tokens it reads no special token, as `encodeText` doesn't. */
  const plainPeer: Peer = new PeerTokenizer({ ...(JSON.parse(json) as object), added_tokens: [] }, config);

  function agree(text: string): void {
    expect(tokenizer.encode(text)).toEqual(peer.encode(text).ids);
    expect(tokenizer.encodeText(text)).toEqual(plainPeer.encode(text).ids);
  }

  it.each(MULTILINGUAL)('encodes %j alike', agree);

  it('encodes any text alike', () => {
    fc.assert(fc.property(anyText, agree), { numRuns: 1000 });
  });

  it('decodes any ids alike', () => {
    const anyIds = fc.array(fc.nat(tokenizer.vocabularySize - 1), { minLength: 1, maxLength: 40 });
    fc.assert(
      fc.property(anyIds, (ids) => {
        expect(tokenizer.decode(ids)).toBe(peer.decode(ids));
      }),
      { numRuns: 500 },
    );
  });

  it('reads all special tokens of the grammar alike', () => {
    const whole = trainTokenizer(CORPUS, { vocabularySize: 700, specialTokens: SPECIAL_TOKENS });
    const wholePeer: Peer = new PeerTokenizer(JSON.parse(formatTokenizerJson(whole)) as object, config);
    const text = SPECIAL_TOKENS.join('');
    expect(whole.encode(text)).toEqual(SPECIAL_TOKENS.map((_, id) => id));
    expect(whole.encode(text)).toEqual(wholePeer.encode(text).ids);
    expect(whole.encode(SPECIAL_TOKENS.join(' a '))).toEqual(wholePeer.encode(SPECIAL_TOKENS.join(' a ')).ids);
  });
});

const PYTHON = process.env.JOURNEYMAN_PYTHON ?? 'python3';

function runPython(program: string, input: unknown): string {
  const { status, stdout, stderr, error } = spawnSync(PYTHON, ['-c', program], {
    input: JSON.stringify(input),
    encoding: 'utf8',
    maxBuffer: 1 << 28,
    env: { ...process.env, PYTHONUTF8: '1' },
  });
  if (status !== 0) throw new Error(error?.message ?? stderr.trim().split('\n').at(-1) ?? `exit status ${status}`);
  return stdout;
}

function whyNoPython(): string | undefined {
  try {
    runPython('import tokenizers', null);
    return undefined;
  } catch (error) {
    return `${PYTHON}: ${(error as Error).message}`;
  }
}

const ENCODE = `
import json, sys
from tokenizers import Tokenizer
task = json.load(sys.stdin)
t = Tokenizer.from_str(task['json'])
special = [t.encode(x).ids for x in task['texts']]
decoded = [t.decode(x, skip_special_tokens=False) for x in task['ids']]
t.encode_special_tokens = True
print(json.dumps({'special': special, 'plain': [t.encode(x).ids for x in task['texts']], 'decoded': decoded}))
`;

const TRAIN = `
import json, sys
from tokenizers import Regex, Tokenizer, decoders, models, pre_tokenizers, trainers
task = json.load(sys.stdin)
t = Tokenizer(models.BPE())
split = pre_tokenizers.Split(Regex(task['pattern']), 'isolated')
t.pre_tokenizer = pre_tokenizers.Sequence([split, pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)])
t.decoder = decoders.ByteLevel()
t.train_from_iterator(task['texts'], trainers.BpeTrainer(vocab_size=task['size'], min_frequency=2, show_progress=False,
    special_tokens=task['specials'], initial_alphabet=pre_tokenizers.ByteLevel.alphabet()))
sys.stdout.write(t.to_str(pretty=True))
`;

const missing = whyNoPython();
if (missing !== undefined) console.warn(`Not compared with the Python library tokenizers: ${missing}`);

describe.skipIf(missing !== undefined)(`Python tokenizers${missing === undefined ? '' : ` (skipped, ${missing})`}`, () => {
  it('encodes and decodes alike', () => {
    const seed = 20_240_117;
    const texts = [...MULTILINGUAL, ...fc.sample(anyText, { seed, numRuns: 1000 })];
    const ids = fc.sample(fc.array(fc.nat(tokenizer.vocabularySize - 1), { maxLength: 40 }), { seed, numRuns: 500 });
    const theirs = JSON.parse(runPython(ENCODE, { json, texts, ids })) as { special: number[][]; plain: number[][]; decoded: string[] };
    texts.forEach((text, i) => {
      expect(tokenizer.encode(text), JSON.stringify(text)).toEqual(theirs.special[i]);
      expect(tokenizer.encodeText(text), JSON.stringify(text)).toEqual(theirs.plain[i]);
    });
    expect(ids.map((list) => tokenizer.decode(list))).toEqual(theirs.decoded);
  });

  it('trains the same tokenizer, whose file we read', () => {
    for (const size of [300, 400, 500]) {
      const trained = runPython(TRAIN, { pattern: SPLIT_PATTERN, texts: CORPUS, size, specials: SPECIALS });
      const ours = trainTokenizer(CORPUS, { vocabularySize: size, specialTokens: SPECIALS });
      expect(formatTokenizerJson(parseTokenizerJson(trained))).toBe(formatTokenizerJson(ours));
    }
  });
});
