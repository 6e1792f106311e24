import fc from 'fast-check';
import { expect, it } from 'vitest';
import { ConfigError } from '../base/index.ts';
import { thresholdRule } from './early-stop.ts';

it('gives up after so many bad values in a row', () => {
  const isHopeless = thresholdRule({ threshold: 0.1, patience: 3 });
  expect(isHopeless([])).toBe(false);
  expect(isHopeless([0, 0])).toBe(false);
  expect(isHopeless([0, 0, 0])).toBe(true);
  expect(isHopeless([0.9, 0.05, 0.09, 0])).toBe(true);
  expect(isHopeless([0, 0, 0.1])).toBe(false);
  expect(isHopeless([0, 0, Number.NaN])).toBe(false);
  expect(thresholdRule({ threshold: 0.5 })([0.4])).toBe(false);
  expect(thresholdRule({ threshold: 0.5 })([0.4, 0.4])).toBe(true);
});

it('depends on the last values only; more patience gives up on less', () => {
  const value = fc.double({ min: 0, max: 1, noNaN: true });
  fc.assert(
    fc.property(fc.array(value), fc.array(value, { minLength: 4, maxLength: 4 }), value, (before, last, threshold) => {
      for (let patience = 1; patience <= 4; patience++) {
        const isHopeless = thresholdRule({ threshold, patience });
        expect(isHopeless([...before, ...last])).toBe(isHopeless(last));
        if (thresholdRule({ threshold, patience: patience + 1 })(last)) expect(isHopeless(last)).toBe(true);
      }
    }),
  );
});

it.each([
  { threshold: -0.1 },
  { threshold: 1.1 },
  { threshold: Number.NaN },
  { threshold: 0.5, patience: 0 },
  { threshold: 0.5, patience: 1.5 },
])('refuses %o', (options) => {
  expect(() => thresholdRule(options)).toThrow(ConfigError);
});
