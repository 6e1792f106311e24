/**
 * The pointer head: where the grammar expects a reference, its distribution is a mixture of the ordinary softmax and of
 * attention from the deciding token to the reference tokens before it (pointer-generator: See et al. 2017,
 * arXiv 1704.04368, eq. 9). A reference's probability is summed over all places where it stands.
 */
import { ops, type Tensor } from '../tensor/index.ts';
import type { ModelConfig } from './config.ts';
import { parameter, scalarHead } from './transformer.ts';

/** Mixtures below this are cut off, here and in the engine: log p ≥ −27.6 nats. */
export const SMALLEST_PROBABILITY = 1e-12;

const GATE_HEAD = { weight: 'pointer.gate', bias: 'pointer.gateBias' } as const;

/** The three projections of hidden rows [M, C]: queries and keys [M, P] (queries scaled by 1/√P) and gate probabilities [M]. */
export function pointerQueries(config: ModelConfig, parameters: ReadonlyMap<string, Tensor>, rows: Tensor): Tensor {
  return ops.matmul(rows, parameter(parameters, 'pointer.query'), { transposeB: true, alpha: 1 / Math.sqrt(config.pointerWidth) });
}
export function pointerKeys(parameters: ReadonlyMap<string, Tensor>, rows: Tensor): Tensor {
  return ops.matmul(rows, parameter(parameters, 'pointer.key'), { transposeB: true });
}
export function pointerGates(parameters: ReadonlyMap<string, Tensor>, rows: Tensor): Tensor {
  return ops.sigmoid(scalarHead(parameters, rows, GATE_HEAD));
}

export interface PointerDecisions {
  /** int32 [M]: rows of `hidden` whose next token is a reference that the policy chooses. */
  readonly deciding: Tensor;
  /** int32 [R]: rows of `hidden` that hold a reference. */
  readonly references: Tensor;
  /** float32 [M, R]: 0 where the reference stands before the decision in the same episode, else `HIDDEN_SCORE`. */
  readonly visibility: Tensor;
  /** float32 [M, R]: 1 where the reference is the one that was chosen, else 0. */
  readonly chosen: Tensor;
}

/** −log p(chosen reference) of the mixture for each decision, [M] nats. `tokenNats` [N] are the ordinary ones, −log softmax. */
export function pointerNats(
  config: ModelConfig,
  parameters: ReadonlyMap<string, Tensor>,
  hidden: Tensor,
  tokenNats: Tensor,
  { deciding, references, visibility, chosen }: PointerDecisions,
): Tensor {
  const rows = ops.gatherRows(hidden, deciding);
  const scores = ops.matmul(pointerQueries(config, parameters, rows), pointerKeys(parameters, ops.gatherRows(hidden, references)), { transposeB: true });
  const pointed = ops.sum(ops.multiply(ops.softmax(ops.add(scores, visibility)), chosen), [1]);
  const spoken = ops.exp(ops.negate(ops.gatherRows(tokenNats, deciding)));
  const gate = pointerGates(parameters, rows);
  const mixture = ops.add(ops.multiply(gate, pointed), ops.multiply(ops.subtract(1, gate), spoken));
  return ops.negate(ops.log(ops.maximum(mixture, SMALLEST_PROBABILITY)));
}
