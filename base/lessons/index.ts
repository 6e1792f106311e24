/**
 * Lessons: generated worlds in made-up languages, from which a base model learns the skills of desk work before it sees a gym.
 *
 * Invariant: `lessonTranscript` is pure in its index; no word of four or more letters is one that a gym uses; every episode ends in success.
 * They grow: the first are short, full size is reached at `FULL_SIZE_FROM`.
 */
import { ConfigError, Random } from '../../src/base/index.ts';
import type { PlayedEpisode } from '../../src/gym/index.ts';
import type { Transcript } from '../../src/records/index.ts';
import { FAMILIES, type Lesson } from './families/index.ts';
import { playLesson } from './play.ts';
import { Universe } from './universe.ts';

export type { Lesson } from './families/index.ts';

/** What is drawn, and how often. */
export const lessons: readonly Lesson[] = FAMILIES;

export const FULL_SIZE_FROM = 8000;

export interface LessonOptions {
  /** Share of the episodes in which the hand slips now and then and the slip is mended. Default 0.15. */
  readonly mistakes?: number;
}

/** Transcript number `index` ≥ 0: the same bytes for the same index and options. */
export async function lessonTranscript(index: number, options: LessonOptions = {}): Promise<Transcript> {
  return (await lessonEpisode(index, options)).transcript;
}

/** The same with its score. Throws where the lesson was not solved, which would be a fault of the lesson. */
export async function lessonEpisode(index: number, { mistakes = 0.15 }: LessonOptions = {}): Promise<PlayedEpisode> {
  if (!(Number.isSafeInteger(index) && index >= 0))
    throw new ConfigError({ operation: 'play a lesson', got: String(index), expected: 'an index from 0 to 2^53' });
  const random = new Random(`lessons/${index}`);
  const level = Math.min(1, index / FULL_SIZE_FROM);
  const plan = pickLesson(random, level).plan(new Universe({ random, level }));
  const slips = random.uniform() < mistakes;
  const episode = await playLesson(plan, { index, mistakes: slips ? 0.15 : 0, random });
  if (episode.score?.success !== true)
    throw new ConfigError({
      operation: `play lesson ${index} (${plan.family})`,
      got: episode.score?.reasons.join('; ') ?? episode.error?.message ?? 'no score',
      expected: 'success',
    });
  return episode;
}

function pickLesson(random: Random, level: number): Lesson {
  const there = lessons.filter(({ from = 0 }) => from <= level);
  let left = random.uniform() * there.reduce((sum, { weight }) => sum + weight, 0);
  for (const lesson of there) {
    left -= lesson.weight;
    if (left < 0) return lesson;
  }
  return there[0] as Lesson;
}
