/**
 * The optimizer as graph nodes: global-norm clipping (Pascanu et al. 2013, arXiv 1211.5063, alg. 1) and AdamW with
 * decoupled decay (Loshchilov & Hutter 2019, arXiv 1711.05101, alg. 2).
 *
 * Every update depends on the global norm and so on every gradient: weights and moments may be written in place.
 */
import type { Graph, Tensor } from './graph.ts';
import * as ops from './ops.ts';

export interface AdamWOptions {
  /** Decay of the first moment; default 0.9. */
  readonly beta1?: number;
  /** Decay of the second moment; default 0.95, as is usual for transformers (Brown et al. 2020, arXiv 2005.14165, §B). */
  readonly beta2?: number;
  readonly epsilon?: number;
  /** λ, applied to parameters that decay; default 0.1. */
  readonly weightDecay?: number;
}

export interface OptimizedParameter {
  readonly name: string;
  readonly value: Tensor;
  readonly gradient: Tensor;
  readonly decays: boolean;
}

/** gradients · min(1, maxNorm/‖all gradients‖₂), and the norm before clipping, a scalar. */
export function clipByGlobalNorm(
  gradients: readonly Tensor[],
  maxNorm: number,
): { readonly clipped: readonly Tensor[]; readonly norm: Tensor } {
  const squares = gradients.map((gradient) => ops.sum(ops.multiply(gradient, gradient)));
  const norm = ops.sqrt(squares.reduce((a, b) => ops.add(a, b)));
  const scale = ops.minimum(1, ops.divide(maxNorm, ops.add(norm, 1e-6)));
  return { clipped: gradients.map((gradient) => ops.multiply(gradient, scale)), norm };
}

/**
 * One AdamW step, all float32: with gradient g, m' = β₁m + (1 − β₁)g, v' = β₂v + (1 − β₂)g²,
 * θ' = θ − η·λ·θ − η·m̂/(√v̂ + ε), where m̂ = m'/(1 − β₁ᵗ), v̂ = v'/(1 − β₂ᵗ), and λ = 0 for parameters that don't decay
 * (arXiv 1711.05101, alg. 2). Value and gradient of a parameter have one shape.
 *
 * Adds the inputs `learningRate`, `correction1` = 1/(1 − β₁ᵗ), `correction2` = 1/(1 − β₂ᵗ) (scalars; see
 * `adamWFeeds`) and, for each parameter, `<name>:m` and `<name>:v` of its shape. Returns what replaces them:
 * `<name>`, `<name>:m`, `<name>:v` of each, to be fetched as `<name>:next` …
 */
export function adamWStep(
  graph: Graph,
  parameters: readonly OptimizedParameter[],
  options: AdamWOptions = {},
): Readonly<Record<string, Tensor>> {
  const { beta1, beta2, epsilon, weightDecay } = { ...ADAMW_DEFAULTS, ...options };
  const learningRate = graph.input('learningRate', []);
  const correction1 = graph.input('correction1', []);
  const correction2 = graph.input('correction2', []);
  const kept = ops.subtract(1, ops.multiply(learningRate, weightDecay));
  const stepSize = ops.multiply(learningRate, correction1);
  const rootCorrection = ops.sqrt(correction2);

  const next: Record<string, Tensor> = {};
  for (const { name, value, gradient, decays } of parameters) {
    const m = graph.input(`${name}:m`, value.shape);
    const v = graph.input(`${name}:v`, value.shape);
    const m1 = ops.add(ops.multiply(m, beta1), ops.multiply(gradient, 1 - beta1));
    const v1 = ops.add(ops.multiply(v, beta2), ops.multiply(ops.multiply(gradient, gradient), 1 - beta2));
    const update = ops.divide(ops.multiply(m1, stepSize), ops.add(ops.multiply(ops.sqrt(v1), rootCorrection), epsilon));
    next[name] = ops.subtract(decays ? ops.multiply(value, kept) : value, update);
    next[`${name}:m`] = m1;
    next[`${name}:v`] = v1;
  }
  return next;
}

export const ADAMW_DEFAULTS: Required<AdamWOptions> = { beta1: 0.9, beta2: 0.95, epsilon: 1e-8, weightDecay: 0.1 };

/** The scalars that step `t` (from 1) feeds to `adamWStep`. */
export function adamWFeeds(t: number, learningRate: number, options: AdamWOptions = {}): Readonly<Record<string, number>> {
  const { beta1, beta2 } = { ...ADAMW_DEFAULTS, ...options };
  return { learningRate, correction1: 1 / (1 - beta1 ** t), correction2: 1 / (1 - beta2 ** t) };
}
