/** The runs that lie in a folder (`runs/GYM/NAME`), as the console shows them: which there are, and how far each has come. */
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { isLocked } from '../../src/base/index.ts';
import { type RunStanding, runStanding } from '../../src/records/index.ts';
import type { ServedRun } from '../../src/serve/index.ts';
import { Readings } from './readings.ts';
import { RUN_LOCK, readEvents } from './run-folder.ts';

/** Newest first; so many are looked at. */
const MOST_RUNS = 40;
/** A loss of more points is no other curve. */
const MOST_LOSSES = 160;
/** More than a run of days tells. */
const MOST_BYTES = 64 * 1024 * 1024;

export class RunList {
  readonly #root: string;
  readonly #standings = new Readings<ServedRun | undefined>();

  constructor(root: string) {
    this.#root = root;
  }

  /** Newest first. */
  list(): readonly ServedRun[] {
    const newest = foldersOf(this.#root)
      .flatMap((gym) => foldersOf(join(this.#root, gym)).map((name) => `${gym}/${name}`))
      .flatMap((id) => {
        const { size = 0, mtimeMs = 0 } = statSync(join(this.#root, id, 'events.jsonl'), { throwIfNoEntry: false }) ?? {};
        return size > 0 && size <= MOST_BYTES ? [{ id, size, mtimeMs }] : [];
      })
      .sort((a, b) => b.mtimeMs - a.mtimeMs)
      .slice(0, MOST_RUNS);
    const standings = this.#standings.of(
      newest.map(({ id, size, mtimeMs }) => {
        const isAlive = isLocked(join(this.#root, id, RUN_LOCK));
        return { key: id, stamp: `${size} ${mtimeMs} ${isAlive}`, read: () => this.#read(id, isAlive) };
      }),
    );
    return standings.filter((run) => run !== undefined);
  }

  #read(id: string, isAlive: boolean): ServedRun | undefined {
    const standing: RunStanding | undefined = runStanding(readEvents(join(this.#root, id)), { isAlive, mostLosses: MOST_LOSSES });
    return standing && { id, ...standing };
  }
}

export const foldersOf = (folder: string): readonly string[] =>
  existsSync(folder)
    ? readdirSync(folder, { withFileTypes: true })
        .filter((entry) => entry.isDirectory() && !entry.name.startsWith('.'))
        .map(({ name }) => name)
    : [];
