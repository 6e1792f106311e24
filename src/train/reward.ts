/**
 * What an episode is worth, read off its record: a success more than a failure, a failure more than a broken invariant. An
 * episode without a verdict is worth nothing that could be told, which is null and never 0.
 *
 * A success is worth a little less for each step beyond need. A failure is not worth less for having been tried longer: a cost
 * there would teach to give up at once.
 */
import { ConfigError } from '../base/index.ts';
import type { EpisodeRecord } from '../records/index.ts';

export interface RewardOptions {
  /** What a broken invariant is worth; below 0, the worth of a failure. Default −0.5. */
  readonly broken?: number;
  /** What each step beyond need costs a success; default 0.002. All of them together cost at most half of it. */
  readonly stepCost?: number;
  /** Steps that the task needs, as far as that is known, e.g. its expert's; default 0, so that each step costs. */
  readonly neededSteps?: number;
}

type Judged = Pick<EpisodeRecord, 'score' | 'steps'>;

/** In (0.5 … 1] for a success, 0 for a failure, `broken` where an invariant broke, null where there is no verdict. */
export function episodeReward(
  { score, steps }: Judged,
  { broken = -0.5, stepCost = 0.002, neededSteps = 0 }: RewardOptions = {},
): number | null {
  if (!(broken < 0 && stepCost >= 0))
    throw new ConfigError({
      operation: 'reward an episode',
      got: `${broken} for a broken invariant, a step cost of ${stepCost}`,
      expected: 'less than 0, and 0 or more',
    });
  if (!score) return null;
  if (score.broken.length > 0) return broken;
  if (score.success === null) return null;
  return score.success ? 1 - Math.min(0.5, stepCost * Math.max(0, steps.length - neededSteps)) : 0;
}

/** 1 for a success, 0 for a failure or a broken invariant, null without a verdict: what the critic is asked to foresee. */
export function episodeOutcome({ score }: Judged): 0 | 1 | null {
  if (!score) return null;
  if (score.broken.length > 0) return 0;
  return score.success === null ? null : score.success ? 1 : 0;
}
