/**
 * The second verdict, by other means: takes the first grid as text and plays every call again on characters.
 *
 * Shares no code with the world, its moves or the first verifier. Whether a push was possible is found out here anew.
 */
import type { Ending, Score } from '../../src/records/index.ts';

export interface Call {
  readonly tool: string;
  readonly good: string;
}

export interface AuditInput {
  /** The room at the start, one line a row, spaces between squares. */
  readonly start: readonly string[];
  readonly calls: readonly Call[];
  readonly ending: Ending;
}

interface Spot {
  readonly x: number;
  readonly y: number;
}

const STEPS: Readonly<Record<string, Spot>> = {
  up: { x: 0, y: -1 },
  down: { x: 0, y: 1 },
  left: { x: -1, y: 0 },
  right: { x: 1, y: 0 },
};

export function audit({ start, calls, ending }: AuditInput): Score {
  const cells = start.map((line) => line.split(' '));
  const goals = new Set<string>();
  const goods = new Map<string, Spot>();
  let worker: Spot = { x: -1, y: -1 };
  cells.forEach((line, y) => {
    line.forEach((symbol, x) => {
      if (symbol === 'o' || symbol === '+' || /^[A-Z]$/.test(symbol)) goals.add(`${x}/${y}`);
      if (symbol === '@' || symbol === '+') worker = { x, y };
      else if (/^[a-zA-Z]$/.test(symbol) && symbol !== 'o') goods.set(symbol.toLowerCase(), { x, y });
    });
  });
  const isFree = ({ x, y }: Spot): boolean => {
    const symbol = cells[y]?.[x];
    if (symbol === undefined || symbol === '#') return false;
    for (const good of goods.values()) if (good.x === x && good.y === y) return false;
    return true;
  };
  // Depth first, by name: nothing like the world's flood.
  const canWalk = (from: Spot, to: Spot, seen = new Set<string>()): boolean => {
    if (from.x === to.x && from.y === to.y) return true;
    seen.add(`${from.x}/${from.y}`);
    return Object.values(STEPS).some((step) => {
      const next = { x: from.x + step.x, y: from.y + step.y };
      return !seen.has(`${next.x}/${next.y}`) && isFree(next) && canWalk(next, to, seen);
    });
  };
  for (const { tool, good } of calls) {
    const step = Object.hasOwn(STEPS, tool) ? STEPS[tool] : undefined;
    const spot = goods.get(good);
    if (!step || !spot) continue;
    const ahead = { x: spot.x + step.x, y: spot.y + step.y };
    const behind = { x: spot.x - step.x, y: spot.y - step.y };
    if (!isFree(ahead) || !isFree(behind) || !canWalk(worker, behind)) continue;
    goods.set(good, ahead);
    worker = spot;
  }
  const placed = [...goods.values()].filter(({ x, y }) => goals.has(`${x}/${y}`)).length;
  const share = goods.size === 0 ? 0 : placed / goods.size;
  const isOwnEnd = !['abstained', 'asked', 'answered'].includes(ending.kind);
  const credit = isOwnEnd ? share : 0;
  return {
    success: credit === 1,
    credit,
    broken: [],
    reasons: credit === 1 ? [] : [`audit: ${placed} of ${goods.size} placed, ended by ${ending.kind}`],
  };
}
