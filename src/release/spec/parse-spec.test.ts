import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ConfigError } from '../../base/index.ts';
import { loadSpec, parseSpec } from './parse-spec.ts';

const HEAD = `schemaVersion: 1
name: test
otherwise: { read: allow, reversible: allow, compensable: allow, irreversible: ask }
rules:
`;
const rule = (when: string, more = ''): string => `${HEAD}  - id: one
    authority: user
    effect: ask
    because: So it is.
    when: ${when}
${more}`;

function complaint(text: string): string {
  try {
    parseSpec(text, { file: 'a.yaml' });
  } catch (error) {
    if (error instanceof ConfigError) return error.message.replace(/, expected schemaVersion[\s\S]*$/, '');
    throw error;
  }
  return 'none';
}

describe('a spec that can be read', () => {
  it('becomes a record, with lists for what may be one or many', () => {
    const spec = parseSpec(
      rule('{ verb: click, value: { from: goal, amount: { above: 10 } } }', '    atMost: [20 per hour, 50 per day]\n'),
    );
    expect(spec.rules[0]).toEqual({
      id: 'one',
      authority: 'user',
      effect: 'ask',
      because: 'So it is.',
      when: { verb: ['click'], value: { from: ['goal'], amount: { above: 10 } } },
      atMost: [
        { count: 20, per: 'hour' },
        { count: 50, per: 'day' },
      ],
    });
  });

  it('may be JSON, and is itself plain data', () => {
    const spec = parseSpec(rule('{ target: { name: "*pay*" } }'));
    expect(JSON.parse(JSON.stringify(spec))).toEqual(spec);
    expect(parseSpec(JSON.stringify({ schemaVersion: 1, name: 'json', otherwise: spec.otherwise, rules: [] })).rules).toEqual([]);
  });
});

