/** Exam episodes by `rollout`: how `certify` is joined to a gym. Whatever stands in the journal is not played again. */
import type { Gym, Policy } from '../records/index.ts';
import { type Job, type RolloutOptions, rollout } from '../rollout/index.ts';
import type { PlayExam } from './certify.ts';

export interface PlayExamOptions extends Pick<RolloutOptions, 'journal' | 'lanes' | 'secondsLimit' | 'retries' | 'signal' | 'onStep'> {
  readonly gym: Gym;
  readonly policy: Policy | ((job: Job) => Policy);
  /** Identity of the agent: weights, settings, runtime. */
  readonly policyId: string;
}

/** Runs of one task differ in the deal of references, the timing of faults and the policy's chances: all of them follow from the lane. */
export function playExam({ gym, ...options }: PlayExamOptions): PlayExam {
  return async ({ jobs, onEpisode }) => {
    const { reason } = await rollout({
      ...options,
      gym,
      jobs: jobs.map(({ slice, n, run }) => ({ task: gym.task({ split: 'exam', n }, slice), lane: { seed: `exam-${run}` } })),
      ordered: true,
      audited: true,
      stopWhen: onEpisode,
    });
    return reason !== 'interrupted';
  };
}
