import { describe, expect, it } from 'vitest';
import { Random } from '../../src/base/index.ts';
import { normalise } from '../../src/grammar/index.ts';
import type { Segment, Transcript } from '../../src/records/index.ts';
import { Desk } from './desk.ts';
import { FULL_SIZE_FROM, lessonEpisode, lessons, lessonTranscript } from './index.ts';
import { playLesson } from './play.ts';
import { Universe } from './universe.ts';
import { coinMark, MONTH_NAMES, makeStyle, makeValue } from './values.ts';
import { collectGymWords } from './words/collect-taken.ts';
import { foldWord, TONGUES, VALUE_KINDS } from './words/index.ts';

const range = (from: number, count: number): number[] => Array.from({ length: count }, (_, i) => from + i);
/** Easy ones, growing ones, and those of full size. */
const INDICES = [...range(0, 200), ...range(1000, 100), ...range(4000, 100), ...range(FULL_SIZE_FROM + 1000, 300)];
const episodes = await Promise.all(INDICES.map(async (index) => ({ index, episode: await lessonEpisode(index, { mistakes: 0.5 }) })));

const acts = ({ segments }: Transcript): Segment[] => segments.filter(({ kind }) => kind === 'act');
const verbOf = ({ pieces: [first] }: Segment): string => (first?.kind === 'word' ? first.word : '');

/** What the lessons wrote; not what the harness did (roles, notices). */
function textsOf({ segments }: Transcript): string[] {
  return segments.flatMap(({ kind, pieces }) =>
    kind === 'goal' || kind === 'observe'
      ? pieces.flatMap((piece, i) => {
          const before = pieces[i - 1];
          const isNotice = before?.kind === 'word' && before.word === 'notice';
          return piece.kind === 'text' && !isNotice ? [piece.text] : [];
        })
      : [],
  );
}

/** Roles and states of elements: the harness writes them the same way for every world. */
const HARNESS_WORDS = ['field', 'list', 'option', 'button', 'link', 'heading', 'disabled', 'selected'];

describe('lessons', () => {
  it('are solved, every one', () => {
    for (const { index, episode } of episodes) expect([index, episode.score?.success, episode.error]).toEqual([index, true, null]);
  });

  it('are the same bytes for the same index', async () => {
    for (const index of [0, 7, 4001, 12_345])
      expect(JSON.stringify(await lessonTranscript(index))).toBe(JSON.stringify(await lessonTranscript(index)));
    expect(JSON.stringify(await lessonTranscript(8))).not.toBe(JSON.stringify(await lessonTranscript(9)));
  });

  it('share no word with a gym', () => {
    const taken = collectGymWords();
    expect(taken.size).toBeGreaterThan(1000);
    // The normaliser reads real months only; and short names are their first letters.
    const exempt = new Set([...HARNESS_WORDS, ...MONTH_NAMES.map(foldWord)]);
    const shared = new Set<string>();
    for (const { episode } of episodes)
      for (const text of textsOf(episode.transcript))
        for (const [word] of text.matchAll(/\p{L}{4,}/gu)) {
          const folded = foldWord(word);
          if (taken.has(folded) && !exempt.has(folded)) shared.add(folded);
        }
    expect([...shared], 'node base/lessons/words/collect-taken.ts').toEqual([]);
  });

  it('grow', () => {
    const elements = (from: number, to: number): number => {
      const counts = episodes
        .filter(({ index }) => index >= from && index < to)
        .map(
          ({ episode }) => episode.transcript.segments.flatMap(({ pieces }) => pieces).filter(({ kind }) => kind === 'reference').length,
        );
      return counts.reduce((sum, count) => sum + count, 0) / counts.length;
    };
    expect(elements(0, 200)).toBeLessThan(60);
    expect(elements(FULL_SIZE_FROM, 1e9)).toBeGreaterThan(2 * elements(0, 200));
  });

  it('practise every skill', () => {
    const verbs = new Map<string, number>();
    let mistakes = 0;
    for (const { episode } of episodes)
      for (const act of acts(episode.transcript)) {
        verbs.set(verbOf(act), (verbs.get(verbOf(act)) ?? 0) + 1);
        if (act.imitate === false) mistakes++;
      }
    expect([...verbs.keys()].sort()).toEqual(['abstain', 'ask', 'click', 'done', 'fill', 'select', 'wait']);
    expect(mistakes).toBeGreaterThan(50);
  });

  it.each(lessons.map(({ name }) => name))('of the family %s are solved at any level', async (name) => {
    const lesson = lessons.find((each) => each.name === name);
    for (let i = 0; i < 40; i++) {
      const random = new Random(`test/${name}/${i}`);
      const plan = lesson?.plan(new Universe({ random, level: i / 39 }));
      if (plan === undefined) throw new Error(name);
      const { score, stop } = await playLesson(plan, { index: i, mistakes: 0.2, random });
      expect([i, score?.reasons, stop === 'steps']).toEqual([i, [], false]);
      // Who does nothing has solved nothing.
      const idle = await new Desk(plan).score({ kind: 'done' });
      expect(idle.success).toBe(false);
    }
  });
});

describe('values', () => {
  it('normalise to what is held', () => {
    const random = new Random('values');
    for (let i = 0; i < 500; i++) {
      const style = makeStyle(random, coinMark(random));
      for (const kind of VALUE_KINDS) {
        const { printed, as, held } = makeValue(kind, style, { random, tongue: random.pick(TONGUES) });
        expect(as === undefined ? { ok: true, text: printed } : normalise(printed, as), printed).toEqual({ ok: true, text: held });
      }
    }
  });
});
