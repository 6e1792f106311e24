import { expect, it } from 'vitest';
import { Random } from '../base/index.ts';
import { actionGrammar, compileGrammar, SPECIAL_TOKENS } from '../grammar/index.ts';
import { OFFERS, type Target, VERBS } from '../records/index.ts';
import { pointingPlaces } from './pointing-places.ts';

it('tells from the tokens of an action where the grammar has the pointer head take part', () => {
  const targets: Target[] = Array.from({ length: 5 }, (_, reference) => ({
    reference,
    role: '',
    name: '',
    states: [],
    offers: OFFERS,
    text: 'x',
  }));
  const verbs = Object.fromEntries(VERBS.map((verb) => [verb, 'read']));
  const states = compileGrammar(actionGrammar(verbs, targets), SPECIAL_TOKENS.length + 4, SPECIAL_TOKENS.length);
  const random = new Random('actions');
  const seen = new Set<number>();
  for (let n = 0; n < 2000; n++) {
    const own: number[] = [];
    const pointing: number[] = [];
    for (let state = 0; states[state]?.stop !== 'end'; ) {
      const { next, pointing: points } = states[state] as (typeof states)[number];
      const token = random.pick([...next.keys()].filter((id) => (next[id] as number) >= 0));
      own.push(token);
      pointing.push(points ? 1 : 0);
      state = next[token] as number;
    }
    seen.add(own[0] as number);
    expect([...pointingPlaces(own)], own.map((id) => SPECIAL_TOKENS[id] ?? 'text').join(' ')).toEqual(pointing);
  }
  expect(seen.size).toBe(VERBS.length);
});
