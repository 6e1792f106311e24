import { describe, expect, it } from 'vitest';
import { CheckpointError } from '../../base/index.ts';
import { type ModelConfig, PRESET_NAMES, presetConfig } from '../config.ts';
import { formatLlamaConfig, parseLlamaConfig } from './llama-config.ts';

const minimal = {
  architectures: ['LlamaForCausalLM'],
  model_type: 'llama',
  vocab_size: 100,
  hidden_size: 32,
  intermediate_size: 64,
  num_hidden_layers: 2,
  num_attention_heads: 4,
};
const parse = (changes: Readonly<Record<string, unknown>>): ModelConfig =>
  parseLlamaConfig(JSON.stringify({ ...minimal, ...changes }), 'x/config.json');

describe('config.json of the Llama family', () => {
  it.each(PRESET_NAMES)('gives back the preset %s', (name) => {
    const config = presetConfig(name, { rewardHead: true, ropeTheta: 500_000, tiedEmbeddings: false });
    expect(parseLlamaConfig(formatLlamaConfig(config), 'x')).toEqual(config);
  });

  it('names our boundaries as padding, begin and end', () => {
    expect(JSON.parse(formatLlamaConfig(presetConfig('nano')))).toMatchObject({ pad_token_id: 0, bos_token_id: 1, eos_token_id: 7 });
  });

  it('has the defaults of the family for what is left out', () => {
    expect(parse({})).toEqual({
      vocabularySize: 100,
      contextLength: 2048,
      width: 32,
      layers: 2,
      heads: 4,
      keyValueHeads: 4,
      headWidth: 8,
      feedForwardWidth: 64,
      ropeTheta: 10_000,
      normEpsilon: 1e-6,
      tiedEmbeddings: false,
      pointerWidth: 0,
      valueHead: false,
      rewardHead: false,
    });
  });

  it('finds the base of the rotary embedding in the old and the new place', () => {
    expect(parse({ rope_theta: 5e5, rope_scaling: null }).ropeTheta).toBe(5e5);
    expect(parse({ rope_parameters: { rope_theta: 5e5, rope_type: 'default' } }).ropeTheta).toBe(5e5);
    expect(parse({ rope_theta: 5e5, rope_scaling: { type: 'default' } }).ropeTheta).toBe(5e5);
  });

  const refused: readonly (readonly [Readonly<Record<string, unknown>>, RegExp])[] = [
    [{ architectures: ['MistralForCausalLM'] }, /architectures\.0 = "MistralForCausalLM", expected "LlamaForCausalLM"/],
    [{ architectures: [] }, /architectures = \[\]/],
    [{ model_type: 'qwen3' }, /model_type = "qwen3", expected "llama"/],
    [{ attention_bias: true }, /attention_bias = true, expected false/],
    [{ mlp_bias: true }, /mlp_bias = true, expected false/],
    [{ hidden_act: 'gelu' }, /hidden_act = "gelu", expected "silu"/],
    [{ rope_scaling: { rope_type: 'llama3', factor: 8 } }, /rope_scaling\.rope_type = "llama3", expected "default".*context extension/],
    [{ rope_scaling: { type: 'linear', factor: 2 } }, /rope_scaling\.type = "linear"/],
    [{ rope_parameters: { rope_type: 'yarn', rope_theta: 1e4 } }, /rope_parameters\.rope_type = "yarn"/],
    [{ rope_parameters: { partial_rotary_factor: 0.5 } }, /partial_rotary_factor = 0.5, expected 1/],
    [{ quantization_config: { quant_method: 'gptq' } }, /quantization_config = \{"quant_method":"gptq"\}, expected none.*float32/],
    [{ hidden_size: 32.5 }, /hidden_size = 32.5, expected a positive integer/],
    [{ hidden_size: -1 }, /hidden_size = -1/],
    [{ vocab_size: '100' }, /vocab_size = "100"/],
    [{ vocab_size: undefined }, /vocab_size = nothing/],
    [{ num_hidden_layers: 1e9 }, /num_hidden_layers = 1000000000, expected at most 1024/],
    [{ max_position_embeddings: 2 ** 20 + 1 }, /contextLength = 1048577, expected at most 1048576/],
    [{ max_position_embeddings: 2 ** 20, head_dim: 66 }, /contextLength = 1048576 at headWidth = 66, expected .* at most 33554432/],
    [
      { journeyman: { schemaVersion: 1, pointerWidth: 4097, valueHead: false, rewardHead: false } },
      /pointerWidth = 4097, expected at most 4096/,
    ],
    [{ num_key_value_heads: 3 }, /4 heads over 3 key-value heads/],
    [{ hidden_size: 30 }, /headWidth = 7.5/],
    [
      { journeyman: { schemaVersion: 2, pointerWidth: 0, valueHead: false, rewardHead: false } },
      /journeyman\.schemaVersion = 2.*version of Journeyman/,
    ],
    [{ journeyman: { schemaVersion: 1, pointerWidth: 0, valueHead: false, rewardHead: false, more: 1 } }, /journeyman/],
  ];
  it.each(refused)('refuses %j', (changes, reason) => {
    expect(() => parse(changes)).toThrow(CheckpointError);
    expect(() => parse(changes)).toThrow(reason);
    expect(() => parse(changes)).toThrow('x/config.json');
  });

  it.each(['', '{', '[]', 'null', '3'])('refuses the text %j', (text) => {
    expect(() => parseLlamaConfig(text, 'x')).toThrow(CheckpointError);
  });
});
