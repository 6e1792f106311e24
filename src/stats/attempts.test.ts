import { describe, expect, it } from 'vitest';
import { ConfigError } from '../base/index.ts';
import { attemptAlpha } from './attempts.ts';

describe('attempts at the same certificate', () => {
  it('would pass falsely 40 % of the time in ten, each at 5 %; with their parts of it they stay below 5 %', () => {
    expect(1 - 0.95 ** 10).toBeCloseTo(0.4, 2);
    const parts = Array.from({ length: 10 }, (_, i) => attemptAlpha({ alpha: 0.05, attempt: i + 1 }));
    expect(1 - parts.reduce((none, part) => none * (1 - part), 1)).toBeLessThan(0.05);
  });

  it('spend all of α, and no more, in the long run', () => {
    let sum = 0;
    for (let attempt = 1; attempt <= 100_000; attempt++) sum += attemptAlpha({ alpha: 0.05, attempt });
    expect(sum).toBeLessThan(0.05);
    expect(sum).toBeCloseTo(0.05, 6);
    expect(attemptAlpha({ alpha: 0.05, attempt: 1 })).toBeCloseTo(0.0303963550927, 12);
  });

  it('begin with the first', () => {
    expect(() => attemptAlpha({ alpha: 0.05, attempt: 0 })).toThrow(ConfigError);
    expect(() => attemptAlpha({ alpha: 5, attempt: 1 })).toThrow(ConfigError);
  });
});
