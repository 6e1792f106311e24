/** The jobs of a rollout, taken one at a time however many lanes ask; one that comes again is passed over. */
import { type Job, jobId } from './episode-id.ts';

export interface NumberedJob {
  readonly job: Job;
  readonly id: string;
  /** Its place among the jobs that were not passed over, from 0. */
  readonly number: number;
}

export class JobQueue {
  readonly length: number | null;
  readonly #iterator: Iterator<Job> | AsyncIterator<Job>;
  readonly #policyId: string;
  readonly #seen = new Set<string>();
  #last: Promise<unknown> = Promise.resolve();
  #isDone = false;

  constructor(jobs: Iterable<Job> | AsyncIterable<Job>, policyId: string) {
    this.#policyId = policyId;
    this.length = 'length' in jobs && typeof jobs.length === 'number' ? jobs.length : null;
    this.#iterator = Symbol.asyncIterator in jobs ? jobs[Symbol.asyncIterator]() : jobs[Symbol.iterator]();
  }

  next(): Promise<NumberedJob | undefined> {
    const taken = this.#last.then(async () => {
      while (!this.#isDone) {
        const result = await this.#iterator.next();
        if (result.done) this.#isDone = true;
        else {
          const id = jobId(result.value, this.#policyId);
          if (this.#seen.has(id)) continue;
          this.#seen.add(id);
          return { job: result.value, id, number: this.#seen.size - 1 };
        }
      }
      return undefined;
    });
    // Who comes after a failure meets it as well.
    this.#last = taken;
    // Without this, one that nobody asks after would count as unhandled.
    taken.catch(() => {});
    return taken;
  }

  /** Lets a generator tidy up that was not taken to its end; nobody waits for one that is asleep. */
  end(): void {
    if (this.#isDone) return;
    this.#isDone = true;
    (async () => this.#iterator.return?.())().catch(() => {});
  }
}
