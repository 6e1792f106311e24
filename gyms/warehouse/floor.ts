/**
 * The warehouse floor: a world without a page. A call of a direction with a good pushes it one square, the worker walks by itself.
 *
 * Invariant: a push that can't be done leaves everything as it was and is a notice. There is no way back but another push, and some pushes
 * can't be taken back at all: looking ahead is the task. The state is squares and a list of calls.
 */
import * as z from 'zod';
import { DataError } from '../../src/base/index.ts';
import type { Command, Ending, Score, Screen, ScreenElement, World } from '../../src/records/index.ts';
import { audit, type Call } from './audit.ts';
import type { Instance } from './instance.ts';
import { DIRECTIONS, type Direction, drawRoom, drawRow, letterOf, neighboursOf, type Placement, push } from './room.ts';
import { verify } from './verifier.ts';

const TOOLS: readonly ScreenElement[] = DIRECTIONS.map((direction, i) => ({
  key: direction,
  role: 'tool',
  name: direction,
  offers: ['call'],
  risk: 'irreversible',
  ...(i === 0 ? { row: true } : {}),
}));

const stateSchema = z.strictObject({
  goods: z.array(z.int().nonnegative()),
  worker: z.int().nonnegative(),
  calls: z.array(z.strictObject({ tool: z.string(), good: z.string() })),
});

export function openFloor(instance: Instance): World {
  const { width, height, goals } = instance;
  const neighbours = neighboursOf(instance);
  let placement: Placement = { goods: instance.goods, worker: instance.worker };
  /** Everything that was called, refused or not: what the audit replays. */
  let calls: readonly Call[] = [];
  let elements = draw();

  function draw(): readonly ScreenElement[] {
    return [
      ...TOOLS,
      ...Array.from({ length: height }, (_, row) => rowElement(row)),
      ...placement.goods.map((_, good) => goodElement(good)),
    ];
  }

  function rowElement(row: number): ScreenElement {
    return { key: `row${row}`, role: '', name: `${row} ${drawRow(instance, placement, row)}`, offers: [], row: true };
  }

  function goodElement(good: number): ScreenElement {
    const square = placement.goods[good] as number;
    const letter = goals.includes(square) ? letterOf(good).toUpperCase() : letterOf(good);
    const name = `${letter}${Math.floor(square / width)}${square % width}`;
    return { key: letterOf(good), role: '', name, offers: ['copy'], ...(good === 0 ? { row: true } : {}) };
  }

  function call(tool: string, keys: readonly string[]): string | undefined {
    const direction = DIRECTIONS.indexOf(tool as (typeof DIRECTIONS)[number]);
    if (direction < 0) return 'no such tool';
    const [key = ''] = keys;
    if (keys.length !== 1) return `${tool} takes one good`;
    calls = [...calls, { tool, good: key }];
    const good = placement.goods.findIndex((_, i) => letterOf(i) === key);
    if (good < 0) return 'only goods are pushed';
    const pushed = push(neighbours, placement, { good, direction: direction as Direction });
    if (typeof pushed === 'string') return pushed;
    const before = placement;
    placement = pushed;
    // Where the worker came from, where it stands, and where the good went.
    const rows = new Set([before.worker, pushed.worker, pushed.goods[good] as number].map((square) => Math.floor(square / width)));
    const next = elements.slice();
    for (const row of rows) next[TOOLS.length + row] = rowElement(row);
    next[TOOLS.length + height + good] = goodElement(good);
    elements = next;
    return undefined;
  }

  const show = (notice?: string): Screen => (notice === undefined ? { elements } : { elements, notices: [notice] });

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
      return verify(instance, { rows: drawRoom(instance, placement), ending });
    },
    async audit(ending: Ending): Promise<Score> {
      return audit({ start: drawRoom(instance, instance), calls, ending });
    },
    async save() {
      return { goods: [...placement.goods], worker: placement.worker, calls: calls.map((each) => ({ ...each })) };
    },
    async load(state: unknown) {
      const parsed = stateSchema.safeParse(state);
      const squares = width * height;
      const isHere =
        parsed.success &&
        parsed.data.goods.length === instance.goods.length &&
        [...parsed.data.goods, parsed.data.worker].every((square) => square < squares);
      if (!isHere)
        throw new DataError({
          operation: 'load a warehouse snapshot',
          got: parsed.success ? 'squares of another room' : z.prettifyError(parsed.error),
          expected: 'what save returned for this task',
        });
      placement = { goods: parsed.data.goods, worker: parsed.data.worker };
      calls = parsed.data.calls;
      elements = draw();
    },
    async close() {},
  };
}
