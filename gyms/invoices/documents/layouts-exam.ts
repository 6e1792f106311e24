/** Layouts that only the exam draws: other structure, not other colours. */
import { customerBlock, footFacts, laterHead, pageNumber, TOTALS_HEIGHT, title, totals, vendorBlock } from './blocks.ts';
import type { Column, Plan } from './pages.ts';
import { DIM, facts, GAP, INK, labelOf, PALE, rule, stack, WHITE, write } from './sheet.ts';

const AMOUNT_FIRST: readonly Column[] = [
  { key: 'amount', share: 17, align: 'left' },
  { key: 'quantity', share: 10, align: 'left' },
  { key: 'unitPrice', share: 16, align: 'left' },
  { key: 'description', share: 36, align: 'left' },
  { key: 'article', share: 9, align: 'right' },
];
const PRICE_BEFORE_QUANTITY: readonly Column[] = [
  { key: 'description', share: 36, align: 'left' },
  { key: 'unitPrice', share: 16, align: 'right' },
  { key: 'quantity', share: 10, align: 'right' },
  { key: 'amount', share: 17, align: 'right' },
  { key: 'position', share: 8, align: 'right' },
];
const ARTICLE_LAST: readonly Column[] = [
  { key: 'position', share: 5, align: 'left' },
  { key: 'quantity', share: 9, align: 'right' },
  { key: 'description', share: 34, align: 'left' },
  { key: 'amount', share: 17, align: 'right' },
  { key: 'unitPrice', share: 16, align: 'right' },
];

/** Labels under their values, amounts before goods, totals at the left. */
export const inverted: Plan = {
  left: 50,
  width: 495,
  columns: AMOUNT_FIRST,
  heads: 'pale',
  step: 20,
  head(sheet) {
    customerBlock(sheet, { x: 50, y: 52, width: 230 });
    vendorBlock(sheet, { x: 320, y: 52, width: 225 }, 3);
    const below = facts(sheet, sheet.printed.facts, { x: 50, y: 122, width: 495, form: 'under', columns: 4, bold: true });
    title(sheet, 50, below + 12, { bigger: 7 });
    return below + 24;
  },
  again: (sheet) => laterHead(sheet, { x: 50, y: 50, width: 495 }),
  totals: (sheet, y) => totals(sheet, { x: 55, y, width: 220 }, 'beside'),
  totalsHeight: TOTALS_HEIGHT,
  footTop: 724,
  foot(sheet, page, pages) {
    rule(sheet, 50, 724, 495);
    facts(sheet, footFacts(sheet, page), { x: 50, y: 738, width: 495, form: 'under', columns: 4, bigger: -1.5 });
    pageNumber(sheet, 545, 818, page, pages);
  },
};

/** Title, register and account written sideways along the left edge. */
export const sideways: Plan = {
  left: 120,
  width: 430,
  columns: PRICE_BEFORE_QUANTITY,
  heads: 'rule',
  step: 20,
  head(sheet) {
    vendorBlock(sheet, { x: 120, y: 56, width: 200 }, 2);
    customerBlock(sheet, { x: 340, y: 56, width: 210 });
    rule(sheet, 120, 112, 430);
    return facts(sheet, sheet.printed.facts, { x: 120, y: 130, width: 430, form: 'beside', columns: 2, bigger: -0.5 }) + 10;
  },
  again: (sheet) => laterHead(sheet, { x: 120, y: 50, width: 430 }),
  totals: (sheet, y) => totals(sheet, { x: 300, y, width: 245 }, 'rule'),
  totalsHeight: TOTALS_HEIGHT,
  footTop: 762,
  foot(sheet, page, pages) {
    sheet.canvas.box(96, 40, 1.2, 762, sheet.look.accent);
    write(sheet, sheet.printed.title, 52, 330, { upwards: true, bold: true, bigger: 14, colour: sheet.look.accent, within: 280 });
    const [taxId, iban, bank, ...noise] = footFacts(sheet, page);
    for (const [i, fact] of [taxId, iban, bank].entries()) {
      if (!fact) continue;
      const x = 62 + i * 12;
      const width = write(sheet, labelOf(sheet, fact), x, 800, { upwards: true, bigger: -1.5, colour: DIM, within: 110 });
      write(sheet, fact.value, x, 800 - width - GAP, { upwards: true, bigger: -1.5, within: 200 });
    }
    facts(sheet, noise, { x: 120, y: 776, width: 430, form: 'beside', columns: 3, bigger: -2 });
    pageNumber(sheet, 550, 824, page, pages);
  },
};

