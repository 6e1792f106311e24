/**
 * How a document is laid over its pages: lines in order, the table's heads on every page, the sum carried over, totals and notes on
 * the last. Up to 8 lines make one page, 9 to 24 two or three.
 */
import type { ColumnKey, Fact } from './printed.ts';
import { DIM, GAP, INK, labelOf, PALE, rule, type Sheet, WHITE, wrap, write } from './sheet.ts';

export interface Column {
  readonly key: ColumnKey;
  /** Shares of the table's width, before the columns are fitted to it. */
  readonly share: number;
  readonly align: 'left' | 'right';
}

export interface Plan {
  /** Left edge and width of table and running text. */
  readonly left: number;
  readonly width: number;
  readonly columns: readonly Column[];
  readonly heads: 'rule' | 'band' | 'pale';
  /** Distance of rows in points, where there is room. */
  readonly step: number;
  readonly zebra?: boolean;
  /** Draws the first page's head; gives where the table may begin. */
  head(sheet: Sheet): number;
  /** Draws a later page's head. */
  again(sheet: Sheet): number;
  /** Draws net, tax and total below the table; gives where running text may begin. */
  totals(sheet: Sheet, y: number): number;
  /** Points that `totals` takes. */
  readonly totalsHeight: number;
  /** Nothing but the foot stands below it. */
  readonly footTop: number;
  foot(sheet: Sheet, page: number, pages: number): void;
}

/** How many lines stand on each page. `first` and `next` are the room on the first and on later pages; 6 … 8 and 9 or more. */
export function splitLines(count: number, first: number, next: number): number[] {
  if (count <= 8) return [count];
  const pages = [first];
  for (let left = count - first; left > 0; left -= next) pages.push(Math.min(left, next));
  return pages;
}

const NOTE_BIGGER = -0.5;

export function drawPages(sheet: Sheet, plan: Plan, room: { readonly first: number; readonly next: number }): void {
  const pages = splitLines(sheet.printed.rows.length, room.first, room.next);
  let done = 0;
  for (const [page, count] of pages.entries()) {
    sheet.canvas.page();
    const isLast = page === pages.length - 1;
    let y = page === 0 ? plan.head(sheet) : plan.again(sheet);
    if (page === 0) y = paragraphs(sheet, sheet.printed.intro, plan, y);
    const notes = isLast ? wrap(sheet, sheet.printed.notes, plan.width, NOTE_BIGGER).length * (sheet.look.size + 4) : 0;
    const below = (isLast ? plan.totalsHeight + notes + 10 : 0) + 12;
    const rows = count + (page > 0 ? 1 : 0) + (isLast ? 0 : 1);
    y = heads(sheet, plan, y);
    const step = Math.max(11.5, Math.min(plan.step, (plan.footTop - y - below) / rows));
    if (page > 0) y = carried(sheet, plan, sheet.printed.carried(done), y, step);
    for (let i = done; i < done + count; i++) y = row(sheet, plan, i, y, step);
    done += count;
    if (isLast) y = paragraphs(sheet, sheet.printed.notes, plan, plan.totals(sheet, y));
    else carried(sheet, plan, sheet.printed.carried(done), y, step);
    plan.foot(sheet, page + 1, pages.length);
  }
}

interface Place {
  readonly column: Column;
  readonly left: number;
  readonly width: number;
}

/** Columns that hold something, fitted to the table's width with gaps between them. */
function places(sheet: Sheet, plan: Plan): Place[] {
  const used = plan.columns.filter(({ key }) => key !== 'article' || sheet.printed.rows[0]?.article !== '');
  const shares = used.reduce((sum, { share }) => sum + share, 0);
  const inner = plan.width - GAP * (used.length + 1) + GAP;
  let left = plan.left + GAP / 2;
  return used.map((column) => {
    const place = { column, left, width: (inner * column.share) / shares };
    left += place.width + GAP;
    return place;
  });
}

function heads(sheet: Sheet, plan: Plan, y: number): number {
  const height = sheet.look.size + 9;
  if (plan.heads !== 'rule') sheet.canvas.box(plan.left, y, plan.width, height, plan.heads === 'band' ? sheet.look.accent : PALE);
  else rule(sheet, plan.left, y + height, plan.width, INK, 0.8);
  for (const { column, left, width } of places(sheet, plan))
    write(sheet, sheet.printed.heads[column.key], column.align === 'right' ? left + width : left, y + height - 6, {
      bold: true,
      bigger: -0.5,
      align: column.align,
      within: width,
      colour: plan.heads === 'band' ? WHITE : INK,
    });
  return y + height + 2;
}

function row(sheet: Sheet, plan: Plan, index: number, y: number, step: number): number {
  const cells = sheet.printed.rows[index];
  if (!cells) return y;
  if (plan.zebra && index % 2 === 1) sheet.canvas.box(plan.left, y, plan.width, step, PALE);
  for (const { column, left, width } of places(sheet, plan))
    write(sheet, cells[column.key], column.align === 'right' ? left + width : left, y + step / 2 + sheet.look.size * 0.35, {
      align: column.align,
      within: width,
    });
  return y + step;
}

/** The sum so far, under the column of amounts. */
function carried(sheet: Sheet, plan: Plan, fact: Fact, y: number, step: number): number {
  const columns = places(sheet, plan);
  const baseline = y + step / 2 + sheet.look.size * 0.35;
  const amount = columns.find(({ column }) => column.key === 'amount');
  const label = columns.find(({ column }) => column.key === 'description');
  if (amount && label) {
    write(sheet, labelOf(sheet, fact), label.left, baseline, { colour: DIM, within: label.width });
    const isRight = amount.column.align === 'right';
    write(sheet, fact.value, isRight ? amount.left + amount.width : amount.left, baseline, {
      align: amount.column.align,
      within: amount.width,
    });
  }
  return y + step;
}

/** Running text from `y` down. Gives where the next thing may begin. */
function paragraphs(sheet: Sheet, texts: readonly string[], plan: Plan, y: number): number {
  const lines = wrap(sheet, texts, plan.width, NOTE_BIGGER);
  if (lines.length === 0) return y;
  const lead = sheet.look.size + 4;
  for (const [i, line] of lines.entries()) write(sheet, line, plan.left, y + (i + 1) * lead, { bigger: NOTE_BIGGER, within: plan.width });
  return y + lines.length * lead + 12;
}
