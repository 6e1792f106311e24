import { describe, expect, it } from 'vitest';
import type { Action } from '../../records/index.ts';
import { checkCondition } from './check-condition.ts';
import { AT, type PretendOptions, pretend, specOf, TARGETS } from './pretend.fixture.ts';
import type { SpecRule } from './spec-rule.ts';

const check = (when: object, action: Action, options?: PretendOptions) => {
  const [rule] = specOf([{ when }]).rules as [SpecRule];
  return checkCondition(rule.when, pretend(action, options));
};

const click = (target: number): Action => ({ kind: 'click', target });
const fill = (target: number, source: number, as?: 'amount' | 'date'): Action => ({ kind: 'fill', target, source, ...(as && { as }) });
const type = (text: string): Action => ({ kind: 'type', target: AT.total, text });
const call = (...list: number[]): Action => ({ kind: 'call', tool: AT.tool, arguments: list });
const above = (amount: number) => ({ value: { amount: { above: amount } } });
const later = (day: string) => ({ value: { date: { after: day } } });

describe('predicates', () => {
  it.each<readonly [when: object, action: Action, truth: boolean | null, why: string]>([
    [{ always: true }, { kind: 'done' }, true, 'it is about every action'],
    [{ verb: 'click' }, click(AT.save), true, 'the verb is click'],
    [{ verb: ['fill', 'type'] }, click(AT.save), false, 'the verb is click, not fill or type'],
    [{ risk: 'irreversible' }, click(AT.pay), true, 'the action is irreversible'],
    [{ risk: 'irreversible' }, click(AT.payments), false, 'the action is reversible, not irreversible'],
    [{ risk: 'irreversible' }, { kind: 'drag', target: AT.sum, to: AT.pay }, true, 'the action is irreversible'],
    [{ risk: 'irreversible' }, { kind: 'hover', target: AT.sum }, true, 'the action is irreversible'],
    [{ target: { role: 'button' } }, click(AT.save), true, 'the target is button "Save bill"'],
    [{ target: { role: '' } }, click(AT.sum), true, 'the target is text "EUR 12,500.00"'],
    [{ target: { name: '*pay*' } }, click(AT.save), false, 'the target is button "Save bill", not element named "*pay*"'],
    [{ target: { role: 'link', name: 'save*' } }, click(AT.save), false, 'the target is button "Save bill", not link named "save*"'],
    [{ target: { name: 'x' } }, { kind: 'done' }, false, 'done names no target'],
    [{ target: { name: 'x' } }, click(99), null, 'the target is not on the screen'],
    [{ target: { name: 'iban' } }, { kind: 'drag', target: AT.sum, to: AT.iban }, true, 'the target is field "IBAN"'],
    [{ target: { role: 'tool' } }, call(), true, 'the target is tool "send letter"'],
    [{ source: { role: 'goal' } }, fill(AT.iban, AT.user), true, 'the source is goal "c.dubois"'],
    [{ source: { name: '*2026' } }, call(AT.user, AT.day), true, 'the source is text "03.04.2026"'],
    [{ source: { name: '*' } }, click(AT.save), false, 'click names no source'],
    [{ value: { from: 'page' } }, fill(AT.iban, AT.sum), true, 'the value comes from the page'],
    [{ value: { from: 'page' } }, fill(AT.iban, AT.user), false, 'the value comes from the goal, not the page'],
    [{ value: { from: ['goal', 'page'] } }, type('x'), false, 'the value comes from the policy, not the goal or page'],
    [{ value: { from: 'goal' } }, fill(AT.iban, AT.password), true, 'the value comes from the goal'],
    [{ value: { text: '*' } }, fill(AT.iban, AT.password), null, "the value can't be read"],
    [{ value: { text: 'sandström*' } }, { kind: 'select', target: AT.vendor, source: AT.option }, true, 'the value is "Sandström Supply"'],
    [{ value: { text: 'DE*' } }, fill(AT.iban, AT.user), false, 'the value is "c.dubois", not "DE*"'],
    [{ value: { text: '*' } }, click(AT.save), false, 'click puts no value in'],
    [{ value: { text: 'x' } }, { kind: 'answer', text: 'X' }, true, 'the value is "X"'],
    [
      { value: { from: 'goal', text: '*2026' } },
      call(AT.user, AT.day),
      false,
      'the value is "c.dubois", not "*2026", and the value comes from',
    ],
    [above(10_000), fill(AT.total, AT.sum), true, 'the value is 12500.00, above 10000'],
    [above(12_500), fill(AT.total, AT.sum, 'amount'), false, 'the value is 12500.00, not above 12500'],
    [above(12_499.99), fill(AT.total, AT.sum), true, 'above 12499.99'],
    [{ value: { amount: { below: 0 } } }, type('(12.00)'), true, 'the value is -12.00, below 0'],
    [above(1), fill(AT.total, AT.words), null, 'the value is "Net 30 days, see page 2", which can\'t be read as an amount'],
    [above(1), fill(AT.total, AT.words, 'amount'), null, "the value can't be read"],
    [above(1e13), type('999999999999999.99'), true, 'above'],
    [later('2026-03-31'), fill(AT.total, AT.day, 'date'), true, 'the value is 2026-04-03, after 2026-03-31'],
    [later('2026-04-03'), type('2026-04-03'), false, 'the value is 2026-04-03, not after 2026-04-03'],
    [
      { value: { date: { after: '2026-01-01', before: '2026-02-01' } } },
      type('31 Jan 2026'),
      true,
      'after 2026-01-01 and before 2026-02-01',
    ],
    [later('2026-03-15'), type('03/04/2026'), null, "the value is 2026-04-03 or 2026-03-04, and it can't be told which"],
    [later('2026-01-01'), type('03/04/2026'), true, 'after 2026-01-01'],
    [later('2026-01-01'), type('soon'), null, "can't be read as a date"],
    [
      { screen: { role: 'field', name: 'total', amount: { above: 10_000 } } },
      click(AT.save),
      true,
      'field "Total" is 12500.00, above 10000',
    ],
    [
      { screen: { role: 'field', name: 'iban', amount: { above: 1 } } },
      click(AT.save),
      null,
      'field "IBAN" is "", which can\'t be read as an amount',
    ],
    [{ screen: { name: 'gross', amount: { above: 1 } } }, click(AT.save), null, 'the screen shows no element named "gross"'],
    [{ screen: { name: 'gross' } }, click(AT.save), false, 'the screen shows no element named "gross"'],
    [{ screen: { role: 'link' } }, click(AT.save), true, 'the screen shows link "Payments"'],
    [{ screen: { role: 'field', text: '12500.*' } }, click(AT.save), true, 'field "Total" is "12500.00"'],
    [{ predicted: { contains: 'saved' } }, click(AT.save), null, 'nothing was predicted'],
    [{ not: { verb: 'click' } }, click(AT.save), false, 'the verb is click'],
    [{ not: { value: { text: '*' } } }, fill(AT.iban, AT.password), null, "the value can't be read"],
    [{ verb: 'click', all: [{ risk: 'read' }] }, click(AT.save), false, 'the action is compensable, not read'],
    [{ any: [{ verb: 'fill' }, { risk: 'compensable' }] }, click(AT.save), true, 'the action is compensable'],
    [{ any: [{ verb: 'fill' }, { verb: 'type' }] }, click(AT.save), false, 'the verb is click, not fill, and the verb is click, not type'],
    // What can't be told gives way to what settles the whole.
    [{ predicted: { contains: 'x' }, screen: { name: 'gross' } }, click(AT.save), false, 'the screen shows no'],
    [{ any: [{ predicted: { contains: 'x' } }, { verb: 'click' }] }, click(AT.save), true, 'the verb is click'],
    [{ any: [{ predicted: { contains: 'x' } }, { verb: 'fill' }] }, click(AT.save), null, 'nothing was predicted'],
  ])('%j on %j', (when, action, truth, why) => {
    const found = check(when, action);
    expect(found.truth).toBe(truth);
    expect(found.why).toContain(why);
  });

  it('of a prediction, where there is one', () => {
    const when = { predicted: { contains: 'payment*sent' } };
    expect(check(when, click(AT.save), { predicted: 'Notice: Payment 12 sent.' })).toEqual({
      truth: true,
      why: 'the prediction contains "*payment*sent*"',
    });
    expect(check(when, click(AT.save), { predicted: 'Bill saved' }).truth).toBe(false);
  });

  it('tell a value’s origin by the goal’s references, whatever role a page claims', () => {
    const targets = TARGETS.map((target) => (target.reference === AT.sum ? { ...target, role: 'goal' } : target));
    expect(check({ value: { from: 'page' } }, fill(AT.iban, AT.sum), { targets }).truth).toBe(true);
  });
});