describe('a spec that is wrong is refused with its line', () => {
  it.each<readonly [what: string, text: string, told: string]>([
    ['an empty file', '', 'line 1: the whole'],
    ['a list', '- 1\n', 'line 1: the whole'],
    ['an unknown effect', rule('{ verb: click }').replace('ask\n', 'permit\n'), 'line 7: rules[0].effect "permit": '],
    ['an unknown verb', rule('\n      verb: [fill, clik]'), 'line 10: rules[0].when.verb[1] "clik": '],
    ['an unknown verb alone', rule('\n      verb: clik'), 'line 10: rules[0].when.verb[0] "clik": '],
    ['an unknown key', rule('\n      verb: click\n      targte: { name: x }'), 'line 11: rules[0].when.targte is no key'],
    ['a missing key', rule('{ verb: click }').replace('    because: So it is.\n', ''), 'line 5: rules[0].because: it is missing'],
    ['no condition', rule('{}'), 'line 9: rules[0].when: expected at least one key'],
    [
      'a condition deep inside',
      rule('{ any: [ { not: { verb: click } },\n      { not: { verb: klick } } ] }'),
      'line 10: rules[0].when.any[1].not',
    ],
    ['a key twice', rule('{ verb: click }').replace('effect: ask', 'effect: ask\n    effect: allow'), 'line 8: Map keys must be unique'],
    ['an id twice', `${rule('{ verb: click }')}${rule('{ verb: fill }').slice(HEAD.length)}`, 'line 10: rules[1].id "one": expected an id'],
    ['a bare star', rule('{ target: { name: *pay } }'), 'line 9: the alias *pay; a pattern that begins with * stands in quotes'],
    ['an anchor', rule('&here { verb: click }'), 'line 9: the anchor &here'],
    ['a tag', rule('{ verb: !!str click }'), 'line 9: the tag tag:yaml.org,2002:str'],
    ['a tag of its own', rule('{ verb: !run click }'), 'line 9: Unresolved tag: !run'],
    ['a merge key', rule('{ <<: { verb: click } }'), 'line 9: rules[0].when.<< is no key'],
    ['a prototype', rule('{ __proto__: { verb: click } }'), 'line 9: '],
    ['a second document', `${rule('{ verb: click }')}---\nmore: 1\n`, 'line 10: '],
    ['a directive', `%YAML 1.1\n---\n${rule('{ verb: click }')}`, 'line 1: a %YAML directive'],
    ['a tab', rule('\n\t\tverb: click'), 'line 10: '],
    ['an open bracket', rule('{ verb: [click'), 'line '],
    [
      'a rate in other words',
      rule('{ verb: click }', '    atMost: 20 an hour\n'),
      'line 10: rules[0].atMost[0] "20 an hour": expected a rate',
    ],
    ['a rate of nothing', rule('{ verb: click }', '    atMost: 0 per day\n'), 'line 10: '],
    ['an amount with a comma', rule('{ value: { amount: { above: "10,000" } } }'), 'line 9: rules[0].when.value.amount.above "10,000": '],
    ['an amount without end', rule('{ value: { amount: { above: .inf } } }'), 'line 9: '],
    ['fractions of a cent', rule('{ value: { amount: { above: 0.001 } } }'), 'line 9: '],
    ['bounds that exclude each other', rule('{ value: { amount: { above: 5, below: 5 } } }'), 'line 9: '],
    ['a day that is none', rule('{ value: { date: { after: 2026-02-30 } } }'), 'line 9: rules[0].when.value.date.after "2026-02-30": '],
    [
      'an amount of whatever is on the screen',
      rule('{ screen: { amount: { above: 5 } } }'),
      "line 9: rules[0].when.screen: expected 'role' or",
    ],
    ['a pattern that nobody can see', rule('{ target: { name: "a\\u200bb" } }'), 'line 9: '],
    ['too many stars', rule('{ target: { name: "*a*a*a*a*a*a*a*a*a" } }'), 'line 9: '],
    ['a pattern without end', rule(`{ target: { name: ${'a'.repeat(201)} } }`), 'line 9: '],
    ['a reason in two lines', rule('{ verb: click }').replace('So it is.', '"So\\nit is."'), 'line 8: rules[0].because'],
    ['brackets without end', rule('['.repeat(5000)), 'line 9: '],
    ['conditions without end', rule(`${'{ not: '.repeat(60)}{ verb: click }${' }'.repeat(60)}`), 'line 9: conditions within conditions'],
    ['a file without end', rule('{ verb: click }', '#'.repeat(100_000)), 'line 1: 100'],
    ['too many rules', `${HEAD.trimEnd()} [${'{},'.repeat(201)}]\n`, 'line '],
  ])('%s', (_, text, told) => expect(complaint(text)).toContain(`read the spec a.yaml: got ${told}`));

  it('with all its wrong lines, in their order, and as data', () => {
    const text = rule('{ verb: clik }').replace('user', 'root');
    expect(complaint(text)).toMatch(/line 6: .*; line 9: /);
    try {
      parseSpec(text);
    } catch (error) {
      expect((error as ConfigError).details.problems).toMatchObject([{ line: 6 }, { line: 9 }]);
    }
  });

  it('where it claims an authority that its writer does not have', () => {
    const text = rule('{ verb: click }').replace('authority: user', 'authority: operator');
    expect(parseSpec(text, { highest: 'operator' }).rules).toHaveLength(1);
    expect(() => parseSpec(text, { highest: 'user' })).toThrow(/line 6: the rule one claims the authority operator/);
  });

  it('and never in another way, whatever the bytes (property)', () => {
    const spoilt = fc.tuple(fc.nat({ max: 400 }), fc.nat({ max: 12 }), fc.string({ unit: 'binary', maxLength: 12 }));
    fc.assert(
      fc.property(spoilt, ([from, length, put]) => {
        const text = rule('{ any: [ { verb: click }, { value: { text: "*x*" } } ] }');
        expect(complaint(text.slice(0, from) + put + text.slice(from + length))).toMatch(/^none$|got line \d+: /);
      }),
    );
  });
});

describe('from the disk', () => {
  let folder = '';
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'spec-'));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  it('the file is named', () => {
    const path = join(folder, 'spec.yaml');
    writeFileSync(path, rule('{ verb: click }'));
    expect(loadSpec(path).name).toBe('test');
    writeFileSync(path, rule('{ verb: click }', '#'.repeat(400_000)));
    expect(() => loadSpec(path)).toThrow(/spec\.yaml: got line 1: 400\d+ bytes/);
    expect(() => loadSpec(join(folder, 'none.yaml'))).toThrow(ConfigError);
  });
});
