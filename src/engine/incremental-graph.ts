/**
 * The graph of one engine step: n tokens for each of B lanes, read against the lanes' caches. Weights are constants of
 * the graph, so that the runtime packs them once. Shapes are fixed but for S, the number of cached rows.
 *
 * Rows are time-major: token t of lane b is row t·B + b. A place without a token to read carries token 0. Such places
 * come last in their lane: what they see (its cache, the places before them) reaches no other place, and nobody reads it.
 */
import { RuntimeError } from '../base/index.ts';
import {
  type Attend,
  floatProjection,
  logits,
  type ModelConfig,
  POINTER_PROJECTIONS,
  type Project,
  parameterSpecs,
  pointerGates,
  projectPointer,
  projectTrail,
  scalarHead,
  TRAIL_PROJECTIONS,
  trunk,
  VALUE_HEAD,
  type Weights,
  windowOf,
} from '../model/index.ts';
import { Graph, ops, Session, type Tensor, writeOnnx } from '../tensor/index.ts';
import { ringRows } from './key-value-cache.ts';
import { quantizeInt8 } from './quantize.ts';

export interface StepShape {
  /** n: new tokens a lane. */
  readonly tokens: number;
  /** B. */
  readonly lanes: number;
}

export interface CompileOptions {
  readonly threads?: number | undefined;
  readonly int8: boolean;
}

/**
 * Compiles the step of one width and one number of lanes, all float32 but for what is said to be int32.
 *
 * Feeds: `tokens`, `positions` int32 [n·B]; `cachedMask` [B, 1, 1, S], `cachedMask.<window>` [B, 1, n·H/K, R] for each window of a layer, and
 * `freshMask` [B, 1, n·H/K, n], added to the scores;
 * `keys.<layer>`, `values.<layer>` [B, K, S, D], R rows of a ring instead of S in a layer with a window; and, for n > 1, `last` int32 [B] and `targets` int32 [n·B].
 *
 * Outputs: `cache` [2·layers·n·B, K·D] (keys, values of layer 0, then of layer 1 …); `logits` [B, V], `value` [B] and
 * `pointerGate` [B] of the row that `last` names in each lane; `pointer` [n·B, 4·P + 2·T], the projections of every token in the
 * order of `POINTER_PROJECTIONS` and `TRAIL_PROJECTIONS`; and, for n > 1, `nats` [n·B] of each target.
 *
 * Throws `RuntimeError` where a weight is missing or the runtime refuses the graph.
 */
export function compileStep(config: ModelConfig, weights: Weights, shape: StepShape, options: CompileOptions): Promise<Session> {
  const { graph, outputs } = traceStep(config, weights, shape, options.int8);
  return Session.create(graph, outputs, options.threads === undefined ? {} : { threads: options.threads });
}

/** The step of one lane and one token as an ONNX model, weights included: what other runtimes run. Feeds and outputs as in `compileStep`. */
export function stepOnnx(config: ModelConfig, weights: Weights): Uint8Array {
  const { graph, outputs } = traceStep(config, weights, { tokens: 1, lanes: 1 }, false);
  return writeOnnx(graph, outputs);
}

