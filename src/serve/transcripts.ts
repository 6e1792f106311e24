/** What happened in each job, step by step, for whoever watches: kept beside the ledgers, which hold what matters. */
import { appendFileSync, existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { JobStep } from './work-job.ts';

const ID = /^[0-9a-f-]{36}$/;

export interface Transcripts {
  add(step: JobStep): void;
  /** In order; of a line that a crash has torn nothing. */
  of(job: string): readonly JobStep[];
}

export function openTranscripts(folder: string): Transcripts {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const pathOf = (job: string): string => join(folder, `${job}.jsonl`);
  return {
    add: (step) => appendFileSync(pathOf(step.job), `${JSON.stringify(step)}\n`, { mode: 0o600 }),
    of(job) {
      if (!ID.test(job) || !existsSync(pathOf(job))) return [];
      return readFileSync(pathOf(job), 'utf8')
        .split('\n')
        .flatMap((line) => {
          try {
            return [JSON.parse(line) as JobStep];
          } catch {
            return [];
          }
        });
    },
  };
}
