import { describe, expect, it } from 'vitest';
import * as base from './errors.ts';

const PARTS = { operation: 'load checkpoint runs/a', got: 'no file', expected: 'a file' };
const CODES = [
  [base.ConfigError, 'ConfigError', 'config'],
  [base.DataError, 'DataError', 'data'],
  [base.ShapeError, 'ShapeError', 'shape'],
  [base.GraphError, 'GraphError', 'graph'],
  [base.RuntimeError, 'RuntimeError', 'runtime'],
  [base.CheckpointError, 'CheckpointError', 'checkpoint'],
  [base.TrainingError, 'TrainingError', 'training'],
] as const;

describe('errors', () => {
  it('say operation, what came, what was expected, and the fix', () => {
    expect(new base.CheckpointError(PARTS).message).toBe('load checkpoint runs/a: got no file, expected a file.');
    expect(new base.CheckpointError({ ...PARTS, fix: 'train first' }).message).toBe(
      'load checkpoint runs/a: got no file, expected a file. To fix it: train first',
    );
  });

  it.each(CODES)('%o is a %s with the code %s', (Subclass, name, code) => {
    const error = new Subclass({ ...PARTS, details: { path: 'runs/a' }, cause: 'why' });
    expect(error).toBeInstanceOf(base.JourneymanError);
    expect(error).toBeInstanceOf(Error);
    expect(error).toMatchObject({ code, name, details: { path: 'runs/a' }, cause: 'why' });
    expect(String(error)).toMatch(new RegExp(`^${name}: load checkpoint`));
  });

  it('has every subclass in the list above, with a code of its own', () => {
    expect(Object.keys(base).sort()).toEqual(['JourneymanError', ...CODES.map(([, name]) => name)].sort());
    expect(new Set(CODES.map(([, , code]) => code)).size).toBe(CODES.length);
  });
});
