import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkCondition } from './check-condition.ts';
import { implies } from './implies.ts';
import { joinSpecs } from './join-specs.ts';
import { lintSpec } from './lint-spec.ts';
import { anyCondition, anyContext, type RuleInput, specOf } from './pretend.fixture.ts';
import type { Condition, SpecRule } from './spec-rule.ts';

const GUARD: RuleInput = { id: 'guard', authority: 'user', effect: 'ask', when: { risk: 'irreversible', verb: 'press' } };
const ACTIONS = { click: 'reversible', fill: 'reversible' } as const;
const warnings = (rules: readonly RuleInput[], options = {}) =>
  lintSpec(specOf([...rules, GUARD]), { actions: ACTIONS, ...options }).filter(({ rule }) => rule !== 'guard');
const read = (when: object): Condition => (specOf([{ when }]).rules as [SpecRule])[0].when;

describe('warnings', () => {
  const wide = { id: 'wide', authority: 'platform', when: { verb: ['click', 'fill'], target: { name: '*pay*' } } };
  const narrow = { id: 'narrow', authority: 'user', when: { verb: 'click', target: { role: 'link', name: ['pay now', 'repay*'] } } };
  it.each<readonly [what: string, rules: readonly RuleInput[], found: readonly (readonly [string, string | null])[]]>([
    ['of none', [narrow], []],
    ['of a rule behind a wider one of a higher authority', [wide, narrow], [['never-decides', 'narrow']]],
    [
      'not of the wider one',
      [
        { ...wide, authority: 'user' },
        { ...narrow, authority: 'platform' },
      ],
      [],
    ],
    ['not behind a rule with a rate', [{ ...wide, atMost: '5 per day' }, narrow], []],
    ['of a milder rule behind a stricter one', [{ ...wide, authority: 'user', effect: 'forbid' }, narrow], [['never-decides', 'narrow']]],
    ['not of a stricter one', [{ ...wide, authority: 'user', effect: 'allow' }, narrow], []],
    ['of a verb that the gym lacks', [{ when: { not: { verb: 'drag' } } }], [['unknown-verb', 'rule-0']]],
    ['of a role that nothing has', [{ when: { any: [{ target: { role: ['buton', 'b*'] } }] } }], [['unknown-role', 'rule-0']]],
  ])('%s', (_, rules, found) => expect(warnings(rules).map(({ kind, rule }) => [kind, rule])).toEqual(found));

  it('of a spec without a rule for irreversible actions', () => {
    const about = (rules: readonly RuleInput[]) => lintSpec(specOf(rules)).filter(({ kind }) => kind === 'no-irreversible-rule');
    expect(about([])).toMatchObject([{ rule: null, message: expect.stringContaining('which says ask') }]);
    expect(about([{ effect: 'allow', when: { risk: 'irreversible' } }])).toHaveLength(1);
    expect(about([{ effect: 'ask', when: { all: [{ any: [{ verb: 'fill' }, { risk: ['compensable', 'irreversible'] }] }] } }])).toEqual([]);
    expect(about([{ effect: 'forbid', when: { always: true } }])).toEqual([]);
    expect(about([{ effect: 'forbid', when: { not: { risk: ['read', 'reversible'] } } }])).toEqual([]);
    expect(about([{ effect: 'forbid', when: { not: { risk: ['read', 'irreversible'] } } }])).toHaveLength(1);
  });

  it('of a click that a key can do in its place', () => {
    const actions = { ...ACTIONS, press: 'reversible' } as const;
    const forbidden = { ...narrow, effect: 'forbid' };
    expect(warnings([forbidden], { actions }).map(({ kind }) => kind)).toEqual(['keyboard']);
    expect(warnings([forbidden, { id: 'keys', authority: 'user', effect: 'forbid', when: { verb: 'press' } }], { actions })).toEqual([]);
    expect(warnings([{ ...narrow, effect: 'allow' }], { actions })).toEqual([]);
  });
});

describe('implication', () => {
  it.each<readonly [narrow: object, wide: object, expected: boolean]>([
    [{ verb: 'click' }, { always: true }, true],
    [{ always: true }, { verb: 'click' }, false],
    [{ verb: 'click', risk: 'read' }, { any: [{ verb: 'fill' }, { risk: 'read', verb: ['click', 'fill'] }] }, true],
    [{ any: [{ verb: 'click' }, { verb: 'fill' }] }, { verb: ['click', 'fill', 'type'] }, true],
    [{ any: [{ verb: 'click' }, { risk: 'read' }] }, { verb: 'click' }, false],
    [{ value: { amount: { above: 20 } } }, { value: { amount: { above: 10 } } }, true],
    [{ value: { amount: { above: 10 } } }, { value: { amount: { above: 20 } } }, false],
    [{ value: { amount: { below: 10 } } }, { value: { amount: { above: 1 } } }, false],
    [{ value: { date: { before: '2026-01-01' } } }, { value: { date: { before: '2026-02-01' } } }, true],
    [{ value: { from: 'page', text: 'a*' } }, { value: { from: ['page', 'goal'] } }, true],
    [{ target: { name: 'a*' } }, { target: { name: 'a*b' } }, false],
    [{ target: { name: 'a*xb' } }, { target: { name: 'A*B' } }, true],
    [{ not: { verb: ['click', 'fill'] } }, { not: { verb: 'click' } }, true],
    [{ not: { verb: 'click' } }, { not: { verb: ['click', 'fill'] } }, false],
    [{ risk: ['compensable', 'irreversible'] }, { not: { risk: 'read', verb: 'click' } }, true],
    [{ risk: ['read', 'irreversible'] }, { not: { risk: 'read' } }, false],
  ])('%j → %j: %s', (narrow, wide, expected) => expect(implies(read(narrow), read(wide))).toBe(expected));

  it('is never claimed where an action shows otherwise (property)', () => {
    let claimed = 0;
    fc.assert(
      fc.property(anyCondition, anyCondition, fc.array(anyContext, { minLength: 4, maxLength: 12 }), (a, b, contexts) => {
        const [narrow, wide] = [read(a), read(b)];
        expect(implies(narrow, narrow)).toBe(true);
        if (!implies(narrow, wide)) return;
        claimed++;
        for (const context of contexts)
          if (checkCondition(narrow, context).truth === true) expect(checkCondition(wide, context).truth).toBe(true);
      }),
      { numRuns: 2000 },
    );
    expect(claimed).toBeGreaterThan(50);
  });
});

describe('several specs', () => {
  const risks = { read: 'allow', reversible: 'allow', compensable: 'allow' } as const;
  it('become one, in which the strictest otherwise counts', () => {
    const joined = joinSpecs(specOf([{ when: { always: true } }], 'irreversible: ask'), specOf([{ ...GUARD }], 'irreversible: forbid'));
    expect(joined.otherwise).toEqual({ ...risks, irreversible: 'forbid' });
    expect(joined.rules.map(({ id }) => id)).toEqual(['rule-0', 'guard']);
  });

  it('have ids of their own', () => {
    const spec = specOf([{ when: { always: true } }]);
    expect(() => joinSpecs(spec, spec)).toThrow(/two rules 'rule-0'/);
  });
});
