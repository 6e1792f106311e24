/** How far a rollout is: counts, and the pace of what is played now. Episodes from before tell nothing about the pace. */
import type { EpisodeRecord, FaultKind } from '../records/index.ts';

export interface RolloutProgress {
  /** Episodes told of, this one included. */
  readonly done: number;
  /** null where nobody knows how many jobs there are. */
  readonly of: number | null;
  /** Whether this one stood in the journal before. */
  readonly isResumed: boolean;
  /** Episodes a second, since the first one of this run began. */
  readonly perSecond: number;
  /** null as long as it can't be told. */
  readonly secondsLeft: number | null;
  readonly successes: number;
}

export class RolloutTally {
  readonly #of: number | null;
  readonly #startedMs = performance.now();
  #done = 0;
  #resumed = 0;
  #isResumed = false;
  #successes = 0;
  readonly #faults: Record<FaultKind, number> = { infrastructure: 0, policy: 0, verifier: 0 };

  constructor(of: number | null) {
    this.#of = of;
  }

  count({ score, fault }: EpisodeRecord, isResumed: boolean): void {
    this.#done++;
    this.#isResumed = isResumed;
    if (isResumed) this.#resumed++;
    if (score?.success === true && fault === null) this.#successes++;
    if (fault !== null) this.#faults[fault.kind]++;
  }

  progress(): RolloutProgress {
    const perSecond = (this.#done - this.#resumed) / Math.max(1e-3, this.#seconds());
    const secondsLeft = this.#of === null || perSecond === 0 ? null : Math.max(0, this.#of - this.#done) / perSecond;
    return { done: this.#done, of: this.#of, isResumed: this.#isResumed, perSecond, secondsLeft, successes: this.#successes };
  }

  result(): {
    readonly records: number;
    readonly resumed: number;
    readonly faults: Readonly<Record<FaultKind, number>>;
    readonly seconds: number;
  } {
    return { records: this.#done, resumed: this.#resumed, faults: { ...this.#faults }, seconds: this.#seconds() };
  }

  #seconds(): number {
    return (performance.now() - this.#startedMs) / 1000;
  }
}
