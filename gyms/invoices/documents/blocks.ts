/** Parts that several layouts share: parties, totals, feet and the heads of later pages. */
import type { Fact } from './printed.ts';
import { DIM, type FactBlock, facts, GAP, labelOf, PALE, rule, type Sheet, stack, WHITE, write } from './sheet.ts';

export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
}

/** Name in bold, then the address. */
export function vendorBlock(sheet: Sheet, { x, y, width }: Box, bigger = 4): number {
  const { name, address } = sheet.printed.vendor;
  write(sheet, name, x, y, { bold: true, bigger, within: width, colour: sheet.look.accent });
  return stack(sheet, address, x, y + sheet.look.size + 5, { within: width, bigger: -0.5 });
}

/** A small label, the name, the address. */
export function customerBlock(sheet: Sheet, { x, y, width }: Box): number {
  const { label, name, address } = sheet.printed.customer;
  write(sheet, label, x, y, { bigger: -1.5, colour: DIM, within: width });
  write(sheet, name, x, y + sheet.look.size + 4, { bold: true, within: width });
  return stack(sheet, address, x, y + 2 * (sheet.look.size + 4), { within: width });
}

/** The title in large letters. */
export function title(sheet: Sheet, x: number, y: number, style: Parameters<typeof write>[4] = {}): void {
  write(sheet, sheet.printed.title, x, y, { bold: true, bigger: 9, ...style });
}

export type TotalsForm = 'plain' | 'rule' | 'band' | 'beside' | 'above';

export const TOTALS_HEIGHT = 72;

/** Net, tax and total; takes TOTALS_HEIGHT. */
export function totals(sheet: Sheet, { x, y, width }: Box, form: TotalsForm): number {
  const { net, tax, total } = sheet.printed;
  const first = y + 16;
  if (form === 'above') {
    facts(sheet, [net, tax, total], { x, y: first, width, form: 'above', columns: 3, bold: true });
    return y + TOTALS_HEIGHT;
  }
  const placed = form === 'beside' ? 'beside' : 'spread';
  facts(sheet, [net, tax], { x, y: first, width, form: placed });
  const last = first + 2 * (sheet.look.size + 4.5) + 7;
  if (form === 'rule') rule(sheet, x, last - sheet.look.size - 4, width);
  if (form === 'band') sheet.canvas.box(x - 5, last - sheet.look.size - 3, width + 10, sheet.look.size + 10, sheet.look.accent);
  const colour = form === 'band' ? { colour: WHITE } : {};
  const half = (width - GAP) / 2;
  write(sheet, labelOf(sheet, total), x, last, { bold: true, bigger: 1, within: half, ...colour });
  if (placed === 'beside') write(sheet, total.value, x + half + GAP, last, { bold: true, bigger: 1, within: half });
  else write(sheet, total.value, x + width, last, { bold: true, bigger: 1, align: 'right', within: half, ...colour });
  return y + TOTALS_HEIGHT;
}

/** What stands at the foot: account and tax number always, on the first page more besides, and most where there are few lines. */
export function footFacts(sheet: Sheet, page: number): readonly Fact[] {
  const besides = page > 1 ? 1 : sheet.printed.rows.length <= 4 ? 7 : 5;
  return [...sheet.printed.payment, ...sheet.printed.noise.slice(0, besides)];
}

/** Facts in small letters below a rule, and the page number. */
export function foot(
  sheet: Sheet,
  { x, y, width }: Box,
  options: { readonly page: number; readonly pages: number; readonly form: FactBlock['form']; readonly columns: number },
): void {
  rule(sheet, x, y, width);
  facts(sheet, footFacts(sheet, options.page), { x, y: y + 12, width, form: options.form, columns: options.columns, bigger: -1.5 });
  pageNumber(sheet, x + width, sheet.canvas.paper.height - 24, options.page, options.pages);
}

export function pageNumber(sheet: Sheet, x: number, y: number, page: number, pages: number): void {
  write(sheet, sheet.printed.page(page, pages), x, y, { align: 'right', bigger: -1.5, colour: DIM });
}

/** The head of a later page: who, what and which number. */
export function laterHead(sheet: Sheet, { x, y, width }: Box): number {
  const number = sheet.printed.facts.find(({ key }) => key === 'number' || key === 'creditNumber');
  write(sheet, sheet.printed.vendor.name, x, y, { bold: true, within: width / 2 - GAP });
  if (number) facts(sheet, [number], { x: x + width / 2, y, width: width / 2, form: 'spread' });
  else write(sheet, sheet.printed.title, x + width, y, { align: 'right' });
  rule(sheet, x, y + 6, width);
  return y + 22;
}

/** A pale box behind what is drawn next. */
export function backdrop(sheet: Sheet, { x, y, width }: Box, height: number): void {
  sheet.canvas.box(x, y, width, height, PALE);
}
