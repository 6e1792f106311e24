/**
 * A run of `make` that is killed (SIGKILL) at random moments and gone on with, until it has its certificate. After each kill what lies on the disk is
 * compared with what lay there before: an episode that was finished stays, and stands there once.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Random } from '../src/base/index.ts';
import type { Ended, Workplace } from './make-workplace.ts';

export interface KillOptions {
  readonly run: string;
  readonly kills: number;
  readonly random: Random;
  /** Lines of events after which the last kill comes at the latest; earlier kills come earlier, so that every stage is hit. */
  readonly latest: number;
}

export interface KilledRun {
  /** Kills that came before the end. */
  readonly kills: number;
  /** Episodes on the disk after each of them. */
  readonly episodes: readonly number[];
  /** What went wrong, for people; empty where nothing did. */
  readonly problems: readonly string[];
  readonly ended: Ended;
}

export async function killAndGoOn(place: Workplace, { run, kills, random, latest }: KillOptions): Promise<KilledRun> {
  const problems: string[] = [];
  const episodes: number[] = [];
  let before: ReadonlyMap<string, readonly string[]> = new Map();
  for (let killed = 0; ; killed++) {
    const command = place.make(run);
    if (killed < kills) {
      await command.lines(1 + random.below(Math.ceil((latest * (killed + 1)) / kills)));
      await sleep(random.below(60));
      command.kill('SIGKILL');
    }
    const ended = await command.ended;
    const after = journalsOf(place.path(run));
    problems.push(...compare(before, after));
    before = after;
    // It may have come to its end before the kill came.
    if (ended.signal !== 'SIGKILL') return { kills: killed, episodes, problems, ended };
    episodes.push([...after.values()].reduce((sum, ids) => sum + ids.length, 0));
  }
}

/** Ids of the episodes in every journal of a run, by file. */
export function journalsOf(run: string): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, readonly string[]>();
  for (const folder of ['.', 'validate', 'rounds', 'exam']) {
    if (!existsSync(join(run, folder))) continue;
    for (const name of readdirSync(join(run, folder)).sort())
      if (name.endsWith('.jsonl') && !['events.jsonl', 'scores.jsonl'].includes(name))
        found.set(join(folder, name), idsIn(join(run, folder, name)));
  }
  return found;
}

/** Of whole lines, an id that comes again too; the last line may be torn. */
const idsIn = (path: string): readonly string[] =>
  readFileSync(path, 'utf8')
    .split('\n')
    .slice(0, -1)
    .map((line) => (JSON.parse(line) as { readonly id: string }).id);

function compare(before: ReadonlyMap<string, readonly string[]>, after: ReadonlyMap<string, readonly string[]>): readonly string[] {
  const lost = [...before].flatMap(([name, ids]) => {
    const now = new Set(after.get(name) ?? []);
    return ids.filter((id) => !now.has(id)).map((id) => `${name}: episode ${id} was there before the kill`);
  });
  const doubled = [...after].flatMap(([name, ids]) => (new Set(ids).size < ids.length ? [`${name}: an episode stands there twice`] : []));
  return [...lost, ...doubled];
}
