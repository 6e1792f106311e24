import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Options, UsageError } from '../../src/cli/index.ts';
import { parseDuration } from './duration.ts';

const options = new Options([], { command: 'make', args: {} });

describe('parseDuration', () => {
  it('reads seconds, minutes and hours', () => {
    expect(['90s', '30m', '2h', '1.5h', ' 20s '].map((text) => parseDuration(text, options))).toEqual([90, 1800, 7200, 5400, 20]);
  });

  it.each(['', '30', '30 m', 'm', '-5m', '1e3s', '19s', '0h', '169h', 'NaNs', '1.h', '5d', '30M'])('refuses %j', (text) => {
    expect(() => parseDuration(text, options)).toThrow(UsageError);
  });

  it('gives seconds within its limits, or refuses', () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 1e6, noNaN: true }), fc.constantFrom('s', 'm', 'h'), (count, unit) => {
        const text = `${count.toFixed(2)}${unit}`;
        try {
          const seconds = parseDuration(text, options);
          return seconds >= 20 && seconds <= 7 * 24 * 3600;
        } catch (error) {
          return error instanceof UsageError;
        }
      }),
    );
  });
});
