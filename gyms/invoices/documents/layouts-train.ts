/** The layouts of training and of every slice with known ones. Each is a plan: where things stand; the seed chooses the rest. */
import { backdrop, customerBlock, foot, footFacts, laterHead, pageNumber, TOTALS_HEIGHT, title, totals, vendorBlock } from './blocks.ts';
import type { Column, Plan } from './pages.ts';
import { DIM, facts, INK, rule, type Sheet, stack, WHITE, write } from './sheet.ts';

const USUAL: readonly Column[] = [
  { key: 'position', share: 5, align: 'left' },
  { key: 'article', share: 9, align: 'left' },
  { key: 'description', share: 36, align: 'left' },
  { key: 'quantity', share: 10, align: 'right' },
  { key: 'unitPrice', share: 16, align: 'right' },
  { key: 'amount', share: 17, align: 'right' },
];
const without = (key: Column['key']): readonly Column[] => USUAL.filter((column) => column.key !== key);
const QUANTITY_FIRST: readonly Column[] = [
  { key: 'quantity', share: 9, align: 'left' },
  { key: 'article', share: 10, align: 'left' },
  { key: 'description', share: 38, align: 'left' },
  { key: 'unitPrice', share: 17, align: 'right' },
  { key: 'amount', share: 17, align: 'right' },
];

/** Vendor at the left, facts at the right, customer below. */
export const classic: Plan = {
  left: 50,
  width: 495,
  columns: USUAL,
  heads: 'rule',
  step: 20,
  head(sheet) {
    vendorBlock(sheet, { x: 50, y: 60, width: 260 });
    title(sheet, 545, 62, { align: 'right', within: 220 });
    const below = facts(sheet, sheet.printed.facts, { x: 330, y: 90, width: 215, form: 'beside' });
    customerBlock(sheet, { x: 50, y: 130, width: 250 });
    return Math.max(below, 190) + 14;
  },
  again: (sheet) => laterHead(sheet, { x: 50, y: 50, width: 495 }),
  totals: (sheet, y) => totals(sheet, { x: 325, y, width: 217 }, 'rule'),
  totalsHeight: TOTALS_HEIGHT,
  footTop: 728,
  foot: (sheet, page, pages) => foot(sheet, { x: 50, y: 728, width: 495 }, { page, pages, form: 'above', columns: 4 }),
};

/** A letter for a window envelope: sender in one small line, facts far right, title below. */
export const letter: Plan = {
  left: 62,
  width: 478,
  columns: without('article'),
  heads: 'rule',
  step: 19,
  head(sheet) {
    const { name, address } = sheet.printed.vendor;
    write(sheet, name, 540, 56, { bold: true, bigger: 5, align: 'right', within: 400, colour: sheet.look.accent });
    stack(sheet, address, 540, 72, { align: 'right', bigger: -1 });
    customerBlock(sheet, { x: 62, y: 112, width: 220 });
    const below = facts(sheet, sheet.printed.facts, { x: 345, y: 112, width: 195, form: 'spread' });
    title(sheet, 62, Math.max(below, 190) + 16, { bigger: 6 });
    return Math.max(below, 190) + 30;
  },
  again: (sheet) => laterHead(sheet, { x: 62, y: 56, width: 478 }),
  totals: (sheet, y) => totals(sheet, { x: 300, y, width: 237 }, 'plain'),
  totalsHeight: TOTALS_HEIGHT,
  footTop: 735,
  foot: (sheet, page, pages) => foot(sheet, { x: 62, y: 735, width: 478 }, { page, pages, form: 'beside', columns: 2 }),
};

