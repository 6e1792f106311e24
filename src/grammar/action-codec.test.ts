import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DataError } from '../base/index.ts';
import { type Action, KEYS, NORMALISERS, OFFERS, type Target, VERBS } from '../records/index.ts';
import { actionPieces, formatAction, parseAction, parseActionLine, parseActionTokens } from './action-codec.ts';
import { actionGrammar, refusal } from './action-grammar.ts';
import { encodeTranscript, type TextCodec } from './codec.ts';
import { boundaryId, SPECIAL_TOKENS } from './special-tokens.ts';
import { compileGrammar } from './token-grammar.ts';

/** Bytes as ids behind the special ones. */
const codec: TextCodec = {
  encodeText: (text) => [...Buffer.from(text)].map((byte) => SPECIAL_TOKENS.length + byte),
  decode: (ids) => Buffer.from(ids.map((id) => id - SPECIAL_TOKENS.length)).toString(),
};
const V = SPECIAL_TOKENS.length + 256;

const reference = fc.nat(255);
const text = fc.string({ minLength: 1, maxLength: 12, unit: 'grapheme' });
const action: fc.Arbitrary<Action> = fc.oneof(
  fc.record({ kind: fc.constantFrom('click', 'clear', 'hover'), target: reference }),
  fc.record(
    { kind: fc.constant('fill'), target: reference, source: reference, as: fc.constantFrom(...NORMALISERS) },
    { requiredKeys: ['kind', 'target', 'source'] },
  ),
  fc.record({ kind: fc.constant('type'), target: reference, text }),
  fc.record({ kind: fc.constant('select'), target: reference, source: reference }),
  fc.record({ kind: fc.constant('press'), key: fc.constantFrom(...KEYS) }),
  fc.record(
    { kind: fc.constant('scroll'), direction: fc.constantFrom('up', 'down'), target: reference },
    { requiredKeys: ['kind', 'direction'] },
  ),
  fc.record({ kind: fc.constant('drag'), target: reference, to: reference }),
  fc.record({ kind: fc.constant('call'), tool: reference, arguments: fc.array(reference, { maxLength: 4 }) }),
  fc.record({ kind: fc.constantFrom('answer', 'note'), source: reference }),
  fc.record({ kind: fc.constantFrom('answer', 'note'), text }),
  fc.record({ kind: fc.constant('ask'), about: reference }, { requiredKeys: ['kind'] }),
  fc.record({ kind: fc.constantFrom('wait', 'abstain', 'done') }),
) as fc.Arbitrary<Action>;

const everyVerb = Object.fromEntries(VERBS.map((verb) => [verb, 'read']));
const targets: readonly Target[] = Array.from({ length: 256 }, (_, r) => ({
  reference: r,
  role: 'thing',
  name: `n${r}`,
  states: [],
  offers: OFFERS,
  text: `t${r}`,
}));

describe('an action', () => {
  it('comes back from its pieces, its tokens and its line, with echoes and without (property)', () => {
    fc.assert(
      fc.property(action, fc.boolean(), (given, echoes) => {
        const pieces = actionPieces(given, echoes ? (r) => ({ text: `«${r}» from <|end|>`, next: ['<|unecho|>', `${r}`] }) : undefined);
        expect(parseAction(pieces)).toEqual(given);
        const { tokens } = encodeTranscript({ schemaVersion: 1, segments: [{ kind: 'act', pieces }] }, codec);
        expect(parseActionTokens(tokens.slice(1), codec)).toEqual(given);
        expect(parseActionLine(formatAction(given))).toEqual(given);
      }),
      { seed: 1, numRuns: 1000 },
    );
  });

  it('is written as people would', () => {
    expect(formatAction({ kind: 'fill', target: 7, source: 31, as: 'date' })).toBe('fill ⟨7⟩ from ⟨31⟩ as date');
    expect(formatAction({ kind: 'type', target: 7, text: 'a "b"' })).toBe('type ⟨7⟩ "a \\"b\\""');
    expect(parseActionLine(' call [2] with <5> ⟨6⟩ ')).toEqual({ kind: 'call', tool: 2, arguments: [5, 6] });
  });

  it.each([
    ['', /got the end, expected a word/],
    ['fly ⟨1⟩', /the verb 'fly'/],
    ['click', /got the end, expected a reference/],
    ['click ⟨256⟩', /⟨256⟩, expected ⟨0⟩ … ⟨255⟩/],
    ['click ⟨1⟩ ⟨2⟩', /⟨2⟩ after a whole click/],
    ['fill ⟨1⟩ to ⟨2⟩', /got 'to', expected 'from'/],
    ['fill ⟨1⟩ from ⟨2⟩ as poem', /as 'poem'/],
    ['type ⟨1⟩ hello', /got 'hello', expected text/],
    ['type ⟨1⟩ "a', /expected words, references/],
    ['press any', /the key 'any'/],
    ['scroll left', /scroll 'left'/],
    ['call ⟨1⟩ with ⟨1⟩ ⟨1⟩ ⟨1⟩ ⟨1⟩ ⟨1⟩', /5 arguments/],
    ['CLICK ⟨1⟩', /expected words/],
    [`click ${' '.repeat(10_001)}`, /characters/],
  ])('is refused where it is none: %j', (line, message) => {
    expect(() => parseActionLine(line)).toThrow(message);
    expect(() => parseActionLine(line)).toThrow(DataError);
  });
});

