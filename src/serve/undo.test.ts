import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Json } from '../base/index.ts';
import type { Applied, Inverse, UndoAdapter, Undoing } from '../records/index.ts';
import { type DoneAction, undoingSchema, undoJob } from './undo.ts';

type Cells = Record<string, number>;
interface Put {
  readonly name: string;
  readonly was: number;
  readonly left: number;
}

/** An app that holds numbers by name, and an adapter that puts the old number back where the job's stands. */
class Shelf {
  cells: Cells;
  seconds = 0;
  applied: string[] = [];
  /** Thrown after a cell was put back: what an answer is that never came. */
  breaksAfter: string | null = null;

  constructor(cells: Cells) {
    this.cells = { ...cells };
  }

  put(name: string, left: number): DoneAction {
    const inverse: Inverse = { what: `put ${this.cells[name]} back at ${name}`, data: { name, was: this.cells[name] as number, left } };
    this.cells[name] = left;
    return { action: `put ${left} at ${name}`, undoing: { kind: 'inverse', inverse } };
  }

  readonly adapter: Pick<UndoAdapter, 'apply' | 'state' | 'volatile'> = {
    volatile: { seconds: 'time goes on' },
    state: async () => ({ cells: { ...this.cells }, seconds: this.seconds++ }),
    apply: async ({ data }): Promise<Applied> => {
      const { name, was, left } = data as unknown as Put;
      if (this.cells[name] === was) return { isDone: true };
      if (this.cells[name] !== left) return { isDone: false, why: `somebody else has changed ${name} since` };
      this.cells[name] = was;
      this.applied.push(name);
      if (this.breaksAfter === name) {
        this.breaksAfter = null;
        throw new Error('no answer');
      }
      return { isDone: true };
    },
  };

  state(): Promise<Readonly<Record<string, Json>>> {
    return this.adapter.state();
  }
}

const NOTHING: DoneAction = { action: 'fill', undoing: { kind: 'nothing' } };
const PAID: DoneAction = { action: 'pay', undoing: { kind: 'impossible', why: 'money that was sent stays sent' } };

