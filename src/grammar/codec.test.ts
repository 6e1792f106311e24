import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DataError, Random } from '../base/index.ts';
import { SEGMENT_KINDS, type Segment, type Transcript } from '../records/index.ts';
import { ECHO_LIMIT, encodeEcho, encodeTranscript, NEXT_LIMIT, permuteReferences, type TextCodec } from './codec.ts';
import {
  BOUNDARIES,
  boundaryId,
  FIRST_REFERENCE,
  isReferenceId,
  REFERENCE_COUNT,
  SPECIAL_TOKENS,
  spellBoundary,
  spellReference,
  spellWord,
  WORDS,
  wordId,
} from './special-tokens.ts';

/** Bytes as ids behind the special ones. */
const codec: TextCodec = {
  encodeText: (text) => [...Buffer.from(text)].map((byte) => SPECIAL_TOKENS.length + byte),
  decode: (ids) => Buffer.from(ids.map((id) => id - SPECIAL_TOKENS.length)).toString(),
};
const transcriptOf = (...segments: readonly Segment[]): Transcript => ({ schemaVersion: 1, segments });
const R = (reference: number): number => FIRST_REFERENCE + reference;

const transcript = transcriptOf(
  { kind: 'goal', pieces: [{ kind: 'text', text: 'g' }] },
  {
    kind: 'observe',
    pieces: [
      { kind: 'text', text: 'o' },
      { kind: 'reference', reference: 7 },
    ],
  },
  {
    kind: 'think',
    pieces: [
      { kind: 'text', text: 't' },
      { kind: 'reference', reference: 7 },
    ],
  },
  {
    kind: 'act',
    pieces: [
      { kind: 'word', word: 'fill' },
      { kind: 'reference', reference: 7 },
      { kind: 'echo', text: 'e' },
      { kind: 'word', word: 'from' },
      { kind: 'reference', reference: 255 },
    ],
  },
  { kind: 'outcome', pieces: [{ kind: 'word', word: 'success' }] },
);
const [g, o, t, e] = ['g', 'o', 't', 'e'].map((text) => codec.encodeText(text)[0]) as [number, number, number, number];
const b = boundaryId;

