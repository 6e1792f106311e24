/**
 * Folders exchanged with the transformers library (Python): its checkpoints load here, ours load there.
 * JOURNEYMAN_PYTHON names an interpreter that has torch, transformers and safetensors.
 */
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hasPythonModules, runPythonPeer } from '../../../test/peers/python-peer.ts';
import { hashBytes, Random } from '../../base/index.ts';
import { type ModelConfig, presetConfig } from '../config.ts';
import { loadModel, saveModel } from './checkpoint-folder.ts';
import { initializeWeights } from './initialize.ts';
import { storeWeights } from './llama-weights.ts';

const hasPeer = hasPythonModules('torch', 'transformers', 'safetensors');

describe.skipIf(!hasPeer)('transformers (skipped where JOURNEYMAN_PYTHON lacks torch and transformers)', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'transformers-'));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  it('its checkpoints load here, bit for bit: grouped heads, tied, untied, float16, bfloat16, sharded', { timeout: 300_000 }, () => {
    const llama = {
      vocab_size: 90,
      hidden_size: 24,
      intermediate_size: 40,
      num_hidden_layers: 2,
      num_attention_heads: 4,
      num_key_value_heads: 2,
      head_dim: 8,
      max_position_embeddings: 128,
      rope_parameters: { rope_type: 'default', rope_theta: 50_000 },
    };
    const variants: readonly { readonly tied: boolean; readonly dtype?: string; readonly shardBytes?: string }[] = [
      { tied: true },
      { tied: false },
      { tied: true, dtype: 'float16' },
      { tied: true, dtype: 'bfloat16' },
      { tied: false, shardBytes: '15KB' },
    ];
    const checkpoints = variants.map(({ tied, ...more }, i) => ({
      folder: join(folder, `theirs-${i}`),
      config: { ...llama, tie_word_embeddings: tied },
      seed: i,
      ...more,
    }));
    const theirs = runPythonPeer('llama_random.py', { checkpoints }) as readonly Readonly<Record<string, string>>[];
    for (const [i, hashes] of theirs.entries()) {
      const { config, weights, missing } = loadModel(join(folder, `theirs-${i}`));
      expect(config).toMatchObject({
        ropeTheta: 50_000,
        keyValueHeads: 2,
        headWidth: 8,
        tiedEmbeddings: variants[i]?.tied,
        pointerWidth: 0,
      });
      expect(missing).toEqual([]);
      const ours = [...storeWeights(weights, config).llama].map(([name, { data }]) => [
        name,
        hashBytes(new Uint8Array(data.buffer, data.byteOffset, data.byteLength)),
      ]);
      expect(Object.fromEntries(ours)).toEqual(hashes);
    }
    expect(existsSync(join(folder, 'theirs-4', 'model.safetensors.index.json'))).toBe(true);
  });

  it.each([true, false])('our folders load there without a missing or unexpected key, tied: %s', { timeout: 300_000 }, (tiedEmbeddings) => {
    const config: ModelConfig = presetConfig('nano', {
      layers: 2,
      vocabularySize: 50,
      heads: 4,
      keyValueHeads: 2,
      headWidth: 8,
      width: 24,
      tiedEmbeddings,
    });
    const path = join(folder, `ours-${tiedEmbeddings}`);
    saveModel(path, { config, weights: initializeWeights(config, new Random(3)) });
    const peer = runPythonPeer('llama_logits.py', { folder: path, tokens: [[1, 2, 3]] }) as Readonly<Record<string, readonly unknown[]>>;
    expect(peer).toMatchObject({ missing: [], unexpected: [], mismatched: [] });
    expect((peer.logits as number[][][])[0]?.[2]).toHaveLength(50);
  });
});
