/** What the places of jobs held when each began and when it had ended: what undo is measured against. */
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import { DataError, type Json, saveAtomically } from '../base/index.ts';

type State = Readonly<Record<string, Json>>;
type When = 'before' | 'after';

const stateSchema = z.record(z.string(), z.json());

export interface JobStates {
  /** On the disk when it returns. */
  keep(job: string, when: When, state: State): void;
  /** undefined where none was kept. Throws `DataError` for a damaged one. */
  of(job: string, when: When): State | undefined;
}

export function openJobStates(folder: string): JobStates {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const pathOf = (job: string, when: When): string => join(folder, `${job}-${when}.json`);
  return {
    keep: (job, when, state) => saveAtomically(pathOf(job, when), `${JSON.stringify(state)}\n`),
    of(job, when) {
      const path = pathOf(job, when);
      if (!existsSync(path)) return undefined;
      try {
        return stateSchema.parse(JSON.parse(readFileSync(path, 'utf8'))) as State;
      } catch (cause) {
        throw new DataError({
          operation: `read ${path}`,
          got: 'a damaged file',
          expected: 'what the app held',
          fix: 'take the job back by hand',
          cause,
        });
      }
    },
  };
}
