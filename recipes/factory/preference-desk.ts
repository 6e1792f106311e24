/**
 * Pairs to be judged by people: one task, worked on in two ways, from what runs have practised. Those come first about which the verifier has no opinion,
 * since it calls both right or both wrong.
 */
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate as breathe } from 'node:timers/promises';
import { ConfigError, JourneymanError } from '../../src/base/index.ts';
import type { EpisodeRecord } from '../../src/records/index.ts';
import { readJournal } from '../../src/rollout/index.ts';
import { type Pair, pairOf } from '../../src/serve/index.ts';
import { foldersOf } from './run-list.ts';

/** Where a run plays tasks of the train split. */
const PRACTICE = ['rounds', 'rl'];
/** Of the newest; older ones have had their time. */
const MOST_JOURNALS = 8;
const MOST_EPISODES = 2000;
const MOST_PAIRS = 200;
/** Between two looks at the runs. */
const AGAIN_MS = 60_000;

export class PreferenceDesk {
  readonly #runs: string;
  readonly #pairs = new Map<string, Pair>();
  #lookedAtMs = Number.NEGATIVE_INFINITY;
  #looking: Promise<void> | undefined;

  constructor(runs: string) {
    this.#runs = runs;
  }

  /** Throws `ConfigError` for one that is not there. */
  pair(id: string): Pair {
    const pair = this.#pairs.get(id);
    if (pair === undefined)
      throw new ConfigError({
        operation: `judge the pair ${id.slice(0, 40)}`,
        got: 'none of this id',
        expected: 'one that is to be judged',
      });
    return pair;
  }

  /** The first that nobody has judged; undefined where there is none. */
  async next(isJudged: (pair: string) => boolean): Promise<Pair | undefined> {
    if (performance.now() - this.#lookedAtMs > AGAIN_MS) this.#looking ??= this.#look();
    await this.#looking;
    for (const [id, pair] of this.#pairs) if (!isJudged(id)) return pair;
    return undefined;
  }

  async #look(): Promise<void> {
    try {
      const pairs = await pairsIn(journalsIn(this.#runs));
      this.#pairs.clear();
      for (const pair of pairs) this.#pairs.set(pair.id, pair);
    } finally {
      this.#lookedAtMs = performance.now();
      this.#looking = undefined;
    }
  }
}

/** Newest first. */
function journalsIn(runs: string): readonly string[] {
  return foldersOf(runs)
    .flatMap((gym) => foldersOf(join(runs, gym)).flatMap((name) => PRACTICE.map((folder) => join(runs, gym, name, folder))))
    .flatMap((folder) => {
      try {
        return readdirSync(folder).flatMap((name) => (/^round-\d+\.jsonl$/.test(name) ? [join(folder, name)] : []));
      } catch {
        return [];
      }
    })
    .map((path) => ({ path, at: statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0 }))
    .sort((a, b) => b.at - a.at)
    .slice(0, MOST_JOURNALS)
    .map(({ path }) => path);
}

async function pairsIn(journals: readonly string[]): Promise<readonly Pair[]> {
  const tasks = new Map<string, EpisodeRecord[]>();
  for await (const record of newestOf(journals)) {
    if (record.seed.split !== 'train' || record.fault !== null) continue;
    const task = JSON.stringify([record.gym, record.gymVersion, record.slice, record.seed.n]);
    const ways = tasks.get(task) ?? [];
    tasks.set(task, ways);
    if (ways.every((other) => deedsOf(other) !== deedsOf(record))) ways.push(record);
  }
  return [...tasks.values()]
    .flatMap((ways) => ways.slice(1).map((way, i) => [ways[i] as EpisodeRecord, way] as const))
    .sort((a, b) => Number(isClear(a)) - Number(isClear(b)))
    .slice(0, MOST_PAIRS)
    .map(([one, other]) => {
      const { gym: name, gymVersion: version, slice, seed } = one;
      return pairOf({ gym: { name, version }, task: { slice, seed: { split: 'train', n: seed.n } } }, one.transcript, other.transcript);
    });
}

/** Others are let in between two episodes: a stop must not wait for a journal. A damaged one hides no other. */
async function* newestOf(journals: readonly string[]): AsyncGenerator<EpisodeRecord> {
  let left = MOST_EPISODES;
  for (const path of journals)
    try {
      for (const record of readJournal(path)) {
        if (left-- === 0) return;
        await breathe();
        yield record;
      }
    } catch (error) {
      if (!(error instanceof JourneymanError)) throw error;
    }
}

/** The verifier calls one of them better. */
const isClear = ([one, other]: readonly [EpisodeRecord, EpisodeRecord]): boolean => one.score?.success !== other.score?.success;

/** What was done, without what it was called at that moment. */
function deedsOf({ transcript }: EpisodeRecord): string {
  return JSON.stringify(
    transcript.segments.flatMap(({ kind, pieces }) => (kind === 'act' ? [pieces.filter((piece) => piece.kind !== 'reference')] : [])),
  );
}
