/** A screen, specs and conditions to test with. */
import fc from 'fast-check';
import type { Action, Piece, Target } from '../../records/index.ts';
import { type ActionContext, actionContext } from './action-context.ts';
import { parseSpec } from './parse-spec.ts';
import { AUTHORITIES, EFFECTS, type Spec } from './spec-rule.ts';

const target = (reference: number, role: string, name: string, more: Partial<Target> = {}): Target => ({
  ...{ reference, role, name, states: [], offers: ['click', 'fill', 'copy', 'select', 'drag', 'drop', 'call'], text: more.value ?? name },
  ...more,
});

export const AT = {
  user: 1,
  password: 2,
  sum: 3,
  day: 4,
  total: 5,
  iban: 6,
  save: 7,
  payments: 8,
  pay: 9,
  vendor: 10,
  option: 11,
  tool: 12,
  words: 13,
} as const;

export const TARGETS: readonly Target[] = [
  target(AT.user, 'goal', 'c.dubois'),
  target(AT.password, 'secret', 'password of the clerk'),
  target(AT.sum, '', 'EUR 12,500.00'),
  target(AT.day, '', '03.04.2026'),
  target(AT.total, 'field', 'Total', { value: '12500.00' }),
  target(AT.iban, 'field', 'IBAN', { value: '' }),
  target(AT.save, 'button', 'Save bill', { risk: 'compensable' }),
  target(AT.payments, 'link', 'Payments'),
  target(AT.pay, 'button', 'Pay 460-07673', { risk: 'irreversible' }),
  target(AT.vendor, 'list', 'Vendor', { value: 'none' }),
  target(AT.option, 'option', 'Sandström Supply', { offers: ['option'], text: '' }),
  target(AT.tool, 'tool', 'send letter', { risk: 'irreversible' }),
  target(AT.words, '', 'Net 30 days, see page 2'),
];

export const GOAL: readonly Piece[] = [
  { kind: 'text', text: 'Enter what arrived. User c.dubois' },
  { kind: 'reference', reference: AT.user },
  { kind: 'reference', reference: AT.password },
];

export interface PretendOptions {
  readonly targets?: readonly Target[];
  readonly predicted?: string | null;
  readonly earlier?: number;
}

export function pretend(action: Action, { targets = TARGETS, predicted = null, earlier = 0 }: PretendOptions = {}): ActionContext {
  const actions = { click: 'reversible', fill: 'reversible', select: 'reversible', type: 'reversible', call: 'reversible' } as const;
  const more = { drag: 'reversible', press: 'reversible', wait: 'read', done: 'read', answer: 'read', ask: 'read', note: 'read' } as const;
  return actionContext(action, { targets, goal: GOAL, actions: { ...actions, ...more }, predicted, countEarlier: () => earlier });
}

/** A rule as the file has it; what is left out is told by the others. */
export type RuleInput = { readonly when: object } & Readonly<Record<string, unknown>>;

export function specOf(rules: readonly RuleInput[], otherwise = 'irreversible: ask'): Spec {
  const risks = `{ read: allow, reversible: allow, compensable: allow, ${otherwise} }`;
  const written = rules.map((rule, i) => ({ id: `rule-${i}`, authority: 'operator', effect: 'ask', because: 'So it is.', ...rule }));
  return parseSpec(`schemaVersion: 1\nname: pretend\notherwise: ${risks}\nrules: ${JSON.stringify(written)}\n`);
}

const reference = fc.constantFrom(...Object.values(AT), 99);

export const anyAction: fc.Arbitrary<Action> = fc.oneof(
  reference.map((target): Action => ({ kind: 'click', target })),
  fc.record({ kind: fc.constant('fill' as const), target: reference, source: reference }),
  fc.record({ kind: fc.constant('fill' as const), target: reference, source: reference, as: fc.constantFrom('date', 'amount', 'upper') }),
  fc.record({ kind: fc.constant('select' as const), target: reference, source: reference }),
  fc.record({ kind: fc.constant('type' as const), target: reference, text: fc.constantFrom('', '99.00', 'Total', '2026-03-01') }),
  fc.record({ kind: fc.constant('drag' as const), target: reference, to: reference }),
  fc.record({ kind: fc.constant('call' as const), tool: reference, arguments: fc.array(reference, { maxLength: 3 }) }),
  fc.constantFrom<Action>({ kind: 'done' }, { kind: 'wait' }, { kind: 'press', key: 'enter' }, { kind: 'ask' }),
);

export const anyContext: fc.Arbitrary<ActionContext> = fc
  .record({ action: anyAction, predicted: fc.constantFrom(null, 'Bill saved', 'Payment sent'), earlier: fc.integer({ min: 0, max: 4 }) })
  .map(({ action, ...options }) => pretend(action, options));

const some = <T>(...values: T[]) => fc.subarray(values, { minLength: 1 });
const names = some('*', 'Total', '*pay*', 'Save bill', 'S*', '*l', 'IBAN', '*2,5*', 'none');
const naming = fc.oneof(
  fc.record({ role: some('field', 'button', '', '*', 'l*') }),
  fc.record({ name: names }),
  fc.record({ role: some('field', 'button', 'link'), name: names }),
);
const content = fc.oneof(
  fc.record({ text: names }),
  fc.record({ amount: fc.constantFrom({ above: 50 }, { above: 10_000 }, { below: 12_000 }, { above: 1, below: 99_999 }) }),
  fc.record({ date: fc.constantFrom({ after: '2026-03-15' }, { before: '2026-12-31' }, { after: '2026-04-01', before: '2026-05-01' }) }),
);

/** Conditions as the file has them. */
export const { condition: anyCondition } = fc.letrec<{ condition: object }>((tie) => ({
  condition: fc.oneof(
    { maxDepth: 2, depthSize: 'small' },
    fc.constant({ always: true }),
    fc.record({ verb: some('click', 'fill', 'select', 'type', 'done') }),
    fc.record({ risk: some('read', 'reversible', 'compensable', 'irreversible') }),
    fc.record({ target: naming }),
    fc.record({ source: naming }),
    fc.record({ value: fc.oneof(content, fc.record({ from: some('goal', 'page', 'policy') })) }),
    fc.record({ verb: some('click', 'fill', 'drag'), target: naming }),
    fc.record({
      screen: fc.oneof(
        naming,
        fc.tuple(naming, content).map(([a, b]) => ({ ...a, ...b })),
      ),
    }),
    fc.record({ predicted: fc.record({ contains: some('saved', 'pay*sent') }) }),
    fc.record({ all: fc.array(tie('condition'), { minLength: 1, maxLength: 3 }) }),
    fc.record({ any: fc.array(tie('condition'), { minLength: 1, maxLength: 3 }) }),
    fc.record({ not: tie('condition') }),
  ),
}));

export const anyRule: fc.Arbitrary<RuleInput> = fc
  .record({
    when: anyCondition,
    effect: fc.constantFrom(...EFFECTS),
    authority: fc.constantFrom(...AUTHORITIES),
    atMost: fc.constantFrom(undefined, '2 per hour', '3 per day'),
  })
  .map(({ atMost, ...rule }) => (atMost === undefined ? rule : { ...rule, atMost }));
