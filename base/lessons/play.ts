/** One lesson, played: a plan becomes a desk, the clerk works on it through a session as every gym has one, and the transcript is what was seen and done. */
import type { Random } from '../../src/base/index.ts';
import { openSession, type PlayedEpisode, playEpisode } from '../../src/gym/index.ts';
import type { GymManifest, Task } from '../../src/records/index.ts';
import { Clerk } from './clerk.ts';
import { Desk } from './desk.ts';
import type { Plan } from './plan.ts';

export const LESSON_MANIFEST: GymManifest = {
  name: 'lessons',
  version: '1',
  description: 'Generated desk work in made-up languages: what a base model practises before it sees a gym.',
  actions: {
    click: 'reversible',
    fill: 'reversible',
    clear: 'reversible',
    select: 'reversible',
    wait: 'read',
    ask: 'read',
    abstain: 'read',
    done: 'read',
  },
  limits: { steps: 200, seconds: 600 },
  invariants: {},
  slices: { base: { description: 'All lessons.' } },
};

export interface PlayLessonOptions {
  readonly index: number;
  /** Probability, at each place where one is possible, of a slip that is then mended. */
  readonly mistakes: number;
  readonly random: Random;
}

export async function playLesson(plan: Plan, { index, mistakes, random }: PlayLessonOptions): Promise<PlayedEpisode> {
  const { name, version } = LESSON_MANIFEST;
  const task: Task = {
    schemaVersion: 1,
    gym: name,
    gymVersion: version,
    seed: { split: 'train', n: index },
    slice: 'base',
    goal: plan.goal,
  };
  const desk = new Desk(plan);
  const gym = {
    manifest: LESSON_MANIFEST,
    task: () => task,
    open: async () => openSession({ manifest: LESSON_MANIFEST, task, lane: { seed: 'lesson' }, world: desk }),
  };
  return playEpisode({ gym, task, lane: { seed: 'lesson' }, expert: new Clerk(plan, desk, { random, mistakes }) });
}
