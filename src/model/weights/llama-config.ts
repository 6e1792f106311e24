/**
 * `config.json` of the Llama family, as the transformers library reads and writes it, to and from `ModelConfig`.
 * What Journeyman adds stands under the key `journeyman`, which other libraries pass over.
 *
 * Only what `ModelConfig` can express is accepted: anything that would make another library compute something else
 * (biases, scaled rotary embedding, quantised weights) is an error and never ignored.
 */
import { z } from 'zod';
import { CheckpointError, ConfigError } from '../../base/index.ts';
import { boundaryId } from '../../grammar/index.ts';
import { checkConfig, type ModelConfig } from '../config.ts';
import { isObject, show } from './safetensors-header.ts';

// `error` of each field is what an error message says was expected.
const size = z
  .int({ error: 'a positive integer' })
  .min(1, { error: 'a positive integer' })
  .max(2 ** 31, { error: 'at most 2^31' });
const positive = z.number({ error: 'a positive number' }).positive({ error: 'a positive number' });
const absent = z.literal([false, null], { error: 'false' }).optional();
const plainRope = z.literal('default', { error: '"default"' }).optional();
const rope = z
  .looseObject(
    {
      rope_theta: positive.optional(),
      rope_type: plainRope,
      type: plainRope,
      partial_rotary_factor: z.literal(1, { error: '1' }).optional(),
    },
    { error: 'an object or null' },
  )
  .nullish();

/** A Llama whose layers see no further than their windows. Another library would compute something else, so it must not take it for a Llama. */
const WINDOWED = { type: 'journeyman', architecture: 'JourneymanForCausalLM' } as const;

const llamaSchema = z.looseObject(
  {
    architectures: z
      .array(z.literal(['LlamaForCausalLM', WINDOWED.architecture], { error: '"LlamaForCausalLM"' }), { error: '["LlamaForCausalLM"]' })
      .length(1, { error: '["LlamaForCausalLM"]' })
      .nullish(),
    model_type: z.literal(['llama', WINDOWED.type], { error: '"llama"' }),
    vocab_size: size,
    hidden_size: size,
    intermediate_size: size,
    // The bound keeps a hostile file from asking for a list of parameters that doesn't fit in memory.
    num_hidden_layers: size.max(1024, { error: 'at most 1024' }),
    num_attention_heads: size,
    num_key_value_heads: size.nullish(),
    head_dim: size.nullish(),
    max_position_embeddings: size.default(2048),
    rms_norm_eps: positive.default(1e-6),
    rope_theta: positive.nullish(),
    rope_parameters: rope,
    rope_scaling: rope,
    tie_word_embeddings: z.boolean({ error: 'true or false' }).default(false),
    hidden_act: z.literal('silu', { error: '"silu"' }).default('silu'),
    attention_bias: absent,
    mlp_bias: absent,
    quantization_config: z.null({ error: 'none' }).optional(),
    journeyman: z
      .strictObject(
        {
          schemaVersion: z.literal(1, { error: '1' }),
          pointerWidth: z
            .int({ error: 'a whole number' })
            .min(0, { error: 'a whole number' })
            .max(2 ** 31, { error: 'at most 2^31' }),
          valueHead: z.boolean({ error: 'true or false' }),
          rewardHead: z.boolean({ error: 'true or false' }),
          // By layer, 0 for all.
          windows: z
            .array(z.int({ error: 'a whole number' }).min(0, { error: 'a whole number' }))
            .max(1024)
            .optional(),
          // SHA-256 of the tokenizer.json that was saved with it.
          tokenizer: z
            .string({ error: '64 hexadecimal digits' })
            .regex(/^[0-9a-f]{64}$/, { error: '64 hexadecimal digits' })
            .optional(),
        },
        { error: 'an object with schemaVersion, pointerWidth, valueHead, rewardHead, perhaps tokenizer, and nothing else' },
      )
      .optional(),
  },
  { error: 'a JSON object' },
);

const fixes: Readonly<Record<string, string>> = {
  quantization_config: 'take the checkpoint in float32, float16 or bfloat16',
  rope_parameters: 'take a checkpoint without context extension',
  rope_scaling: 'take a checkpoint without context extension',
  journeyman: 'load it with the version of Journeyman that wrote it',
};