/** Labels at the left edge, values at the far right, over the whole width. */
export const farApart: Plan = {
  left: 48,
  width: 516,
  columns: ARTICLE_LAST,
  heads: 'band',
  step: 19,
  head(sheet) {
    title(sheet, 564, 52, { align: 'right', bigger: 8 });
    vendorBlock(sheet, { x: 48, y: 50, width: 300 }, 2);
    const below = facts(sheet, sheet.printed.facts, { x: 48, y: 100, width: 516, form: 'spread' });
    return customerBlock(sheet, { x: 48, y: below + 6, width: 300 }) + 4;
  },
  again: (sheet) => laterHead(sheet, { x: 48, y: 50, width: 516 }),
  totals(sheet, y) {
    rule(sheet, 48, y + 3, 516, INK);
    return totals(sheet, { x: 48, y, width: 516 }, 'plain');
  },
  totalsHeight: TOTALS_HEIGHT,
  footTop: 690,
  foot(sheet, page, pages) {
    facts(sheet, footFacts(sheet, page), { x: 48, y: 702, width: 516, form: 'spread', columns: 2, bigger: -1.5 });
    pageNumber(sheet, 564, 778, page, pages);
  },
};

/** Two columns: everything about the bill in a shaded one at the left, goods in the right one. */
export const twoColumns: Plan = {
  left: 218,
  width: 342,
  columns: [
    { key: 'description', share: 34, align: 'left' },
    { key: 'quantity', share: 9, align: 'right' },
    { key: 'unitPrice', share: 18, align: 'right' },
    { key: 'amount', share: 19, align: 'right' },
  ],
  heads: 'rule',
  step: 22,
  head(sheet) {
    title(sheet, 218, 64, { within: 340 });
    const customer = customerBlock(sheet, { x: 218, y: 92, width: 342 });
    return customer + 12;
  },
  again: (sheet) => laterHead(sheet, { x: 218, y: 50, width: 342 }),
  totals: (sheet, y) => totals(sheet, { x: 218, y, width: 340 }, 'rule'),
  totalsHeight: TOTALS_HEIGHT,
  footTop: 800,
  foot(sheet, page, pages) {
    sheet.canvas.box(30, 30, 170, 782, PALE);
    const x = 40;
    const vendor = vendorBlock(sheet, { x, y: 60, width: 150 }, 2);
    const below = page > 1 ? vendor : facts(sheet, sheet.printed.facts, { x, y: vendor + 12, width: 150, form: 'above' });
    rule(sheet, x, below - 4, 150);
    facts(sheet, footFacts(sheet, page).slice(0, 8), { x, y: below + 10, width: 150, form: 'above', bigger: -1 });
    pageNumber(sheet, 560, 818, page, pages);
  },
};

/** The bill's facts and totals at the bottom of the page, sender and account on top. */
export const upsideDown: Plan = {
  left: 50,
  width: 495,
  columns: PRICE_BEFORE_QUANTITY,
  heads: 'rule',
  step: 19,
  head(sheet) {
    vendorBlock(sheet, { x: 50, y: 50, width: 240 }, 3);
    const account = facts(sheet, sheet.printed.payment, { x: 300, y: 50, width: 245, form: 'spread', bigger: -0.5 });
    rule(sheet, 50, account + 2, 495);
    facts(sheet, sheet.printed.noise.slice(0, 6), { x: 50, y: account + 18, width: 495, form: 'beside', columns: 3, bigger: -1 });
    return account + 50;
  },
  again: (sheet) => laterHead(sheet, { x: 50, y: 50, width: 495 }),
  totals: (sheet, y) => totals(sheet, { x: 50, y, width: 495 }, 'above'),
  totalsHeight: TOTALS_HEIGHT,
  footTop: 640,
  foot(sheet, page, pages) {
    sheet.canvas.box(50, 646, 495, 24, sheet.look.accent);
    write(sheet, sheet.printed.title, 60, 664, { bold: true, bigger: 4, colour: WHITE, within: 300 });
    if (page === 1) facts(sheet, sheet.printed.facts, { x: 50, y: 690, width: 290, form: 'beside' });
    const { label, name, address } = sheet.printed.customer;
    write(sheet, label, 545, 690, { align: 'right', bigger: -1.5, colour: DIM });
    stack(sheet, [name, ...address], 545, 704, { align: 'right', within: 180 });
    pageNumber(sheet, 545, 826, page, pages);
  },
};