/** A coloured band with the title, facts in a grid below it. */
export const band: Plan = {
  left: 40,
  width: 515,
  columns: USUAL,
  heads: 'band',
  step: 19,
  zebra: true,
  head(sheet) {
    sheet.canvas.box(0, 0, 595, 64, sheet.look.accent);
    title(sheet, 40, 42, { colour: WHITE, bigger: 11, within: 250 });
    write(sheet, sheet.printed.vendor.name, 555, 34, { colour: WHITE, bold: true, bigger: 3, align: 'right', within: 240 });
    stack(sheet, sheet.printed.vendor.address, 555, 84, { align: 'right', bigger: -0.5 });
    const address = customerBlock(sheet, { x: 40, y: 84, width: 280 });
    return facts(sheet, sheet.printed.facts, { x: 40, y: address + 12, width: 515, form: 'above', columns: 4, bold: true }) + 4;
  },
  again(sheet) {
    sheet.canvas.box(0, 0, 595, 18, sheet.look.accent);
    return laterHead(sheet, { x: 40, y: 44, width: 515 });
  },
  totals: (sheet, y) => totals(sheet, { x: 320, y, width: 225 }, 'band'),
  totalsHeight: TOTALS_HEIGHT,
  footTop: 722,
  foot: (sheet, page, pages) => foot(sheet, { x: 40, y: 722, width: 515 }, { page, pages, form: 'above', columns: 4 }),
};

/** As a typewriter would: everything at the left, one thing below the other. */
export const typed: Plan = {
  left: 56,
  width: 490,
  columns: QUANTITY_FIRST,
  heads: 'rule',
  step: 17,
  head(sheet) {
    const { name, address } = sheet.printed.vendor;
    write(sheet, name, 56, 52, { bold: true, bigger: 1, within: 300 });
    stack(sheet, address, 56, 66);
    title(sheet, 56, 112, { bigger: 3 });
    const below = facts(sheet, sheet.printed.facts, { x: 56, y: 132, width: 270, form: 'beside' });
    customerBlock(sheet, { x: 350, y: 132, width: 196 });
    return below + 10;
  },
  again: (sheet) => laterHead(sheet, { x: 56, y: 52, width: 490 }),
  totals: (sheet, y) => totals(sheet, { x: 290, y, width: 252 }, 'rule'),
  totalsHeight: TOTALS_HEIGHT,
  footTop: 726,
  foot: (sheet, page, pages) => foot(sheet, { x: 56, y: 726, width: 490 }, { page, pages, form: 'beside', columns: 2 }),
};

/** Facts in boxes, each label over its value. */
export const boxes: Plan = {
  left: 45,
  width: 505,
  columns: without('position'),
  heads: 'pale',
  step: 21,
  head(sheet) {
    title(sheet, 45, 58);
    vendorBlock(sheet, { x: 300, y: 52, width: 250 }, 3);
    backdrop(sheet, { x: 45, y: 92, width: 240 }, 70);
    customerBlock(sheet, { x: 52, y: 106, width: 226 });
    const list = sheet.printed.facts;
    const height = Math.ceil(list.length / 3) * (2 * sheet.look.size + 9) + 8;
    rule(sheet, 45, 172, 505);
    rule(sheet, 45, 172 + height, 505);
    return facts(sheet, list, { x: 50, y: 186, width: 495, form: 'above', columns: 3 }) + 8;
  },
  again: (sheet) => laterHead(sheet, { x: 45, y: 48, width: 505 }),
  totals: (sheet, y) => totals(sheet, { x: 330, y, width: 214 }, 'rule'),
  totalsHeight: TOTALS_HEIGHT,
  footTop: 724,
  foot: (sheet, page, pages) => foot(sheet, { x: 45, y: 724, width: 505 }, { page, pages, form: 'above', columns: 3 }),
};

/** On US letter paper: customer and facts side by side, account data in a block beside the totals. */
export const office: Plan = {
  left: 48,
  width: 516,
  columns: without('position'),
  heads: 'pale',
  step: 20,
  head(sheet) {
    title(sheet, 48, 60, { colour: sheet.look.accent, bigger: 12 });
    vendorBlock(sheet, { x: 340, y: 52, width: 224 }, 2);
    rule(sheet, 48, 92, 516, sheet.look.accent, 2);
    customerBlock(sheet, { x: 48, y: 112, width: 220 });
    return Math.max(170, facts(sheet, sheet.printed.facts, { x: 320, y: 112, width: 244, form: 'spread' })) + 10;
  },
  again: (sheet) => laterHead(sheet, { x: 48, y: 48, width: 516 }),
  totals(sheet, y) {
    facts(sheet, sheet.printed.payment, { x: 48, y: y + 16, width: 270, form: 'beside' });
    return totals(sheet, { x: 350, y, width: 210 }, 'band');
  },
  totalsHeight: TOTALS_HEIGHT,
  footTop: 716,
  foot(sheet, page, pages) {
    rule(sheet, 48, 716, 516);
    const list = footFacts(sheet, page).slice(sheet.printed.payment.length);
    facts(sheet, list, { x: 48, y: 730, width: 516, form: 'above', columns: 4, bigger: -1.5 });
    pageNumber(sheet, 564, 776, page, pages);
  },
};