/** Text of a `config.json` to a configuration. Throws `CheckpointError` that names `source` and the field. */
export function parseLlamaConfig(text: string, source: string): ModelConfig {
  const operation = `read ${source}`;
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (cause) {
    throw new CheckpointError({ operation, got: 'text that is not JSON', expected: 'the config.json of a Llama checkpoint', cause });
  }
  const parsed = llamaSchema.safeParse(json);
  if (!parsed.success) {
    const issue = parsed.error.issues[0] as z.core.$ZodIssue;
    const field = issue.path.map(String).join('.');
    throw new CheckpointError({
      operation,
      got: field === '' ? show(json) : `${field} = ${show(valueAt(json, issue.path))}`,
      expected: issue.message,
      fix: fixes[String(issue.path[0])] ?? 'take a Llama checkpoint (LlamaForCausalLM, SiLU, no biases), or mend that field',
      details: { file: source, field },
    });
  }
  const llama = parsed.data;
  if ((llama.model_type === WINDOWED.type) !== (llama.journeyman?.windows !== undefined))
    throw new CheckpointError({
      operation,
      got: `model_type ${llama.model_type} ${llama.journeyman?.windows ? 'with' : 'without'} windows`,
      expected: `'llama' without windows, or '${WINDOWED.type}' with them`,
      details: { file: source, field: 'model_type' },
    });
  const rotary = llama.rope_parameters ?? llama.rope_scaling;
  try {
    return checkConfig({
      vocabularySize: llama.vocab_size,
      contextLength: llama.max_position_embeddings,
      width: llama.hidden_size,
      layers: llama.num_hidden_layers,
      heads: llama.num_attention_heads,
      keyValueHeads: llama.num_key_value_heads ?? llama.num_attention_heads,
      headWidth: llama.head_dim ?? llama.hidden_size / llama.num_attention_heads,
      feedForwardWidth: llama.intermediate_size,
      ropeTheta: rotary?.rope_theta ?? llama.rope_theta ?? 10_000,
      normEpsilon: llama.rms_norm_eps,
      tiedEmbeddings: llama.tie_word_embeddings,
      pointerWidth: llama.journeyman?.pointerWidth ?? 0,
      valueHead: llama.journeyman?.valueHead ?? false,
      rewardHead: llama.journeyman?.rewardHead ?? false,
      ...(llama.journeyman?.windows ? { windows: llama.journeyman.windows } : {}),
    });
  } catch (cause) {
    if (!(cause instanceof ConfigError)) throw cause;
    throw new CheckpointError({ operation, got: cause.message, expected: 'sizes that fit together', details: { file: source }, cause });
  }
}

/** The hash of the tokenizer that was saved with it, out of a `config.json` that `parseLlamaConfig` has accepted; undefined in others' files. */
export function tokenizerHashIn(text: string): string | undefined {
  const { journeyman } = JSON.parse(text) as { readonly journeyman?: { readonly tokenizer?: string } };
  return journeyman?.tokenizer;
}

/** The `config.json` of a configuration. The base of the rotary embedding stands where current and where older versions look. */
export function formatLlamaConfig(config: ModelConfig, tokenizerHash?: string): string {
  const fields = {
    architectures: [config.windows ? WINDOWED.architecture : 'LlamaForCausalLM'],
    model_type: config.windows ? WINDOWED.type : 'llama',
    vocab_size: config.vocabularySize,
    hidden_size: config.width,
    intermediate_size: config.feedForwardWidth,
    num_hidden_layers: config.layers,
    num_attention_heads: config.heads,
    num_key_value_heads: config.keyValueHeads,
    head_dim: config.headWidth,
    max_position_embeddings: config.contextLength,
    rms_norm_eps: config.normEpsilon,
    rope_theta: config.ropeTheta,
    rope_parameters: { rope_theta: config.ropeTheta, rope_type: 'default' },
    tie_word_embeddings: config.tiedEmbeddings,
    hidden_act: 'silu',
    attention_bias: false,
    mlp_bias: false,
    torch_dtype: 'float32',
    pad_token_id: boundaryId('pad'),
    bos_token_id: boundaryId('begin'),
    eos_token_id: boundaryId('end'),
    journeyman: {
      schemaVersion: 1,
      pointerWidth: config.pointerWidth,
      valueHead: config.valueHead,
      rewardHead: config.rewardHead,
      ...(config.windows ? { windows: config.windows } : {}),
      ...(tokenizerHash === undefined ? {} : { tokenizer: tokenizerHash }),
    },
  };
  return `${JSON.stringify(fields, null, 2)}\n`;
}

function valueAt(json: unknown, path: readonly PropertyKey[]): unknown {
  let value = json;
  for (const key of path)
    value = Array.isArray(value) || isObject(value) ? (value as Readonly<Record<PropertyKey, unknown>>)[key] : undefined;
  return value;
}
