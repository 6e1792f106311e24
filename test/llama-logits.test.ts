/**
 * The traced transformer is a Llama: its logits are those of LlamaForCausalLM of the transformers library, on a random
 * checkpoint of its own and on ours. JOURNEYMAN_PYTHON names an interpreter that has torch, transformers and safetensors.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Random } from '../src/base/index.ts';
import { LaneEngine } from '../src/engine/index.ts';
import { loadModel, type ModelConfig, saveModel, type Weights } from '../src/model/index.ts';
import { packEpisodes, Trainer } from '../src/train/index.ts';
import { hasPythonModules, runPythonPeer } from './peers/python-peer.ts';
import { runPlainly } from './plain-llama.ts';
import { randomModel } from './random-model.ts';

const BOUND = 1e-4;
const hasPeer = hasPythonModules('torch', 'transformers', 'safetensors');

const variants: readonly (readonly [string, Partial<ModelConfig>])[] = [
  ['tied, grouped heads', {}],
  ['untied, a key head each, other constants', { tiedEmbeddings: false, keyValueHeads: 4, ropeTheta: 50_000, normEpsilon: 1e-3 }],
];
const LENGTH = 40;
const theirShape = {
  hidden_size: 24,
  intermediate_size: 40,
  num_hidden_layers: 2,
  num_attention_heads: 4,
  num_key_value_heads: 1,
  head_dim: 8,
  vocab_size: 90,
  max_position_embeddings: 64,
  tie_word_embeddings: false,
  rope_parameters: { rope_type: 'default', rope_theta: 20_000 },
};

interface Answer {
  readonly logits: readonly (readonly (readonly number[])[])[];
  readonly missing: readonly string[];
}

describe.skipIf(!hasPeer)('transformers (skipped where JOURNEYMAN_PYTHON lacks torch and transformers)', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'llama-logits-'));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  it.each(variants)('says the same of our checkpoint: %s', { timeout: 120_000 }, async (name, changes) => {
    const model = randomModel(name, { ...changes, contextLength: 64 });
    const path = join(folder, name);
    saveModel(path, model);
    expect(await largestGap(model, path)).toBeLessThan(BOUND);
  });

  it('says the same of its own checkpoint: untied, one key head', { timeout: 120_000 }, async () => {
    const path = join(folder, 'theirs');
    runPythonPeer('llama_random.py', { checkpoints: [{ folder: path, config: theirShape, seed: 1 }] });
    expect(await largestGap(loadModel(path), path)).toBeLessThan(BOUND);
  });
});

/**
 * Largest difference of log-probabilities between transformers and, for every token of a sequence, the plain model, the
 * trainer and the engine; of the plain model all logits are compared.
 */
async function largestGap(
  { config, weights }: { readonly config: ModelConfig; readonly weights: Weights },
  folder: string,
): Promise<number> {
  const random = new Random(folder.split('/').at(-1) as string);
  const tokens = Array.from({ length: LENGTH }, () => random.below(config.vocabularySize));
  const { logits: answer, missing } = runPythonPeer('llama_logits.py', { folder, tokens: [tokens] }) as Answer;
  expect(missing).toEqual([]);
  const theirs = answer[0] as readonly (readonly number[])[];

  const gaps = runPlainly(config, weights, tokens).logits.flatMap((row, t) =>
    row.map((logit, v) => Math.abs(logit - (theirs[t]?.[v] as number))),
  );
  const theirNats = theirs.map(
    (row, t) => Math.log(row.reduce((sum, logit) => sum + Math.exp(logit), 0)) - (row[tokens[t + 1] ?? 0] as number),
  );

  const size = { time: LENGTH, lanes: 1 };
  const trainer = new Trainer(config, { weights }, { ...size, block: 16, threads: 1 });
  const one = { tokens: Int32Array.from(tokens), weights: new Float32Array(LENGTH).fill(1), pointed: new Uint8Array(LENGTH) };
  const { tokenNats } = await trainer.evaluate(packEpisodes([one], size).batch);
  await trainer.dispose();
  const engine = new LaneEngine(config, weights, { threads: 1 });
  const { nats } = await engine.append(engine.open(0), one.tokens);
  await engine.dispose();
  for (let t = 0; t + 1 < LENGTH; t++)
    gaps.push(Math.abs((tokenNats[t] as number) - (theirNats[t] as number)), Math.abs((nats[t + 1] as number) - (theirNats[t] as number)));
  const largest = Math.max(...gaps);
  if (process.env.JOURNEYMAN_GAPS) console.info(folder.split('/').at(-1), largest);
  return largest;
}
