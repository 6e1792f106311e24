/**
 * The second verdict, by other means: replays everything that was called, in fractions, from the puzzle's text.
 *
 * Shares no code with the world, the operations or the first verifier: here results may leave the whole numbers, and a
 * step counts only if it has not; typed answers are read by two stacks instead of by descent.
 */
import type { Ending, Score } from '../../src/records/index.ts';

/** One call as it came, by keys; whether it was refused is for the audit to find out. */
export interface Attempt {
  readonly tool: string;
  readonly arguments: readonly string[];
}

export interface AuditInput {
  /** The given numbers as written, with one space between. */
  readonly given: string;
  readonly target: string;
  readonly attempts: readonly Attempt[];
  readonly ending: Ending;
}

/** over > 0, no common factor. */
interface Fraction {
  readonly top: bigint;
  readonly over: bigint;
}

export function audit({ given, target, attempts, ending }: AuditInput): Score {
  const words = given.split(' ');
  const reached = ending.kind === 'answered' && ending.key === null ? readTyped(ending.text, words) : replay(words, attempts, ending);
  const success = reached.some((value) => value === target);
  return {
    success,
    credit: success ? 1 : 0,
    broken: [],
    reasons: success ? [] : [`audit: reached ${reached.join(', ') || 'nothing'} instead of ${target}`],
  };
}

/** The numbers that the ending puts forward, as text. */
function replay(words: readonly string[], attempts: readonly Attempt[], ending: Ending): readonly string[] {
  const held: Record<string, string> = Object.create(null);
  let made = 0;
  for (const word of words) held[`n${made++}`] = word;
  for (const { tool, arguments: named } of attempts) {
    const [a = '', b = ''] = named;
    const symbol = { add: '+', subtract: '-', multiply: '*', divide: '/' }[tool];
    if (named.length !== 2 || a === b || held[a] === undefined || held[b] === undefined || symbol === undefined) continue;
    const result = compute(symbol, whole(held[a]), whole(held[b]));
    if (!isCounting(result)) continue;
    delete held[a];
    delete held[b];
    held[`n${made++}`] = String(result.top);
  }
  if (ending.kind === 'done') return Object.values(held);
  if (ending.kind !== 'answered' || ending.key === null) return [];
  const named = held[ending.key];
  return named === undefined ? [] : [named];
}

const RANK: Readonly<Record<string, number>> = { '(': 0, '+': 1, '-': 1, '*': 2, '/': 2 };

/** Shunting-yard (Dijkstra 1961) over the tokens of a typed answer; nothing for what is not an allowed expression. */
function readTyped(text: string, words: readonly string[]): readonly string[] {
  if (text.length > 200 || !/^[0-9+*/() ×÷−-]+$/.test(text)) return [];
  const plain = text.replaceAll('×', '*').replaceAll('÷', '/').replaceAll('−', '-');
  const unused = [...words];
  const values: Fraction[] = [];
  const waiting: string[] = [];
  let valueExpected = true;
  const settle = (): boolean => {
    const right = values.pop();
    const left = values.pop();
    const symbol = waiting.pop();
    if (!left || !right || symbol === undefined || symbol === '(') return false;
    const result = compute(symbol, left, right);
    values.push(result);
    return isCounting(result);
  };
  for (const token of plain.match(/[0-9]+|[^0-9 ]/g) ?? []) {
    if (/^[0-9]/.test(token)) {
      const place = unused.indexOf(token);
      if (!valueExpected || place === -1) return [];
      unused.splice(place, 1);
      values.push(whole(token));
      valueExpected = false;
    } else if (token === '(') {
      if (!valueExpected) return [];
      waiting.push(token);
    } else {
      if (valueExpected) return [];
      const rank = token === ')' ? 1 : (RANK[token] as number);
      while (waiting.length > 0 && (RANK[waiting.at(-1) as string] as number) >= rank) if (!settle()) return [];
      if (token !== ')') {
        waiting.push(token);
        valueExpected = true;
      } else if (waiting.pop() !== '(') return [];
    }
  }
  if (valueExpected) return [];
  while (waiting.length > 0) if (!settle()) return [];
  const [value] = values;
  return values.length === 1 && value ? [String(value.top)] : [];
}

function whole(text: string): Fraction {
  return { top: BigInt(text), over: 1n };
}

function isCounting({ top, over }: Fraction): boolean {
  return over === 1n && top >= 1n;
}

function compute(symbol: string, a: Fraction, b: Fraction): Fraction {
  if (symbol === '*') return reduce(a.top * b.top, a.over * b.over);
  if (symbol === '/') return reduce(a.top * b.over, a.over * b.top);
  const sign = symbol === '-' ? -1n : 1n;
  return reduce(a.top * b.over + sign * b.top * a.over, a.over * b.over);
}

function reduce(top: bigint, over: bigint): Fraction {
  let [a, b] = [top < 0n ? -top : top, over];
  while (b !== 0n) [a, b] = [b, a % b];
  return { top: top / a, over: over / a };
}
