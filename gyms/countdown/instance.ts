/**
 * The puzzles: three to six numbers and a target that they reach, in at least two steps.
 *
 * A puzzle is its numbers in order of size and its target; a hash puts it into one of sixteen classes, and a class belongs
 * to one split. So no puzzle of the exam can be drawn in training, not even with its numbers in another order.
 */
import { hashBytes, type Random } from '../../src/base/index.ts';
import type { Split } from '../../src/records/index.ts';
import { after, legalSteps } from './arithmetic.ts';
import { solve } from './solver.ts';

export interface Instance {
  /** As they lie on the table, left to right. */
  readonly numbers: readonly number[];
  /** 10 … 999; not one of the numbers, and no single step reaches it. */
  readonly target: number;
}

/** How many numbers the tasks of a slice may have. */
export const SIZES: Readonly<Record<string, readonly number[]>> = { base: [3, 4], five: [5], six: [6] };

const CLASSES: readonly string[] = [...'0123456789abcdef'];
const EXAM = CLASSES.slice(0, 3);
const VALIDATE = CLASSES.slice(3, 4);
const TRAIN = CLASSES.slice(4);

/** The classes that a split draws from. */
export function classesOf(split: Split): readonly string[] {
  return split === 'exam' ? EXAM : split === 'validate' ? VALIDATE : TRAIN;
}

/** What makes two puzzles the same: the numbers by size, and the target. */
export function identify({ numbers, target }: Instance): string {
  return `${numbers.toSorted((a, b) => a - b).join(',')}:${target}`;
}

export function classify(instance: Instance): string {
  return hashBytes(`countdown/${identify(instance)}`).slice(0, 1);
}

/** A fresh puzzle of a split: drawn until one falls into its classes and is as hard as was drawn first. */
export function generate(random: Random, slice: string, split: Split): Instance {
  const size = random.pick(SIZES[slice] ?? (SIZES.base as readonly number[]));
  const classes = classesOf(split);
  // Without this most puzzles would take two steps. Puzzles of five steps are too rare to be waited for.
  const atLeast = 2 + random.below(Math.min(size - 2, 3));
  for (;;) {
    const instance = draw(random, { size, steps: atLeast + random.below(size - atLeast) });
    if (!instance || !classes.includes(classify(instance))) continue;
    if (atLeast === 2 || (countSteps(instance) ?? 0) >= atLeast) return instance;
  }
}

const LARGE = [50, 75, 100];

/** Numbers, and a target found by playing random steps; null where the target is out of range or too easy. */
function draw(random: Random, { size, steps }: { size: number; steps: number }): Instance | null {
  const largeCount = Math.min(size - 1, random.below(3));
  const large = random.shuffle(LARGE).slice(0, largeCount);
  const small = Array.from({ length: size - largeCount }, () => 1 + random.below(25));
  const numbers = random.shuffle([...large, ...small]);
  let table: readonly number[] = numbers;
  let target = 0;
  for (let i = 0; i < steps; i++) {
    const possible = legalSteps(table).filter(({ left, right, result }) => result !== left && result !== right);
    if (possible.length === 0) return null;
    const step = random.pick(possible);
    table = after(table, step);
    target = step.result;
  }
  if (target < 10 || target > 999 || numbers.includes(target)) return null;
  return legalSteps(numbers).some(({ result }) => result === target) ? null : { numbers, target };
}

/** Steps of a shortest derivation: how hard a puzzle is. */
export function countSteps({ numbers, target }: Instance): number | null {
  return solve(numbers, target)?.length ?? null;
}
