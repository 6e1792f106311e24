import { describe, expect, it } from 'vitest';
import { ConfigError } from '../base/index.ts';
import { Options, UsageError } from './options.ts';

const args = {
  text: { type: 'string' },
  steps: { type: 'string', default: '10' },
  rate: { type: 'string' },
  json: { type: 'boolean' },
} as const;
const options = (...words: string[]): Options => new Options(words, { command: 'test', args });
const positive = { check: (value: number) => value > 0, expected: 'a positive number' };

describe('options', () => {
  it('are read in any order, several times, with = or a space', () => {
    const read = options('--text', 'a', 'b', '--json', '--text=c', '--rate', '1e-3');
    expect([read.all('text'), read.text('text'), read.rest, read.flag('json')]).toEqual([['a', 'c'], 'c', ['b'], true]);
    expect([read.number('rate', positive), read.count('steps')]).toEqual([0.001, 10]);
  });

  it('that are absent are undefined, false or their default', () => {
    const read = options();
    expect([read.text('text'), read.number('rate', positive), read.flag('json'), read.count('steps')]).toEqual([
      undefined,
      undefined,
      false,
      10,
    ]);
    expect(() => read.required('text', 'FILE')).toThrow(/got no --text, expected --text FILE/);
  });

  it.each([
    [['--bogus', '1'], /Unknown option '--bogus'/],
    [['--text'], /'--text <value>' argument missing/],
    [['--json=yes'], /--json/],
  ])('refuses %j', (words, message) => {
    expect(() => options(...words)).toThrow(UsageError);
    expect(() => options(...words)).toThrow(message);
  });

  it.each(['0', '-5', '1.5', 'ten', '', ' ', 'NaN', '1e400', '0x'])('refuses --steps %j', (text) => {
    expect(() => options('--steps', text).count('steps')).toThrow(/--steps .*expected a whole number, 1 or more/);
    expect(() => options('--steps', text).count('steps')).toThrow(ConfigError);
  });

  it('refuses a choice that there is not, and words that are no options', () => {
    expect(() => options('--text', 'x').oneOf('text', ['a', 'b'])).toThrow(/--text x, expected one of a, b/);
    expect(() => options('x').noRest()).toThrow(/got 'x'/);
  });
});
