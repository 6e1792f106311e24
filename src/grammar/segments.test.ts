import { expect, it } from 'vitest';
import type { Observation, Target } from '../records/index.ts';
import { actSegment, echoesOf, outcomeSegment } from './segments.ts';

const target = (reference: number, name: string, text: string): Target => ({ reference, role: '', name, states: [], offers: [], text });
const observation: Observation = { pieces: [], targets: [target(7, 'Due', ''), target(9, '', '12 March')], stop: null };

it('an act segment echoes names, or texts where there is no name, and nothing for what is gone', () => {
  const word = (text: string) => ({ kind: 'word', word: text });
  const echoed = (reference: number, text: string, ...next: string[]) => [
    { kind: 'reference', reference },
    { kind: 'echo', text, ...(next.length > 0 ? { next } : {}) },
  ];
  expect(actSegment({ kind: 'fill', target: 7, source: 9, as: 'date' }, observation)).toEqual({
    kind: 'act',
    pieces: [word('fill'), ...echoed(7, 'Due', '12 March'), word('from'), ...echoed(9, '12 March'), word('as'), word('date')],
  });
  expect(actSegment({ kind: 'click', target: 8 }, observation, true)).toEqual({
    kind: 'act',
    pieces: [word('click'), ...echoed(8, '')],
    imitate: false,
  });
});

it('plain text is echoed with the four texts after it; fields and buttons are not', () => {
  const shown = ['2', 'Toner', '24.50', '49.00', '3', 'Paper'].map((text, i) => target(i, '', text));
  const button: Target = { ...target(6, 'Save', ''), role: 'button' };
  const echoes = echoesOf({ pieces: [], targets: [...shown, button], stop: null });
  expect(echoes.get(1)).toEqual({ text: 'Toner', next: ['24.50', '49.00', '3', 'Paper'] });
  expect(echoes.get(4)).toEqual({ text: '3', next: ['Paper', 'Save'] });
  expect(echoes.get(6)).toEqual({ text: 'Save' });
});

it('an outcome segment says success or failure, names what broke, and is empty without a score', () => {
  const score = { credit: null, reasons: [], broken: [] };
  expect(outcomeSegment({ ...score, success: true }).pieces).toEqual([{ kind: 'word', word: 'success' }]);
  expect(outcomeSegment({ ...score, success: null }).pieces).toEqual([]);
  expect(outcomeSegment({ ...score, success: false, broken: ['never-thrice'] }).pieces).toEqual([
    { kind: 'word', word: 'failure' },
    { kind: 'word', word: 'broken' },
    { kind: 'text', text: 'never-thrice' },
  ]);
});