/** Centred heading, facts in two columns, every second row shaded. */
export const ledger: Plan = {
  left: 50,
  width: 495,
  columns: USUAL,
  heads: 'rule',
  step: 18,
  zebra: true,
  head(sheet) {
    const { name, address } = sheet.printed.vendor;
    write(sheet, name, 297, 50, { bold: true, bigger: 6, align: 'centre', within: 480, colour: sheet.look.accent });
    stack(sheet, address, 297, 66, { align: 'centre', bigger: -0.5 });
    rule(sheet, 50, 92, 495, INK, 1);
    title(sheet, 297, 114, { align: 'centre', bigger: 5 });
    const address2 = customerBlock(sheet, { x: 50, y: 134, width: 300 });
    return facts(sheet, sheet.printed.facts, { x: 50, y: address2 + 10, width: 495, form: 'beside', columns: 2 }) + 8;
  },
  again: (sheet) => laterHead(sheet, { x: 50, y: 50, width: 495 }),
  totals: (sheet, y) => totals(sheet, { x: 310, y, width: 230 }, 'rule'),
  totalsHeight: TOTALS_HEIGHT,
  footTop: 728,
  foot: (sheet, page, pages) => foot(sheet, { x: 50, y: 728, width: 495 }, { page, pages, form: 'above', columns: 4 }),
};

/** A coloured strip at the left edge, facts at the top right, customer in the middle. */
export const strip: Plan = {
  left: 60,
  width: 490,
  columns: QUANTITY_FIRST,
  heads: 'rule',
  step: 20,
  head(sheet) {
    sheet.canvas.box(0, 0, 26, 842, sheet.look.accent);
    title(sheet, 60, 56);
    vendorBlock(sheet, { x: 60, y: 84, width: 250 }, 2);
    customerBlock(sheet, { x: 60, y: 134, width: 250 });
    return Math.max(196, facts(sheet, sheet.printed.facts, { x: 345, y: 56, width: 205, form: 'spread' })) + 12;
  },
  again(sheet) {
    sheet.canvas.box(0, 0, 26, 842, sheet.look.accent);
    return laterHead(sheet, { x: 60, y: 50, width: 490 });
  },
  totals: (sheet, y) => totals(sheet, { x: 60, y, width: 490 }, 'above'),
  totalsHeight: TOTALS_HEIGHT - 16,
  footTop: 734,
  foot: (sheet, page, pages) => foot(sheet, { x: 60, y: 734, width: 490 }, { page, pages, form: 'beside', columns: 2 }),
};

/** Facts in a shaded column at the right, which reaches down to the table. */
export const column: Plan = {
  left: 50,
  width: 495,
  columns: USUAL,
  heads: 'band',
  step: 19,
  head(sheet: Sheet) {
    vendorBlock(sheet, { x: 50, y: 56, width: 290 });
    const list = sheet.printed.facts;
    backdrop(sheet, { x: 362, y: 38, width: 183 }, 26 + list.length * (sheet.look.size + 4.5));
    title(sheet, 370, 56, { bigger: 3, within: 167 });
    const below = facts(sheet, list, { x: 370, y: 74, width: 167, form: 'spread', bigger: -0.5 });
    write(sheet, sheet.printed.customer.label, 50, 112, { colour: DIM, bigger: -1 });
    stack(sheet, [sheet.printed.customer.name, ...sheet.printed.customer.address], 50, 126, { within: 290 });
    return Math.max(below, 170) + 10;
  },
  again: (sheet) => laterHead(sheet, { x: 50, y: 50, width: 495 }),
  totals: (sheet, y) => totals(sheet, { x: 330, y, width: 210 }, 'rule'),
  totalsHeight: TOTALS_HEIGHT,
  footTop: 726,
  foot: (sheet, page, pages) => foot(sheet, { x: 50, y: 726, width: 495 }, { page, pages, form: 'above', columns: 4 }),
};