describe('the automaton of actions', () => {
  const grammarStates = compileGrammar(actionGrammar(everyVerb, targets), V, SPECIAL_TOKENS.length);

  function follow(tokens: readonly number[]): 'end' | 'stuck' | 'open' {
    let state = 0;
    let paused = false;
    for (const token of tokens) {
      if (token === boundaryId('echo')) paused = true;
      if (paused) {
        if (token === boundaryId('unecho')) paused = false;
        continue;
      }
      const next = grammarStates[state]?.next[token] ?? -1;
      if (next < 0) return 'stuck';
      state = next;
    }
    return grammarStates[state]?.stop === 'end' ? 'end' : 'open';
  }

  it('lets every action through whose references are live (property)', () => {
    fc.assert(
      fc.property(action, (given) => {
        const pieces = actionPieces(given, (r) => ({ text: `n${r}` }));
        const { tokens } = encodeTranscript({ schemaVersion: 1, segments: [{ kind: 'act', pieces }] }, codec);
        expect(follow([...tokens.slice(2)])).toBe('end');
      }),
      { seed: 2, numRuns: 500 },
    );
  });

  it('lets nothing through that does not parse or that the session would refuse (property)', () => {
    const offers = fc.subarray([...OFFERS]);
    const screen = fc.uniqueArray(fc.tuple(reference, offers), { maxLength: 6, selector: ([r]) => r });
    fc.assert(
      fc.property(screen, fc.subarray([...VERBS], { minLength: 1 }), fc.infiniteStream(fc.nat()), (live, verbs, choices) => {
        const shown = live.map(([r, list]): Target => ({ ...(targets[r] as Target), offers: list }));
        const accepted = Object.fromEntries(verbs.map((verb) => [verb, 'read']));
        const grammar = actionGrammar(accepted, shown);
        const states = compileGrammar(
          { states: grammar.states.map((state, i) => (i === 0 && state.edges.length === 0 ? { ...state, stop: 'end' } : state)) },
          V,
          SPECIAL_TOKENS.length,
        );
        const tokens: number[] = [];
        let state = 0;
        // A text may go on for ever.
        while (states[state]?.stop !== 'end' && tokens.length < 60) {
          const allowed = [...(states[state]?.next ?? [])].flatMap((to, token) => (to >= 0 ? [token] : []));
          const ending = tokens.length > 20 ? allowed.find((token) => token === boundaryId('end')) : undefined;
          const token = ending ?? (allowed[(choices.next().value as number) % allowed.length] as number);
          tokens.push(token);
          state = states[state]?.next[token] as number;
        }
        if (tokens.length === 0) return;
        expect(refusal(parseActionTokens(tokens, codec), accepted, new Map(shown.map((target) => [target.reference, target])))).toBeNull();
      }),
      { seed: 3, numRuns: 500 },
    );
  });

  it('pauses after every reference', () => {
    for (const { next, pointing } of grammarStates)
      for (const [token, to] of next.entries())
        if (to >= 0 && token >= 10 && token < 266) expect([pointing, grammarStates[to]?.stop]).toEqual([true, 'pause']);
    expect(grammarStates.filter(({ stop }) => stop === 'pause').length).toBeGreaterThan(5);
  });
});
