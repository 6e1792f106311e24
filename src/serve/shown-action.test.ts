import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Action, Target } from '../records/index.ts';
import { digestOf, type ShownAction } from './shown-action.ts';

const target = (reference: number, role: string, name: string, more: Partial<Target> = {}): Target => ({
  ...{ reference, role, name, states: [], offers: ['click'], text: '' },
  ...more,
});
const SCREEN: readonly Target[] = [
  target(3, 'field', 'Total', { value: '100.00', offers: ['fill', 'copy'], text: '100.00' }),
  target(4, '', '250.00', { offers: ['copy'], text: '250.00' }),
  target(5, 'button', 'Pay', { risk: 'irreversible' }),
  target(6, 'button', 'Pay', { risk: 'irreversible' }),
];
const shown = (action: Action, more: Partial<ShownAction> = {}): ShownAction => ({ job: 'j1', step: 7, action, targets: SCREEN, ...more });
const PAY = shown({ kind: 'click', target: 5 });

describe('the digest of an action', () => {
  it('is the same however the references were dealt (property)', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.nat(255), { minLength: 4, maxLength: 4 }), ([a = 0, b = 0, c = 0, d = 0]) => {
        const dealt = [a, b, c, d];
        const targets = SCREEN.map((one, i) => ({ ...one, reference: dealt[i] as number }));
        expect(digestOf(shown({ kind: 'click', target: c }, { targets }))).toBe(digestOf(PAY));
        expect(digestOf(shown({ kind: 'fill', target: a, source: b, as: 'amount' }, { targets }))).toBe(
          digestOf(shown({ kind: 'fill', target: 3, source: 4, as: 'amount' })),
        );
      }),
    );
  });

  it('is another one for another job, step, action, or anything else on the screen', () => {
    const edited = (i: number, more: Partial<Target>): ShownAction => ({
      ...PAY,
      targets: SCREEN.map((one, at) => (at === i ? { ...one, ...more } : one)),
    });
    const others: ShownAction[] = [
      { ...PAY, job: 'j2' },
      { ...PAY, step: 8 },
      shown({ kind: 'click', target: 6 }),
      shown({ kind: 'hover', target: 5 }),
      shown({ kind: 'fill', target: 3, source: 4 }),
      shown({ kind: 'fill', target: 3, source: 4, as: 'amount' }),
      shown({ kind: 'type', target: 3, text: '250.00' }),
      shown({ kind: 'type', target: 3, text: '260.00' }),
      shown({ kind: 'scroll', direction: 'up', target: 5 }),
      shown({ kind: 'scroll', direction: 'down', target: 5 }),
      shown({ kind: 'press', key: 'enter' }),
      shown({ kind: 'press', key: 'tab' }),
      shown({ kind: 'done' }),
      edited(0, { value: '900.00' }),
      edited(1, { name: '251.00' }),
      edited(1, { text: '251.00' }),
      edited(2, { states: ['disabled'] }),
      edited(3, { offers: [] }),
      edited(3, { risk: 'read' }),
      edited(2, { role: 'link' }),
      { ...PAY, targets: SCREEN.slice(0, 3) },
      { ...PAY, targets: [...SCREEN, target(9, '', 'late line')] },
    ];
    const digests = [PAY, ...others].map(digestOf);
    expect(new Set(digests).size).toBe(digests.length);
  });

  it('is refused for what is not on the screen', () => {
    expect(() => digestOf(shown({ kind: 'click', target: 200 }))).toThrow('not on the screen');
    expect(() => digestOf(shown({ kind: 'fill', target: 3, source: 200 }))).toThrow('not on the screen');
  });
});
