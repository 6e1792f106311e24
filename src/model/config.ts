/**
 * The shape of a model: a decoder-only Llama-family transformer (Touvron et al. 2023, arXiv 2302.13971; grouped-query
 * attention, Ainslie et al. 2023, arXiv 2305.13245) with three small heads beside it: pointer, value, reward.
 *
 * Letters: C width, H heads, K key-value heads, D head width, F feed-forward width, V vocabulary, P pointer width.
 */
import { ConfigError } from '../base/index.ts';
import { TRAIL_WIDTH } from './pointer-trail.ts';

export interface ModelConfig {
  /** V: number of token ids. */
  readonly vocabularySize: number;
  /** Longest context in tokens. */
  readonly contextLength: number;
  /** C: width of the residual stream. */
  readonly width: number;
  readonly layers: number;
  /** H: query heads. */
  readonly heads: number;
  /** K: key-value heads; divides H. */
  readonly keyValueHeads: number;
  /** D: width of a head, even. */
  readonly headWidth: number;
  /** F: width of the SwiGLU layer. */
  readonly feedForwardWidth: number;
  readonly ropeTheta: number;
  readonly normEpsilon: number;
  /** Whether the output projection is the embedding. */
  readonly tiedEmbeddings: boolean;
  /** P: width of the pointer head's queries and keys; 0 leaves the head out. */
  readonly pointerWidth: number;
  readonly valueHead: boolean;
  readonly rewardHead: boolean;
  /** By layer: how many tokens back it sees, its own included; 0 for all. Absent: every layer sees all. */
  readonly windows?: readonly number[];
}

/** How far a layer sees: so many tokens, its own included; 0 for all. */
export const windowOf = ({ windows }: ModelConfig, layer: number): number => windows?.[layer] ?? 0;

export const PRESET_NAMES = ['nano', 'micro', 'small', 'medium'] as const;
export type PresetName = (typeof PRESET_NAMES)[number];

const common = { ropeTheta: 10_000, normEpsilon: 1e-5, tiedEmbeddings: true, valueHead: true, rewardHead: false } as const;

/**
 * Parameters: nano 0.2 M, micro 0.6 M (the default), small 2.9 M, medium 15 M. In micro every other layer sees all
 * (docs/decisions/windows.md).
 */
const presets: Readonly<Record<PresetName, ModelConfig>> = {
  nano: {
    ...common,
    vocabularySize: 1024,
    contextLength: 2048,
    width: 64,
    layers: 3,
    heads: 2,
    keyValueHeads: 2,
    headWidth: 32,
    feedForwardWidth: 176,
    pointerWidth: 32,
  },
  micro: {
    ...common,
    vocabularySize: 1024,
    contextLength: 6144,
    width: 96,
    layers: 4,
    heads: 3,
    keyValueHeads: 3,
    headWidth: 32,
    feedForwardWidth: 256,
    pointerWidth: 64,
    windows: [192, 0, 192, 0],
  },
  small: {
    ...common,
    vocabularySize: 1024,
    contextLength: 4096,
    width: 192,
    layers: 6,
    heads: 6,
    keyValueHeads: 6,
    headWidth: 32,
    feedForwardWidth: 512,
    pointerWidth: 64,
  },
  medium: {
    ...common,
    vocabularySize: 2048,
    contextLength: 4096,
    width: 384,
    layers: 8,
    heads: 6,
    keyValueHeads: 6,
    headWidth: 64,
    feedForwardWidth: 1024,
    pointerWidth: 64,
  },
};

/** The preset's configuration with some fields replaced; throws `ConfigError` where they don't fit together. */
export function presetConfig(name: PresetName, changes: Partial<ModelConfig> = {}): ModelConfig {
  return checkConfig({ ...presets[name], ...changes });
}

/** Bounds of what costs memory without any weight in a file: a configuration of a few bytes must not ask for gigabytes. */
const LARGEST_CONTEXT = 2 ** 20;
/** The engine reads at most so many tokens in one step, which see each other. */
const NARROWEST_WINDOW = 64;
/** Positions × D/2: the entries of a table of cosines. */
const LARGEST_ROTARY_TABLE = 2 ** 25;
const LARGEST_POINTER_WIDTH = 4096;

