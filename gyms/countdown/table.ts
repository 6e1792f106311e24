/**
 * The table on which a puzzle is played: a world without a page. A step takes two numbers away and puts their result there.
 *
 * Invariant: a step that the rules forbid leaves everything as it was and is a notice. There is no way back: what can be
 * undone is for whoever holds a snapshot.
 */
import * as z from 'zod';
import { DataError } from '../../src/base/index.ts';
import type { Command, Ending, Score, Screen, ScreenElement, World } from '../../src/records/index.ts';
import { combine, OPERATIONS, type Operation } from './arithmetic.ts';
import { type Attempt, audit } from './audit.ts';
import type { Instance } from './instance.ts';
import { type Derived, verify } from './verifier.ts';

/** Keys of the tools, by operation. */
export const TOOL_KEYS: Readonly<Record<Operation, string>> = { '+': 'add', '−': 'subtract', '×': 'multiply', '÷': 'divide' };
const OPERATION_OF = new Map<string, Operation>(OPERATIONS.map((operation) => [TOOL_KEYS[operation], operation]));

const TOOLS: readonly ScreenElement[] = OPERATIONS.map((operation, i) => ({
  key: TOOL_KEYS[operation],
  role: 'tool',
  name: operation,
  offers: ['call'],
  risk: 'read',
  ...(i === 0 ? { row: true } : {}),
}));

const stateSchema = z.strictObject({
  numbers: z.array(z.strictObject({ key: z.string(), value: z.int().positive() })).max(6),
  derivation: z
    .array(z.strictObject({ operation: z.enum(OPERATIONS), left: z.string(), right: z.string(), result: z.string(), value: z.int() }))
    .max(5),
  attempts: z.array(z.strictObject({ tool: z.string(), arguments: z.array(z.string()) })),
});
type State = z.infer<typeof stateSchema>;

/** The key of the number at place `i` of the given ones; results count on from there. */
export function numberKey(i: number): string {
  return `n${i}`;
}

export function openTable(instance: Instance): World {
  let numbers = instance.numbers.map((value, i) => numberElement(numberKey(i), value));
  let derivation: readonly Derived[] = [];
  /** Everything that was called, refused or not: what the audit replays. */
  let attempts: readonly Attempt[] = [];

  const show = (notice?: string): Screen => ({
    elements: [...TOOLS, ...numbers.map((number, i) => (i === 0 ? { ...number, row: true } : number))],
    ...(notice === undefined ? {} : { notices: [notice] }),
  });

  function call(tool: string, keys: readonly string[]): string | undefined {
    attempts = [...attempts, { tool, arguments: keys }];
    const operation = OPERATION_OF.get(tool);
    if (!operation) return 'no such tool';
    const [first, second] = keys;
    if (first === undefined || second === undefined || keys.length !== 2) return `${operation} takes two numbers`;
    if (first === second) return 'a number is used once';
    const left = numbers.find(({ key }) => key === first);
    const right = numbers.find(({ key }) => key === second);
    if (!left || !right) return 'only numbers on the table';
    const value = combine(operation, Number(left.name), Number(right.name));
    if (value === null) return operation === '÷' ? 'does not divide evenly' : 'must stay above 0';
    const result = numberKey(instance.numbers.length + derivation.length);
    derivation = [...derivation, { operation, left: first, right: second, result, value }];
    numbers = [...numbers.filter((number) => number !== left && number !== right), numberElement(result, value)];
    return undefined;
  }

  return {
    async look() {
      return show();
    },
    async perform(command: Command) {
      if (command.kind !== 'call') return show('nothing happens');
      const keys = command.arguments.map(({ key }) => key);
      return show(call(command.key, keys));
    },
    async score(ending: Ending): Promise<Score> {
      return verify(instance, { derivation, table: numbers.map(({ key, name }) => ({ key, value: name })), ending });
    },
    async audit(ending: Ending): Promise<Score> {
      return audit({ given: instance.numbers.join(' '), target: String(instance.target), attempts, ending });
    },
    async save(): Promise<State> {
      return {
        numbers: numbers.map(({ key, name }) => ({ key, value: Number(name) })),
        derivation: derivation.map((step) => ({ ...step })),
        attempts: attempts.map((attempt) => ({ tool: attempt.tool, arguments: [...attempt.arguments] })),
      };
    },
    async load(state: unknown) {
      const parsed = stateSchema.safeParse(state);
      if (!parsed.success)
        throw new DataError({
          operation: 'load a countdown snapshot',
          got: z.prettifyError(parsed.error),
          expected: 'what save returned for this task',
        });
      numbers = parsed.data.numbers.map(({ key, value }) => numberElement(key, value));
      derivation = parsed.data.derivation;
      attempts = parsed.data.attempts;
    },
    async close() {},
  };
}

function numberElement(key: string, value: number): ScreenElement {
  return { key, role: '', name: String(value), offers: ['copy'] };
}
