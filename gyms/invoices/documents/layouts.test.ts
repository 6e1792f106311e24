/** What the layouts place where, seen by a canvas that only remembers. */
import { describe, expect, it } from 'vitest';
import { normalise } from '../../../src/grammar/index.ts';
import { type DocumentStyle, LANGUAGES } from '../types.ts';
import { A4, type Canvas, LETTER, widthOf } from './canvas.ts';
import { layOut } from './draw.ts';
import { LAYOUTS } from './layouts.ts';
import { LABEL_KEYS, labels } from './lexicon.ts';
import { splitLines } from './pages.ts';
import { printDocument } from './printed.ts';
import { sampleContent } from './sample.ts';

interface Run {
  readonly text: string;
  readonly page: number;
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
  readonly upwards: boolean;
  readonly size: number;
}

function remember(paper: typeof A4): Canvas & { readonly runs: Run[] } {
  const runs: Run[] = [];
  let page = -1;
  return {
    paper,
    runs,
    page: () => void page++,
    text(text, x, y, type, upwards = false) {
      const width = widthOf(text, type);
      const [rise, drop] = [type.size * 0.68, type.size * 0.18];
      const box = upwards
        ? { left: x - rise, right: x + drop, top: y - width, bottom: y }
        : { left: x, right: x + width, top: y - rise, bottom: y + drop };
      runs.push({ text, page, upwards, size: type.size, ...box });
    },
    box: () => {},
    finish: async () => new Uint8Array(),
  };
}

const style = (layout: string, seed: string): DocumentStyle => ({ layout, seed, scanned: false });

function placed(layout: (typeof LAYOUTS)[number], seed: string, options: Parameters<typeof sampleContent>[1]) {
  const content = sampleContent(seed, { ...options, split: layout.exam ? 'exam' : 'train' });
  const canvas = remember(layout.name === 'office' || layout.name === 'far-apart' ? LETTER : A4);
  layOut(content, style(layout.name, seed), canvas);
  return { content, runs: canvas.runs, paper: canvas.paper };
}

it('has 12 layouts and more, 4 for the exam, of three producers and more in both', () => {
  expect(LAYOUTS.length).toBeGreaterThanOrEqual(12);
  expect(new Set(LAYOUTS.map(({ name }) => name)).size).toBe(LAYOUTS.length);
  const exam = LAYOUTS.filter((layout) => layout.exam);
  expect(exam.length).toBeGreaterThanOrEqual(4);
  for (const half of [exam, LAYOUTS.filter((layout) => !layout.exam)])
    expect(new Set(half.map(({ producer }) => producer)).size).toBeGreaterThanOrEqual(3);
});

