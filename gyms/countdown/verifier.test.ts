import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Command, Ending, Score, World } from '../../src/records/index.ts';
import { evaluate } from './expression.ts';
import { numberKey, openTable, TOOL_KEYS } from './table.ts';
import { SOUND, verify } from './verifier.ts';

const puzzle = { numbers: [25, 50, 75, 100, 3, 6], target: 952 };
const typed = (text: string): Ending => ({ kind: 'answered', text, key: null });
const call = (key: string, ...keys: string[]): Command => ({ kind: 'call', key, arguments: keys.map((each) => ({ key: each, text: '' })) });

/** Both verdicts, which must agree. */
async function judge(world: World, ending: Ending): Promise<Score> {
  const score = await world.score(ending);
  const second = await world.audit?.(ending);
  expect(second?.success).toBe(score.success);
  expect(second?.credit).toBe(score.credit);
  return score;
}

describe('typed answers', () => {
  it.each(['((100 + 6) × 3 × 75 − 50) ÷ 25', '((100+6)*3*75-50)/25', '  ( ( (6+100)*75*3 − 50 ) / 25 )  ', '(((100+6)*75*3)-50)÷25'])(
    '%s is right',
    async (text) => {
      expect(await judge(openTable(puzzle), typed(text))).toEqual({ success: true, credit: 1, broken: [], reasons: [] });
    },
  );

  it.each([
    ['the target', '952'],
    ['another value', '100 × 6 + 75'],
    ['a number twice', '((100 + 6) × 3 × 75 − 50) ÷ 25 × 3 ÷ 3'],
    ['an invented number', '950 + 2'],
    ['joined digits', '9 52'],
    ['a remainder', '(100 × 6 × 3 + 75) ÷ 50'],
    ['a fraction on the way', '(25 ÷ 50) × 100 × 3 × 6 + 52'],
    ['zero on the way', '(25 + 25 − 50) + 952'],
    ['division by zero', '6 ÷ (75 − 75)'],
    ['a sign', '+952'],
    ['a minus sign', '-6+952'],
    ['code', 'constructor.constructor("return 952")()'],
    ['a prototype', '__proto__'],
    ['an exponent', '952e0'],
    ['another exponent', '1e3 − 48'],
    ['hexadecimal', '0x3b8'],
    ['a leading zero', '0952'],
    ['Arabic digits', '٩٥٢'],
    ['full-width digits', '９５２'],
    ['full-width expression', '((１００ + 6) × 3 × 75 − 50) ÷ 25'],
    ['another minus', '((100 + 6) × 3 × 75 ‐ 50) ÷ 25'],
    ['power', '3 ** 6 + 223'],
    ['an equation', '((100 + 6) × 3 × 75 − 50) ÷ 25 = 952'],
    ['nothing', ''],
    ['spaces', '   '],
    ['an open bracket', '((100 + 6) × 3 × 75 − 50 ÷ 25'],
    ['a closed bracket', '(100 + 6) × 3 × 75 − 50) ÷ 25'],
    ['empty brackets', '() 952'],
    ['two operators', '100 + + 6'],
    ['no operator', '(100)(6)'],
    ['a newline', '((100 + 6) × 3 × 75 − 50)\n÷ 25'],
    ['a zero-width space', '((100 + 6) × 3 × 75 − 50) ÷ 2\u200b5'],
    ['too long', `${' '.repeat(200)}((100 + 6) × 3 × 75 − 50) ÷ 25`],
    ['a bracket bomb', `${'('.repeat(100_000)}952`],
    ['huge numbers', '9'.repeat(190)],
  ])('%s is wrong', async (_, text) => {
    expect(await judge(openTable(puzzle), typed(text))).toMatchObject({ success: false, credit: 0 });
  });

  it('agree with JavaScript where every step is a positive whole number', () => {
    const leaf = fc.integer({ min: 1, max: 99 }).map(String);
    const { tree } = fc.letrec<{ tree: string }>((tie) => ({
      tree: fc.oneof(
        { maxDepth: 4 },
        leaf,
        fc
          .tuple(tie('tree'), fc.constantFrom('+', '-', '*', '/'), tie('tree'), fc.boolean())
          .map(([a, op, b, wrap]) => (wrap ? `(${a} ${op} ${b})` : `${a} ${op} ${b}`)),
      ),
    }));
    let accepted = 0;
    fc.assert(
      fc.property(tree, (text) => {
        const evaluated = evaluate(text);
        if (!evaluated.ok) return;
        accepted++;
        const value = new Function(`return ${text}`)() as number;
        if (Number.isSafeInteger(value)) expect(Number(evaluated.value)).toBe(value);
      }),
      { seed: 3, numRuns: 500 },
    );
    expect(accepted).toBeGreaterThan(100);
  });

  it('both verifiers agree on any text of the alphabet', async () => {
    const text = fc
      .array(fc.constantFrom('2', '3', '5', '(', ')', '+', '-', '*', '/', ' ', '×'), { maxLength: 9 })
      .map((parts) => parts.join(''));
    await fc.assert(
      fc.asyncProperty(text, fc.integer({ min: 1, max: 17 }), async (answer, target) => {
        await judge(openTable({ numbers: [2, 3, 5], target }), typed(answer));
      }),
      { seed: 4, numRuns: 2000 },
    );
    const random = fc.tuple(
      fc.shuffledSubarray(['2', '3', '5'], { minLength: 3 }),
      fc.constantFrom('+', '−', '×', '÷'),
      fc.constantFrom('+', '-', '*', '/'),
    );
    let solved = 0;
    await fc.assert(
      fc.asyncProperty(random, fc.integer({ min: 1, max: 30 }), async ([[a, b, c], first, second], target) => {
        for (const answer of [`${a} ${first} ${b} ${second} ${c}`, `${a}${first}(${b}${second}${c})`])
          if ((await judge(openTable({ numbers: [2, 3, 5], target }), typed(answer))).success) solved++;
      }),
      { seed: 5, numRuns: 500 },
    );
    expect(solved).toBeGreaterThan(5);
  });
});

