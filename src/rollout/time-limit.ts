/**
 * Waiting that ends: what somebody else promised, a moment on the clock, or the caller's signal, whichever comes first. What is not
 * waited for any more goes on by itself and its failure is nobody's.
 */

/** The time was up. Not an error that leaves this folder. */
export class TimeIsUp extends Error {}

/** The caller doesn't want the result any more. Not an error that leaves this folder. */
export class Interrupted extends Error {}

export interface Limit {
  /** On the clock of `performance.now()`; default: no limit. */
  readonly untilMs?: number;
  readonly signal?: AbortSignal | undefined;
}

/** Some 24 days; a longer timer would ring at once. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** `work`'s result. Throws `TimeIsUp` or `Interrupted` where those come first. */
export function within<Result>(work: Promise<Result>, { untilMs = Number.POSITIVE_INFINITY, signal }: Limit): Promise<Result> {
  return new Promise((resolve, reject) => {
    const interrupt = (): void => finish(() => reject(new Interrupted()));
    const leftMs = Math.min(Math.max(0, untilMs - performance.now()), LONGEST_TIMER_MS);
    const timer = setTimeout(() => finish(() => reject(new TimeIsUp())), leftMs);
    const finish = (settle: () => void): void => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', interrupt);
      settle();
    };
    signal?.addEventListener('abort', interrupt);
    if (signal?.aborted) interrupt();
    work.then(
      (result) => finish(() => resolve(result)),
      (error: unknown) => finish(() => reject(error)),
    );
  });
}
