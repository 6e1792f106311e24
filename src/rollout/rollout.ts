/**
 * Policy × gym → episodes on the disk: many side by side, each lane taking the next job as soon as it is free.
 *
 * Invariant: an episode is on the disk before anybody is told of it, and each job is told of exactly once, whether it was played now or
 * stands in the journal from before. So whoever folds over what is told gets the same from a run that was killed and gone on with.
 *
 * A sandbox that fails is tried again in a fresh session. An episode that it still failed in is held back until one that began later gets
 * through: when none does any more, the run ends with an error and those jobs are still to be played.
 */
import { setMaxListeners } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { ConfigError, RuntimeError } from '../base/index.ts';
import type { EpisodeRecord, FaultKind, Gym, Policy } from '../records/index.ts';
import type { Job } from './episode-id.ts';
import { JobQueue, type NumberedJob } from './job-queue.ts';
import type { Journal } from './journal.ts';
import { type PlayStep, playPolicy } from './play-policy.ts';
import { type RolloutProgress, RolloutTally } from './rollout-tally.ts';
import { type Teller, TellInOrder, TellOnce } from './tellers.ts';
import { Interrupted, within } from './time-limit.ts';

export interface RolloutOptions {
  readonly gym: Gym;
  /** One for all jobs, or one for each, where it needs to know the task (an adviser does). */
  readonly policy: Policy | ((job: Job) => Policy);
  /** Identity of the policy: part of each episode's id. */
  readonly policyId: string;
  /** Taken one by one; a job that comes again is passed over. */
  readonly jobs: Iterable<Job> | AsyncIterable<Job>;
  readonly journal: Journal;
  /** Episodes side by side. */
  readonly lanes: number;
  /** How many jobs there are, where `jobs` doesn't tell by a `length`. */
  readonly of?: number;
  /** Asks the second verifier too. Default false. */
  readonly audited?: boolean;
  /** Seconds of one episode on the wall clock. Default 300. */
  readonly secondsLimit?: number;
  /** How often an episode is played again that the sandbox failed in. Default 2. */
  readonly retries?: number;
  /** Aborted, the episodes under way are given up without a record; they are played when the run goes on. */
  readonly signal?: AbortSignal;
  /** Tells of episodes in the order of the jobs, not of their ends. Default false. */
  readonly ordered?: boolean;
  /** Called after each episode that was told of. True: no further job begins; those under way end and are recorded, but not told of. */
  readonly stopWhen?: (record: EpisodeRecord) => boolean;
  readonly onEpisode?: (record: EpisodeRecord, progress: RolloutProgress) => void | Promise<void>;
  /** For a live view. */
  readonly onStep?: (job: Job, step: PlayStep) => void;
}

export interface RolloutResult {
  /** Episodes told of. */
  readonly records: number;
  /** Those of them that stood in the journal before. */
  readonly resumed: number;
  readonly faults: Readonly<Record<FaultKind, number>>;
  readonly seconds: number;
  /** `finished`: no job is left. `interrupted`: by the signal. `stopped`: by `stopWhen`. */
  readonly reason: 'finished' | 'interrupted' | 'stopped';
}

/**
 * Throws what a lane throws (a mistake in a program, a journal that can't be written, a sandbox that is down), after the other episodes under
 * way have ended and been recorded.
 */
export async function rollout(options: RolloutOptions): Promise<RolloutResult> {
  return new Rollout(options).run();
}

interface Played {
  readonly number: number;
  readonly record: EpisodeRecord;
  /** Events of the rollout, counted: what began later than something ended has seen the sandbox after it. */
  readonly begunAt: number;
  readonly endedAt: number;
}

class Rollout {
  readonly #options: RolloutOptions;
  readonly #jobs: JobQueue;
  readonly #tally: RolloutTally;
  readonly #teller: Teller;
  readonly #failures: unknown[] = [];
  /** The caller's signal; one of our own, because every lane listens to it. */
  readonly #interruption = new AbortController();
  /** No further job begins: interrupted, stopped, failed. */
  readonly #end = new AbortController();
  #events = 0;
  /** Episodes without any news of the agent, until one that began after them gets through. */
  #withheld: Played[] = [];
  /** Lanes in an episode, until it is told of or held back. */
  #playing = 0;
  readonly #waiting: (() => void)[] = [];
  #isStopped = false;

