/**
 * Gradient rules: for each operator, the gradients of its inputs from the gradients of its outputs, written in operators
 * again, so that they are traced, written and run like everything else. `null` says that nothing flows to that input.
 */

import { GraphError } from '../base/index.ts';
import type { Tensor } from './graph.ts';
import type { Attributes, OpName } from './op-names.ts';
import * as ops from './ops.ts';
import { type Dim, type Shape, sameShape } from './types.ts';

interface Flow {
  readonly inputs: readonly Tensor[];
  readonly outputs: readonly Tensor[];
  /** The gradient of the loss with respect to each output; the first is never null where there is one output. */
  readonly gradients: readonly (Tensor | null)[];
}

export interface GradientContext<K extends OpName> extends Flow {
  readonly attributes: Attributes[K];
}

type GradientRule<K extends OpName> = (context: GradientContext<K>) => readonly (Tensor | null)[];

const nothing = ({ inputs }: Flow): readonly null[] => inputs.map(() => null);

export const GRADIENT_RULES: { readonly [K in OpName]: GradientRule<K> } = {
  add: elementwise((g) => [g, g]),
  subtract: elementwise((g) => [g, ops.negate(g)]),
  multiply: elementwise((g, a, b) => [ops.multiply(g, b), ops.multiply(g, a)]),
  divide: elementwise((g, a, b) => [ops.divide(g, b), ops.negate(ops.divide(ops.multiply(g, a), ops.multiply(b, b)))]),
  // At a tie the whole gradient goes to b, one of the subgradients.
  maximum: elementwise((g, a, b) => [gate(g, ops.greater(a, b)), gate(g, ops.greater(a, b), 'not')]),
  minimum: elementwise((g, a, b) => [gate(g, ops.greater(b, a)), gate(g, ops.greater(b, a), 'not')]),
  equal: nothing,
  greater: nothing,
  select: ({ inputs: [condition, a, b], gradients: [g] }) => {
    const [c, left, right, gradient] = [condition, a, b, g] as [Tensor, Tensor, Tensor, Tensor];
    return [null, reduceTo(gate(gradient, c), left.shape), reduceTo(gate(gradient, c, 'not'), right.shape)];
  },

  negate: pointwise((g) => ops.negate(g)),
  exp: pointwise((g, _, y) => ops.multiply(g, y)),
  log: pointwise((g, x) => ops.divide(g, x)),
  sqrt: pointwise((g, _, y) => ops.divide(ops.multiply(g, 0.5), y)),
  sigmoid: pointwise((g, _, y) => ops.multiply(g, ops.multiply(y, ops.subtract(1, y)))),
  // y = x·s: y' = s + y − y·s. (1 − s would broadcast a scalar, which is slow.)
  silu: pointwise((g, x, y) => {
    const s = ops.sigmoid(x);
    return ops.multiply(g, ops.add(s, ops.subtract(y, ops.multiply(y, s))));
  }),
  softplus: pointwise((g, x) => ops.multiply(g, ops.sigmoid(x))),
  tanh: pointwise((g, _, y) => ops.multiply(g, ops.subtract(1, ops.multiply(y, y)))),
  cast: ({ inputs: [x], gradients: [g], attributes: { to } }) => [to === 'float32' && x?.dtype === 'float32' ? (g ?? null) : null],

  // With A' and B' the operands as they are read: dA' = α·dY·B'ᵀ, dB' = α·A'ᵀ·dY, then written back the way they came.
  matmul: ({ inputs, gradients, attributes }) => {
    const [a, b] = inputs as [Tensor, Tensor];
    const g = gradients[0] as Tensor;
    const { transposeA, transposeB, timeMajorA, timeMajorB, alpha } = attributes;
    const left = transposeA
      ? ops.matmul(b, g, { transposeA: transposeB, timeMajorA: timeMajorB, transposeB: true, alpha })
      : ops.matmul(g, b, { transposeB: !transposeB, timeMajorB, alpha });
    const right = transposeB
      ? ops.matmul(g, a, { transposeA: true, transposeB: transposeA, timeMajorB: timeMajorA, alpha })
      : ops.matmul(a, g, { transposeA: !transposeA, timeMajorA, alpha });
    return [writeBack(left, a.shape, timeMajorA), writeBack(right, b.shape, timeMajorB)];
  },
  matmulInt8: nothing,

  softmax: pointwise((g, _, y) => {
    const weighted = ops.multiply(g, y);
    return ops.subtract(weighted, ops.multiply(y, ops.sum(weighted, [y.shape.length - 1], { keepDims: true })));
  }),
  logSoftmax: pointwise((g, _, y) => ops.subtract(g, ops.multiply(ops.exp(y), ops.sum(g, [y.shape.length - 1], { keepDims: true })))),
  sum: ({ inputs, gradients, attributes: { axes } }) => {
    const x = inputs[0] as Tensor;
    const kept = x.shape.map((dim, i) => (axes.includes(i) ? 1 : dim));
    return [broadcastLike(ops.reshape(gradients[0] as Tensor, kept), x)];
  },

  reshape: ({ inputs, gradients }) => [ops.reshape(gradients[0] as Tensor, (inputs[0] as Tensor).shape)],
  expand: ({ inputs, gradients }) => [reduceTo(gradients[0] as Tensor, (inputs[0] as Tensor).shape)],
  expandAs: ({ inputs, gradients }) => [reduceTo(gradients[0] as Tensor, (inputs[0] as Tensor).shape), null],
  transpose: ({ gradients, attributes: { permutation } }) => [
    ops.transpose(
      gradients[0] as Tensor,
      permutation.map((_, i) => permutation.indexOf(i)),
    ),
  ],
  slice: ({ inputs, gradients, attributes: { axis, start, end } }) => [
    ops.pad(gradients[0] as Tensor, axis, start, Number((inputs[0] as Tensor).shape[axis]) - end),
  ],
  pad: ({ inputs, gradients, attributes: { axis, before } }) => [
    ops.slice(gradients[0] as Tensor, axis, before, before + Number((inputs[0] as Tensor).shape[axis])),
  ],
  concat: ({ inputs, gradients, attributes: { axis } }) =>
    ops.split(
      gradients[0] as Tensor,
      axis,
      inputs.map(({ shape }) => Number(shape[axis])),
    ),
  split: ({ outputs, gradients, attributes: { axis } }) => [
    ops.concat(
      outputs.map((output, i) => gradients[i] ?? zerosLike(output)),
      axis,
    ),
  ],

  gatherRows: ({ inputs, gradients }) => {
    const [table, indices] = inputs as [Tensor, Tensor];
    return [ops.scatterAddRows(ops.cast(indices, 'int64'), gradients[0] as Tensor, Number(table.shape[0])), null];
  },
  scatterAddRows: ({ inputs, gradients }) => [null, ops.gatherRows(gradients[0] as Tensor, inputs[0] as Tensor)],
  takeAlong: ({ inputs, gradients }) => {
    const [x, indices] = inputs as [Tensor, Tensor];
    return [ops.scatterAddAlong(zerosLike(x), indices, gradients[0] as Tensor), null];
  },
  scatterAddAlong: ({ inputs, gradients }) => [gradients[0] as Tensor, null, ops.takeAlong(gradients[0] as Tensor, inputs[1] as Tensor)],

  // y = n·w with n = x·r, r = 1/√(mean(x²)+ε): dx = r·(w·dy − n·mean(w·dy·n)), dw = Σ dy·n.
  rmsNorm: ({ inputs, outputs, gradients }) => {
    refuseSecond('rmsNorm', gradients);
    const [x, weight] = inputs as [Tensor, Tensor];
    const inverse = outputs[1] as Tensor;
    const g = gradients[0] as Tensor;
    const last = x.shape.length - 1;
    const normal = ops.multiply(x, inverse);
    const weighted = ops.multiply(g, weight);
    const along = ops.mean(ops.multiply(weighted, normal), [last]);
    const dx = ops.multiply(inverse, ops.subtract(weighted, ops.multiply(normal, ops.reshape(along, inverse.shape))));
    return [dx, reduceTo(ops.multiply(g, normal), weight.shape)];
  },
  // A rotation's transpose turns the other way.
  rotary: ({ inputs, gradients, attributes }) => {
    const [, ...rest] = inputs;
    const g = gradients[0] as Tensor;
    return [g.graph.apply('rotary', [g, ...rest], { ...attributes, inverse: !attributes.inverse })[0] as Tensor, null, null, null];
  },
  // With P the probabilities and O the output: dP = dO·Vᵀ, dS = P∘(dP − rowsum(dO∘O)) (Dao et al. 2022, arXiv 2205.14135, §B.2).
  attention: ({ inputs, outputs, gradients, attributes: { scale } }) => {
    const [q, k, v] = inputs as [Tensor, Tensor, Tensor];
    const [output, probabilities] = outputs as [Tensor, Tensor];
    refuseSecond('attention', gradients);
    const g = gradients[0] as Tensor;
    const dProbabilities = ops.matmul(g, v, { timeMajorA: true, timeMajorB: true, transposeB: true });
    const rowSums = ops.transpose(ops.sum(ops.multiply(g, output), [3], { keepDims: true }), [1, 2, 0, 3]);
    const dScores = ops.multiply(probabilities, ops.subtract(dProbabilities, rowSums));
    return [
      writeBack(ops.matmul(dScores, k, { timeMajorB: true, alpha: scale }), q.shape, true),
      writeBack(ops.matmul(dScores, q, { transposeA: true, timeMajorB: true, alpha: scale }), k.shape, true),
      writeBack(ops.matmul(probabilities, g, { transposeA: true, timeMajorB: true }), v.shape, true),
      null,
    ];
  },
  cachedAttention: nothing,
  crossEntropy: ({ inputs, gradients }) => {
    const [logits, targets] = inputs as [Tensor, Tensor];
    const g = ops.reshape(gradients[0] as Tensor, [...targets.shape, 1]);
    return [ops.scatterAddAlong(ops.multiply(ops.softmax(logits), g), ops.reshape(targets, g.shape), ops.negate(g)), null];
  },
};

