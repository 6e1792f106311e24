/**
 * The training graph of a language model over one batch shape: weighted next-token loss, with the pointer head where a
 * reference was chosen. L = Σ wᵢ·natsᵢ / Σ wᵢ.
 */
import {
  ANCHORS,
  causalAttention,
  logits,
  MARKS,
  type ModelConfig,
  parameterSpecs,
  pointerNats,
  REWARD_HEAD,
  trunk,
  VALUE_HEAD,
} from '../model/index.ts';
import type { Batch } from '../records/index.ts';
import { Graph, ops, type Tensor, type Values } from '../tensor/index.ts';
import type { BatchSize } from './packing.ts';

export interface LanguageModelGraph {
  readonly graph: Graph;
  readonly parameters: ReadonlyMap<string, Tensor>;
  /** [T·B, C]: the last hidden states. */
  readonly hidden: Tensor;
  /** [T·B] nats of each target under the ordinary softmax. */
  readonly tokenNats: Tensor;
  /** [M] nats of each pointed reference under the mixture; absent without a pointer head. */
  readonly pointedNats: Tensor | undefined;
  /** int32 [M]: the places of those decisions; absent without a pointer head. */
  readonly deciding: Tensor | undefined;
  readonly loss: Tensor;
  /** `trainedParameters(config)`. */
  readonly trained: readonly string[];
}

export interface LanguageModelOptions extends BatchSize {
  /** Queries an attention block; default as `causalAttention`'s. */
  readonly block?: number;
}

/**
 * Traces the loss L over T·B tokens. Inputs beside the parameters, with N = T·B: `tokens`, `targets`, `positions` int32 [N],
 * `weights`, `episodes` float32 [N], `inverseWeight` float32 [] = 1/Σ wᵢ; with a pointer head also `deciding` int32 [M],
 * `references` int32 [R], `decidingSpans` [M, N], `referenceSpans` [R, N], `visibility`, `buckets.<anchor>` (int32) and `chosen` [M, R], `marks` [R, MARKS], `pointedWeights`
 * [M], all float32. M and R are sizes of the run. `batchFeeds` makes them.
 */
export function traceLanguageModel(config: ModelConfig, options: LanguageModelOptions): LanguageModelGraph {
  const { time: T, lanes: B } = options;
  const N = T * B;
  const graph = new Graph();
  const parameters = new Map(parameterSpecs(config).map(({ name, shape }) => [name, graph.input(name, shape)]));
  const tokens = graph.input('tokens', [N], 'int32');
  const targets = graph.input('targets', [N], 'int32');
  const weights = graph.input('weights', [N]);
  const positions = graph.input('positions', [N], 'int32');
  const episodes = graph.input('episodes', [N]);
  const inverseWeight = graph.input('inverseWeight', []);

  const hidden = trunk({ graph, config, parameters, tokens, positions, attend: causalAttention(graph, config, episodes, options) });
  const tokenNats = ops.crossEntropy(logits(config, parameters, hidden), targets);
  let total = ops.sum(ops.multiply(tokenNats, weights));
  let pointedNats: Tensor | undefined;
  let deciding: Tensor | undefined;
  if (config.pointerWidth > 0) {
    deciding = graph.input('deciding', ['M'], 'int32');
    const decisions = {
      deciding,
      references: graph.input('references', ['R'], 'int32'),
      decidingSpans: graph.input('decidingSpans', ['M', N]),
      referenceSpans: graph.input('referenceSpans', ['R', N]),
      visibility: graph.input('visibility', ['M', 'R']),
      buckets: ANCHORS.map((anchor) => graph.input(`buckets.${anchor}`, ['M', 'R'], 'int32')),
      marks: graph.input('marks', ['R', MARKS]),
      chosen: graph.input('chosen', ['M', 'R']),
    };
    pointedNats = pointerNats(config, parameters, hidden, tokenNats, decisions);
    total = ops.add(total, ops.sum(ops.multiply(pointedNats, graph.input('pointedWeights', ['M']))));
  }
  const loss = ops.multiply(total, inverseWeight);
  return { graph, parameters, hidden, tokenNats, pointedNats, deciding, loss, trained: trainedParameters(config) };
}

/** The parameters on which the loss depends, in the order of `parameterSpecs`: all but those of the value and the reward head. */
export function trainedParameters(config: ModelConfig): readonly string[] {
  const heads: readonly string[] = [VALUE_HEAD.weight, VALUE_HEAD.bias, REWARD_HEAD.weight, REWARD_HEAD.bias];
  return parameterSpecs(config)
    .map(({ name }) => name)
    .filter((name) => !heads.includes(name));
}

/** Σ of the loss weights of a batch. */
export function batchWeight({ weights, pointing }: Batch): number {
  let sum = 0;
  for (const weight of weights) sum += weight;
  for (const weight of pointing.weights) sum += weight;
  return sum;
}

/** The batch as feeds of the graph. `totalWeight`: what the loss is divided by, default the batch's own weight. */
export function batchFeeds(config: ModelConfig, batch: Batch, totalWeight: number = batchWeight(batch)): Values {
  const N = [batch.time * batch.lanes];
  const { deciding, references, decidingSpans, referenceSpans, visibility, buckets, marks, chosen, weights } = batch.pointing;
  const [M, R] = [deciding.length, references.length];
  const feeds: Values = {
    tokens: { data: batch.tokens, shape: N },
    targets: { data: batch.targets, shape: N },
    weights: { data: batch.weights, shape: N },
    positions: { data: batch.positions, shape: N },
    episodes: { data: batch.episodes, shape: N },
    inverseWeight: { data: Float32Array.of(1 / Math.max(totalWeight, 1e-6)), shape: [] },
  };
  if (config.pointerWidth === 0) return { ...feeds, weights: { data: weightsWithoutPointer(batch), shape: N } };
  return {
    ...feeds,
    deciding: { data: deciding, shape: [M] },
    references: { data: references, shape: [R] },
    decidingSpans: { data: decidingSpans, shape: [M, ...N] },
    referenceSpans: { data: referenceSpans, shape: [R, ...N] },
    visibility: { data: visibility, shape: [M, R] },
    ...Object.fromEntries(ANCHORS.map((anchor, a) => [`buckets.${anchor}`, { data: buckets[a] as Int32Array, shape: [M, R] }])),
    marks: { data: marks, shape: [R, MARKS] },
    chosen: { data: chosen, shape: [M, R] },
    pointedWeights: { data: weights, shape: [M] },
  };
}

/** Without a pointer head a chosen reference is a token like any other. */
function weightsWithoutPointer({ weights, pointing }: Batch): Float32Array {
  const all = weights.slice();
  for (const [m, at] of pointing.deciding.entries()) all[at] = (all[at] as number) + (pointing.weights[m] as number);
  return all;
}
