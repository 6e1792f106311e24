/**
 * The shortest derivation of a target by exhaustive search: iterative deepening over tables of numbers.
 *
 * Deterministic, and complete under the puzzle's rules. A step whose result equals one of its operands is never part of a
 * shortest derivation (leave the other operand where it is), so such steps are skipped.
 */
import { combine, OPERATIONS, type Step } from './arithmetic.ts';

/** A shortest derivation from `numbers`, empty where the target lies on the table; null where there is none. */
export function solve(numbers: readonly number[], target: number): readonly Step[] | null {
  if (numbers.includes(target)) return [];
  const table = numbers.slice().sort((a, b) => b - a);
  for (let depth = 1; depth < table.length; depth++) {
    const steps: Step[] = [];
    if (search(table, depth, { target, steps, failed: new Set() })) return steps.reverse();
  }
  return null;
}

interface Search {
  readonly target: number;
  /** Last step first. */
  readonly steps: Step[];
  /** Tables of this deepening that lead nowhere; a table's size tells how many steps were left. */
  readonly failed: Set<string>;
}

/** `table` is in falling order, so that left ≥ right. */
function search(table: readonly number[], depth: number, state: Search): boolean {
  const name = depth > 1 ? table.join(',') : '';
  if (depth > 1 && state.failed.has(name)) return false;
  for (let i = 0; i < table.length; i++) {
    const left = table[i] as number;
    for (let j = i + 1; j < table.length; j++) {
      const right = table[j] as number;
      for (const operation of OPERATIONS) {
        const result = combine(operation, left, right);
        if (result === null || result === left || result === right) continue;
        if (depth === 1 ? result === state.target : search(replaced(table, { i, j, result }), depth - 1, state)) {
          state.steps.push({ operation, left, right, result });
          return true;
        }
      }
    }
  }
  if (depth > 1) state.failed.add(name);
  return false;
}

/** The table without places i < j and with `result`, in falling order. */
function replaced(table: readonly number[], { i, j, result }: { i: number; j: number; result: number }): readonly number[] {
  const next: number[] = [];
  let waiting = true;
  for (let k = 0; k < table.length; k++) {
    if (k === i || k === j) continue;
    const value = table[k] as number;
    if (waiting && result >= value) {
      next.push(result);
      waiting = false;
    }
    next.push(value);
  }
  if (waiting) next.push(result);
  return next;
}

/** A derivation as one expression over the given numbers, fully in parentheses; null if it has no steps. */
export function spell(steps: readonly Step[]): string | null {
  const spelled = new Map<number, string[]>();
  const take = (value: number): string => spelled.get(value)?.pop() ?? String(value);
  let last: string | null = null;
  for (const { operation, left, right, result } of steps) {
    last = `(${take(left)} ${operation} ${take(right)})`;
    spelled.set(result, [...(spelled.get(result) ?? []), last]);
  }
  return last;
}