  constructor(options: RolloutOptions) {
    if (!(Number.isInteger(options.lanes) && options.lanes > 0))
      throw new ConfigError({ operation: 'roll out', got: `${options.lanes} lanes`, expected: 'a whole number, at least 1' });
    this.#options = options;
    this.#jobs = new JobQueue(options.jobs, options.policyId);
    setMaxListeners(0, this.#interruption.signal, this.#end.signal);
    this.#end.signal.addEventListener('abort', () => this.#wake());
    this.#tally = new RolloutTally(options.of ?? this.#jobs.length);
    const tell = (record: EpisodeRecord, isResumed: boolean): Promise<void> => this.#tell(record, isResumed);
    this.#teller = options.ordered ? new TellInOrder(options.journal, tell) : new TellOnce(tell);
  }

  async run(): Promise<RolloutResult> {
    const { lanes, signal } = this.#options;
    const interrupt = (): void => {
      this.#interruption.abort(signal?.reason);
      this.#end.abort();
    };
    signal?.addEventListener('abort', interrupt);
    if (signal?.aborted) interrupt();
    try {
      await Promise.all(Array.from({ length: lanes }, () => this.#lane()));
      this.#jobs.end();
      if (!this.#isInterrupted) await this.#release();
    } finally {
      signal?.removeEventListener('abort', interrupt);
    }
    if (this.#failures.length > 0) throw this.#failures[0];
    const reason = this.#isStopped ? 'stopped' : this.#isInterrupted ? 'interrupted' : 'finished';
    return { ...this.#tally.result(), reason };
  }

  get #isInterrupted(): boolean {
    return this.#interruption.signal.aborted;
  }

  #isInterruption(failure: unknown): boolean {
    return this.#isInterrupted && (failure === this.#interruption.signal.reason || (failure as Error).name === 'AbortError');
  }

  #fail(failure: unknown): void {
    this.#failures.push(failure);
    this.#end.abort();
  }

  async #lane(): Promise<void> {
    const { signal } = this.#end;
    try {
      while (!signal.aborted) {
        const next = await within(this.#jobs.next(), { signal });
        if (next === undefined) return;
        await this.#work(next);
      }
    } catch (failure) {
      if (!(failure instanceof Interrupted) && !this.#isInterruption(failure)) this.#fail(failure);
    }
  }

  async #work({ job, id, number }: NumberedJob): Promise<void> {
    const { journal } = this.#options;
    if (journal.has(id)) return this.#teller.add(number, () => journal.get(id) as EpisodeRecord, { id, isResumed: true });
    this.#playing++;
    try {
      const begunAt = this.#events++;
      const record = await this.#play(job);
      const played: Played = { number, record, begunAt, endedAt: this.#events++ };
      if (played.record.fault?.kind === 'infrastructure') this.#withheld.push(played);
      else {
        await this.#finish(played);
        await this.#release(begunAt);
      }
    } finally {
      this.#playing--;
      this.#wake();
    }
    await this.#hopeForTheSandbox();
  }

  async #play(job: Job): Promise<EpisodeRecord> {
    const { gym, policy, policyId, audited = false, secondsLimit, retries = 2, onStep } = this.#options;
    const { signal } = this.#interruption;
    for (let attempt = 0; ; attempt++) {
      const record = await playPolicy({
        ...job,
        gym,
        policy: typeof policy === 'function' ? policy(job) : policy,
        policyId,
        audited,
        ...(secondsLimit === undefined ? {} : { secondsLimit }),
        signal,
        observer: onStep && ((step) => onStep(job, step)),
      });
      if (record.fault?.kind !== 'infrastructure' || attempt >= retries) return record;
      // A browser needs a moment to come back.
      await sleep(200 * (attempt + 1), undefined, { signal });
    }
  }

  async #finish({ number, record }: Played): Promise<void> {
    await this.#options.journal.append(record);
    await this.#teller.add(number, () => record, { id: record.id, isResumed: false });
  }

  /** Where too much is held back, takes no further job until another lane's episode gets through. Throws where there is none left that could. */
  async #hopeForTheSandbox(): Promise<void> {
    const limit = Math.max(4, 2 * this.#options.lanes);
    while (this.#withheld.length >= limit && !this.#end.signal.aborted) {
      if (this.#playing === 0) throw sandboxIsDown(this.#withheld);
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
  }

  #wake(): void {
    for (const resolve of this.#waiting.splice(0)) resolve();
  }

  /** Records what is held back since before the event `before`. */
  async #release(before = Number.POSITIVE_INFINITY): Promise<void> {
    if (this.#failures.length > 0) return;
    const released = this.#withheld.filter(({ endedAt }) => endedAt < before);
    this.#withheld = this.#withheld.filter(({ endedAt }) => endedAt >= before);
    for (const played of released) await this.#finish(played);
  }

  /** One at a time. Nothing is told of after the stop. */
  async #tell(record: EpisodeRecord, isResumed: boolean): Promise<void> {
    if (this.#isStopped || this.#failures.length > 0) return;
    try {
      this.#tally.count(record, isResumed);
      await this.#options.onEpisode?.(record, this.#tally.progress());
      if (!this.#options.stopWhen?.(record)) return;
      this.#isStopped = true;
      this.#end.abort();
    } catch (failure) {
      this.#fail(failure);
    }
  }
}

function sandboxIsDown(withheld: readonly Played[]): RuntimeError {
  const { gym, fault } = (withheld.at(-1) as Played).record;
  return new RuntimeError({
    operation: `roll out ${gym}`,
    got: `${withheld.length} episodes in a row that the sandbox failed in, the last with ${fault?.code}: ${fault?.message.replace(/\.$/, '')}`,
    expected: 'a sandbox that works',
    fix: 'put it right and go on: these episodes were not recorded and will be played again',
  });
}
