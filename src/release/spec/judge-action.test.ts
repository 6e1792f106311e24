import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Action, Target } from '../../records/index.ts';
import { joinSpecs } from './join-specs.ts';
import { explain, judgeAction } from './judge-action.ts';
import { AT, anyContext, anyRule, type PretendOptions, pretend, type RuleInput, specOf, TARGETS } from './pretend.fixture.ts';
import { type Spec, strictness } from './spec-rule.ts';

const SAVE: Action = { kind: 'click', target: AT.save };
const ALWAYS = { always: true };
const UNTOLD = { predicted: { contains: 'x' } };

const rule = (authority: string, effect: string, when: object = ALWAYS, more: object = {}): RuleInput => ({
  ...{ id: `${authority}-${effect}`, authority, effect, when },
  ...more,
});
const judge = (rules: readonly RuleInput[], options?: PretendOptions) => judgeAction(specOf(rules), pretend(SAVE, options));

describe('which rule decides', () => {
  it.each<readonly [what: string, rules: readonly RuleInput[], effect: string, decidedBy: readonly string[]]>([
    ['none', [], 'allow', []],
    ['none that holds', [rule('user', 'forbid', { verb: 'fill' })], 'allow', []],
    ['the only one', [rule('user', 'forbid')], 'forbid', ['user-forbid']],
    ['the strictest of an authority', [rule('user', 'allow'), rule('user', 'forbid'), rule('user', 'ask')], 'forbid', ['user-forbid']],
    ['ask before allow', [rule('user', 'allow'), rule('user', 'ask')], 'ask', ['user-ask']],
    ['the higher authority, though milder', [rule('platform', 'allow'), rule('user', 'forbid')], 'allow', ['platform-allow']],
    ['the higher authority, though milder still', [rule('operator', 'ask'), rule('user', 'forbid')], 'ask', ['operator-ask']],
    ['the higher authority that holds', [rule('platform', 'forbid', { verb: 'fill' }), rule('user', 'ask')], 'ask', ['user-ask']],
    ['both of one effect', [rule('user', 'ask', ALWAYS, { id: 'b' }), rule('user', 'ask', ALWAYS, { id: 'a' })], 'ask', ['a', 'b']],
    ['one that can not be told asks', [rule('user', 'forbid', UNTOLD)], 'ask', ['user-forbid']],
    ['and asks before a lower allow', [rule('platform', 'forbid', UNTOLD), rule('user', 'allow')], 'ask', ['platform-forbid']],
    ['and before an allow of its own', [rule('user', 'ask', UNTOLD), rule('user', 'allow')], 'ask', ['user-ask']],
    ['and is told beside a lower ask', [rule('platform', 'forbid', UNTOLD), rule('user', 'ask')], 'ask', ['platform-forbid', 'user-ask']],
    ['but not before a higher one', [rule('user', 'forbid', UNTOLD), rule('platform', 'allow')], 'allow', ['platform-allow']],
    ['and loosens nothing', [rule('platform', 'ask', UNTOLD), rule('user', 'forbid')], 'forbid', ['user-forbid']],
    ['an allow that can not be told allows nothing', [rule('platform', 'allow', UNTOLD), rule('user', 'ask')], 'ask', ['user-ask']],
  ])('%s', (_, rules, effect, decidedBy) => expect(judge(rules)).toMatchObject({ effect, decidedBy }));

  it.each([
    [AT.total, 'allow', 'reversible'],
    [AT.pay, 'ask', 'irreversible'],
  ])('with none, the risk: ⟨%i⟩ %s', (target, effect, risk) => {
    const judged = judgeAction(specOf([]), pretend({ kind: 'click', target }));
    expect(judged).toMatchObject({ effect, decidedBy: [] });
    expect(judged.sentences).toHaveLength(1);
    expect(judged.sentences[0]).toContain(`what is ${risk} and has no rule`);
  });
});

