import { describe, expect, it } from 'vitest';
import { act, echo, fill, ref, text, word } from '../../test/form-transcripts.ts';
import type { Piece } from '../records/index.ts';
import { neighboursOf } from './layout.ts';
import { ScreenReader, spelledAction } from './screen.ts';

const observe = (...pieces: readonly Piece[]) => ({ kind: 'observe', pieces }) as const;

function reader(...pieces: readonly Piece[]): ScreenReader {
  const read = new ScreenReader();
  read.read({ kind: 'goal', pieces: [text('Enter it. User '), text('a.b'), ref(9)] });
  read.read(observe(...pieces));
  return read;
}

const shown = (read: ScreenReader) => read.state.items.map(({ reference, role, name }) => [reference, role, name]);

describe('ScreenReader', () => {
  it('reads roles, names, values, states and lines', () => {
    const { items } = reader(
      ...[text('button Save (disabled)'), ref(1)],
      ...[text('\nlist Kind'), word('value'), text('Invoice'), ref(2)],
      ...[text('Total'), ref(3), text('12,50'), ref(4)],
    ).state;
    expect(items[1]).toMatchObject({ reference: 1, role: 'button', name: 'Save', states: 'disabled', line: 2 });
    expect(items[2]).toMatchObject({ reference: 2, role: 'list', name: 'Kind', value: 'Invoice', isFilled: false, line: 3 });
    expect(items[3]).toMatchObject({ reference: 3, role: '', name: 'Total', line: 3 });
    expect(items[0]).toMatchObject({ reference: 9, role: 'goal' });
  });

  it('follows what is filled, what changes and what leaves', () => {
    const read = reader(text('field A'), ref(1), text('hint'), ref(2));
    read.read(fill(1, 'A', 2));
    expect(read.state.items.find(({ reference }) => reference === 1)?.isFilled).toBe(true);
    read.read(observe(word('gone'), ref(2), word('value'), text('7'), ref(1), text('Saved'), ref(3)));
    expect(shown(read)).toEqual([
      [9, 'goal', expect.any(String)],
      [1, 'field', 'A'],
      [3, '', 'Saved'],
    ]);
    expect(read.state.items.find(({ reference }) => reference === 1)?.value).toBe('7');
    expect(read.state.changes).toEqual(['gone hint', 'value A 7', ' Saved ']);
  });

  it('keeps the form when a page is turned, and nothing but the frame when another has come', () => {
    const pieces = [text('link Home'), ref(1), text('some text'), ref(2), text('field A'), ref(3)];
    const turned = reader(...pieces);
    turned.read(observe(word('gone'), text('40\n'), text('other text'), ref(5)));
    expect(turned.state.items.map(({ reference }) => reference)).toEqual([9, 1, 3, 5]);
    const left = reader(...pieces);
    left.read(observe(word('gone'), text('40\n'), text('heading Inbox'), ref(5)));
    expect(left.state.items.map(({ reference }) => reference)).toEqual([9, 1, 5]);
  });

  it('remembers the last three actions, and the last that copied', () => {
    const read = reader(text('field A 12'), ref(1), text('x'), ref(2), text('button Go'), ref(3));
    read.read(fill(1, 'A 12', 2));
    for (let i = 0; i < 3; i++) read.read(act(word('click'), ref(3), echo('Go')));
    expect(read.state.past.map(({ verb, targetName }) => [verb, targetName])).toEqual(Array(3).fill(['click', 'go']));
    expect(read.state.lastCopy).toEqual({ verb: 'fill', target: 1, targetName: 'a 0', source: 2 });
  });

  it('reads anything', () => {
    const read = reader(ref(1), ref(1), word('gone'), word('gone'), text(''), word('value'), ref(77), text('(('), ref(3), word('value'));
    read.read({ kind: 'act', pieces: [] });
    expect(read.state.items.length).toBeGreaterThan(0);
  });
});

describe('spelledAction', () => {
  it('tells target, source and normaliser apart', () => {
    expect(spelledAction(fill(1, 'A', 2))).toEqual({ verb: 'fill', target: 1, source: 2, as: 'integer' });
    expect(spelledAction(act(word('answer'), ref(4), echo('x')))).toEqual({ verb: 'answer', target: undefined, source: 4, as: undefined });
    expect(spelledAction(act(word('wait')))).toEqual({ verb: 'wait', target: undefined, source: undefined, as: undefined });
  });
});

describe('neighboursOf', () => {
  it('knows the label to the left, above, and at the head of a column', () => {
    const { items } = reader(
      ...[text('Item'), ref(1), text('Qty'), ref(2)],
      ...[text('\nbolt'), ref(3), text('12'), ref(4)],
      ...[text('\nnut'), ref(5), text('7'), ref(6)],
      ...[text('\nTotal'), ref(7)],
    ).state;
    const near = neighboursOf(items);
    const of = (reference: number) => near.get(items.find((item) => item.reference === reference) as (typeof items)[number]);
    expect(of(6)).toEqual({ left: 'nut', above: '12', head: 'Qty', column: 1, columns: 2 });
    expect(of(1)).toEqual({ left: '^', above: '^', head: '', column: 0, columns: 2 });
    expect(of(7)).toMatchObject({ left: '^', above: '~nut', head: '' });
  });
});
