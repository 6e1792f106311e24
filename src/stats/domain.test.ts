import { describe, expect, it } from 'vitest';
import { ConfigError } from '../base/index.ts';
import { requireCount, requireInside, requireProbability, requireSome } from './domain.ts';

const of = (value: number) => ({ operation: 'test', name: 'x', value });

describe('ranges', () => {
  it('let through what lies in them, ends as stated', () => {
    requireCount(of(0));
    requireCount(of(5), { least: 5, most: 5 });
    requireInside(of(1e-300));
    requireProbability(of(0));
    requireProbability(of(1));
    requireSome('test', [0]);
  });

  it('name the operation, what came and what was expected', () => {
    expect(() => requireCount(of(6), { most: 5 })).toThrow(/test: got x = 6, expected a whole number from 0 to 5/);
    for (const value of [Number.NaN, Infinity, -1, 0.5]) expect(() => requireCount(of(value))).toThrow(ConfigError);
    for (const value of [Number.NaN, 0, 1]) expect(() => requireInside(of(value))).toThrow(ConfigError);
    for (const value of [Number.NaN, -1e-9, 1.01]) expect(() => requireProbability(of(value))).toThrow(ConfigError);
    expect(() => requireSome('test', [])).toThrow(ConfigError);
  });
});
