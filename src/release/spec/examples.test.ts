/** The two example specs, read from their files, on actions of the invoices gym. */
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import type { Action, Target } from '../../records/index.ts';
import { countsOf, EMPTY_LEDGER, explain, judgeAction, lintSpec, loadSpec, recordAction } from './index.ts';
import { AT, pretend, TARGETS } from './pretend.fixture.ts';

const clerk = loadSpec(fileURLToPath(new URL('./clerk.fixture.yaml', import.meta.url)));
const tiny = loadSpec(fileURLToPath(new URL('./tiny.fixture.yaml', import.meta.url)));
const INVOICES = {
  ...({ click: 'reversible', fill: 'reversible', clear: 'reversible', select: 'reversible' } as const),
  ...({ wait: 'read', ask: 'read', abstain: 'read', done: 'read' } as const),
};
const click = (target: number): Action => ({ kind: 'click', target });
const withTotal = (value: string, name = 'Total'): Target[] =>
  TARGETS.map((target) => (target.reference === AT.total ? { ...target, name, value } : target));

describe('the clerk for accounts payable', () => {
  it.each<readonly [what: string, action: Action, targets: readonly Target[], effect: string, decidedBy: readonly string[]]>([
    ['fills', { kind: 'fill', target: AT.total, source: AT.sum, as: 'amount' }, TARGETS, 'allow', ['enter']],
    ['selects', { kind: 'select', target: AT.vendor, source: AT.option }, TARGETS, 'allow', ['enter']],
    ['types nothing', { kind: 'type', target: AT.total, text: '1.00' }, TARGETS, 'forbid', ['never-type']],
    ['saves a small bill', click(AT.save), withTotal('9,999.99'), 'allow', ['save']],
    ['saves a bill of exactly 10,000', click(AT.save), withTotal('10000.00'), 'allow', ['save']],
    ['asks before a large one', click(AT.save), withTotal('10.000,01 €'), 'ask', ['large-bills']],
    ['asks where the total can not be read', click(AT.save), withTotal(''), 'ask', ['large-bills']],
    ['asks where there is no total', click(AT.save), withTotal('5.00', 'Sum'), 'ask', ['large-bills']],
    ['never opens the payments', click(AT.payments), TARGETS, 'forbid', ['never-pay']],
    ['never pays', click(AT.pay), TARGETS, 'forbid', ['never-pay']],
    ['copies an account from the document', { kind: 'fill', target: AT.iban, source: AT.words }, TARGETS, 'allow', ['enter']],
    ['asks before it takes one from elsewhere', { kind: 'fill', target: AT.iban, source: AT.user }, TARGETS, 'ask', ['new-account']],
    ['finishes', { kind: 'done' }, TARGETS, 'allow', []],
  ])('%s', (_, action, targets, effect, decidedBy) => {
    expect(judgeAction(clerk, pretend(action, { targets }))).toMatchObject({ effect, decidedBy });
    expect(explain(clerk, pretend(action, { targets }))).toHaveLength(clerk.rules.length);
  });

  it('asks where the button has another name', () => {
    const targets = TARGETS.map((target) => (target.reference === AT.save ? { ...target, name: 'Post voucher' } : target));
    expect(judgeAction(clerk, pretend(click(AT.save), { targets }))).toMatchObject({ effect: 'ask', decidedBy: [] });
  });

  it('saves at most 200 times in any 24 hours', () => {
    let ledger = EMPTY_LEDGER;
    const start = Date.UTC(2026, 0, 5, 8);
    const judgeAt = (nowMs: number) =>
      judgeAction(clerk, { ...pretend(click(AT.save), { targets: withTotal('12.00') }), countEarlier: countsOf(ledger, nowMs) });
    for (let i = 0; i < 200; i++) {
      const { effect, counts } = judgeAt(start + i * 60_000);
      expect(effect).toBe('allow');
      ledger = recordAction(ledger, counts, start + i * 60_000);
    }
    expect(judgeAt(start + 200 * 60_000)).toMatchObject({ effect: 'forbid', decidedBy: ['saves-a-day'] });
    expect(judgeAt(start + 24 * 3_600_000).effect).toBe('allow');
  });

  it('tells why', () => {
    const [sentence] = judgeAction(clerk, pretend(click(AT.payments))).sentences;
    expect(sentence).toBe(
      'Forbidden by never-pay (platform): The clerk enters bills and never touches payments. Here the verb is click and the target is link "Payments".',
    );
  });

  it('leaves nothing to warn of but verbs that this gym lacks', () => {
    expect(lintSpec(clerk, { actions: INVOICES }).map(({ kind, rule }) => [kind, rule])).toEqual([
      ['unknown-verb', 'never-pay'],
      ['unknown-verb', 'never-type'],
    ]);
  });
});

describe('the tiny one', () => {
  it('only looks', () => {
    expect(judgeAction(tiny, pretend({ kind: 'done' })).effect).toBe('allow');
    expect(judgeAction(tiny, pretend(click(AT.total)))).toMatchObject({ effect: 'forbid', decidedBy: ['look-only'] });
    expect(lintSpec(tiny).map(({ kind }) => kind)).toEqual([]);
  });
});
