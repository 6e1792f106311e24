/**
 * Watches the loss of a run: a smoothed value for people, and a verdict when training has come apart. Its state is plain
 * numbers that are saved with the run, so that a resumed run sees what an uninterrupted one sees.
 */

export interface LossWatchState {
  /** Exponential average, not yet corrected for its start at 0. */
  readonly average: number;
  /** Losses seen. */
  readonly count: number;
  /** Lowest smoothed loss so far; null before the first. */
  readonly best: number | null;
  /** How many losses in a row the smoothed one has been too high. */
  readonly tooHigh: number;
}

export const FRESH_WATCH: LossWatchState = { average: 0, count: 0, best: null, tooHigh: 0 };

export interface ExplosionRule {
  /** The smoothed loss may be this many times its best … default 2. */
  readonly factor?: number;
  /** … where a best below this counts as this, in nats; default 0.5. */
  readonly floorNats?: number;
  /** … for this many steps in a row; default 50. */
  readonly patience?: number;
}

const DECAY = 0.95;

/**
 * One more loss, in nats (weighted mean of a step's tokens). Pure: returns the next state. Too high is a smoothed loss
 * above `factor · max(best, floorNats)`; only such losses in a row count.
 */
export function watchLoss(state: LossWatchState, loss: number, rule: ExplosionRule = {}): LossWatchState {
  const average = DECAY * state.average + (1 - DECAY) * loss;
  const count = state.count + 1;
  const smoothed = average / (1 - DECAY ** count);
  const best = Math.min(state.best ?? Number.POSITIVE_INFINITY, smoothed);
  return { average, count, best, tooHigh: smoothed > highestLoss(best, rule) ? state.tooHigh + 1 : 0 };
}

/** The average with the correction for its start (Kingma & Ba 2015, arXiv 1412.6980, §3). NaN before the first loss. */
export const smoothedLoss = ({ average, count }: LossWatchState): number => average / (1 - DECAY ** count);

export const hasExploded = ({ tooHigh }: LossWatchState, { patience = 50 }: ExplosionRule = {}): boolean => tooHigh >= patience;

/** The smoothed loss above which a step counts as too high. */
export function highestLoss(best: number, { factor = 2, floorNats = 0.5 }: ExplosionRule = {}): number {
  return factor * Math.max(best, floorNats);
}
