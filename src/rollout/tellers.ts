/**
 * In which order those who listen are told of episodes: as they end, or as their jobs came. One at a time in both.
 *
 * What waits for its turn is kept as an id and read from the journal again, so that a slow first job doesn't fill the memory.
 */
import type { EpisodeRecord } from '../records/index.ts';
import type { Journal } from './journal.ts';

type Tell = (record: EpisodeRecord, isResumed: boolean) => Promise<void>;

export interface Teller {
  /** Episode `number` is on the disk. Resolves when everybody was told of what can be told now. */
  add(number: number, load: () => EpisodeRecord, about: { readonly id: string; readonly isResumed: boolean }): Promise<void>;
}

export class TellOnce implements Teller {
  readonly #tell: Tell;
  #last: Promise<void> = Promise.resolve();

  constructor(tell: Tell) {
    this.#tell = tell;
  }

  add(_number: number, load: () => EpisodeRecord, { isResumed }: { readonly isResumed: boolean }): Promise<void> {
    this.#last = this.#last.then(() => this.#tell(load(), isResumed));
    return this.#last;
  }
}

export class TellInOrder implements Teller {
  readonly #journal: Journal;
  readonly #tell: Tell;
  readonly #waiting = new Map<number, { readonly id: string; readonly isResumed: boolean }>();
  #next = 0;
  #last: Promise<void> = Promise.resolve();

  constructor(journal: Journal, tell: Tell) {
    this.#journal = journal;
    this.#tell = tell;
  }

  add(number: number, _load: () => EpisodeRecord, about: { readonly id: string; readonly isResumed: boolean }): Promise<void> {
    this.#waiting.set(number, about);
    this.#last = this.#last.then(() => this.#tellWhatIsDue());
    return this.#last;
  }

  async #tellWhatIsDue(): Promise<void> {
    for (;;) {
      const due = this.#waiting.get(this.#next);
      if (due === undefined) return;
      this.#waiting.delete(this.#next++);
      await this.#tell(this.#journal.get(due.id) as EpisodeRecord, due.isResumed);
    }
  }
}
