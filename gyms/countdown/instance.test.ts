import { describe, expect, it } from 'vitest';
import { Random } from '../../src/base/index.ts';
import type { Split } from '../../src/records/index.ts';
import { legalSteps } from './arithmetic.ts';
import { classesOf, countSteps, generate, identify, SIZES } from './instance.ts';

const draw = (slice: string, split: Split, n: number) => generate(new Random(`${slice}/${split}/${n}`), slice, split);
const many = (slice: string, split: Split, count: number) => Array.from({ length: count }, (_, n) => draw(slice, split, n));

describe('generate', () => {
  it('draws the same puzzle for the same seed', () => {
    expect(many('six', 'train', 20)).toEqual(many('six', 'train', 20));
  });

  it.each(['base', 'five', 'six'])('%s: solvable, within bounds, at least two steps', (slice) => {
    const instances = many(slice, 'train', 60);
    for (const instance of instances) {
      const { numbers, target } = instance;
      expect(SIZES[slice]).toContain(numbers.length);
      for (const value of numbers) expect((value >= 1 && value <= 25) || [50, 75, 100].includes(value)).toBe(true);
      expect(target).toBeGreaterThanOrEqual(10);
      expect(target).toBeLessThanOrEqual(999);
      expect(legalSteps(numbers).map(({ result }) => result)).not.toContain(target);
      expect(countSteps(instance)).toBeGreaterThanOrEqual(2);
    }
    expect(new Set(instances.map(countSteps)).size).toBeGreaterThan(1);
  });

  it('base has three and four numbers', () => {
    expect(new Set(many('base', 'exam', 50).map(({ numbers }) => numbers.length))).toEqual(new Set([3, 4]));
  });

  it('shares no puzzle between the splits, whatever the order of its numbers', () => {
    const trained = new Set(many('base', 'train', 2000).map(identify));
    const validated = new Set(many('base', 'validate', 500).map(identify));
    const examined = new Set(many('base', 'exam', 2000).map(identify));
    expect([...examined].filter((puzzle) => trained.has(puzzle) || validated.has(puzzle))).toEqual([]);
    expect(trained.size).toBeGreaterThan(1500);
    expect(new Set([...classesOf('train'), ...classesOf('validate'), ...classesOf('exam')]).size).toBe(16);
  });
});
