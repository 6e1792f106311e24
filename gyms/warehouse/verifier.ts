/**
 * The verdict on a room: reads the end grid as it is shown, and the room as it was made.
 *
 * Success is every good on a goal, with the walls where they were and each good there once. How it came about does not matter; whoever hands
 * the task over has not done it, whatever the grid looks like. Partial credit: the share of goods on goals (0 at every start).
 */
import type { Ending, Score } from '../../src/records/index.ts';
import type { Instance } from './instance.ts';

export const CONSERVED = 'goods-conserved';
export const UNTOUCHED = 'walls-untouched';

export interface EndGrid {
  /** One line a row, one symbol a square, spaces between. */
  readonly rows: readonly string[];
  readonly ending: Ending;
}

export function verify({ width, height, walls, goals, goods }: Instance, { rows, ending }: EndGrid): Score {
  const symbols = rows.flatMap((row) => row.split(' '));
  const broken: string[] = [];
  const isWallKept = symbols.length === width * height && walls.every((isWall, square) => isWall === (symbols[square] === '#'));
  if (!isWallKept) broken.push(UNTOUCHED);
  const present = symbols.filter((symbol) => /^[a-z]$/i.test(symbol) && symbol !== 'o').map((symbol) => symbol.toLowerCase());
  const expected = goods.map((_, good) => 'abcdefgh'.charAt(good));
  if (present.toSorted().join('') !== expected.join('')) broken.push(CONSERVED);
  const placed = goals.filter((goal) => expected.includes((symbols[goal] ?? '').toLowerCase())).length;
  const isHandedOver = ending.kind === 'abstained' || ending.kind === 'asked' || ending.kind === 'answered';
  const success = placed === goods.length && broken.length === 0 && !isHandedOver;
  const reasons = [
    ...(placed < goods.length ? [`${placed} of ${goods.length} goods on goals`] : []),
    ...(isHandedOver ? [`handed over: ${ending.kind}`] : []),
    ...broken.map((name) => `broken: ${name}`),
  ];
  if (success) return { success, credit: 1, broken, reasons };
  return { success, credit: isHandedOver || broken.length > 0 ? 0 : placed / goods.length, broken, reasons };
}
