import { describe, expect, it } from 'vitest';
import type { Target } from '../../src/records/index.ts';
import { Cells } from './sources.ts';

const cellsOf = (texts: readonly string[]): readonly Target[] =>
  texts.map((text, reference) => ({ reference, role: '', name: text, states: [], offers: ['copy'], text }));

const german = (...texts: string[]): Cells => new Cells(cellsOf(texts), 'de', false);

describe('sources on a document', () => {
  it('are right by value, and beside their label where a value stands twice', () => {
    const cells = german('Netto', '1.200,00 €', 'MwSt. 0 %', '0,00 €', 'Gesamtbetrag:', '1.200,00 €', 'Lieferdatum', '12.03.2026');
    expect(cells.find('1200.00', 'amount', ['total'])).toEqual({ reference: 5, as: 'amount' });
    expect(cells.find('1200.00', 'amount', ['net'])).toEqual({ reference: 1, as: 'amount' });
    expect(cells.find('0.00', 'amount', ['tax'])).toEqual({ reference: 3, as: 'amount' });
    expect(cells.find('2026-03-12', 'date', ['date'])).toEqual({ reference: 7, as: 'date' });
    expect(cells.find('1200.01', 'amount', ['total'])).toBeNull();
  });

  it('of a line stand in the column of their head', () => {
    const heads = ['Pos.', 'Bezeichnung', 'Menge', 'Einzelpreis', 'Betrag'];
    const cells = german(...heads, '1', 'Toner', '1', '1,00', '1,00', '2', 'Kabel', '2', '7,00', '14,00');
    expect(cells.findInRow('Toner', '1', 'integer', 'quantity')).toEqual({ reference: 7, as: 'integer' });
    expect(cells.findInRow('Toner', '1.00', 'amount', 'unitPrice')).toEqual({ reference: 8, as: 'amount' });
    expect(cells.findInRow('Kabel', '2', 'integer', 'quantity')).toEqual({ reference: 12, as: 'integer' });
    expect(cells.findInRow('Papier', '2', 'integer', 'quantity')).toBeNull();
    const turned = german('Menge', 'Bezeichnung', 'Einzelpreis', '3', 'Toner', '3,00');
    expect(turned.findInRow('Toner', '3', 'integer', 'quantity')).toEqual({ reference: 3, as: 'integer' });
  });

  it('read slashes as the document means them', () => {
    const cells = (monthFirst: boolean): Cells => new Cells(cellsOf(['Date', '03/04/2026']), 'en', monthFirst);
    expect(cells(true).find('2026-03-04', 'date', ['date'])).toEqual({ reference: 1, as: 'us-date' });
    expect(cells(false).find('2026-04-03', 'date', ['date'])).toEqual({ reference: 1, as: 'date' });
  });

  it('of a slip are others of the same kind', () => {
    const cells = german('12,00', '13,00', 'Toner');
    expect(cells.findOther('12.00', 'amount', ([first]) => first as { reference: number })).toEqual({ reference: 1, as: 'amount' });
    expect(german('12,00').findOther('12.00', 'amount', ([first]) => first as { reference: number })).toBeNull();
  });
});
