/**
 * Fresh weights. Every parameter draws from a stream of its own, forked by its name, so that adding a head or a layer
 * leaves the other parameters' values as they are.
 */
import type { Random } from '../../base/index.ts';
import { type ModelConfig, type ParameterSpec, parameterSpecs } from '../config.ts';

/** One buffer for each of `parameterSpecs(config)`, in that order. `random` is forked and not drawn from. */
export function initializeWeights(config: ModelConfig, random: Random): Map<string, Float32Array> {
  return new Map(parameterSpecs(config).map((spec) => [spec.name, initializeParameter(spec, random)]));
}

/** One parameter as `initializeWeights` with the same `random` makes it, e.g. a head that a checkpoint lacks. */
export function initializeParameter({ name, shape, initializer }: ParameterSpec, random: Random): Float32Array {
  const out = new Float32Array(shape.reduce((a, b) => a * b, 1));
  if (initializer === 'zeros') return out;
  if (initializer === 'ones') return out.fill(1);
  const stream = random.fork(name);
  for (let i = 0; i < out.length; i++) out[i] = initializer.normal * stream.normal();
  return out;
}
