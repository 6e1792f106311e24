/** What the benchmarks of reinforcement learning share: a run in a temporary folder, a model that demonstrations have brought half-way, an exam for it. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { imitate } from '../../recipes/factory/imitate.ts';
import { openRun } from '../../recipes/factory/run-folder.ts';
import { gatherDemonstrations } from '../../recipes/factory/show.ts';
import { beginnerOf, identityOf, play, type Student, type Workshop, withPolicy } from '../../recipes/factory/workshop.ts';
import { Random } from '../../src/base/index.ts';
import type { LoadedGym } from '../../src/gym/index.ts';
import { initializeWeights, presetConfig } from '../../src/model/index.ts';
import type { EpisodeRecord } from '../../src/records/index.ts';
import { jobsFor } from '../../src/rollout/index.ts';

/** Long enough for every episode of the puzzles; lanes of the presets' context would be mostly attention. */
const CONTEXT = 512;
const LANES = 64;

/** Works in a folder of its own, which is gone afterwards. */
export async function inWorkshop<T>(gym: LoadedGym, seed: number, work: (shop: Workshop) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'journeyman-bench-rl-'));
  const run = openRun({ folder, settings: {} });
  try {
    return await work({ gym, run, seed, lanes: LANES, signal: new AbortController().signal });
  } finally {
    run.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

export interface Schooled {
  readonly student: Student;
  readonly shown: readonly EpisodeRecord[];
}

export interface SchoolOptions {
  readonly demonstrations: number;
  /** Trained on. */
  readonly tokens: number;
}

/** A fresh model of preset nano that has imitated demonstrations, from nothing. */
export async function school(gym: LoadedGym, seed: number, { demonstrations, tokens }: SchoolOptions): Promise<Schooled> {
  return inWorkshop(gym, seed, async (shop) => {
    const shown = await gatherDemonstrations(shop, demonstrations);
    const fresh = beginnerOf({ start: 'cold', preset: 'nano', seed, transcripts: shown.map(({ transcript }) => transcript) });
    const config = presetConfig('nano', { vocabularySize: fresh.config.vocabularySize, contextLength: CONTEXT });
    const weights = initializeWeights(config, new Random(seed).fork('weights'));
    const { student } = await imitate(shop, { student: { ...fresh, config, weights }, shown, tokens });
    return { student, shown };
  });
}

/** The same `count` tasks of each slice, in its order, at temperature 0: two students are compared task by task. */
export function examine(
  gym: LoadedGym,
  student: Student,
  count: number,
  slices = Object.keys(gym.manifest.slices),
): Promise<readonly EpisodeRecord[]> {
  return inWorkshop(gym, 0, (shop) =>
    withPolicy(student, { temperature: 0 }, (policy) =>
      play(shop, {
        stage: 'certify',
        journal: 'exam.jsonl',
        jobs: [...jobsFor({ gym: gym.module.gym, split: 'validate', slices, count })],
        policy,
        policyId: identityOf(student),
      }),
    ),
  );
}
