import { expect, it } from 'vitest';
import { DataError } from '../base/index.ts';
import { checkEvaluation, checkUnit } from './check-evaluation.ts';

const priors = (...given: readonly number[]) => given.map((prior, move) => ({ move, prior }));

it('leaves out what has no prior, unless nothing has', () => {
  expect(checkEvaluation({ moves: priors(0.2, 0, 0.3), value: 1 })).toEqual({ moves: [priors(0.2)[0], { move: 2, prior: 0.3 }], value: 1 });
  expect(checkEvaluation({ moves: priors(0, 0), value: 0 })).toEqual({ moves: priors(0.5, 0.5), value: 0 });
  expect(checkEvaluation({ moves: [], value: 0.5 })).toEqual({ moves: [], value: 0.5 });
});

it('forgives rounding and nothing else', () => {
  expect(checkEvaluation({ moves: priors(0.5, 0.5000001), value: 0 }).moves).toHaveLength(2);
  for (const moves of [priors(0.6, 0.6), priors(-0.1), priors(Number.NaN), priors(1.1)])
    expect(() => checkEvaluation({ moves, value: 0 })).toThrow(DataError);
  for (const value of [-1e-9, 1.1, Number.NaN, Number.POSITIVE_INFINITY]) {
    expect(() => checkEvaluation({ moves: [], value })).toThrow(DataError);
    expect(() => checkUnit(value, 'a score')).toThrow(/a score/);
  }
});