/** Throws `ConfigError` unless every size is a positive integer, within its bound, and the sizes fit together. */
export function checkConfig(config: ModelConfig): ModelConfig {
  const sizes = ['vocabularySize', 'contextLength', 'width', 'layers', 'heads', 'keyValueHeads', 'headWidth', 'feedForwardWidth'] as const;
  for (const size of sizes)
    if (!(Number.isInteger(config[size]) && config[size] > 0)) throw wrong(`${size} = ${config[size]}`, 'a positive integer');
  if (!(Number.isInteger(config.pointerWidth) && config.pointerWidth >= 0))
    throw wrong(`pointerWidth = ${config.pointerWidth}`, 'a whole number, 0 for no pointer head');
  if (config.pointerWidth > LARGEST_POINTER_WIDTH) throw wrong(`pointerWidth = ${config.pointerWidth}`, `at most ${LARGEST_POINTER_WIDTH}`);
  if (config.contextLength > LARGEST_CONTEXT) throw wrong(`contextLength = ${config.contextLength}`, `at most ${LARGEST_CONTEXT}`);
  if ((config.contextLength * config.headWidth) / 2 > LARGEST_ROTARY_TABLE)
    throw wrong(
      `contextLength = ${config.contextLength} at headWidth = ${config.headWidth}`,
      `contextLength · headWidth/2 of at most ${LARGEST_ROTARY_TABLE}`,
    );
  if (config.heads % config.keyValueHeads !== 0)
    throw wrong(`${config.heads} heads over ${config.keyValueHeads} key-value heads`, 'key-value heads that divide the heads');
  if (
    config.windows &&
    !(config.windows.length === config.layers && config.windows.every((w) => Number.isSafeInteger(w) && (w === 0 || w >= NARROWEST_WINDOW)))
  )
    throw wrong(
      `windows = ${JSON.stringify(config.windows)}`,
      `${config.layers} whole numbers, one a layer: 0 for a layer that sees all, else ${NARROWEST_WINDOW} or more`,
    );
  if (config.headWidth % 2 !== 0) throw wrong(`headWidth = ${config.headWidth}`, 'an even number (rotary embedding turns pairs)');
  if (!(config.ropeTheta > 0)) throw wrong(`ropeTheta = ${config.ropeTheta}`, 'a positive number');
  if (!(config.normEpsilon > 0)) throw wrong(`normEpsilon = ${config.normEpsilon}`, 'a positive number');
  return config;
}

function wrong(got: string, expected: string): ConfigError {
  return new ConfigError({ operation: 'model configuration', got, expected });
}

/** How a parameter starts: constant ones (norms), zeros (biases), or normal with this standard deviation. */
export type Initializer = 'ones' | 'zeros' | { readonly normal: number };

export interface ParameterSpec {
  readonly name: string;
  readonly shape: readonly number[];
  readonly initializer: Initializer;
  /** Whether AdamW decays it: matrices yes, norms and biases no. */
  readonly decays: boolean;
}

/**
 * All parameters in a fixed order. Matrices are stored [out, in] as PyTorch does; query, key and value matrices are one
 * buffer, one after the other along `out`, as are gate and up: fewer buffers to feed, and the Llama names are contiguous
 * views of them.
 */
export function parameterSpecs(config: ModelConfig): readonly ParameterSpec[] {
  const { vocabularySize: V, width: C, layers, heads: H, keyValueHeads: K, headWidth: D, feedForwardWidth: F, pointerWidth: P } = config;
  // Matrices start at std 1/√in, so that each keeps the scale of what it reads; those that write to the residual stream
  // are smaller by √(2·layers) (GPT-2, Radford et al. 2019, §2.3).
  const normal = (shape: readonly [number, number], name: string, std: number = 1 / Math.sqrt(shape[1])): ParameterSpec => ({
    name,
    shape,
    initializer: { normal: std },
    decays: true,
  });
  const plain = (shape: readonly number[], name: string, initializer: 'ones' | 'zeros'): ParameterSpec => ({
    name,
    shape,
    initializer,
    decays: false,
  });
  const branch = (inWidth: number): number => 1 / Math.sqrt(2 * layers * inWidth);
  const specs: ParameterSpec[] = [normal([V, C], 'embedding', 0.02)];
  for (let i = 0; i < layers; i++)
    specs.push(
      plain([C], `layers.${i}.attentionNorm`, 'ones'),
      normal([(H + 2 * K) * D, C], `layers.${i}.qkv`),
      normal([C, H * D], `layers.${i}.attentionOut`, branch(H * D)),
      plain([C], `layers.${i}.mlpNorm`, 'ones'),
      normal([2 * F, C], `layers.${i}.gateUp`),
      normal([C, F], `layers.${i}.down`, branch(F)),
    );
  specs.push(plain([C], 'finalNorm', 'ones'));
  if (!config.tiedEmbeddings) specs.push(normal([V, C], 'unembedding'));
  if (P > 0)
    specs.push(
      normal([P, C], 'pointer.query'),
      normal([P, C], 'pointer.spanQuery'),
      normal([P, C], 'pointer.key'),
      normal([P, C], 'pointer.spanKey'),
      normal([1, C], 'pointer.gate'),
      plain([1], 'pointer.gateBias', 'zeros'),
      // Zeros: a head that has not learned to follow the trail doesn't. Tables of scores, which don't decay: most buckets are seldom seen.
      plain([TRAIL_WIDTH, C], 'pointer.trail', 'zeros'),
      plain([TRAIL_WIDTH, C], 'pointer.spanTrail', 'zeros'),
    );
  if (config.valueHead) specs.push(normal([1, C], 'value.weight'), plain([1], 'value.bias', 'zeros'));
  if (config.rewardHead) specs.push(normal([1, C], 'reward.weight'), plain([1], 'reward.bias', 'zeros'));
  return specs;
}

export function countParameters(config: ModelConfig): number {
  return parameterSpecs(config).reduce((sum, { shape }) => sum + shape.reduce((a, b) => a * b, 1), 0);
}

/** The weights of a model: one float32 buffer for each of `parameterSpecs`, by name. */
export type Weights = ReadonlyMap<string, Float32Array>;
