import { describe, expect, it } from 'vitest';
import { Random } from '../../src/base/index.ts';
import type { Command, Ending, Score, Screen, World } from '../../src/records/index.ts';
import { openFloor } from './floor.ts';
import { generate, type Instance } from './instance.ts';
import { drawRoom, letterOf, readRoom } from './room.ts';
import { CONSERVED, UNTOUCHED, verify } from './verifier.ts';

const make = (...lines: string[]): Instance => {
  const { room, placement } = readRoom(lines);
  return { ...room, ...placement };
};
const call = (tool: string, ...goods: string[]): Command => ({
  kind: 'call',
  key: tool,
  arguments: goods.map((key) => ({ key, text: '' })),
});
const rowsOf = ({ elements }: Screen): string[] => elements.filter(({ key }) => key.startsWith('row')).map(({ name }) => name);
const goodsOf = ({ elements }: Screen): string[] => elements.filter(({ offers }) => offers.includes('copy')).map(({ name }) => name);

async function judge(world: World, ending: Ending): Promise<Score> {
  const score = await world.score(ending);
  const second = await world.audit?.(ending);
  expect({ success: second?.success, credit: second?.credit }).toEqual({ success: score.success, credit: score.credit });
  return score;
}

const small = make('. . . . #', '. a . o .', '@ . b . .', '. o . . .');

describe('the floor', () => {
  it('pushes one square, the worker walks by itself, and only what changed has another name', async () => {
    const world = openFloor(small);
    const first = await world.look();
    expect(rowsOf(first)).toEqual(['0 . . . . #', '1 . a . o .', '2 @ . b . .', '3 . o . . .']);
    expect(goodsOf(first)).toEqual(['a11', 'b22']);
    const second = await world.perform(call('right', 'a'));
    expect(second.notices).toBeUndefined();
    expect(rowsOf(second)).toEqual(['0 . . . . #', '1 . @ a o .', '2 . . b . .', '3 . o . . .']);
    const third = await world.perform(call('right', 'a'));
    expect(rowsOf(third)[1]).toBe('1 . . @ A .');
    expect(goodsOf(third)).toEqual(['A13', 'b22']);
    expect(await judge(world, { kind: 'done' })).toMatchObject({ success: false, credit: 0.5 });
    await world.perform(call('left', 'b'));
    const last = await world.perform(call('down', 'b'));
    expect(rowsOf(last)).toEqual(['0 . . . . #', '1 . . . A .', '2 . @ . . .', '3 . B . . .']);
    expect(await judge(world, { kind: 'done' })).toEqual({ success: true, credit: 1, broken: [], reasons: [] });
    for (const kind of ['steps', 'seconds', 'open'] as const) expect(await judge(world, { kind })).toMatchObject({ success: true });
    expect(await judge(world, { kind: 'abstained' })).toMatchObject({ success: false, credit: 0 });
    expect(await judge(world, { kind: 'asked', about: null })).toMatchObject({ success: false, credit: 0 });
  });

  it.each<[string, Command]>([
    ['into the edge', call('up', 'a')],
    ['into another good', call('down', 'b')],
    ['from where nobody can stand', call('left', 'a')],
    ['of a good that is not there', call('left', 'z')],
    ['of a row', call('left', 'row1')],
    ['of nothing', call('left')],
    ['of two goods', call('right', 'a', 'b')],
    ['in no direction', call('constructor', 'a')],
    ['with another verb', { kind: 'click', key: 'a' }],
  ])('a push %s is a notice and changes nothing', async (_, command) => {
    const world = openFloor(make('. a # o .', '# # b . .', '@ . c . o', '. . # o .'));
    const before = await world.look();
    const { elements, notices } = await world.perform(command);
    expect(elements).toEqual(before.elements);
    expect(notices).toHaveLength(1);
    expect(await judge(world, { kind: 'done' })).toMatchObject({ success: false, credit: 0, broken: [] });
  });

  it('agrees with the audit and with its own snapshots along random calls', async () => {
    const random = new Random('floor');
    let pushed = 0;
    for (let n = 0; n < 12; n++) {
      const instance = generate(new Random(`floor/${n}`), n % 2 ? 'base' : 'small', 'train');
      const world = openFloor(instance);
      for (let step = 0; step < 40; step++) {
        const screen = await world.perform(
          call(random.pick(['up', 'down', 'left', 'right']), letterOf(random.below(instance.goods.length))),
        );
        if (!screen.notices) pushed++;
        await judge(world, { kind: 'done' });
        expect(rowsOf(screen).map((row) => row.slice(2))).toEqual(rowsOf(await world.look()).map((row) => row.slice(2)));
        const other = openFloor(instance);
        await other.load?.(JSON.parse(JSON.stringify(await world.save?.())));
        expect(await other.look()).toEqual(await world.look());
      }
    }
    expect(pushed).toBeGreaterThan(60);
  });

  it('does not load what it did not save', async () => {
    const world = openFloor(small);
    await expect(world.load?.({ goods: [1], worker: 0, calls: [] })).rejects.toThrow(/another room/);
    await expect(world.load?.({ goods: [1, 999], worker: 0, calls: [] })).rejects.toThrow(/another room/);
    await expect(world.load?.('x')).rejects.toThrow(/snapshot/);
  });
});

describe('verify', () => {
  const solved = ['. . . . #', '. @ . A .', '. . . . .', '. B . . .'];
  const score = (rows: readonly string[]): Score => verify(small, { rows, ending: { kind: 'done' } });

  it('reads the grid', () => {
    expect(score(solved)).toMatchObject({ success: true, credit: 1 });
    expect(score(drawRoom(small, small))).toMatchObject({ success: false, credit: 0 });
  });

  it.each<[string, string[], string[]]>([
    ['a good is lost', solved.with(1, '. @ . o .'), [CONSERVED]],
    ['a good is there twice', solved.with(0, 'a . . . #'), [CONSERVED]],
    ['a good has another name', solved.with(1, '. @ . C .'), [CONSERVED]],
    ['a wall is gone', solved.with(0, '. . . . .'), [UNTOUCHED]],
    ['a wall came', solved.with(0, '# . . . #'), [UNTOUCHED]],
    ['a row is gone', solved.slice(0, 3), [UNTOUCHED, CONSERVED]],
  ])('%s', (_, rows, broken) => {
    expect(score(rows)).toMatchObject({ success: false, credit: 0, broken });
  });

  it('a forged state breaks an invariant', async () => {
    const world = openFloor(small);
    await world.load?.({ goods: [8, 8], worker: 0, calls: [] });
    expect(await world.score({ kind: 'done' })).toMatchObject({ success: false, broken: [CONSERVED] });
    await world.load?.({ goods: [8, 4], worker: 0, calls: [] });
    expect(await world.score({ kind: 'done' })).toMatchObject({ success: false, broken: [CONSERVED] });
  });
});
