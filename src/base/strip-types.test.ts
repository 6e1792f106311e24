import { expect, it } from 'vitest';
import { stripTypes } from './strip-types.ts';

it('leaves the program and takes the types, line by line, without a warning', () => {
  const warned: unknown[] = [];
  const { emitWarning } = process;
  process.emitWarning = (warning) => void warned.push(warning);
  try {
    const bare = stripTypes('export const double = (x: number): number =>\n  2 * x;');
    expect(bare.replace(/ +/g, ' ')).toBe('export const double = (x ) =>\n 2 * x;');
    expect(warned).toEqual([]);
    expect(() => stripTypes('enum Colour { red }')).toThrow();
    process.emitWarning('still heard');
    expect(warned).toEqual(['still heard']);
  } finally {
    process.emitWarning = emitWarning;
  }
});
