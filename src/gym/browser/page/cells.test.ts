import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { mergeRuns, type TextRun } from './cells.ts';
import { splitLong, tidy } from './text.ts';

/** Characters of 10 pt are 5 wide. */
const run = (text: string, x: number, y: number, height = 10): TextRun => ({ text, x, y, width: (text.length * height) / 2, height });
const rows = (runs: readonly TextRun[]): string[][] => {
  const all: string[][] = [];
  for (const { text, row } of mergeRuns(runs)) {
    if (row) all.push([]);
    all.at(-1)?.push(text);
  }
  return all;
};

const anyRun = fc.record({
  text: fc.string({ unit: fc.constantFrom('a', 'b', 'é', '1', ' ', '.', '€'), maxLength: 12 }),
  x: fc.integer({ min: 0, max: 500 }),
  y: fc.integer({ min: 0, max: 700 }),
  width: fc.integer({ min: 0, max: 120 }),
  height: fc.constantFrom(0, 8, 10, 18),
});
const letters = (texts: readonly string[]): string => [...texts.join('').replace(/\s/g, '')].sort().join('');

describe('runs of text become cells', () => {
  it('joins what is adjacent, with a space where there is a small gap', () => {
    expect(rows([run('Inv', 0, 0), run('oice', 15, 0), run('no.', 38, 0), run('4711', 120, 0)])).toEqual([['Invoice no.', '4711']]);
    expect(rows([run('Total:', 0, 0), run('12,00', 33, 0.5)])).toEqual([['Total: 12,00']]);
    expect(rows([run('a ', 0, 0), run(' b', 10, 0)])).toEqual([['a b']]);
  });

  it('begins a row at each base line, whatever the size of the letters', () => {
    expect(rows([run('BIG', 0, 0, 20), run('small', 100, 10, 10), run('next', 0, 24)])).toEqual([['BIG', 'small'], ['next']]);
  });

  it('keeps the rows of a table', () => {
    const table = ['Item|Qty|Price', 'Nut|2|1.00', 'Bolt|30|12.00', 'Gear|4|7.50'].flatMap((line, i) =>
      line.split('|').map((text, column) => run(text, column * 100, i * 14)),
    );
    expect(rows(table)).toEqual([
      ['Item', 'Qty', 'Price'],
      ['Nut', '2', '1.00'],
      ['Bolt', '30', '12.00'],
      ['Gear', '4', '7.50'],
    ]);
  });

  it('reads separate blocks one after another, and what stands below them afterwards', () => {
    const left = ['Acme GmbH', 'Main Street 1', '12345 Berlin'].map((text, i) => run(text, 0, i * 12));
    const right = ['Invoice 17', 'of March 3', 'due April 2'].map((text, i) => run(text, 300, 5 + i * 17));
    const below = [run('Thank you for everything that you have ever ordered from us, dear customer', 0, 100)];
    expect(rows([...below, ...right, ...left]).flat()).toEqual([...left, ...right, ...below].map(({ text }) => text));
  });

  it('reads prose in two columns, even on shared base lines', () => {
    const prose = (n: string) => Array.from({ length: 5 }, (_, i) => `column ${n}, line ${i} of a long text`);
    const columns = [prose('one').map((text, i) => run(text, 0, i * 12)), prose('two').map((text, i) => run(text, 300, i * 12))].flat();
    expect(rows(columns).flat()).toEqual([...prose('one'), ...prose('two')]);
  });

  it('loses no text and does not depend on the order of the runs', () => {
    fc.assert(
      fc.property(fc.array(anyRun, { maxLength: 40 }), fc.infiniteStream(fc.nat()), (runs, random) => {
        const cells = mergeRuns(runs);
        expect(letters(cells.map(({ text }) => text))).toBe(letters(runs.map(({ text }) => text)));
        expect(cells.every(({ text }) => text === tidy(text) && text !== '')).toBe(true);
        expect(cells[0]?.row ?? true).toBe(true);
        expect(cells.every(({ run: index }) => runs[index] !== undefined)).toBe(true);
        const shuffled: TextRun[] = [...runs];
        for (let i = shuffled.length - 1; i > 0; i--) {
          const j = (random.next().value as number) % (i + 1);
          [shuffled[i], shuffled[j]] = [shuffled[j] as TextRun, shuffled[i] as TextRun];
        }
        expect(mergeRuns(shuffled).map(({ text, row }) => ({ text, row }))).toEqual(cells.map(({ text, row }) => ({ text, row })));
      }),
      { numRuns: 300 },
    );
  });

  it('bears broken geometry', () => {
    expect(mergeRuns([{ text: 'x', x: Number.NaN, y: Number.POSITIVE_INFINITY, width: -1, height: -5 }])).toEqual([
      { text: 'x', row: true, run: 0 },
    ]);
    expect(mergeRuns([])).toEqual([]);
  });
});

describe('long text', () => {
  it('is split without loss, never within a surrogate pair', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 200 }), (raw) => {
        const text = tidy(raw);
        const parts = splitLong(text, 12);
        expect(parts.join('').replaceAll(' ', '')).toBe(text.replaceAll(' ', ''));
        expect(parts.every((part) => part.length <= 12 && part.isWellFormed())).toBe(true);
      }),
    );
  });
});
