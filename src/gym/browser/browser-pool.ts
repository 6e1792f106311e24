/**
 * Several browsers side by side, one page each: a crashed or hung one costs the episode that it served, and is replaced at the next `acquire`.
 *
 * Two browsers rather than two pages of one: pages of one browser wait for each other.
 */
import { InfrastructureError } from '../errors.ts';
import { Browser } from './browser.ts';
import type { BrowserPage, PageOptions } from './browser-page.ts';

interface Seat {
  browser: Browser | null;
  page: BrowserPage | null;
  isTaken: boolean;
}

export interface PoolOptions extends PageOptions {
  /** Browsers at most; they are started when they are first needed. Default 2. */
  readonly browsers?: number;
  readonly visible?: boolean;
}

export class BrowserPool {
  readonly #options: PoolOptions;
  readonly #seats: readonly Seat[];
  #waiting: (() => void)[] = [];
  #isClosed = false;

  constructor(options: PoolOptions = {}) {
    this.#options = options;
    this.#seats = Array.from({ length: Math.max(1, options.browsers ?? 2) }, () => ({ browser: null, page: null, isTaken: false }));
  }

  /** A page of a living browser; waits for one to be released. The caller resets it. */
  async acquire(): Promise<BrowserPage> {
    for (;;) {
      if (this.#isClosed)
        throw new InfrastructureError({
          operation: 'acquire a page',
          got: 'a closed pool',
          expected: 'an open one',
          fix: 'open the gym anew',
        });
      const seat = this.#seats.find((each) => !each.isTaken && each.page) ?? this.#seats.find((each) => !each.isTaken);
      if (!seat) {
        await new Promise<void>((resolve) => this.#waiting.push(resolve));
        continue;
      }
      seat.isTaken = true;
      try {
        return await this.#pageOf(seat);
      } catch (error) {
        this.#free(seat);
        throw error;
      }
    }
  }

  /** Gives `page` back, in whatever state it is. */
  release(page: BrowserPage): void {
    const seat = this.#seats.find((each) => each.page === page);
    if (seat?.isTaken) this.#free(seat);
  }

  /** Process ids of the browsers that live. */
  get pids(): readonly number[] {
    return this.#seats.flatMap(({ browser }) => (browser?.alive ? [browser.pid] : []));
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    for (const wake of this.#waiting.splice(0)) wake();
    await Promise.all(this.#seats.map(({ browser }) => browser?.close()));
  }

  async #pageOf(seat: Seat): Promise<BrowserPage> {
    if (seat.browser?.alive && seat.page?.usable) return seat.page;
    await seat.browser?.close();
    seat.page = null;
    seat.browser = await Browser.launch(this.#options.visible ? { visible: true } : {});
    seat.page = await seat.browser.openPage(this.#options);
    if (this.#isClosed) await seat.browser.close();
    return seat.page;
  }

  #free(seat: Seat): void {
    seat.isTaken = false;
    this.#waiting.shift()?.();
  }
}
