/**
 * Journeyman's parameters under the names of the Llama family, and back. A fused parameter is several Llama tensors one
 * after the other, so writing takes views and reading fills one buffer. Rotary embedding turns the two halves of a head
 * (as transformers does), so nothing is permuted.
 *
 * Heads have no Llama name; they keep their own and go to a file of their own. It touches no disk.
 */
import { CheckpointError } from '../../base/index.ts';
import { type ModelConfig, type ParameterSpec, parameterSpecs, type Weights } from '../config.ts';
import type { StoredTensor, TensorToStore } from './safetensors.ts';
import { show } from './safetensors-header.ts';

export interface StoredWeights {
  /** Everything that other libraries know, by Llama name. */
  readonly llama: Map<string, TensorToStore>;
  /** Pointer, value and reward heads; empty when the model has none. */
  readonly heads: Map<string, TensorToStore>;
}

export interface ReadWeights {
  /** In the order of `parameterSpecs`, without the missing ones. */
  readonly weights: Map<string, Float32Array>;
  /** Head parameters that the files lack: the caller initialises them. */
  readonly missing: string[];
}

interface NamedShape {
  readonly name: string;
  readonly shape: readonly number[];
}

const layerNames: Readonly<Record<string, string>> = {
  attentionNorm: 'input_layernorm',
  attentionOut: 'self_attn.o_proj',
  mlpNorm: 'post_attention_layernorm',
  down: 'mlp.down_proj',
};
const outerNames: Readonly<Record<string, string>> = {
  embedding: 'model.embed_tokens.weight',
  finalNorm: 'model.norm.weight',
  unembedding: 'lm_head.weight',
};

/** The Llama tensors that a parameter is made of, in order along its first axis; none for a parameter of a head. */
export function llamaTensors({ name, shape }: ParameterSpec, config: ModelConfig): readonly NamedShape[] {
  const { width: C, heads: H, keyValueHeads: K, headWidth: D, feedForwardWidth: F } = config;
  const outer = outerNames[name];
  if (outer !== undefined) return [{ name: outer, shape }];
  const [, layer, part] = /^layers\.(\d+)\.(\w+)$/.exec(name) ?? [];
  if (part === undefined) return [];
  const at = (tensor: string, tensorShape: readonly number[]): NamedShape => ({
    name: `model.layers.${layer}.${tensor}.weight`,
    shape: tensorShape,
  });
  if (part === 'qkv') return [at('self_attn.q_proj', [H * D, C]), at('self_attn.k_proj', [K * D, C]), at('self_attn.v_proj', [K * D, C])];
  if (part === 'gateUp') return [at('mlp.gate_proj', [F, C]), at('mlp.up_proj', [F, C])];
  return [at(layerNames[part] as string, shape)];
}

/** Views of the weights for writing. Throws `CheckpointError` unless there is exactly one buffer of the right size for each parameter. */
export function storeWeights(weights: Weights, config: ModelConfig): StoredWeights {
  const specs = parameterSpecs(config);
  const llama = new Map<string, TensorToStore>();
  const heads = new Map<string, TensorToStore>();
  for (const spec of specs) {
    const data = weights.get(spec.name);
    const elements = count(spec.shape);
    if (data?.length !== elements)
      throw unwritable(
        `${spec.name} with ${data === undefined ? 'no weights' : `${data.length} elements`}`,
        `${elements}, of the shape ${show(spec.shape)}`,
      );
    const tensors = llamaTensors(spec, config);
    if (tensors.length === 0) heads.set(spec.name, { shape: spec.shape, data });
    let at = 0;
    for (const { name, shape } of tensors) {
      llama.set(name, { shape, data: data.subarray(at, at + count(shape)) });
      at += count(shape);
    }
  }
  const known = new Set(specs.map(({ name }) => name));
  for (const name of weights.keys())
    if (!known.has(name)) throw unwritable(`weights called ${show(name)}`, 'only parameters of the configuration');
  return { llama, heads };
}

/**
 * Weights out of the tensors of the files, which it takes out of the maps as it goes (so that a tensor and its copy in a
 * fused buffer are not both kept). Throws `CheckpointError` where a Llama tensor is missing, unknown, or of another
 * shape or type than `config` has it. Tensors of heads that `config` leaves out are passed over.
 */
export function readWeights(
  llama: Map<string, StoredTensor>,
  heads: Map<string, StoredTensor>,
  { config, source }: { readonly config: ModelConfig; readonly source: string },
): ReadWeights {
  const weights = new Map<string, Float32Array>();
  const missing: string[] = [];
  for (const spec of parameterSpecs(config)) {
    const expected = llamaTensors(spec, config);
    if (expected.length === 0) {
      if (heads.has(spec.name)) weights.set(spec.name, take(heads, spec, source));
      else missing.push(spec.name);
      continue;
    }
    const parts = expected.map((tensor) => take(llama, tensor, source));
    weights.set(spec.name, parts.length === 1 ? (parts[0] as Float32Array) : join(parts));
  }
  for (const [name, { data }] of llama) {
    if (name.endsWith('.rotary_emb.inv_freq')) continue; // Older versions stored this constant.
    if (name === 'lm_head.weight') {
      if (sameBits(data, weights.get('embedding') as Float32Array)) continue;
      throw mismatch(source, name, 'a matrix of its own', 'the same as model.embed_tokens.weight, for the configuration ties them', {
        fix: 'set tie_word_embeddings to false in config.json if the model was trained that way',
      });
    }
    throw mismatch(source, name, 'a tensor of that name', 'only those of a Llama model of this configuration');
  }
  return { weights, missing };
}

function take(tensors: Map<string, StoredTensor>, { name, shape }: NamedShape, source: string): Float32Array {
  const tensor = tensors.get(name);
  if (tensor === undefined) throw mismatch(source, name, 'no such tensor', `one of shape ${show(shape)}`);
  if (tensor.shape.length !== shape.length || tensor.shape.some((length, axis) => length !== shape[axis]))
    throw mismatch(source, name, `shape ${show(tensor.shape)}`, `shape ${show(shape)}, by config.json`);
  if (!(tensor.data instanceof Float32Array)) throw mismatch(source, name, `dtype ${tensor.dtype}`, 'F32, F16 or BF16');
  tensors.delete(name);
  return tensor.data;
}

function join(parts: readonly Float32Array[]): Float32Array {
  const out = new Float32Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}

function sameBits(a: StoredTensor['data'], b: Float32Array): boolean {
  const bytes = (x: StoredTensor['data']): Buffer => Buffer.from(x.buffer as ArrayBuffer, x.byteOffset, x.byteLength);
  return a instanceof Float32Array && bytes(a).equals(bytes(b));
}

const count = (shape: readonly number[]): number => shape.reduce((a, b) => a * b, 1);

function mismatch(source: string, tensor: string, got: string, expected: string, { fix }: { readonly fix?: string } = {}): CheckpointError {
  return new CheckpointError({
    operation: `read the weights of ${source}, tensor ${show(tensor)}`,
    got,
    expected,
    fix: fix ?? 'take config.json and weights from the same checkpoint',
    details: { file: source, tensor },
  });
}

function unwritable(got: string, expected: string): CheckpointError {
  return new CheckpointError({
    operation: 'write weights',
    got,
    expected,
    fix: 'save the weights with the configuration that they were made for',
  });
}
