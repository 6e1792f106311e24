/**
 * The four operations of the puzzle: positive whole numbers only, and a division only where nothing is left over.
 *
 * Invariant: `combine` returns a positive safe integer or null. Six numbers up to 100 can't leave that range.
 */

export const OPERATIONS = ['+', '−', '×', '÷'] as const;
export type Operation = (typeof OPERATIONS)[number];

/** One step of a derivation, by value. */
export interface Step {
  readonly operation: Operation;
  readonly left: number;
  readonly right: number;
  readonly result: number;
}

/** The result, or null where the rules forbid the step. */
export function combine(operation: Operation, left: number, right: number): number | null {
  switch (operation) {
    case '+':
      return left + right;
    case '−':
      return left > right ? left - right : null;
    case '×':
      return left * right;
    case '÷':
      return left % right === 0 ? left / right : null;
  }
}

/** Every legal step on a table of numbers, in a fixed order; equal numbers give equal steps once. */
export function legalSteps(numbers: readonly number[]): readonly Step[] {
  const steps = new Map<string, Step>();
  for (let i = 0; i < numbers.length; i++) {
    for (let j = 0; j < numbers.length; j++) {
      if (i === j) continue;
      const left = numbers[i] as number;
      const right = numbers[j] as number;
      for (const operation of OPERATIONS) {
        // + and × are listed once, the larger number first.
        if (left < right && (operation === '+' || operation === '×')) continue;
        const result = combine(operation, left, right);
        if (result !== null) steps.set(`${left}${operation}${right}`, { operation, left, right, result });
      }
    }
  }
  return [...steps.values()];
}

/** The table after a step: both numbers are gone, the result is there. */
export function after(numbers: readonly number[], step: Step): readonly number[] {
  const rest = numbers.slice();
  rest.splice(rest.indexOf(step.left), 1);
  rest.splice(rest.indexOf(step.right), 1);
  return [...rest, step.result];
}