describe('the table', () => {
  const [add, multiply, divide, subtract] = [TOOL_KEYS['+'], TOOL_KEYS['×'], TOOL_KEYS['÷'], TOOL_KEYS['−']];
  const n = numberKey;

  async function solved(): Promise<World> {
    const world = openTable(puzzle);
    for (const command of [call(add, n(3), n(5)), call(multiply, n(6), n(4)), call(multiply, n(7), n(2)), call(subtract, n(8), n(1))])
      await world.perform(command);
    return world;
  }

  it('takes both numbers and lays the result down under a new key', async () => {
    const world = await solved();
    const screen = await world.perform(call(divide, n(9), n(0)));
    expect(screen.notices).toBeUndefined();
    expect(screen.elements.filter(({ role }) => role === '')).toMatchObject([{ key: n(10), name: '952', row: true }]);
    expect(await judge(world, { kind: 'answered', text: '952', key: n(10) })).toMatchObject({ success: true });
    expect(await judge(world, { kind: 'done' })).toMatchObject({ success: true, credit: 1 });
    for (const kind of ['abstained', 'steps', 'seconds', 'open'] as const)
      expect(await judge(world, { kind })).toMatchObject({ success: false });
    expect(await judge(world, { kind: 'answered', text: '952', key: 'goal/target' })).toMatchObject({ success: false });
    expect(await judge(world, { kind: 'answered', text: '952', key: n(9) })).toMatchObject({ success: false });
    expect(await judge(world, { kind: 'asked', about: null })).toMatchObject({ success: false });
  });

  it.each<[string, Command]>([
    ['division with a remainder', call(divide, n(3), n(5))],
    ['a negative result', call(subtract, n(4), n(5))],
    ['the same number twice', call(add, n(4), n(4))],
    ['one number', call(add, n(4))],
    ['three numbers', call(add, n(0), n(1), n(2))],
    ['a number that is not there', call(add, n(0), n(17))],
    ['a tool as a number', call(add, n(0), add)],
    ['the goal as a number', call(add, n(0), 'goal/target')],
    ['a number as a tool', call(n(0), n(1), n(2))],
    ['an inherited name', call('constructor', n(1), n(2))],
    ['another verb', { kind: 'click', key: n(0) }],
  ])('%s is a notice and changes nothing', async (_, command) => {
    const world = openTable(puzzle);
    const before = await world.look();
    const { elements, notices } = await world.perform(command);
    expect(elements).toEqual(before.elements);
    expect(notices).toHaveLength(1);
    expect(await judge(world, { kind: 'done' })).toMatchObject({ success: false, broken: [] });
  });

  it('a result of 0 is refused', async () => {
    const world = openTable({ numbers: [4, 4, 5], target: 11 });
    expect((await world.perform(call(subtract, n(0), n(1)))).notices).toEqual(['must stay above 0']);
  });

  it('saves plain data that another table of the task goes on from', async () => {
    const world = await solved();
    const state = JSON.parse(JSON.stringify(await world.save?.()));
    const other = openTable(puzzle);
    await other.load?.(state);
    expect(await other.look()).toEqual(await world.look());
    const step = call(divide, n(9), n(0));
    expect(await other.perform(step)).toEqual(await world.perform(step));
    expect(await judge(other, { kind: 'done' })).toMatchObject({ success: true });
    expect(await other.save?.()).toEqual(await world.save?.());
    await expect(other.load?.({ numbers: 'all' })).rejects.toThrow(/snapshot/);
  });

  it('a forged state breaks the invariant', async () => {
    const world = openTable(puzzle);
    await world.load?.({ numbers: [{ key: n(0), value: 952 }], derivation: [], attempts: [] });
    expect(await judge(world, { kind: 'done' })).toMatchObject({ success: false, broken: [SOUND] });
    const derivation = [{ operation: '÷', left: n(3), right: n(5), result: n(6), value: 16 }] as const;
    expect(verify(puzzle, { derivation, table: [], ending: { kind: 'done' } }).broken).toEqual([SOUND]);
  });
});
