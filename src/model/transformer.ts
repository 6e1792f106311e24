/**
 * The trunk: a Llama-family decoder (pre-norm, RMSNorm, rotary positions, SwiGLU), traced over N tokens in flat order.
 *
 * It differs from the textbook in that tokens come time-major (token t of lane b is row t·B + b), so that attention reads
 * keys and values without transposing them, and in that it takes its attention as a function: training attends inside a
 * batch, the engine to a cache. It builds a graph and runs none.
 */
import { GraphError } from '../base/index.ts';
import { type Graph, ops, type Tensor } from '../tensor/index.ts';
import type { ModelConfig } from './config.ts';

/**
 * x [N, in] · Wᵀ for the named parameter [out, in], or for a range of its rows → [N, rows]. The engine swaps in an int8
 * product here. Where a buffer holds several matrices, its rows are taken apart and not the product's columns: weights are
 * smaller than activations.
 */
export type Project = (x: Tensor, name: string, rows?: RowRange) => Tensor;

export interface RowRange {
  readonly start: number;
  readonly end: number;
}

/** q [N, H·D], k and v [N, K·D], rotated → [N, H·D]. */
export type Attend = (layer: number, q: Tensor, k: Tensor, v: Tensor) => Tensor;

export interface TrunkParts {
  readonly graph: Graph;
  readonly config: ModelConfig;
  readonly parameters: ReadonlyMap<string, Tensor>;
  /** int32 [N]. */
  readonly tokens: Tensor;
  /** int32 [N], the position of each token in its episode. */
  readonly positions: Tensor;
  readonly attend: Attend;
  /** Default: a float32 product with the parameter. */
  readonly project?: Project;
  /**
   * How matrices that share a buffer are multiplied. `apart` (default): one product each, nothing to split afterwards, best for
   * many tokens. `together`: one wide product whose columns are split, fewer nodes, best for few.
   */
  readonly products?: 'apart' | 'together';
}

/** The normalised last hidden state of every token, [N, C]. */
export function trunk({
  graph,
  config,
  parameters,
  tokens,
  positions,
  attend,
  project = floatProjection(parameters),
  products = 'apart',
}: TrunkParts): Tensor {
  const { heads: H, keyValueHeads: K, headWidth: D, feedForwardWidth: F, normEpsilon } = config;
  const tables = rotaryTables(graph, config);
  const at = ops.cast(positions, 'int64');
  const multiply = (input: Tensor, name: string, sizes: readonly number[]): readonly Tensor[] => {
    if (products === 'together') return ops.split(project(input, name), 1, sizes);
    return sizes.map((size, i) => {
      const start = sizes.slice(0, i).reduce((sum, before) => sum + before, 0);
      return project(input, name, { start, end: start + size });
    });
  };
  const queriesKeysValues = (input: Tensor, name: string): readonly [Tensor, Tensor, Tensor] => {
    if (products === 'together') {
      // Queries and keys lie side by side as heads, so that one rotation turns both.
      const [turning, v] = multiply(input, name, [(H + K) * D, K * D]) as [Tensor, Tensor];
      const [q, k] = ops.split(ops.rotary(turning, at, tables, H + K), 1, [H * D, K * D]) as [Tensor, Tensor];
      return [q, k, v];
    }
    const [q, k, v] = multiply(input, name, [H * D, K * D, K * D]) as [Tensor, Tensor, Tensor];
    return [ops.rotary(q, at, tables, H), ops.rotary(k, at, tables, K), v];
  };
  let x = ops.gatherRows(parameter(parameters, 'embedding'), tokens); // [N, C]
  for (let i = 0; i < config.layers; i++) {
    const layer = `layers.${i}`;
    const normal = ops.rmsNorm(x, parameter(parameters, `${layer}.attentionNorm`), normEpsilon);
    const [q, k, v] = queriesKeysValues(normal, `${layer}.qkv`);
    x = ops.add(x, project(attend(i, q, k, v), `${layer}.attentionOut`));

    const wide = ops.rmsNorm(x, parameter(parameters, `${layer}.mlpNorm`), normEpsilon);
    const [gate, up] = multiply(wide, `${layer}.gateUp`, [F, F]) as [Tensor, Tensor];
    x = ops.add(x, project(ops.multiply(ops.silu(gate), up), `${layer}.down`));
  }
  return ops.rmsNorm(x, parameter(parameters, 'finalNorm'), normEpsilon);
}

/** hidden [N, C] → logits [N, V]. */
export function logits(
  config: ModelConfig,
  parameters: ReadonlyMap<string, Tensor>,
  hidden: Tensor,
  project: Project = floatProjection(parameters),
): Tensor {
  return project(hidden, config.tiedEmbeddings ? 'embedding' : 'unembedding');
}

/** A scalar for every row: hidden [N, C] → [N]. `head` names its weight [1, C] and bias [1], e.g. `VALUE_HEAD`. */
export function scalarHead(
  parameters: ReadonlyMap<string, Tensor>,
  hidden: Tensor,
  head: { readonly weight: string; readonly bias: string },
): Tensor {
  const column = ops.add(ops.matmul(hidden, parameter(parameters, head.weight), { transposeB: true }), parameter(parameters, head.bias));
  return ops.reshape(column, hidden.shape.slice(0, 1));
}

export const VALUE_HEAD = { weight: 'value.weight', bias: 'value.bias' } as const;
export const REWARD_HEAD = { weight: 'reward.weight', bias: 'reward.bias' } as const;

/** The product x [N, in] · Wᵀ → [N, out] in float32 with the parameter itself, or with the given rows of it. Throws `GraphError` for an unknown name. */
export function floatProjection(parameters: ReadonlyMap<string, Tensor>): Project {
  return (x, name, rows) => {
    const matrix = parameter(parameters, name);
    return ops.matmul(x, rows ? ops.slice(matrix, 0, rows.start, rows.end) : matrix, { transposeB: true });
  };
}

/** The tensor of a parameter, shaped as in `parameterSpecs`. Throws `GraphError` where there is none of that name. */
export function parameter(parameters: ReadonlyMap<string, Tensor>, name: string): Tensor {
  const tensor = parameters.get(name);
  if (!tensor)
    throw new GraphError({ operation: 'trace transformer', got: `no parameter ${name}`, expected: 'every parameter of the configuration' });
  return tensor;
}

/** cos and sin of position·θ^(−2i/D), each [contextLength, D/2]. */
function rotaryTables(graph: Graph, { contextLength, headWidth, ropeTheta }: ModelConfig): { cosines: Tensor; sines: Tensor } {
  const half = headWidth / 2;
  const angles = Float64Array.from({ length: contextLength * half }, (_, i) => Math.floor(i / half) * ropeTheta ** (-(i % half) / half));
  return {
    cosines: graph.constant(Float32Array.from(angles, Math.cos), [contextLength, half], 'float32'),
    sines: graph.constant(Float32Array.from(angles, Math.sin), [contextLength, half], 'float32'),
  };
}
