/** Learning-rate schedules: pure functions of the step. */

/** Linear warm-up to `peak`, a plateau, then a fall to `floor · peak` over the last `decay` share of the steps. */
export interface Schedule {
  readonly peak: number;
  readonly steps: number;
  /** Steps of linear warm-up; default 2 % of all, at least 10. */
  readonly warmup?: number;
  /** Shape of the fall; default 'cosine'. */
  readonly fall?: 'cosine' | 'linear';
  /** Share of the steps over which the rate falls; default 1 (right after warm-up). */
  readonly decay?: number;
  /** Share of the peak that is left at the end; default 0.05. */
  readonly floor?: number;
}

/** The schedule with its defaults written out. */
export function resolveSchedule({ peak, steps, warmup, fall = 'cosine', decay = 1, floor = 0.05 }: Schedule): Required<Schedule> {
  return { peak, steps, warmup: warmup ?? Math.min(Math.max(10, Math.round(steps * 0.02)), Math.ceil(steps / 2)), fall, decay, floor };
}

/** The rate of `step`, counted from 1. Cosine: Loshchilov & Hutter 2017 (arXiv 1608.03983), eq. 5, without restarts. */
export function scheduledRate(schedule: Schedule, step: number): number {
  const { peak, steps, warmup, fall, decay, floor } = resolveSchedule(schedule);
  if (step <= warmup) return (peak * step) / Math.max(1, warmup);
  const start = Math.max(warmup, steps * (1 - decay));
  if (step <= start) return peak;
  const progress = Math.min(1, (step - start) / Math.max(1, steps - start));
  const remaining = fall === 'cosine' ? (1 + Math.cos(Math.PI * progress)) / 2 : 1 - progress;
  return peak * (floor + (1 - floor) * remaining);
}
