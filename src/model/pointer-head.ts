/**
 * The pointer head: where the grammar expects a reference, its distribution is a mixture of the ordinary softmax and of
 * attention from the deciding token to the reference tokens before it (pointer-generator: See et al. 2017,
 * arXiv 1704.04368, eq. 9). A reference's probability is summed over all places where it stands.
 *
 * It follows a trail (`pointer-trail.ts`): to the score of query and key comes what the decision thinks of the candidate's distance from where was
 * pointed last, and of how much of its text stands elsewhere.
 *
 * It reads spans: both the query and the keys see, beside the hidden state of their own token, the mean over the tokens
 * since the reference before. A reference stands behind the text that it names and a decision behind the echo of the
 * last one, so what is to be compared lies in the two spans, and no attention head has to be learned to fetch it
 * (docs/decisions/pointer-reads-spans.md).
 */
import { ops, type Tensor } from '../tensor/index.ts';
import type { ModelConfig } from './config.ts';
import { ANCHORS, TRAIL_BUCKETS, TRAIL_WIDTH } from './pointer-trail.ts';
import { parameter, scalarHead } from './transformer.ts';

/** Mixtures below this are cut off, here and in the engine: log p ≥ −27.6 nats. */
export const SMALLEST_PROBABILITY = 1e-12;

const GATE_HEAD = { weight: 'pointer.gate', bias: 'pointer.gateBias' } as const;

/** The four projections of the head: of a decision and of its span, of a reference and of its span. */
export const POINTER_PROJECTIONS = ['query', 'spanQuery', 'key', 'spanKey'] as const;
export type PointerProjection = (typeof POINTER_PROJECTIONS)[number];

/** Beside them, of a decision and of its span: what it thinks of each step along the trail. */
export const TRAIL_PROJECTIONS = ['trail', 'spanTrail'] as const;
export type TrailProjection = (typeof TRAIL_PROJECTIONS)[number];

/** Rows [M, C] → [M, P]. Queries are scaled by 1/√P. A span's projection is the mean of its tokens' projections. */
export function projectPointer(
  config: ModelConfig,
  parameters: ReadonlyMap<string, Tensor>,
  rows: Tensor,
  which: PointerProjection,
): Tensor {
  const alpha = which === 'query' || which === 'spanQuery' ? 1 / Math.sqrt(config.pointerWidth) : 1;
  return ops.matmul(rows, parameter(parameters, `pointer.${which}`), { transposeB: true, alpha });
}

/** Rows [N, C] → [N, T]: what a decision thinks of each bucket and mark; `spanTrail` of the mean over its span. */
export function projectTrail(parameters: ReadonlyMap<string, Tensor>, rows: Tensor, which: TrailProjection): Tensor {
  return ops.matmul(rows, parameter(parameters, `pointer.${which}`), { transposeB: true });
}

/** The probability of pointing instead of speaking, for rows [M, C] → [M]. */
export function pointerGates(parameters: ReadonlyMap<string, Tensor>, rows: Tensor): Tensor {
  return ops.sigmoid(scalarHead(parameters, rows, GATE_HEAD));
}

export interface PointerDecisions {
  /** int32 [M]: rows of `hidden` whose next token is a reference that the policy chooses. */
  readonly deciding: Tensor;
  /** int32 [R]: rows of `hidden` that hold a reference. */
  readonly references: Tensor;
  /** float32 [M, N] and [R, N]: weights that average each one's span. */
  readonly decidingSpans: Tensor;
  readonly referenceSpans: Tensor;
  /** float32 [M, R]: 0 where the reference stands before the decision in the same episode, else `HIDDEN_SCORE`. */
  readonly visibility: Tensor;
  /** int32 [M, R], one for each of `ANCHORS`: the candidate's bucket. */
  readonly buckets: readonly Tensor[];
  /** float32 [R, MARKS]. */
  readonly marks: Tensor;
  /** float32 [M, R]: 1 where the reference is visible and the one that was chosen, else 0. */
  readonly chosen: Tensor;
}

/** −log p(chosen reference) of the mixture for each decision, [M] nats. `tokenNats` [N] are the ordinary ones, −log softmax. */
export function pointerNats(
  config: ModelConfig,
  parameters: ReadonlyMap<string, Tensor>,
  hidden: Tensor,
  tokenNats: Tensor,
  { deciding, references, decidingSpans, referenceSpans, visibility, buckets, marks, chosen }: PointerDecisions,
): Tensor {
  const project = (rows: Tensor, which: PointerProjection): Tensor => projectPointer(config, parameters, rows, which);
  const rows = ops.gatherRows(hidden, deciding);
  const spans = ops.matmul(decidingSpans, hidden);
  const queries = ops.add(project(rows, 'query'), project(spans, 'spanQuery'));
  const keys = ops.add(project(ops.gatherRows(hidden, references), 'key'), project(ops.matmul(referenceSpans, hidden), 'spanKey'));
  const trail = ops.add(projectTrail(parameters, rows, 'trail'), projectTrail(parameters, spans, 'spanTrail')); // [M, T]
  const steps = buckets.map((bucket, a) => ops.takeAlong(ops.slice(trail, 1, a * TRAIL_BUCKETS, (a + 1) * TRAIL_BUCKETS), bucket));
  const marked = ops.matmul(ops.slice(trail, 1, ANCHORS.length * TRAIL_BUCKETS, TRAIL_WIDTH), marks, { transposeB: true });
  const scores = [marked, ...steps].reduce(ops.add, ops.add(ops.matmul(queries, keys, { transposeB: true }), visibility));
  const pointed = ops.sum(ops.multiply(ops.softmax(scores), chosen), [1]);
  const spoken = ops.exp(ops.negate(ops.gatherRows(tokenNats, deciding)));
  const gate = pointerGates(parameters, rows);
  const mixture = ops.add(ops.multiply(gate, pointed), ops.multiply(ops.subtract(1, gate), spoken));
  return ops.negate(ops.log(ops.maximum(mixture, SMALLEST_PROBABILITY)));
}
