import { expect, it } from 'vitest';
import { Random } from '../../base/index.ts';
import { presetConfig } from '../config.ts';
import { trainTokenizer } from '../tokenizer/index.ts';
import { adaptVocabulary } from './adapt-vocabulary.ts';
import { initializeWeights } from './initialize.ts';

const specialTokens = ['<|begin|>', '<|act|>'];
const before = trainTokenizer(['low lower lowest', 'new newer'], { vocabularySize: 275, specialTokens });
const after = trainTokenizer(['slow slower slowly lower', 'renew'], { vocabularySize: 290, specialTokens });

it.each([true, false])('tokens that the model knows keep their rows, others get the mean of their pieces (tied: %s)', (tiedEmbeddings) => {
  const config = presetConfig('nano', { vocabularySize: before.vocabularySize, tiedEmbeddings });
  const weights = initializeWeights(config, new Random(1));
  const adapted = adaptVocabulary({ config, weights, tokenizer: before }, after);
  expect(adapted.config).toEqual({ ...config, vocabularySize: after.vocabularySize });
  const tables = tiedEmbeddings ? ['embedding'] : ['embedding', 'unembedding'];
  for (const name of tables) {
    const row = (table: Float32Array | undefined, id: number) => [
      ...(table as Float32Array).slice(id * config.width, (id + 1) * config.width),
    ];
    let known = 0;
    for (let id = 0; id < after.vocabularySize; id++) {
      const same = before.idOf(after.tokenOf(id));
      if (same === undefined) continue;
      known++;
      expect(row(adapted.weights.get(name), id)).toEqual(row(weights.get(name), same));
    }
    expect(known).toBeGreaterThanOrEqual(258);
    // 'slow' is new: it was 's', 'lo' and 'w'.
    const slow = after.idOf('slow') as number;
    const parts = ['s', 'lo', 'w'].map((piece) => row(weights.get(name), before.idOf(piece) as number));
    row(adapted.weights.get(name), slow).forEach((value, c) => {
      expect(value).toBeCloseTo(parts.reduce((sum, part) => sum + (part[c] as number), 0) / 3, 6);
    });
  }
  for (const [name, values] of weights) if (!tables.includes(name)) expect(adapted.weights.get(name)).toBe(values);
});
