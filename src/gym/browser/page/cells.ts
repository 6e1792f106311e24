/**
 * Runs of positioned text (a PDF's text layer) merged into cells and rows, in reading order.
 *
 * Pure, and independent of the order in which the runs come. No text is lost; only space is added or normalised. Lines are runs on one base line;
 * a gap of less than 0.7 em stays within a cell. Blocks are found by cutting the page at empty bands (an XY-cut); a gutter separates columns only where
 * the lines on its two sides don't stand on the same base lines, otherwise they are the rows of a table.
 *
 * It knows nothing of fonts or tags, and does not tell a table from a list.
 */
import { tidy } from './text.ts';

export interface TextRun {
  readonly text: string;
  readonly x: number;
  /** Upper edge, growing downwards, in the unit of `x`. */
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export interface TextCell {
  readonly text: string;
  /** Begins a new row. */
  readonly row: boolean;
  /** Index of its first run in what was given. */
  readonly run: number;
}

interface Box {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

interface Cell extends Box {
  readonly text: string;
  readonly run: number;
}

interface PlacedRun extends Box {
  readonly text: string;
  readonly run: number;
}

/** Gaps in em: closer is one cell, closer still is one word. */
const CELL_GAP_EM = 0.7;
const WORD_GAP_EM = 0.12;
/** Share of the lower run's height that two runs' base lines may differ by. */
const BASELINE_TOLERANCE = 0.35;
/** A band without text that is higher than this many line heights separates blocks. */
const BAND_LINES = 1.1;
/** A gutter between columns is at least this wide, in em. */
const GUTTER_EM = 1.5;

export function mergeRuns(runs: readonly TextRun[]): TextCell[] {
  const placed = runs
    .map((run, index): PlacedRun => {
      const [x, y, width, height] = [run.x, run.y, run.width, run.height].map((value) => (Number.isFinite(value) ? value : 0)) as [
        number,
        number,
        number,
        number,
      ];
      return { text: run.text, left: x, right: x + Math.max(0, width), top: y, bottom: y + Math.max(0, height), run: index };
    })
    .filter((run) => tidy(run.text) !== '')
    .sort(byPlace);
  // Text that runs up or down the page: each run is a cell of its own, it shares no base line with others.
  const isUpright = (run: PlacedRun): boolean => run.text.length > 3 && heightOf(run) > 2 * (run.right - run.left);
  const cells = [
    ...linesOf(placed.filter((run) => !isUpright(run))).flatMap(cellsOfLine),
    ...placed.filter(isUpright).map((run): Cell => ({ ...run, text: tidy(run.text) })),
  ];
  return readingOrder(cells, 0).flatMap((block) =>
    linesOf(block).flatMap((line) => line.map((cell, i): TextCell => ({ text: cell.text, row: i === 0, run: cell.run }))),
  );
}

const byPlace = (a: PlacedRun | Cell, b: PlacedRun | Cell): number =>
  a.bottom - b.bottom || a.left - b.left || a.right - b.right || a.top - b.top || (a.text < b.text ? -1 : a.text > b.text ? 1 : 0);

const heightOf = (box: Box): number => Math.max(1e-6, box.bottom - box.top);

/** Groups by base line, from the top; within a line from the left. */
function linesOf<B extends PlacedRun | Cell>(boxes: readonly B[]): B[][] {
  const lines: { readonly baseline: number; readonly height: number; readonly boxes: B[] }[] = [];
  for (const box of [...boxes].sort(byPlace)) {
    const height = heightOf(box);
    const line = lines.at(-1);
    if (line && Math.abs(box.bottom - line.baseline) <= BASELINE_TOLERANCE * Math.min(height, line.height)) line.boxes.push(box);
    else lines.push({ baseline: box.bottom, height, boxes: [box] });
  }
  return lines.map((line) => line.boxes.sort((a, b) => a.left - b.left || byPlace(a, b)));
}

function cellsOfLine(line: readonly PlacedRun[]): Cell[] {
  const cells: Cell[] = [];
  let open: { text: string; left: number; right: number; top: number; bottom: number; run: number } | null = null;
  const close = (): void => {
    if (open) cells.push({ ...open, text: tidy(open.text) });
    open = null;
  };
  for (const run of line) {
    const em = Math.min(heightOf(run), open ? heightOf(open) : Number.POSITIVE_INFINITY);
    const gap: number = open ? run.left - open.right : 0;
    if (open && gap > CELL_GAP_EM * em) close();
    if (open) {
      open.text += (gap > WORD_GAP_EM * em ? ' ' : '') + run.text;
      open.right = Math.max(open.right, run.right);
      open.top = Math.min(open.top, run.top);
      open.bottom = Math.max(open.bottom, run.bottom);
    } else open = { text: run.text, left: run.left, right: run.right, top: run.top, bottom: run.bottom, run: run.run };
  }
  close();
  return cells;
}

/** Blocks in reading order: the XY-cut. */
function readingOrder(cells: readonly Cell[], depth: number): Cell[][] {
  if (cells.length < 2 || depth > 12) return cells.length === 0 ? [] : [[...cells]];
  const heights = cells.map(heightOf).sort((a, b) => a - b);
  const em = heights[heights.length >> 1] as number;
  const columns = cutColumns(cells, em);
  if (columns) return columns.flatMap((column) => readingOrder(column, depth + 1));
  const bands = cut(cells, 'top', 'bottom', BAND_LINES * em);
  if (bands.length > 1) return bands.flatMap((band) => readingOrder(band, depth + 1));
  return [[...cells]];
}

/** Groups between which there is an empty band of at least `gap` along one axis. */
function cut(cells: readonly Cell[], low: 'left' | 'top', high: 'right' | 'bottom', gap: number): Cell[][] {
  const sorted = [...cells].sort((a, b) => a[low] - b[low] || byPlace(a, b));
  const groups: Cell[][] = [];
  let reach = Number.NEGATIVE_INFINITY;
  for (const cell of sorted) {
    if (groups.length === 0 || cell[low] - reach >= gap) groups.push([]);
    (groups.at(-1) as Cell[]).push(cell);
    reach = Math.max(reach, cell[high]);
  }
  return groups;
}

/** The widest gutter that separates columns of text rather than a table's; null if there is none. */
function cutColumns(cells: readonly Cell[], em: number): Cell[][] | null {
  const groups = cut(cells, 'left', 'right', GUTTER_EM * em);
  let best: { readonly width: number; readonly sides: Cell[][] } | null = null;
  for (let g = 1; g < groups.length; g++) {
    const left = groups.slice(0, g).flat();
    const right = groups.slice(g).flat();
    const width = Math.min(...right.map((cell) => cell.left)) - Math.max(...left.map((cell) => cell.right));
    if ((best === null || width > best.width) && areColumns(left, right, em)) best = { width, sides: [left, right] };
  }
  return best?.sides ?? null;
}

function areColumns(left: readonly Cell[], right: readonly Cell[], em: number): boolean {
  const [leftLines, rightLines] = [linesOf(left), linesOf(right)];
  const fewer = leftLines.length <= rightLines.length ? leftLines : rightLines;
  const more = fewer === leftLines ? rightLines : leftLines;
  if (fewer.length < 2) return false;
  const baselines = more.map((line) => (line[0] as Cell).bottom);
  const shared = fewer.filter((line) => baselines.some((at) => Math.abs(at - (line[0] as Cell).bottom) <= BASELINE_TOLERANCE * em)).length;
  if (shared / fewer.length < 0.5) return true;
  // Prose in two columns often shares its base lines: long lines, one cell each.
  const isProse = (lines: readonly (readonly Cell[])[]): boolean =>
    lines.length >= 3 && lines.filter((line) => line.length === 1 && (line[0] as Cell).text.length >= 28).length >= 0.7 * lines.length;
  return isProse(leftLines) && isProse(rightLines);
}
