import { describe, expect, it } from 'vitest';
import { ConfigError } from '../base/index.ts';
import { checkConfig, countParameters, type ModelConfig, PRESET_NAMES, parameterSpecs, presetConfig } from './config.ts';

describe('presets', () => {
  it('are valid, and as large as they are said to be', () => {
    const millions = PRESET_NAMES.map((name) => countParameters(presetConfig(name)) / 1e6);
    expect(millions.map((count) => Number(count.toFixed(count > 10 ? 0 : 1)))).toEqual([0.2, 0.6, 2.9, 15]);
  });

  it('take changes, and refuse those that don’t fit', () => {
    expect(presetConfig('nano', { layers: 5 })).toEqual({ ...presetConfig('nano'), layers: 5 });
    expect(() => presetConfig('nano', { keyValueHeads: 3 })).toThrow(ConfigError);
  });
});

describe('a configuration', () => {
  const valid = presetConfig('nano');
  const wrong: readonly (readonly [Partial<ModelConfig>, RegExp])[] = [
    [{ vocabularySize: 0 }, /vocabularySize = 0, expected a positive integer/],
    [{ layers: 1.5 }, /layers = 1\.5/],
    [{ width: Number.NaN }, /width = NaN/],
    [{ contextLength: -1 }, /contextLength = -1/],
    [{ pointerWidth: -1 }, /pointerWidth = -1/],
    [{ heads: 3, keyValueHeads: 2 }, /3 heads over 2 key-value heads/],
    [{ headWidth: 7 }, /headWidth = 7, expected an even number/],
    [{ ropeTheta: 0 }, /ropeTheta = 0/],
    [{ normEpsilon: Number.NaN }, /normEpsilon = NaN/],
  ];
  it.each(wrong)('with %j is refused', (changes, message) => {
    expect(() => checkConfig({ ...valid, ...changes })).toThrow(message);
  });

  it('has parameters with names of their own, and only those of the heads it has', () => {
    const names = (changes: Partial<ModelConfig>): string[] => parameterSpecs({ ...valid, layers: 1, ...changes }).map(({ name }) => name);
    const all = names({ tiedEmbeddings: false, rewardHead: true });
    expect(new Set(all).size).toBe(all.length);
    const plain = names({ pointerWidth: 0, valueHead: false });
    expect(plain).toEqual([
      'embedding',
      ...['attentionNorm', 'qkv', 'attentionOut', 'mlpNorm', 'gateUp', 'down'].map((part) => `layers.0.${part}`),
      'finalNorm',
    ]);
    expect(all.filter((name) => !plain.includes(name)).map((name) => name.split('.')[0])).toEqual(
      expect.arrayContaining(['unembedding', 'pointer', 'value', 'reward']),
    );
  });

  it('decays matrices only, and not the tables of the trail', () => {
    for (const { name, shape, decays } of parameterSpecs({ ...valid, rewardHead: true }))
      expect(decays, name).toBe(shape.length === 2 && !['pointer.trail', 'pointer.spanTrail'].includes(name));
  });
});
