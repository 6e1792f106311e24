/** Test support: small models with random weights far enough from their beginning that every part of them matters. */
import { Random } from '../src/base/index.ts';
import { type ModelConfig, parameterSpecs, presetConfig, type Weights } from '../src/model/index.ts';

export interface RandomModel {
  readonly config: ModelConfig;
  readonly weights: Weights;
}

/** Grouped heads and all special tokens fit; `changes` replace fields, `scale` multiplies the standard deviation 1/√(fan in). */
export function randomModel(seed: number | string, changes: Partial<ModelConfig> = {}, scale = 1): RandomModel {
  const config = presetConfig('nano', {
    vocabularySize: 352,
    contextLength: 512,
    width: 32,
    layers: 2,
    heads: 4,
    keyValueHeads: 2,
    headWidth: 8,
    feedForwardWidth: 40,
    pointerWidth: 8,
    ...changes,
  });
  const random = new Random(`random model ${seed}`);
  const weights = new Map(
    parameterSpecs(config).map(({ name, shape, initializer }) => {
      const stream = random.fork(name);
      const [mean, deviation] = initializer === 'ones' ? [1, 0.2] : [0, (scale * 1) / Math.sqrt(shape.at(-1) as number)];
      return [name, Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, () => mean + deviation * stream.normal())];
    }),
  );
  return { config, weights };
}
