import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { GraphError } from '../base/index.ts';
import { compileGrammar, type GrammarState } from './token-grammar.ts';

const [V, TEXT] = [30, 20];
const compile = (...states: readonly GrammarState[]): ReturnType<typeof compileGrammar> => compileGrammar({ states }, V, TEXT);

describe('a compiled grammar', () => {
  it('spreads its edges over the vocabulary; text is every token that is not special', () => {
    const [start, end] = compile(
      {
        edges: [
          { tokens: [3, 5], to: 1 },
          { tokens: 'text', to: 0 },
        ],
        pointing: true,
      },
      { edges: [], stop: 'end' },
    );
    expect(start).toMatchObject({ pointing: true, stop: undefined });
    for (let token = 0; token < V; token++) expect(start?.next[token]).toBe(token >= TEXT ? 0 : token === 3 || token === 5 ? 1 : -1);
    expect(end).toMatchObject({ pointing: false, stop: 'end' });
    expect(new Set(end?.next)).toEqual(new Set([-1]));
  });

  it('lets an edge be told twice, to the same state', () => {
    expect(() =>
      compile({
        edges: [
          { tokens: [1, 1], to: 0 },
          { tokens: [1], to: 0 },
        ],
      }),
    ).not.toThrow();
  });

  it.each<readonly [string, RegExp, readonly GrammarState[]]>([
    ['an edge to nowhere', /^grammar state 0: got an edge to state 1, expected a state below 1/, [{ edges: [{ tokens: [1], to: 1 }] }]],
    ['an edge to a negative state', /an edge to state -1/, [{ edges: [{ tokens: [1], to: -1 }] }]],
    ['a token beyond the vocabulary', /token 30/, [{ edges: [{ tokens: [30], to: 0 }] }]],
    ['a token that is no id', /token 1\.5/, [{ edges: [{ tokens: [1.5], to: 0 }] }]],
    [
      'one token with two ways',
      /two edges for token 25/,
      [
        {
          edges: [
            { tokens: 'text', to: 0 },
            { tokens: [25], to: 1 },
          ],
        },
        { edges: [], stop: 'end' },
      ],
    ],
    ['a state without a way out', /^grammar state 1: got no edges/, [{ edges: [{ tokens: [1], to: 1 }] }, { edges: [] }]],
    ['a pause without a way out', /no edges/, [{ edges: [], stop: 'pause' }]],
    ['an edge without tokens as the only one', /no edges/, [{ edges: [{ tokens: [], to: 0 }] }]],
  ])('refuses %s', (_, message, states) => {
    expect(() => compile(...states)).toThrow(message);
    expect(() => compile(...states)).toThrow(GraphError);
  });

  it('allows what its edges say and nothing else (property)', () => {
    const edges = fc.uniqueArray(fc.tuple(fc.nat(V - 1), fc.nat(2)), { minLength: 1, selector: ([token]) => token });
    fc.assert(
      fc.property(fc.array(edges, { minLength: 3, maxLength: 3 }), (states) => {
        const compiled = compile(...states.map((list) => ({ edges: list.map(([token, to]) => ({ tokens: [token], to })) })));
        for (const [i, list] of states.entries()) {
          const ways = new Map(list);
          for (let token = 0; token < V; token++) expect(compiled[i]?.next[token]).toBe(ways.get(token) ?? -1);
        }
      }),
      { seed: 5, numRuns: 100 },
    );
  });
});
