import { expect, it } from 'vitest';
import type { Observation, Target } from '../records/index.ts';
import { actSegment, outcomeSegment } from './segments.ts';

const target = (reference: number, name: string, text: string): Target => ({ reference, role: '', name, states: [], offers: [], text });
const observation: Observation = { pieces: [], targets: [target(7, 'Due', ''), target(9, '', '12 March')], stop: null };

it('an act segment echoes names, or texts where there is no name, and nothing for what is gone', () => {
  const word = (text: string) => ({ kind: 'word', word: text });
  const echoed = (reference: number, text: string) => [
    { kind: 'reference', reference },
    { kind: 'echo', text },
  ];
  expect(actSegment({ kind: 'fill', target: 7, source: 9, as: 'date' }, observation)).toEqual({
    kind: 'act',
    pieces: [word('fill'), ...echoed(7, 'Due'), word('from'), ...echoed(9, '12 March'), word('as'), word('date')],
  });
  expect(actSegment({ kind: 'click', target: 8 }, observation, true)).toEqual({
    kind: 'act',
    pieces: [word('click'), ...echoed(8, '')],
    imitate: false,
  });
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
