/** The runs that lie in a folder (`runs/GYM/NAME`), as the console shows them: which there are, and how far each has come. */
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { isLocked } from '../../src/base/index.ts';
import { type RunStanding, runStanding } from '../../src/records/index.ts';
import type { ServedRun } from '../../src/serve/index.ts';
import { readEvents } from './report.ts';
import { RUN_LOCK } from './run-folder.ts';

/** Newest first; so many are looked at. */
const MOST_RUNS = 40;
/** A loss of more points is no other curve. */
const MOST_LOSSES = 160;
/** More than a run of days tells. */
const MOST_BYTES = 64 * 1024 * 1024;

interface Known {
  readonly stamp: string;
  readonly standing: RunStanding | undefined;
}

/** Reads a run again only where it has told something new. */
export class RunList {
  readonly #root: string;
  #known = new Map<string, Known>();

  constructor(root: string) {
    this.#root = root;
  }

  /** Newest first. */
  list(): readonly ServedRun[] {
    const known = new Map<string, Known>();
    const runs = foldersOf(this.#root)
      .flatMap((gym) => foldersOf(join(this.#root, gym)).map((name) => `${gym}/${name}`))
      .flatMap((id) => {
        const path = join(this.#root, id, 'events.jsonl');
        const { size, mtimeMs } = statSync(path, { throwIfNoEntry: false }) ?? { size: 0, mtimeMs: 0 };
        return size > 0 && size <= MOST_BYTES ? [{ id, size, mtimeMs }] : [];
      })
      .sort((a, b) => b.mtimeMs - a.mtimeMs)
      .slice(0, MOST_RUNS)
      .flatMap(({ id, size, mtimeMs }): ServedRun[] => {
        const isAlive = isLocked(join(this.#root, id, RUN_LOCK));
        const stamp = `${size} ${mtimeMs} ${isAlive}`;
        const before = this.#known.get(id);
        const now = before?.stamp === stamp ? before : { stamp, standing: this.#read(id, isAlive) };
        known.set(id, now);
        return now.standing ? [{ id, ...now.standing }] : [];
      });
    this.#known = known;
    return runs;
  }

  #read(id: string, isAlive: boolean): RunStanding | undefined {
    return runStanding(readEvents(join(this.#root, id)), { isAlive, mostLosses: MOST_LOSSES });
  }
}

export const foldersOf = (folder: string): readonly string[] =>
  existsSync(folder)
    ? readdirSync(folder, { withFileTypes: true })
        .filter((entry) => entry.isDirectory() && !entry.name.startsWith('.'))
        .map(({ name }) => name)
    : [];
