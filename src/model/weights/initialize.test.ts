import { describe, expect, it } from 'vitest';
import { Random } from '../../base/index.ts';
import { countParameters, parameterSpecs, presetConfig } from '../config.ts';
import { initializeParameter, initializeWeights } from './initialize.ts';

describe('fresh weights', () => {
  const config = presetConfig('nano', { layers: 2 });
  const weights = initializeWeights(config, new Random(7));

  it('are one buffer for each parameter, in order', () => {
    expect([...weights.keys()]).toEqual(parameterSpecs(config).map(({ name }) => name));
    expect([...weights.values()].reduce((sum, { length }) => sum + length, 0)).toBe(countParameters(config));
  });

  it('are ones, zeros or normal with the standard deviation of the parameter', () => {
    expect(new Set(weights.get('finalNorm'))).toEqual(new Set([1]));
    expect(new Set(weights.get('value.bias'))).toEqual(new Set([0]));
    for (const [name, std] of [
      ['embedding', 0.02],
      // Two layers: 1/√(2·2·F).
      ['layers.1.down', 1 / Math.sqrt(4 * config.feedForwardWidth)],
    ] as const) {
      const values = weights.get(name) as Float32Array;
      const mean = values.reduce((a, b) => a + b, 0) / values.length;
      const deviation = Math.sqrt(values.reduce((sum, x) => sum + (x - mean) ** 2, 0) / values.length);
      // Five standard errors: 1/√n of the mean, 1/√(2n) of the deviation.
      expect(Math.abs(mean)).toBeLessThan((5 * std) / Math.sqrt(values.length));
      expect(Math.abs(deviation / std - 1)).toBeLessThan(5 / Math.sqrt(2 * values.length));
    }
  });

  it('depend on seed and name alone', () => {
    const drawn = new Random(7);
    drawn.uniform();
    const bigger = initializeWeights({ ...config, layers: 3, rewardHead: true }, drawn);
    expect(bigger.get('layers.1.qkv')).toEqual(weights.get('layers.1.qkv'));
    expect(bigger.get('value.weight')).toEqual(weights.get('value.weight'));
    expect(weights.get('layers.0.qkv')).not.toEqual(weights.get('layers.1.qkv'));
    expect(initializeWeights(config, new Random(8)).get('embedding')).not.toEqual(weights.get('embedding'));
    const spec = parameterSpecs(config).find(({ name }) => name === 'pointer.key');
    expect(spec && initializeParameter(spec, new Random(7))).toEqual(weights.get('pointer.key'));
  });
});
