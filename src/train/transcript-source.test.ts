import { describe, expect, it } from 'vitest';
import { DataError } from '../base/index.ts';
import { encodeTranscript } from '../grammar/index.ts';
import type { Transcript } from '../records/index.ts';
import { parseTranscripts, textsOf, transcriptSource } from './transcript-source.ts';

const codec = { encodeText: (text: string) => Array.from(text, () => 400), decode: () => '' };
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const transcript: Transcript = {
  schemaVersion: 1,
  segments: [
    { kind: 'goal', pieces: [{ kind: 'text', text: 'enter' }] },
    {
      kind: 'act',
      pieces: [
        { kind: 'word', word: 'click' },
        { kind: 'reference', reference: 7 },
        { kind: 'echo', text: 'Save' },
      ],
    },
  ],
};
const line = JSON.stringify(transcript);
const act = (piece: object): string => JSON.stringify({ schemaVersion: 1, segments: [{ kind: 'act', pieces: [piece] }] });

describe('transcripts as JSON Lines', () => {
  it('come as they are, with their place', () => {
    const found = parseTranscripts(bytes(`${line}\r\n\n${line}`), 'a.jsonl');
    expect(found).toEqual([
      { place: 'a.jsonl:1', transcript },
      { place: 'a.jsonl:3', transcript },
    ]);
    const source = transcriptSource(found, codec, { longest: 100 });
    expect(source.length).toBe(2);
    expect(source.episode(1)).toEqual(encodeTranscript(transcript, codec));
    expect(textsOf(transcript)).toEqual(['enter', 'Save']);
  });

  it('come out of a journal of episodes, where what failed is not to be imitated', () => {
    const record = (success: boolean | null, fault: object | null = null): string =>
      JSON.stringify({ schemaVersion: 1, id: 'a', transcript, score: { success, credit: null }, fault });
    const lines = [record(true), record(false), record(null), record(true, { kind: 'policy' })];
    const found = parseTranscripts(bytes(lines.join('\n')), 'a.jsonl').map((one) => one.transcript.segments.map(({ imitate }) => imitate));
    const notImitated = [undefined, false];
    expect(found).toEqual([[undefined, undefined], notImitated, notImitated, notImitated]);
  });

  it.each([
    ['{"schemaVersion":1', /a line that is not JSON/],
    ['[]', /wrong at the top/],
    ['{"schemaVersion":2,"segments":[]}', /wrong at schemaVersion/],
    ['{"schemaVersion":1,"segments":[]}', /wrong at segments/],
    [act({ kind: 'text' }), /wrong at segments\.0\.pieces\.0\.text/],
    [act({ kind: 'text', text: 'a', reference: 1 }), /wrong at segments\.0\.pieces\.0/],
    [act({ kind: 'reference', reference: 1.5 }), /wrong at segments\.0\.pieces\.0\.reference/],
    ['{"schemaVersion":1,"segments":[{"kind":"thought","pieces":[]}]}', /wrong at segments\.0\.kind/],
  ])('refuse the line %s with its number', (bad, message) => {
    const parse = (): unknown => parseTranscripts(bytes(`${line}\n${bad}\n`), 'a.jsonl');
    expect(parse).toThrow(DataError);
    expect(parse).toThrow(/a\.jsonl:2/);
    expect(parse).toThrow(message);
  });

  it('refuse what is not UTF-8, and a file without any', () => {
    expect(() => parseTranscripts(Uint8Array.of(...bytes(`${line}\n`), 0xff), 'a.jsonl')).toThrow(
      /a\.jsonl:2: got bytes that are not UTF-8/,
    );
    expect(() => parseTranscripts(bytes('\n'), 'a.jsonl')).toThrow(/no transcripts/);
  });

  it('refuse to have nothing to learn, but for one among others', () => {
    const given: Transcript = { schemaVersion: 1, segments: [{ kind: 'goal', pieces: [{ kind: 'text', text: 'enter' }] }] };
    const found = [{ place: 'a.jsonl:1', transcript: given }];
    expect(() => transcriptSource(found, codec, { longest: 100 })).toThrow(
      /a\.jsonl:1: got transcripts without any token of a positive loss weight/,
    );
    expect(transcriptSource([...found, { place: 'a.jsonl:2', transcript }], codec, { longest: 100 }).length).toBe(2);
  });

  it('refuse words and references that do not exist, and episodes that are too long, with their place', () => {
    const encode = (text: string, longest = 100) => transcriptSource(parseTranscripts(bytes(text), 'a.jsonl'), codec, { longest });
    expect(() => encode(act({ kind: 'word', word: 'explode' }))).toThrow(/a\.jsonl:1: got .*"explode"/);
    expect(() => encode(act({ kind: 'reference', reference: 256 }))).toThrow(/a\.jsonl:1: got .*reference 256/);
    expect(() => encode(`${line}\n${act({ kind: 'text', text: 'long '.repeat(9) })}`, 40)).toThrow(
      /a\.jsonl:2: got a transcript of 48 tokens, expected at most 40/,
    );
  });
});
