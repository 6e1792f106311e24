/**
 * The verdict on a played puzzle: does the answered number follow from the given ones, exactly, each used at most once?
 *
 * Works the derivation out again from the given numbers in BigInt; neither the table's values nor the policy's words are
 * believed. Knows nothing of how the world carries steps out.
 */
import type { Ending, Score } from '../../src/records/index.ts';
import { evaluate } from './expression.ts';
import type { Instance } from './instance.ts';

/** One step that the world carried out, by key. `value` is what the world claims. */
export interface Derived {
  readonly operation: '+' | '−' | '×' | '÷';
  readonly left: string;
  readonly right: string;
  readonly result: string;
  readonly value: number;
}

export interface EndState {
  readonly derivation: readonly Derived[];
  /** What lies on the table, as shown. */
  readonly table: readonly { readonly key: string; readonly value: string }[];
  readonly ending: Ending;
}

/** Broken where the table holds what does not follow from the given numbers. */
export const SOUND = 'sound-table';

export function verify({ numbers, target }: Instance, { derivation, table, ending }: EndState): Score {
  const derived = derive(numbers, derivation);
  if (typeof derived === 'string') return failed(derived, [SOUND]);
  const wrong = table.find(({ key, value }) => derived.get(key)?.toString() !== value);
  if (wrong || table.length !== derived.size) return failed(`the table shows ${wrong?.value ?? 'too little'}`, [SOUND]);
  const wanted = BigInt(target);
  switch (ending.kind) {
    case 'answered': {
      if (ending.key === null) return verifyText(ending.text, numbers, wanted);
      const value = derived.get(ending.key);
      if (value === undefined) return failed('the answer is no number on the table');
      return value === wanted ? SUCCESS : failed(`${value} is not ${wanted}`);
    }
    case 'done':
      return [...derived.values()].includes(wanted) ? SUCCESS : failed(`no number on the table is ${wanted}`);
    default:
      return failed(`ended without an answer: ${ending.kind}`);
  }
}

const SUCCESS: Score = { success: true, credit: 1, broken: [], reasons: [] };

function failed(reason: string, broken: readonly string[] = []): Score {
  return { success: false, credit: 0, broken, reasons: [reason] };
}

/** What is on the table after the steps, by key; a sentence where a step is not allowed. */
function derive(numbers: readonly number[], derivation: readonly Derived[]): Map<string, bigint> | string {
  const present = new Map(numbers.map((value, i) => [`n${i}`, BigInt(value)]));
  const used = new Set<string>();
  for (const { operation, left, right, result } of derivation) {
    const a = present.get(left);
    const b = present.get(right);
    if (a === undefined || b === undefined || left === right) return `${left} ${operation} ${right} uses what is not there`;
    if (present.has(result) || used.has(result)) return `${result} is made twice`;
    let value: bigint;
    if (operation === '+') value = a + b;
    else if (operation === '×') value = a * b;
    else if (operation === '−') value = a - b;
    else if (a % b === 0n) value = a / b;
    else return `${a} ÷ ${b} leaves a remainder`;
    if (value <= 0n) return `${a} ${operation} ${b} is not above 0`;
    for (const key of [left, right]) {
      present.delete(key);
      used.add(key);
    }
    present.set(result, value);
  }
  return present;
}

function verifyText(text: string, numbers: readonly number[], wanted: bigint): Score {
  const evaluated = evaluate(text);
  if (!evaluated.ok) return failed(evaluated.reason);
  const left = numbers.map(BigInt);
  for (const leaf of evaluated.leaves) {
    const place = left.indexOf(leaf);
    if (place < 0) return failed(`${leaf} is not given, or not so often`);
    left.splice(place, 1);
  }
  return evaluated.value === wanted ? SUCCESS : failed(`${evaluated.value} is not ${wanted}`);
}