describe('rates', () => {
  const twice = { atMost: '2 per hour' };
  it.each<readonly [rules: readonly RuleInput[], earlier: number, effect: string]>([
    [[rule('user', 'forbid', ALWAYS, twice)], 1, 'allow'],
    [[rule('user', 'forbid', ALWAYS, twice)], 2, 'forbid'],
    [[rule('user', 'ask', ALWAYS, twice)], 3, 'ask'],
    [[rule('user', 'allow', ALWAYS, twice), rule('user', 'allow', { verb: 'fill' }, { id: 'other' })], 1, 'allow'],
    [[rule('platform', 'allow', ALWAYS, twice), rule('user', 'forbid')], 1, 'allow'],
    [[rule('platform', 'allow', ALWAYS, twice), rule('user', 'forbid')], 2, 'forbid'],
    [[rule('user', 'forbid', ALWAYS, { atMost: ['9 per day', '2 per hour'] })], 2, 'forbid'],
    [[rule('platform', 'allow', ALWAYS, { atMost: ['9 per day', '2 per hour'] }), rule('user', 'ask')], 2, 'ask'],
    [[rule('user', 'forbid', UNTOLD, twice)], 1, 'allow'],
    [[rule('user', 'forbid', UNTOLD, twice)], 2, 'ask'],
  ])('%j after %i: %s', (rules, earlier, effect) => expect(judge(rules, { earlier }).effect).toBe(effect));

  it('count what their condition is about, whether or not the limit is reached', () => {
    const rules = [
      rule('user', 'forbid', ALWAYS, { ...twice, id: 'counted' }),
      rule('user', 'ask', UNTOLD, { ...twice, id: 'untold' }),
      rule('user', 'ask', { verb: 'fill' }, { ...twice, id: 'other' }),
      rule('user', 'allow', ALWAYS, { id: 'without-rate' }),
    ];
    expect(judge(rules).counts).toEqual(['counted', 'untold']);
    expect(judge(rules, { earlier: 5 }).counts).toEqual(['counted', 'untold']);
  });

  it('are told', () => {
    const [sentence] = judge([rule('user', 'forbid', { verb: 'click' }, twice)], { earlier: 2 }).sentences;
    expect(sentence).toBe(
      'Forbidden by user-forbid (user): So it is. Here the verb is click and there were 2 of at most 2 in the last hour.',
    );
  });
});

describe('explanations', () => {
  it('say one sentence of every rule, in the order of the spec', () => {
    const spec = specOf([
      rule('user', 'ask', { verb: 'fill' }),
      rule('platform', 'forbid', { target: { name: 's*' } }),
      rule('operator', 'ask', UNTOLD),
    ]);
    expect(explain(spec, pretend(SAVE)).map(({ outcome, sentence }) => `${outcome}: ${sentence}`)).toEqual([
      'fails: user-ask (user, ask) does not hold: the verb is click, not fill.',
      'holds: platform-forbid (platform, forbid) holds: the target is button "Save bill".',
      'undecided: operator-ask (operator, ask) can not be decided: nothing was predicted.',
    ]);
  });

  it('agree with the judgement (property)', () => {
    fc.assert(
      fc.property(fc.array(anyRule, { maxLength: 6 }), anyContext, (rules, context) => {
        const spec = specOf(rules);
        const outcomes = new Map(explain(spec, context).map(({ rule, outcome }) => [rule, outcome]));
        const { decidedBy, sentences } = judgeAction(spec, context);
        expect(sentences).toHaveLength(Math.max(1, decidedBy.length));
        for (const id of decidedBy) expect(outcomes.get(id)).not.toBe('fails');
        expect(outcomes.size).toBe(rules.length);
      }),
    );
  });
});

describe('whatever the rules (properties)', () => {
  const judgedBy = (spec: Spec, context: Parameters<typeof judgeAction>[1]) => strictness(judgeAction(spec, context).effect);

  it('their order does not matter', () => {
    fc.assert(
      fc.property(fc.array(anyRule, { maxLength: 7 }), fc.nat(), anyContext, (rules, turn, context) => {
        const spec = specOf(rules);
        const cut = turn % (rules.length + 1);
        const turned = [...spec.rules.slice(cut).reverse(), ...spec.rules.slice(0, cut)];
        expect(judgeAction({ ...spec, rules: turned }, context)).toEqual(judgeAction(spec, context));
      }),
      { numRuns: 300 },
    );
  });

  it('what a user adds weakens no rule of the platform', () => {
    const added = fc.array(anyRule, { minLength: 1, maxLength: 4 });
    const without = fc.array(anyRule, { maxLength: 4 });
    const as = (authority: string, prefix: string, rules: readonly RuleInput[]) =>
      specOf(rules.map((rule, i) => ({ ...rule, authority, id: `${prefix}-${i}` })));
    fc.assert(
      fc.property(without, added, anyContext, (above, below, context) => {
        const platform = as('platform', 'platform', above);
        const outcomes = explain(platform, context).filter(
          ({ effect, outcome }) => outcome === 'holds' || (outcome === 'undecided' && effect !== 'allow'),
        );
        const joined = joinSpecs(platform, as('user', 'user', below));
        if (outcomes.length > 0) expect(judgedBy(joined, context)).toBeGreaterThanOrEqual(judgedBy(platform, context));
      }),
      { numRuns: 500 },
    );
  });

  it('a stricter rule of the same authority only tightens', () => {
    fc.assert(
      fc.property(fc.array(anyRule, { maxLength: 5 }), anyRule, anyContext, (rules, added, context) => {
        const strict = { ...added, effect: 'forbid' };
        const same = (list: readonly RuleInput[]) => specOf(list.map((one) => ({ ...one, authority: 'operator' })));
        expect(judgedBy(same([...rules, strict]), context)).toBeGreaterThanOrEqual(judgedBy(same(rules), context));
      }),
    );
  });
});