type Elementwise = (gradient: Tensor, a: Tensor, b: Tensor) => readonly [Tensor, Tensor];

function elementwise(rule: Elementwise): (flow: Flow) => readonly Tensor[] {
  return ({ inputs, gradients }) => {
    const [a, b] = inputs as [Tensor, Tensor];
    const [da, db] = rule(gradients[0] as Tensor, a, b);
    return [reduceTo(da, a.shape), reduceTo(db, b.shape)];
  };
}

function pointwise(rule: (gradient: Tensor, x: Tensor, y: Tensor) => Tensor): (flow: Flow) => readonly Tensor[] {
  return ({ inputs, outputs, gradients }) => [rule(gradients[0] as Tensor, inputs[0] as Tensor, outputs[0] as Tensor)];
}

/** Sums over the axes along which `shape` was broadcast. */
function reduceTo(gradient: Tensor, shape: Shape): Tensor {
  if (sameShape(gradient.shape, shape)) return gradient;
  const offset = gradient.shape.length - shape.length;
  const axes = gradient.shape.flatMap((dim, i) => (i < offset || (shape[i - offset] === 1 && dim !== 1) ? [i] : []));
  return ops.reshape(ops.sum(gradient, axes), shape);
}

/** Sums broadcast batch axes away, then returns a batch-major gradient to the operand's own layout. */
function writeBack(gradient: Tensor, shape: Shape, timeMajor: boolean): Tensor {
  if (!timeMajor) return reduceTo(gradient, shape);
  const batchMajor = [...shape.slice(1, -1), shape[0] as Dim, shape.at(-1) as Dim];
  const rank = shape.length;
  return ops.transpose(reduceTo(gradient, batchMajor), [rank - 2, ...Array.from({ length: rank - 2 }, (_, i) => i), rank - 1]);
}

function gate(gradient: Tensor, condition: Tensor, negation?: 'not'): Tensor {
  const open = ops.cast(condition, 'float32');
  return ops.multiply(gradient, negation ? ops.subtract(1, open) : open);
}

/** The second output of a fused operator serves its gradient only: nothing may flow back through it. */
function refuseSecond(operation: OpName, gradients: readonly (Tensor | null)[]): void {
  if (gradients[1])
    throw new GraphError({
      operation: `differentiate ${operation}`,
      got: 'a gradient of its second output, as in a second derivative',
      expected: 'a first derivative',
      fix: `write ${operation} in elementary operators`,
    });
}

function zerosLike(x: Tensor): Tensor {
  return broadcastLike(x.graph.scalar(0), x);
}

/** By its shape where that is known, else by the tensor itself, which it then keeps alive. */
function broadcastLike(value: Tensor, like: Tensor): Tensor {
  return like.shape.every((dim) => typeof dim === 'number') ? ops.expand(value, like.shape) : ops.expandAs(value, like);
}
