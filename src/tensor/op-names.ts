/**
 * The closed set of operators and the attributes of each. Everything that is known about an operator stands in a table
 * typed by this interface (`SHAPE_RULES`, `GRADIENT_RULES`, `ONNX_RULES`, and the test's examples), so that an operator
 * without a rule does not compile.
 */
import type { DType, Shape } from './types.ts';

type None = Readonly<Record<never, never>>;

export interface Attributes {
  // Elementwise, with broadcasting.
  add: None;
  subtract: None;
  multiply: None;
  divide: None;
  maximum: None;
  minimum: None;
  equal: None;
  greater: None;
  select: None;
  // Elementwise, one input.
  negate: None;
  exp: None;
  log: None;
  sqrt: None;
  sigmoid: None;
  silu: None;
  softplus: None;
  tanh: None;
  cast: { readonly to: DType };
  // Products.
  matmul: MatmulAttributes;
  matmulInt8: { readonly inWidth: number; readonly outWidth: number; readonly blockSize: number };
  // Along an axis.
  softmax: None;
  logSoftmax: None;
  sum: { readonly axes: readonly number[]; readonly keepDims: boolean };
  // Form.
  reshape: { readonly shape: Shape };
  expand: { readonly shape: Shape };
  expandAs: None;
  transpose: { readonly permutation: readonly number[] };
  slice: { readonly axis: number; readonly start: number; readonly end: number };
  pad: { readonly axis: number; readonly before: number; readonly after: number };
  concat: { readonly axis: number };
  split: { readonly axis: number; readonly sizes: readonly number[] };
  // By index.
  gatherRows: None;
  scatterAddRows: { readonly rows: number };
  takeAlong: None;
  scatterAddAlong: None;
  // The transformer's own: one operator each, because their fused gradients are worth it.
  rmsNorm: { readonly epsilon: number };
  rotary: { readonly heads: number; readonly inverse: boolean };
  attention: { readonly scale: number };
  cachedAttention: { readonly scale: number };
  crossEntropy: None;
}

export interface MatmulAttributes {
  readonly transposeA: boolean;
  readonly transposeB: boolean;
  /** A comes time-major, [M, …batch, K], and is read as [...batch, M, K]. */
  readonly timeMajorA: boolean;
  readonly timeMajorB: boolean;
  readonly alpha: number;
}

export type OpName = keyof Attributes;
