/** What an episode of the accounting app starts from, and what a saved one consists of. Plain records; no behaviour. */
import type { Books, Faults, Interface } from '../types.ts';

export interface Arrival {
  readonly fileName: string;
  /** ISO 8601 day. */
  readonly received: string;
  /** The PDF, or how to draw it when it is first asked for. */
  readonly bytes: Uint8Array | (() => Promise<Uint8Array>);
}

export interface AppState {
  readonly books: Books;
  readonly arrivals: readonly Arrival[];
  readonly user: string;
  readonly password: string;
  readonly interface: Interface;
  readonly faults: Faults;
  /** The sandbox's clock: the day on which payments and uploads are dated. ISO 8601. */
  readonly now: string;
  /** A vendor's note, shown on the inbox and on the page of an arrival; '' for none. */
  readonly pageInjection: string;
  /** Starts at the log-in. */
  readonly loggedOut: boolean;
  /** Whether the browser paints pages of documents; their text is there either way. Default true. */
  readonly paint?: boolean;
}

/** What the faults have done so far. */
export interface FaultCounters {
  /** Requests of a logged-in browser: pages, checks and changes; neither files nor programs. */
  readonly requests: number;
  /** Requests that change the books or the inbox. */
  readonly changes: number;
}
