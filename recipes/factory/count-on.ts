/** The wide part of a student, counted afresh from everything that was shown and played: seconds, where the network takes minutes. */
import { existsSync, readFileSync } from 'node:fs';
import { hashJson, saveAtomically } from '../../src/base/index.ts';
import type { EpisodeRecord, Stage } from '../../src/records/index.ts';
import { fitWide, formatWide, parseWide } from '../../src/wide/index.ts';
import { isSuccess, type Student, startClock, type Workshop } from './workshop.ts';

export interface CountOnOptions {
  readonly student: Student;
  /** Only what ended well is counted. */
  readonly records: readonly EpisodeRecord[];
  readonly stage: Stage;
}

/** What was counted before is read again. */
export function countOn({ run, seed }: Workshop, { student, records, stage }: CountOnOptions): Student {
  const good = records.filter(isSuccess);
  const path = run.path('counted', `${hashJson([seed, ...good.map(({ id }) => id)]).slice(0, 16)}.bin`);
  if (existsSync(path)) return { ...student, wide: parseWide(readFileSync(path), path) };
  const clock = startClock();
  const transcripts = good.map(({ transcript }) => transcript);
  const wide = fitWide(transcripts, { seed });
  saveAtomically(path, formatWide(wide));
  run.tell({ kind: 'note', text: `${stage}: counted over ${good.length} episodes in ${Math.round(clock())} s` });
  return { ...student, wide };
}
