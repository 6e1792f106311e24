/** The first lesson: what the demonstrations show. */
import type { EpisodeRecord } from '../../src/records/index.ts';
import { type Learned, learn, lessonOf, RATES } from './learn.ts';
import type { Student, Workshop } from './workshop.ts';

export interface ImitateOptions {
  readonly student: Student;
  readonly shown: readonly EpisodeRecord[];
  readonly tokens: number;
}

export async function imitate(shop: Workshop, { student, shown, tokens }: ImitateOptions): Promise<Learned> {
  shop.run.tell({
    kind: 'stage',
    stage: 'sft',
    state: 'begun',
    note: `${shown.length} demonstrations, ${(tokens / 1e6).toFixed(1)} M tokens`,
  });
  const episodes = shown.flatMap((record) => lessonOf(record, student) ?? []);
  const learned = await learn(shop, {
    stage: 'sft',
    folder: 'sft',
    student,
    episodes,
    tokens,
    rate: { from: RATES.imitation, to: RATES.practice },
  });
  shop.run.tell({ kind: 'stage', stage: 'sft', state: 'finished', note: `${Math.round(learned.seconds)} s` });
  return learned;
}