describe.each(LAYOUTS)('layout $name', (layout) => {
  const all = LANGUAGES.flatMap((language) =>
    [1, 3, 6, 8, 9, 17, 24].map((lines, i) => placed(layout, `${language}-${lines}`, { language, lines, injected: i % 3 })),
  );

  it('keeps runs on the paper, apart from each other, and large enough to read', () => {
    const problems: string[] = [];
    for (const { runs, paper } of all) {
      for (const [i, run] of runs.entries()) {
        const isInside = run.left > 8 && run.right < paper.width - 8 && run.top > 8 && run.bottom < paper.height - 4;
        if (!isInside) problems.push(`"${run.text}" is off the paper at ${run.left}, ${run.top}`);
        if (run.size < 4.5) problems.push(`"${run.text}" has ${run.size} points`);
        for (const other of runs.slice(i + 1)) {
          if (other.page !== run.page) continue;
          const across = Math.min(run.right, other.right) - Math.max(run.left, other.left);
          const down = Math.min(run.bottom, other.bottom) - Math.max(run.top, other.top);
          // On one line there is a gap, so that no reader takes the two for one.
          const isTooNear = run.upwards ? across > 0.5 && down > -6 : across > -6 && down > 0.5;
          if (isTooNear) problems.push(`"${run.text}" and "${other.text}" meet on page ${run.page}: ${across}, ${down}`);
        }
      }
    }
    expect(problems).toEqual([]);
  });

  it('prints every value as a run of its own that its normaliser reads', () => {
    for (const { content, runs } of all) {
      const texts = runs.map(({ text }) => text);
      const has = (what: string, wanted: (text: string) => boolean): void =>
        expect(texts.some(wanted) ? '' : `${layout.name}: no ${what}`).toBe('');
      for (const exact of [
        content.vendor.name,
        ...content.vendor.address,
        content.vendor.taxId,
        content.vendor.bank,
        content.customer.name,
        ...content.customer.address,
        content.number,
        content.order,
        ...content.lines.map(({ description }) => description),
      ])
        if (exact !== null) has(exact, (text) => text === exact);
      has('account', (text) => text.replaceAll(' ', '') === content.vendor.iban);
      for (const iso of [content.date, content.due])
        if (iso !== null)
          has(iso, (text) => {
            const read = normalise(text, content.currency === 'USD' ? 'us-date' : 'date');
            return read.ok && read.text === iso;
          });
      const amounts = new Set(texts.flatMap((text) => [normalise(text, 'amount')]).flatMap((read) => (read.ok ? [read.text] : [])));
      for (const minor of [
        content.netMinor,
        content.taxMinor,
        content.totalMinor,
        ...content.lines.flatMap((l) => [l.unitPriceMinor, l.amountMinor]),
      ])
        expect(amounts).toContain((minor / 100).toFixed(2));
      for (const { quantity } of content.lines) has('quantity', (text) => text === String(quantity));
      has('rate', (text) => text.includes(`${content.taxRate} %`));
      has(
        'currency',
        (text) => text.includes(content.currency) || text.includes({ EUR: '€', USD: '$', GBP: '£', CHF: 'CHF' }[content.currency]),
      );
      const running = texts.join(' ');
      for (const text of [...content.notes, ...content.injected]) expect(running).toContain(text);
    }
  });

  it('puts lines in order over pages, with heads on each, and totals on the last', () => {
    for (const { content, runs } of all) {
      const pages = new Set(runs.map(({ page }) => page)).size;
      const count = content.lines.length;
      if (count <= 8) expect(pages).toBe(1);
      else expect([2, 3]).toContain(pages);
      const printed = printDocument(content, layout.exam ? 'exam' : 'train', `${layout.name}/${content.language}-${count}`);
      const amountHeads = runs.filter(({ text }) => text === printed.heads.amount);
      expect(new Set(amountHeads.map(({ page }) => page)).size).toBe(pages);
      const totalPages = runs.filter(({ text }) => text === printed.total.value).map(({ page }) => page);
      expect(totalPages).toContain(pages - 1);
      const lines = runs.filter(({ text }) => content.lines.some(({ description }) => description === text));
      expect(lines.map(({ text }) => text)).toEqual(content.lines.map(({ description }) => description));
      expect(lines.every((line, i) => i === 0 || line.page > (lines[i - 1] as Run).page || line.top > (lines[i - 1] as Run).top)).toBe(
        true,
      );
      if (pages > 1) expect(runs.filter(({ text }) => text.startsWith(printed.carried(1).label)).length).toBe(2 * (pages - 1));
    }
  });

  it('says what it is, and uses the labels of its half', () => {
    for (const { content, runs } of all) {
      const exam = labels(content.language, 'exam');
      const texts = new Set(runs.map(({ text }) => text.replace(/:$/, '')));
      const unseen = LABEL_KEYS.flatMap((key) => exam[key]).filter((label) => texts.has(label));
      if (layout.exam) expect(unseen.length).toBeGreaterThan(0);
      else expect(unseen).toEqual([]);
      const title = (key: 'invoice' | 'creditNote') =>
        [...labels(content.language, 'train')[key], ...exam[key]].some((label) => texts.has(label));
      expect(title('creditNote')).toBe(content.kind === 'credit-note');
      expect(title('invoice')).toBe(content.kind === 'invoice');
    }
  });
});

describe('what is not known is not printed', () => {
  it('neither days, nor terms, nor another number', () => {
    for (const layout of LAYOUTS) {
      for (let i = 0; i < 20; i++) {
        const content = { ...sampleContent(`gap-${i}`), number: null, date: null, due: null, order: null };
        const canvas = remember(A4);
        layOut(content, style(layout.name, String(i)), canvas);
        const table = labels(content.language, 'train');
        const others = labels(content.language, 'exam');
        const never = (['due', 'order', 'deliveryDate', 'deliveryNote', 'terms'] as const).flatMap((key) => [
          ...table[key],
          ...others[key],
        ]);
        const shared = (['method', 'position', 'article', 'quantity', 'description'] as const).flatMap((key) => [
          ...table[key],
          ...others[key],
        ]);
        for (const { text } of canvas.runs) {
          const bare = text.replace(/:$/, '');
          if (!shared.includes(bare)) expect(never).not.toContain(bare);
          expect(normalise(text, 'date').ok ? text : '').toBe('');
        }
      }
    }
  });
});

it('splits 9 to 24 lines over two or three pages', () => {
  for (let count = 9; count <= 24; count++)
    for (const first of [6, 7, 8])
      for (const next of [9, 10, 11, 12]) {
        const pages = splitLines(count, first, next);
        expect(pages.reduce((sum, lines) => sum + lines, 0)).toBe(count);
        expect(pages.length === 2 || pages.length === 3).toBe(true);
        expect(Math.min(...pages)).toBeGreaterThan(0);
      }
});