function traceStep(
  config: ModelConfig,
  weights: Weights,
  { tokens: n, lanes: B }: StepShape,
  int8: boolean,
): { readonly graph: Graph; readonly outputs: Readonly<Record<string, Tensor>> } {
  const { layers, heads: H, keyValueHeads: K, headWidth: D } = config;
  const graph = new Graph();
  const { parameters, project } = constants(graph, config, weights, int8);
  const tokens = graph.input('tokens', [n * B], 'int32');
  const positions = graph.input('positions', [n * B], 'int32');
  const fresh = graph.input('freshMask', [B, 1, (n * H) / K, n]);
  const cachedMasks = new Map<number, Tensor>();
  const masksOf = (window: number): { readonly cached: Tensor; readonly fresh: Tensor } => {
    const cached =
      cachedMasks.get(window) ??
      (window === 0
        ? graph.input('cachedMask', [B, 1, 1, 'S'])
        : graph.input(`cachedMask.${window}`, [B, 1, (n * H) / K, ringRows(window)]));
    cachedMasks.set(window, cached);
    return { cached, fresh };
  };

  const cacheRows: Tensor[] = [];
  const attend: Attend = (layer, q, k, v) => {
    cacheRows.push(k, v);
    const rows = ringRows(windowOf(config, layer)) || 'S';
    const cached = { keys: graph.input(`keys.${layer}`, [B, K, rows, D]), values: graph.input(`values.${layer}`, [B, K, rows, D]) };
    const read = { keys: ops.reshape(k, [n, B, K, D]), values: ops.reshape(v, [n, B, K, D]) };
    return ops.reshape(
      ops.cachedAttention(
        { q: ops.reshape(q, [n, B, H, D]), cached, fresh: read, masks: masksOf(windowOf(config, layer)) },
        1 / Math.sqrt(D),
      ),
      [n * B, H * D],
    );
  };
  const hidden = trunk({ graph, config, parameters, tokens, positions, attend, project, products: 'together' });
  const last = n === 1 ? hidden : ops.gatherRows(hidden, graph.input('last', [B], 'int32'));

  const outputs: Record<string, Tensor> = { cache: ops.concat(cacheRows, 0), logits: logits(config, parameters, last, project) };
  if (config.valueHead) outputs.value = scalarHead(parameters, last, VALUE_HEAD);
  if (config.pointerWidth > 0) {
    outputs.pointerGate = pointerGates(parameters, last);
    outputs.pointer = ops.concat(
      [
        ...POINTER_PROJECTIONS.map((which) => projectPointer(config, parameters, hidden, which)),
        ...TRAIL_PROJECTIONS.map((which) => projectTrail(parameters, hidden, which)),
      ],
      1,
    );
  }
  if (n > 1) outputs.nats = ops.crossEntropy(logits(config, parameters, hidden, project), graph.input('targets', [n * B], 'int32'));
  if (cacheRows.length !== 2 * layers)
    throw new RuntimeError({ operation: 'compile step', got: `${cacheRows.length} cache rows`, expected: `${2 * layers}` });
  return { graph, outputs };
}

/** Weights as constants: every matrix product in int8 where asked for, everything else in float32. */
function constants(
  graph: Graph,
  config: ModelConfig,
  weights: Weights,
  int8: boolean,
): { parameters: ReadonlyMap<string, Tensor>; project: Project } {
  const specs = parameterSpecs(config);
  const data = (name: string): Float32Array => {
    const values = weights.get(name);
    if (!values)
      throw new RuntimeError({
        operation: 'compile step',
        got: `no weights for ${name}`,
        expected: 'weights for every parameter of the configuration',
      });
    return values;
  };
  const parameters = new Map(specs.map(({ name, shape }) => [name, graph.constant(data(name), shape, 'float32')]));
  if (!int8) return { parameters, project: floatProjection(parameters) };

  const shapes = new Map(specs.map(({ name, shape }) => [name, shape]));
  const packed = new Map<string, (x: Tensor) => Tensor>();
  const project: Project = (x, name, rows) => {
    const [allRows, inWidth] = shapes.get(name) as [number, number];
    const { start, end } = rows ?? { start: 0, end: allRows };
    const key = `${name} ${start}`;
    let product = packed.get(key);
    if (!product) {
      const outWidth = end - start;
      const { bytes, scales, blocks, blockSize } = quantizeInt8(data(name).subarray(start * inWidth, end * inWidth), outWidth, inWidth);
      const packedWeights = graph.constant(bytes, [outWidth, blocks, blockSize], 'uint8');
      const packedScales = graph.constant(scales, [outWidth * blocks], 'float32');
      product = (input) => ops.matmulInt8(input, packedWeights, packedScales, { inWidth, outWidth, blockSize });
      packed.set(key, product);
    }
    return product(x);
  };
  return { parameters, project };
}
