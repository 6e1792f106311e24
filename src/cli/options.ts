/**
 * Options of a command as they were typed, checked: an unknown option, a missing value or a number that is none is told
 * and nothing is guessed. The definitions are citty's, which also writes the help from them.
 */
import { parseArgs } from 'node:util';
import type { ArgsDef } from 'citty';
import { ConfigError } from '../base/index.ts';

/** What was typed can't be run; the exit code is 2. */
export class UsageError extends ConfigError {}

type Entry = readonly [name: string, values: readonly string[]];

export class Options {
  readonly #command: string;
  readonly #values: ReadonlyMap<string, readonly string[]>;
  readonly #flags: ReadonlySet<string>;
  /** Arguments that are no options. */
  readonly rest: readonly string[];

  constructor(rawArgs: readonly string[], { command, args }: { readonly command: string; readonly args: ArgsDef }) {
    this.#command = command;
    const config = Object.entries(args).map(
      ([name, { type }]) => [name, { type: type === 'boolean' ? 'boolean' : 'string', multiple: true }] as const,
    );
    try {
      const parsed = parseArgs({ args: joinNegative(rawArgs), options: Object.fromEntries(config), strict: true, allowPositionals: true });
      const given = Object.entries(parsed.values) as [string, readonly (string | boolean)[]][];
      const defaults = Object.entries(args).flatMap(([name, { default: value }]): Entry[] =>
        value === undefined ? [] : [[name, [String(value)]]],
      );
      const texts = given.map(([name, values]): Entry => [name, values.filter((value) => typeof value === 'string')]);
      this.#values = new Map([...defaults, ...texts]);
      this.#flags = new Set(given.filter(([, values]) => values.includes(true)).map(([name]) => name));
      this.rest = parsed.positionals;
    } catch (cause) {
      // Node's first sentence says what is wrong; the rest is about its own interface.
      throw this.wrong((cause as Error).message.split('. ')[0] as string, 'options that this command has');
    }
  }

  all(name: string): readonly string[] {
    return this.#values.get(name) ?? [];
  }

  /** The option's last value. */
  text(name: string): string | undefined {
    return this.all(name).at(-1);
  }

  required(name: string, example: string): string {
    const value = this.text(name);
    if (value === undefined || value === '') throw this.wrong(`no --${name}`, `--${name} ${example}`);
    return value;
  }

  flag(name: string): boolean {
    return this.#flags.has(name);
  }

  oneOf<T extends string>(name: string, choices: readonly T[]): T | undefined {
    const value = this.text(name);
    const found = choices.find((choice) => choice === value);
    if (value !== undefined && found === undefined) throw this.wrong(`--${name} ${value}`, `one of ${choices.join(', ')}`);
    return found;
  }

  /** A whole number, `least` or more. */
  count(name: string, least = 1): number | undefined {
    return this.number(name, {
      check: (value) => Number.isSafeInteger(value) && value >= least,
      expected: `a whole number, ${least} or more`,
    });
  }

  number(name: string, { check, expected }: { readonly check: (value: number) => boolean; readonly expected: string }): number | undefined {
    const text = this.text(name);
    if (text === undefined) return undefined;
    const value = text.trim() === '' ? Number.NaN : Number(text);
    if (!(Number.isFinite(value) && check(value))) throw this.wrong(`--${name} ${text === '' ? '(empty)' : text}`, expected);
    return value;
  }

  /** Refuses arguments that are no options. */
  noRest(): void {
    if (this.rest.length > 0) throw this.wrong(`'${this.rest[0]}'`, 'options only');
  }

  /** The error for what was typed. */
  wrong(got: string, expected: string): UsageError {
    return new UsageError({ operation: `journeyman ${this.#command}`, got, expected, fix: `see npx journeyman ${this.#command} --help` });
  }
}

/** `--steps -5` as `--steps=-5`: a negative number is a wrong value, not another option. */
function joinNegative(rawArgs: readonly string[]): string[] {
  const joined: string[] = [];
  for (const word of rawArgs)
    if (/^-[\d.]/.test(word) && joined.at(-1)?.startsWith('--')) joined.push(`${joined.pop()}=${word}`);
    else joined.push(word);
  return joined;
}