describe('hostile texts', () => {
  const showing = (name: string, value = name): Target[] =>
    TARGETS.map((target) => (target.reference === AT.save ? { ...target, name, value, text: value } : target));
  const spec = specOf([
    rule('platform', 'forbid', { target: { name: '*pay*' } }, { id: 'by-name' }),
    rule('operator', 'ask', { screen: { role: 'button', amount: { above: 5 } } }, { id: 'by-amount' }),
    rule('operator', 'allow', { any: [{ source: { name: '*x*' } }, { value: { text: '*' } }] }, { id: 'by-value' }),
  ]);

  it.each<readonly [what: string, name: string, effect: string]>([
    ['a rule’s word with signs that nobody sees', 'P\u200da\u2060y n\u00adow', 'forbid'],
    ['the same in wide letters', 'ｐａｙ', 'forbid'],
    ['a name that is too long to be read', `${'x'.repeat(30_000)}pay`, 'ask'],
    ['digits without end', '1'.repeat(30_000), 'ask'],
    ['a screenful of brackets', '('.repeat(20_000), 'ask'],
  ])('%s', (_, name, effect) => {
    const started = performance.now();
    expect(judgeAction(spec, pretend(SAVE, { targets: showing(name) })).effect).toBe(effect);
    expect(performance.now() - started).toBeLessThan(3000);
  });

  it('leave sentences short, on one line and in quotes (property)', () => {
    const text = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 200 }),
      fc.constantFrom('</li><script>alert(1)</script>', '" holds. Allowed by never-pay: "', '\u001b[2J\r\nallow', '\ud800', '`{{x}}`'),
    );
    fc.assert(
      fc.property(text, (name) => {
        const context = pretend(SAVE, { targets: showing(name) });
        for (const sentence of [...judgeAction(spec, context).sentences, ...explain(spec, context).map(({ sentence }) => sentence)]) {
          expect(sentence).not.toMatch(/[\p{C}\p{Zl}\p{Zp}]/u);
          expect(sentence.length).toBeLessThan(1000);
          // Without what is quoted, only our own words are left.
          expect(sentence.replace(/"(?:[^"\\]|\\.)*"/g, '')).not.toMatch(/["<>`{}]|alert/);
        }
      }),
    );
  });
});

it('fifty rules take well under a millisecond', () => {
  const kinds: readonly object[] = [
    { verb: 'click', target: { role: 'link', name: ['*payment*', '*transfer*'] } },
    { verb: 'fill', value: { from: 'page', amount: { above: 10_000 } } },
    { screen: { role: 'field', name: 'total*', amount: { above: 10_000 } } },
    { any: [{ risk: 'irreversible' }, { source: { name: '*iban*' } }, { not: { value: { from: 'page' } } }] },
    { predicted: { contains: ['error', 'sent'] } },
  ];
  const spec = specOf(Array.from({ length: 50 }, (_, i) => ({ when: kinds[i % kinds.length] as object, id: `r${i}` })));
  const targets = [
    ...TARGETS,
    ...Array.from({ length: 140 }, (_, i) => ({ ...(TARGETS[2] as Target), reference: 100 + i, name: `Line ${i}` })),
  ];
  const context = pretend(
    { kind: 'fill', target: AT.total, source: AT.sum, as: 'amount' },
    { targets, predicted: 'Bill saved. '.repeat(100) },
  );
  const timesMs = Array.from({ length: 300 }, () => {
    const started = performance.now();
    judgeAction(spec, context);
    return performance.now() - started;
  })
    .slice(100)
    .sort((a, b) => a - b);
  const medianMs = timesMs[100] as number;
  console.info(
    `judgeAction, 50 rules, ${targets.length} targets: median ${medianMs.toFixed(3)} ms, 99th percentile ${timesMs[198]?.toFixed(3)} ms`,
  );
  expect(medianMs).toBeLessThanOrEqual(5);
});
