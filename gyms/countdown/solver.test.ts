import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { after, legalSteps } from './arithmetic.ts';
import { evaluate } from './expression.ts';
import { solve, spell } from './solver.ts';

/** Every number that some table after exactly `depth` more steps holds, by plain enumeration. */
function reachable(numbers: readonly number[]): Map<number, number> {
  const steps = new Map<number, number>();
  const walk = (table: readonly number[], depth: number): void => {
    for (const value of table) if ((steps.get(value) ?? Number.POSITIVE_INFINITY) > depth) steps.set(value, depth);
    for (const step of legalSteps(table)) walk(after(table, step), depth + 1);
  };
  walk(numbers, 0);
  return steps;
}

describe('solve', () => {
  it.each([
    [[25, 50, 75, 100, 3, 6], 952, 4],
    [[100, 75, 50, 25, 6, 3], 813, 3],
    [[1, 3, 7, 10, 25, 50], 765, 3],
    [[50, 8, 3, 7, 2, 10], 556, 3],
    [[2, 2, 2], 6, 2],
    [[2, 3], 7, null],
    [[1, 1, 1], 4, null],
    [[7], 7, 0],
  ])('%j → %i', (numbers, target, atLeast) => {
    const steps = solve(numbers, target);
    if (atLeast === null) return expect(steps).toBeNull();
    expect(steps?.length).toBeGreaterThanOrEqual(atLeast);
    expect(steps?.reduce<readonly number[]>(after, numbers)).toContain(target);
  });

  it('finds every reachable number of small tables, by fewest steps, and no other', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 12 }), { minLength: 2, maxLength: 4 }), (numbers) => {
        const known = reachable(numbers);
        for (let target = 1; target <= 60; target++) expect(solve(numbers, target)?.length ?? null).toBe(known.get(target) ?? null);
      }),
      { seed: 7, numRuns: 60 },
    );
  });

  it('spells a derivation as an expression with the same value over the same numbers', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 1, max: 25 }), { minLength: 3, maxLength: 5 }),
        fc.integer({ min: 26, max: 99 }),
        (numbers, target) => {
          const steps = solve(numbers, target);
          if (!steps) return;
          const evaluated = evaluate(spell(steps) as string);
          expect(evaluated).toMatchObject({ ok: true, value: BigInt(target) });
          const rest = numbers.slice();
          for (const leaf of evaluated.ok ? evaluated.leaves : []) {
            expect(rest).toContain(Number(leaf));
            rest.splice(rest.indexOf(Number(leaf)), 1);
          }
        },
      ),
      { seed: 8, numRuns: 100 },
    );
  });
});
