/**
 * When to give a line up: the critic has seen no way out for a while. A rule is a pure function of the critic's values so far.
 *
 * Patience is there because a critic errs on single states more often than on several in a row. What a threshold costs in good lines is an
 * empirical matter: choose it on validation episodes, as the value below which fewer than a stated share of successful episodes ever stayed that
 * long.
 */
import { ConfigError } from '../base/index.ts';

/** Whether a line with these critic's values (of its states, oldest first) is given up. */
export type HopelessRule = (values: readonly number[]) => boolean;

export interface EarlyStopOptions {
  /** A value below it, in [0, 1], is a bad one. */
  readonly threshold: number;
  /** So many bad ones in a row. Default 2. */
  readonly patience?: number;
}

/** True while each of the last `patience` values is below `threshold`; false for fewer values, and for any NaN among them. */
export function thresholdRule({ threshold, patience = 2 }: EarlyStopOptions): HopelessRule {
  if (!(threshold >= 0 && threshold <= 1) || !(Number.isInteger(patience) && patience >= 1))
    throw new ConfigError({
      operation: 'stop early',
      got: `threshold ${threshold}, patience ${patience}`,
      expected: 'a threshold from 0 to 1 and a whole patience from 1 up',
    });
  return (values) => values.length >= patience && values.slice(-patience).every((value) => value < threshold);
}