describe('an encoded transcript', () => {
  it('has a token, a weight and a flag for each thing, by who wrote it', () => {
    const rows: readonly (readonly [token: number, weight: number, pointed: number])[] = [
      [b('begin'), 0, 0],
      [b('goal'), 0, 0],
      [g, 0, 0],
      [b('observe'), 0, 0],
      [o, 0.1, 0],
      [R(7), 0, 0],
      [b('think'), 1, 0],
      [t, 1, 0],
      [R(7), 1, 0],
      [b('end'), 1, 0],
      [b('act'), 1, 0],
      [wordId('fill'), 1, 0],
      [R(7), 1, 1],
      [b('echo'), 0, 0],
      [e, 0, 0],
      [b('unecho'), 0, 0],
      [wordId('from'), 1, 0],
      [R(255), 1, 1],
      [b('end'), 1, 0],
      [b('outcome'), 0, 0],
      [wordId('success'), 1, 0],
    ];
    const { tokens, weights, pointed } = encodeTranscript(transcript, codec);
    expect([...tokens].map((token, i) => [token, Math.fround(weights[i] as number), pointed[i]])).toEqual(
      rows.map(([token, weight, flag]) => [token, Math.fround(weight), flag]),
    );
  });

  it('takes other weights, and leaves echoes out where told', () => {
    const weights = { goal: 0.5, observe: 0.25, think: 2, act: 3, outcome: 0 };
    const episode = encodeTranscript(transcript, codec, { weights, echo: false });
    expect([...episode.tokens]).not.toContain(b('echo'));
    expect([...episode.weights]).toEqual([0, 0, 0.5, 0, 0.25, 0, 2, 2, 2, 2, 3, 3, 3, 3, 3, 3, 0, 0]);
  });

  it('has at most 16 tokens of an echo, and 4 of each text that comes after', () => {
    expect([ECHO_LIMIT, NEXT_LIMIT]).toEqual([16, 4]);
    const echo = encodeEcho({ text: '0123456789abcdefghij' }, codec);
    expect(echo).toEqual([b('echo'), ...codec.encodeText('0123456789abcdef'), b('unecho')]);
    expect(encodeEcho({ text: '' }, codec)).toEqual([b('echo'), b('unecho')]);
    const further = encodeEcho({ text: 'a', next: ['bcdefg', ''] }, codec);
    expect(further).toEqual([b('echo'), ...codec.encodeText('a'), b('echo'), ...codec.encodeText('bcde'), b('echo'), b('unecho')]);
  });

  it.each([-1, 256, 1.5])('refuses the reference %d', (reference) => {
    expect(() => encodeTranscript(transcriptOf({ kind: 'act', pieces: [{ kind: 'reference', reference }] }), codec)).toThrow(DataError);
  });

  it.each(['', 'fly', 'end', '<|fill|>', 'constructor'])('refuses the word %j', (word) => {
    expect(() => encodeTranscript(transcriptOf({ kind: 'act', pieces: [{ kind: 'word', word }] }), codec)).toThrow(
      /a word of the action grammar/,
    );
  });

  it('has no structure that a text spells (property)', () => {
    const spelling = fc.oneof(
      fc.constantFrom(...BOUNDARIES.map(spellBoundary), ...WORDS.map(spellWord), spellReference(7), ...SPECIAL_TOKENS.slice(-3)),
      fc.string({ unit: 'grapheme', maxLength: 8 }),
    );
    const text = fc.array(spelling, { maxLength: 4 }).map((parts) => parts.join(''));
    const piece = fc.oneof(
      text.map((value) => ({ kind: 'text', text: value }) as const),
      fc.tuple(text, fc.array(text, { maxLength: 2 })).map(([value, next]) => ({ kind: 'echo', text: value, next }) as const),
    );
    const segment = fc.record({ kind: fc.constantFrom(...SEGMENT_KINDS), pieces: fc.array(piece, { maxLength: 4 }) });
    fc.assert(
      fc.property(fc.array(segment, { maxLength: 5 }), (segments) => {
        const { tokens, weights, pointed } = encodeTranscript(transcriptOf(...segments), codec);
        // The structure is what the segments alone would give, whatever the texts say.
        const special = [...tokens].filter((token) => token < SPECIAL_TOKENS.length);
        const expected = segments.flatMap(({ kind, pieces }) => [
          b(kind),
          ...pieces.flatMap((part) => (part.kind === 'echo' ? [b('echo'), ...part.next.map(() => b('echo')), b('unecho')] : [])),
          ...(kind === 'act' || kind === 'think' ? [b('end')] : []),
        ]);
        expect(special).toEqual([b('begin'), ...expected]);
        expect(pointed.every((flag) => flag === 0)).toBe(true);
        expect([weights.length, pointed.length]).toEqual([tokens.length, tokens.length]);
      }),
      { seed: 6, numRuns: 200 },
    );
  });
});

describe('permuted references', () => {
  const permutation = new Random('permutation').shuffle(Array.from({ length: REFERENCE_COUNT }, (_, r) => r));

  it('are renamed everywhere alike; nothing else changes, and the way back leads back', () => {
    const episode = encodeTranscript(transcript, codec);
    const permuted = permuteReferences(episode, permutation);
    expect(permuted.weights).toEqual(episode.weights);
    expect(permuted.pointed).toEqual(episode.pointed);
    for (const [i, token] of episode.tokens.entries())
      expect(permuted.tokens[i]).toBe(isReferenceId(token) ? R(permutation[token - FIRST_REFERENCE] as number) : token);
    const inverse = permutation.map((_, r) => permutation.indexOf(r));
    expect(permuteReferences(permuted, inverse)).toEqual(episode);
  });

  it('refuses a permutation that lacks or doubles a reference', () => {
    const episode = encodeTranscript(transcript, codec);
    expect(() => permuteReferences(episode, permutation.slice(1))).toThrow(DataError);
    expect(() => permuteReferences(episode, permutation.with(3, permutation[4] as number))).toThrow(/a permutation/);
    expect(() => permuteReferences(episode, permutation.with(3, 256))).toThrow(DataError);
  });
});
