/**
 * Reads a typed answer: an expression over the given numbers, evaluated exactly in whole numbers.
 *
 * Only ASCII digits, the four operators in their usual spellings, round brackets and spaces; no sign, no exponent, no name,
 * no Unicode digit, at most 200 characters. Nothing is ever handed to an evaluator of code.
 */

export const EXPRESSION_LIMIT = 200;

export type Evaluated =
  | { readonly ok: true; readonly value: bigint; readonly leaves: readonly bigint[] }
  | { readonly ok: false; readonly reason: string };

const SPELLINGS: Readonly<Record<string, string>> = { '*': '×', '/': '÷', '-': '−', '+': '+', '×': '×', '÷': '÷', '−': '−' };

/** Thrown inside the parser only. */
class Unreadable extends Error {}

/** The value of an expression and the numbers in it; every intermediate result must be a positive whole number. */
export function evaluate(text: string): Evaluated {
  if (text.length > EXPRESSION_LIMIT) return { ok: false, reason: `an expression has at most ${EXPRESSION_LIMIT} characters` };
  const leaves: bigint[] = [];
  let at = 0;

  const peek = (): string => {
    while (text[at] === ' ') at++;
    return text[at] ?? '';
  };
  const operator = (among: string): string | null => {
    const symbol = peek();
    const meaning = Object.hasOwn(SPELLINGS, symbol) ? (SPELLINGS[symbol] as string) : '';
    if (meaning === '' || !among.includes(meaning)) return null;
    at++;
    return meaning;
  };
  // A chain of one precedence associates to the left.
  const chain = (among: string, part: () => bigint): bigint => {
    let value = part();
    for (;;) {
      const found = operator(among);
      if (found === null) return value;
      value = apply(found, value, part());
    }
  };
  const sum = (): bigint => chain('+−', product);
  const product = (): bigint => chain('×÷', atom);
  const atom = (): bigint => {
    if (peek() === '(') {
      at++;
      const value = sum();
      if (peek() !== ')') throw new Unreadable('a bracket is not closed');
      at++;
      return value;
    }
    const start = at;
    while (isDigit(text[at])) at++;
    if (at === start) throw new Unreadable(`a number was expected at character ${start + 1}`);
    if (at - start > 4 || text[start] === '0') throw new Unreadable('a number has 1 to 4 digits and no leading zero');
    const value = BigInt(text.slice(start, at));
    leaves.push(value);
    return value;
  };

  try {
    const value = sum();
    if (peek() !== '') throw new Unreadable(`nothing was expected at character ${at + 1}`);
    return { ok: true, value, leaves };
  } catch (error) {
    if (error instanceof Unreadable) return { ok: false, reason: error.message };
    throw error;
  }
}

function isDigit(character: string | undefined): boolean {
  return character !== undefined && character >= '0' && character <= '9';
}

/** One operation in BigInt; throws `Unreadable` where the puzzle's rules forbid it. */
function apply(operation: string, left: bigint, right: bigint): bigint {
  switch (operation) {
    case '+':
      return left + right;
    case '×':
      return left * right;
    case '−':
      if (left <= right) throw new Unreadable(`${left} − ${right} is not above 0`);
      return left - right;
    default:
      if (left % right !== 0n) throw new Unreadable(`${left} ÷ ${right} leaves a remainder`);
      return left / right;
  }
}
