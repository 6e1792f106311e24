/**
 * The ranges that statistics are defined on, checked at the door: a bound computed from nonsense must not look like a bound.
 * Every function of this folder that states "throws ConfigError outside its range" goes through here.
 */
import { ConfigError } from '../base/index.ts';

interface Given {
  readonly operation: string;
  readonly name: string;
  readonly value: number;
}

/** Throws ConfigError unless `value` is a whole number from `least` (0 where left out) to `most`. */
export function requireCount({ operation, name, value }: Given, { least = 0, most = Number.MAX_SAFE_INTEGER } = {}): void {
  if (Number.isInteger(value) && value >= least && value <= most) return;
  throw new ConfigError({
    operation,
    got: `${name} = ${value}`,
    expected: most === Number.MAX_SAFE_INTEGER ? `a whole number from ${least}` : `a whole number from ${least} to ${most}`,
    fix: `count ${name} anew: a count is never negative, fractional or larger than what it is a part of.`,
  });
}

/** Throws ConfigError unless `value` lies strictly between 0 and 1: error levels, floors. */
export function requireInside({ operation, name, value }: Given): void {
  if (value > 0 && value < 1) return;
  throw new ConfigError({
    operation,
    got: `${name} = ${value}`,
    expected: 'a number strictly between 0 and 1',
    fix: `give ${name} as a fraction, e.g. 0.05 for five percent.`,
  });
}

/** Throws ConfigError unless `value` lies in [0, 1]: probabilities, scores. */
export function requireProbability({ operation, name, value }: Given): void {
  if (value >= 0 && value <= 1) return;
  throw new ConfigError({
    operation,
    got: `${name} = ${value}`,
    expected: 'a number from 0 to 1',
    fix: `rescale ${name} to [0, 1], and look for what is not a number.`,
  });
}

/** Throws ConfigError for an empty list. */
export function requireSome(operation: string, items: { readonly length: number }): void {
  if (items.length > 0) return;
  throw new ConfigError({ operation, got: 'no items', expected: 'at least one', fix: 'report a missing figure as missing, not as 0.' });
}
