/** The name of an episode, fixed by the job that it is: the same job has the same id on every machine, so that it is never counted twice. */
import { hashJson } from '../base/index.ts';
import type { EpisodeRecord, Lane, Task } from '../records/index.ts';

/** What of an episode is known before it is played. */
export type EpisodeIdParts = Pick<EpisodeRecord, 'gym' | 'gymVersion' | 'slice' | 'seed' | 'lane' | 'policy'>;

/** 24 hexadecimal digits of a SHA-256: among a million million jobs, two share one with a probability below 10^-5. */
export function episodeId({ gym, gymVersion, slice, seed, lane, policy }: EpisodeIdParts): string {
  return hashJson(['episode', 1, gym, gymVersion, slice, seed.split, seed.n, lane, policy]).slice(0, 24);
}

/** One episode to play. */
export interface Job {
  readonly task: Task;
  readonly lane: Lane;
}

/** The id of `job` played by `policyId`. */
export function jobId({ task, lane }: Job, policyId: string): string {
  return episodeId({ gym: task.gym, gymVersion: task.gymVersion, slice: task.slice, seed: task.seed, lane: lane.seed, policy: policyId });
}
