import { describe, expect, it } from 'vitest';
import { DataError } from '../base/index.ts';
import { boundaryId, DEFAULT_WEIGHTS, encodeTranscript, FIRST_REFERENCE, wordId } from '../grammar/index.ts';
import type { EpisodeRecord, Segment, StepRecord } from '../records/index.ts';
import { imitatedEpisode, scoreEpisode, withMixturePlaces, withScores } from './scored-episode.ts';

const codec = { encodeText: (text: string) => Array.from(text, () => 400), decode: () => '' };
const word = (text: string) => ({ kind: 'word', word: text }) as const;
const reference = (number: number) => ({ kind: 'reference', reference: number }) as const;
const step = (...logprobs: number[]): StepRecord => ({ value: 0.5, logprobs, surpriseNats: null, milliseconds: 1 });

const segments: readonly Segment[] = [
  { kind: 'goal', pieces: [{ kind: 'text', text: 'g' }] },
  { kind: 'observe', pieces: [{ kind: 'text', text: 'a' }, reference(7)] },
  { kind: 'act', pieces: [word('click'), reference(7), { kind: 'echo', text: 'ab' }] },
  { kind: 'observe', pieces: [{ kind: 'text', text: 'b' }] },
  { kind: 'act', pieces: [word('ask')] },
  { kind: 'outcome', pieces: [word('failure')] },
];
const record = (steps: readonly StepRecord[]): EpisodeRecord => ({
  schemaVersion: 1,
  id: 'episode-7',
  gym: 'g',
  gymVersion: '1',
  slice: 'base',
  seed: { split: 'train', n: 0 },
  lane: 'a',
  policy: 'p',
  transcript: { schemaVersion: 1, segments },
  steps,
  stop: 'asked',
  score: { success: false, credit: 0, broken: [], reasons: [] },
  audit: null,
  fault: null,
  seconds: 1,
  tokens: null,
});
/** The marked tokens, as they are spelled here. */
const marked = (tokens: Int32Array, marks: ArrayLike<number>): number[] => [...tokens].filter((_, i) => marks[i] !== 0);

describe('a scored episode', () => {
  const end = boundaryId('end');
  const scored = scoreEpisode(record([step(-1, -2, -3), step(-4, -5)]), codec, { advantages: [0.5, -0.25], returns: [0.75, 0.25] });

  it('has what the policy sampled, without echoes, with the closing end', () => {
    expect(marked(scored.tokens, scored.own)).toEqual([wordId('click'), FIRST_REFERENCE + 7, end, wordId('ask'), end]);
    expect([...scored.behaviourLogprobs].filter((_, i) => scored.own[i])).toEqual([-1, -2, -3, -4, -5]);
    expect([...scored.advantages].filter((_, i) => scored.own[i])).toEqual([0.5, 0.5, 0.5, -0.25, -0.25]);
    for (const [i, own] of scored.own.entries()) if (own === 0) expect([scored.behaviourLogprobs[i], scored.advantages[i]]).toEqual([0, 0]);
  });

  it('trains the critic at the act boundaries', () => {
    expect(marked(scored.tokens, scored.decisions)).toEqual([boundaryId('act'), boundaryId('act')]);
    expect([...scored.returns].filter((_, i) => scored.decisions[i])).toEqual([0.75, 0.25]);
  });

  it('marks in a demonstration the same places as in what was sampled', () => {
    const shown = encodeTranscript({ schemaVersion: 1, segments }, codec);
    expect(marked(shown.tokens, shown.pointed)).toEqual([FIRST_REFERENCE + 7]);
    expect(withMixturePlaces(shown).pointed).toEqual(scored.pointed);
    expect(withMixturePlaces(scored)).toEqual(scored);
  });

  it('lets the pointer head take part where it did: also where something could have been asked about', () => {
    expect(marked(scored.tokens, scored.pointed)).toEqual([FIRST_REFERENCE + 7, end]);
  });

  it('imitates nothing unless told to', () => {
    expect(scored.weights.every((weight) => weight === 0)).toBe(true);
    const all = scoreEpisode(record([step(-1, -2, -3), step(-4, -5)]), codec, { advantages: [0, 0], weights: DEFAULT_WEIGHTS });
    expect(all.weights).toEqual(encodeTranscript({ schemaVersion: 1, segments }, codec).weights);
    expect(all.decisions.every((decision) => decision === 0)).toBe(true);
  });

  it('leaves an action of somebody else as context', () => {
    const mixed = scoreEpisode(record([step(), step(-4, -5)]), codec, { advantages: [1, 1], returns: [1, 1] });
    expect(marked(mixed.tokens, mixed.own)).toEqual([wordId('ask'), end]);
    expect(marked(mixed.tokens, mixed.decisions).length).toBe(2);
    expect(marked(mixed.tokens, mixed.advantages)).toEqual([wordId('ask'), end]);
  });

  it('is the same whether it is scored at once or later', () => {
    const bare = scoreEpisode(record([step(-1, -2, -3), step(-4, -5)]), codec, { advantages: [0, 0] });
    expect(withScores(bare, { advantages: [0.5, -0.25], returns: [0.75, 0.25] })).toEqual(scored);
  });

  it('refuses what does not agree, by the name of the episode', () => {
    const score =
      (steps: readonly StepRecord[], advantages = [1, 1], returns?: number[]) =>
      () =>
        scoreEpisode(record(steps), codec, { advantages, returns });
    const good = [step(-1, -2, -3), step(-4, -5)];
    expect(score([step(-1, -2), step(-4, -5)])).toThrow(DataError);
    expect(score([step(-1, -2), step(-4, -5)])).toThrow(/episode-7: got 2 log-probabilities of action 0, expected 3/);
    expect(score([step(-1, -2, -3)])).toThrow(/episode-7: got 2 act segments, expected 1/);
    expect(score(good, [1])).toThrow(/episode-7: got 1 advantages, expected 2/);
    expect(score(good, [1, 1], [1])).toThrow(/episode-7: got 1 returns, expected 2/);
  });

  it('may be one that is only imitated', () => {
    const episode = encodeTranscript({ schemaVersion: 1, segments }, codec);
    const imitated = imitatedEpisode(episode);
    expect(imitated).toMatchObject(episode);
    for (const marks of [imitated.own, imitated.advantages, imitated.decisions]) expect(marks.every((mark) => mark === 0)).toBe(true);
  });
});
