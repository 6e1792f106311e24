/** Everything of one episode in one place: its state, look, faults and tickets around the lane's store. Replaced by a reset, never reused. */
import { randomBytes } from 'node:crypto';
import type { Faults } from '../types.ts';
import { type Look, lookOf } from './look.ts';
import type { AppState, FaultCounters } from './state.ts';
import type { Store } from './store.ts';

/** Counts what the faults count. Each fault happens once. */
export class FaultClock {
  readonly #faults: Faults;
  #requests: number;
  #changes: number;

  constructor(faults: Faults, counters: FaultCounters = { requests: 0, changes: 0 }) {
    this.#faults = faults;
    this.#requests = counters.requests;
    this.#changes = counters.changes;
  }

  /** One more request of a logged-in browser; true if its session is to be forgotten. */
  expires(): boolean {
    this.#requests++;
    return this.#requests === this.#faults.expireAt;
  }

  /** One more request that changes something; true if it is to fail. */
  fails(): boolean {
    this.#changes++;
    return this.#changes === this.#faults.failAt;
  }

  get counters(): FaultCounters {
    return { requests: this.#requests, changes: this.#changes };
  }
}

export class Episode {
  readonly state: AppState;
  readonly store: Store;
  readonly look: Look;
  readonly faults: FaultClock;
  /** Name of the session's cookie: ports of one host share cookies, so it has the port in it. */
  readonly cookie: string;
  /** What a request may name as its host. */
  readonly hosts: readonly string[];
  /** Session tokens by one-time ticket. */
  readonly #tickets = new Map<string, string>();

  constructor(state: AppState, store: Store, options: { port: number; counters?: FaultCounters }) {
    this.state = state;
    this.store = store;
    this.look = lookOf(state.interface.drift);
    this.faults = new FaultClock(state.faults, options.counters);
    this.cookie = `session-${options.port}`;
    this.hosts = [`127.0.0.1:${options.port}`, `localhost:${options.port}`];
  }

  /** A ticket that hands the session to the browser which shows it first. */
  issue(token: string): string {
    const ticket = randomBytes(18).toString('base64url');
    this.#tickets.set(ticket, token);
    return ticket;
  }

  /** The session behind a ticket, once; null for a used or unknown one. */
  redeem(ticket: string): string | null {
    const token = this.#tickets.get(ticket) ?? null;
    this.#tickets.delete(ticket);
    return token;
  }
}
