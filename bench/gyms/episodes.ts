/** Episodes of a gym's expert, timed: what the rows of the gyms suite are made of. */
import { Random } from '../../src/base/index.ts';
import { type LoadedGym, type PlayedEpisode, playEpisode, runInLanes } from '../../src/gym/index.ts';
import type { Split, Task } from '../../src/records/index.ts';

export interface Played {
  readonly episodes: readonly PlayedEpisode[];
  readonly steps: number;
  readonly seconds: number;
}

export interface PlayManyOptions {
  readonly count: number;
  readonly split: Split;
  /** First number of the seeds. */
  readonly from?: number;
  readonly slices: readonly string[];
  readonly lanes: number;
  readonly audited?: boolean;
  readonly onEpisode?: (episode: PlayedEpisode, done: number) => void;
}

export async function playMany({ module }: LoadedGym, options: PlayManyOptions): Promise<Played> {
  const { count, split, from = 0, slices, lanes, audited = false, onEpisode } = options;
  const tasks: Task[] = Array.from({ length: count }, (_, i) =>
    module.gym.task({ split, n: from + Math.floor(i / slices.length) }, slices[i % slices.length] as string),
  );
  const startedMs = performance.now();
  let done = 0;
  const episodes = await runInLanes(tasks, lanes, async (task) => {
    const random = new Random(`bench/${task.slice}/${task.seed.n}`);
    const episode = await playEpisode({ gym: module.gym, task, lane: { seed: 'bench' }, expert: module.expert(task, { random }), audited });
    onEpisode?.(episode, ++done);
    return episode;
  });
  const seconds = (performance.now() - startedMs) / 1000;
  return { episodes, steps: episodes.reduce((sum, { actions }) => sum + actions.length, 0), seconds };
}

/** Throws for an episode that did not end in success: a benchmark of a gym that does not work says nothing. */
export function assertSuccess({ episodes }: Played): void {
  const bad = episodes.find(({ score }) => score?.success !== true);
  if (bad)
    throw new Error(
      `${bad.task.gym}/${bad.task.slice}/${bad.task.seed.n}: ${bad.error?.message ?? bad.score?.reasons.join('; ')} (${bad.stop})`,
    );
}

/** The value below which the share `p` of the values lies (nearest rank). */
export function quantile(values: readonly number[], p: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.max(0, Math.ceil(p * sorted.length) - 1))] as number;
}