describe('undoing a job', () => {
  it('takes everything back, the last first, and proves it', async () => {
    const shelf = new Shelf({ a: 1, b: 2 });
    const before = await shelf.state();
    const actions = [shelf.put('a', 5), NOTHING, shelf.put('b', 6), shelf.put('a', 7)];
    const places: number[] = [];
    const report = await undoJob({ actions, before, adapter: shelf.adapter, onUndone: (place) => void places.push(place) });
    expect(report).toEqual({
      isRestored: true,
      undone: ['put 5 back at a', 'put 2 back at b', 'put 1 back at a'],
      notUndone: [],
      differences: [],
      changedByOthers: [],
      notCompared: { seconds: 'time goes on' },
    });
    expect(places).toEqual([3, 2, 0]);
    expect(shelf.cells).toEqual({ a: 1, b: 2 });
  });

  it('names what can not be undone, and undoes the rest', async () => {
    const shelf = new Shelf({ a: 1, b: 2 });
    const before = await shelf.state();
    const actions = [shelf.put('a', 5), PAID, shelf.put('b', 6)];
    const report = await undoJob({ actions, before, adapter: shelf.adapter });
    expect(report).toMatchObject({
      isRestored: false,
      undone: ['put 2 back at b', 'put 1 back at a'],
      notUndone: [{ what: 'pay', why: 'money that was sent stays sent' }],
      differences: [],
    });
  });

  it('does not overwrite what somebody else has changed, and tells where that was', async () => {
    const shelf = new Shelf({ a: 1, b: 2, c: 3 });
    const before = await shelf.state();
    const actions = [shelf.put('a', 5), shelf.put('b', 6)];
    const after = await shelf.state();
    shelf.cells.a = 100;
    shelf.cells.c = 300;
    const report = await undoJob({ actions, before, after, adapter: shelf.adapter });
    expect(report).toMatchObject({
      isRestored: false,
      undone: ['put 2 back at b'],
      notUndone: [{ what: 'put 5 at a', why: 'somebody else has changed a since' }],
      differences: ['cells a is 100; before it was 1'],
      changedByOthers: ['cells c is 300; before it was 3'],
    });
    expect(shelf.cells).toEqual({ a: 100, b: 2, c: 300 });
    const blind = await undoJob({ actions, before, adapter: shelf.adapter });
    expect([blind.differences.length, blind.changedByOthers]).toEqual([2, []]);
  });

  it('proves what it restored beside what others do, and believes no adapter', async () => {
    const shelf = new Shelf({ a: 1, c: 3 });
    const before = await shelf.state();
    const actions = [shelf.put('a', 5)];
    const after = await shelf.state();
    shelf.cells.c = 4;
    expect((await undoJob({ actions, before, after, adapter: shelf.adapter })).isRestored).toBe(true);
    const liar = { ...new Shelf({ a: 5, c: 4 }).adapter, apply: async (): Promise<Applied> => ({ isDone: true }) };
    const report = await undoJob({ actions, before, after, adapter: liar });
    expect([report.isRestored, report.differences]).toEqual([false, ['cells a is 5; before it was 1']]);
  });

  it('goes on after a crash at any moment, and takes nothing back twice', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.constantFrom('a', 'b', 'c'), fc.integer({ min: 1, max: 1_000_000 })), { maxLength: 8 }),
        fc.array(fc.tuple(fc.nat(8), fc.boolean()), { maxLength: 6 }),
        async (puts, crashes) => {
          const shelf = new Shelf({ a: 0, b: 0, c: 0 });
          const before = await shelf.state();
          const actions = puts.map(([name, value], i) => shelf.put(name, value * 10 + i));
          const done = new Set<number>();
          let calls = 0;
          for (const [at, isAfterTelling] of [...crashes, [Number.POSITIVE_INFINITY, false] as const]) {
            const told = done.size;
            try {
              const report = await undoJob({
                actions,
                before,
                adapter: shelf.adapter,
                earlier: new Set(done),
                onUndone(place) {
                  if (++calls > 1000) throw new Error('no end');
                  const isTurn = done.size - told >= at;
                  if (isTurn && !isAfterTelling) throw new Error('killed before it was told');
                  expect(done.has(place)).toBe(false);
                  done.add(place);
                  if (isTurn) throw new Error('killed after it was told');
                },
              });
              expect(report).toMatchObject({ isRestored: true, notUndone: [] });
              expect(report.undone.length).toBe(actions.length);
            } catch (error) {
              if (!/^killed/.test((error as Error).message)) throw error;
            }
          }
          expect(shelf.applied.length).toBe(actions.length);
          expect(shelf.cells).toEqual({ a: 0, b: 0, c: 0 });
        },
      ),
    );
  });

  it('throws what the app could not answer, and then goes on', async () => {
    const shelf = new Shelf({ a: 1, b: 2 });
    const before = await shelf.state();
    const actions = [shelf.put('a', 5), shelf.put('b', 6)];
    shelf.breaksAfter = 'b';
    await expect(undoJob({ actions, before, adapter: shelf.adapter })).rejects.toThrow('no answer');
    const report = await undoJob({ actions, before, adapter: shelf.adapter });
    expect([report.isRestored, shelf.applied]).toEqual([true, ['b', 'a']]);
  });
});

it('an undoing comes back from the disk as it was', () => {
  const each: readonly Undoing[] = [
    { kind: 'nothing' },
    { kind: 'impossible', why: 'x' },
    { kind: 'inverse', inverse: { what: 'w', data: { a: [1, null, 'x'] } } },
  ];
  for (const one of each) expect(undoingSchema.parse(JSON.parse(JSON.stringify(one)))).toEqual(one);
  expect(undoingSchema.safeParse({ kind: 'inverse', inverse: { what: 'w' } }).success).toBe(false);
});
