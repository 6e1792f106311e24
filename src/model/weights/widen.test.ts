import { describe, expect, it } from 'vitest';
import { runPlainly } from '../../../test/plain-llama.ts';
import { randomModel } from '../../../test/random-model.ts';
import { ConfigError, Random } from '../../base/index.ts';
import { parameterSpecs } from '../config.ts';
import { type WiderSizes, widen } from './widen.ts';

const before = randomModel('narrow', { rewardHead: true });
const tokens = Array.from({ length: 24 }, (_, i) => (37 * i + 5) % 352);
const C = before.config.width;

describe('a widened model', () => {
  it.each<[string, WiderSizes]>([
    ['the residual stream', { width: 48 }],
    ['the heads', { headWidth: 24 }],
    ['the feed-forward layer', { feedForwardWidth: 70 }],
    ['everything', { width: 64, headWidth: 16, feedForwardWidth: 80 }],
    ['nothing', {}],
  ])('computes what it computed before: %s', (_, sizes) => {
    const after = widen(before, sizes, new Random(1));
    const [old, wide] = [before, after].map(({ config, weights }) => runPlainly(config, weights, tokens));
    for (const [t, row] of (old?.logits ?? []).entries())
      for (const [v, logit] of row.entries()) expect(Math.abs((wide?.logits[t]?.[v] ?? Number.NaN) - logit)).toBeLessThan(1e-5);
    // What stands behind the trunk reads the old channels as before, and the new ones are silent.
    for (const [t, row] of (wide?.hidden ?? []).entries()) {
      expect(Math.abs((row[3] as number) - (old?.hidden[t]?.[3] as number))).toBeLessThan(1e-5);
      expect(row.slice(C).every((channel) => channel === 0)).toBe(true);
    }
    for (const { name, shape } of parameterSpecs(after.config)) {
      expect(after.weights.get(name)?.length).toBe(shape.reduce((a, b) => a * b, 1));
      if (name.startsWith('pointer.') && name !== 'pointer.gateBias')
        expect([...(after.weights.get(name) as Float32Array)].filter((_, i) => i % after.config.width < C)).toEqual([
          ...(before.weights.get(name) as Float32Array),
        ]);
    }
  });

  it('has no two units alike, and none that can never be heard', () => {
    const { weights, config } = widen(before, { width: 64, headWidth: 16, feedForwardWidth: 80 }, new Random(1));
    const gateUp = weights.get('layers.0.gateUp') as Float32Array;
    const rows = Array.from({ length: 160 }, (_, row) => gateUp.subarray(row * config.width, (row + 1) * config.width).join());
    expect(new Set(rows).size).toBe(160);
    // Queries meet keys in every unit: where both were zero, neither would ever learn.
    const qkv = weights.get('layers.1.qkv') as Float32Array;
    for (let row = 0; row < config.heads * config.headWidth; row++)
      expect(qkv.subarray(row * config.width, (row + 1) * config.width).some((weight) => weight !== 0)).toBe(true);
  });

  it('is not narrower, and turns as fast as before', () => {
    expect(() => widen(before, { width: 31 }, new Random(1))).toThrow(ConfigError);
    expect(() => widen(before, { headWidth: 12 }, new Random(1))).toThrow(/a multiple of 8/);
  });
});
