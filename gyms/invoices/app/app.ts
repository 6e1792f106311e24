/**
 * The accounting app of one lane: a server on loopback with a database in memory, started once and reset for each episode.
 *
 * Between two resets it is an ordinary web app. What is saved and loaded is the server's whole state; what a page holds (half-typed fields)
 * is the browser's.
 */

import type { DatabaseSync } from 'node:sqlite';
import { type ServerType, serve } from '@hono/node-server';
import * as z from 'zod';
import { ConfigError, DataError } from '../../../src/base/index.ts';
import { Assets } from './assets.ts';
import { Episode } from './episode.ts';
import { makeRoutes } from './routes.ts';
import type { AppState } from './state.ts';
import { SAVED_STORE, Store } from './store.ts';

const SAVED = z.object({
  schemaVersion: z.literal(1),
  /** File names of the episode's own arrivals, whose documents are not saved. */
  arrivals: z.array(z.string()),
  store: SAVED_STORE,
  counters: z.object({ requests: z.int().nonnegative(), changes: z.int().nonnegative() }),
  interface: z.object({ drift: z.string(), confirm: z.boolean() }),
  faults: z.object({ delayMs: z.number(), failAt: z.number().nullable(), expireAt: z.number().nullable() }),
  now: z.string(),
  pageInjection: z.string(),
  paint: z.boolean(),
});

const NOTHING: AppState = {
  books: { company: 'Nobody', vendors: [], orders: [], bills: [] },
  arrivals: [],
  user: '',
  password: '',
  interface: { drift: '', confirm: false },
  faults: { delayMs: 0, failAt: null, expireAt: null },
  now: '2000-01-01',
  pageInjection: '',
  loggedOut: true,
};

let assets: Assets | undefined;

export class InvoicesApp {
  readonly #server: ServerType;
  readonly #store: Store;
  readonly #port: number;
  #episode: Episode;

  private constructor(server: ServerType, store: Store, port: number, episode: Episode) {
    this.#server = server;
    this.#store = store;
    this.#port = port;
    this.#episode = episode;
  }

  /** `port` 0, the default, takes any free one. */
  static async start(options: { port?: number } = {}): Promise<InvoicesApp> {
    const port = options.port ?? 0;
    assets ??= new Assets();
    const store = new Store();
    let app: InvoicesApp | undefined;
    const routes = makeRoutes(() => {
      if (!app) throw new Error('a request came before the app had started');
      return app.#episode;
    }, assets);
    try {
      const server = await new Promise<ServerType>((resolve, reject) => {
        // Long, so that a browser never writes into a connection that is just being closed.
        const serverOptions = { keepAliveTimeout: 600_000 };
        const starting = serve({ fetch: routes.fetch, hostname: '127.0.0.1', port, serverOptions }, () => resolve(starting));
        starting.once('error', reject);
      });
      const address = server.address();
      const taken = typeof address === 'object' && address ? address.port : port;
      app = new InvoicesApp(server, store, taken, new Episode(NOTHING, store, { port: taken }));
      app.reset(NOTHING);
      return app;
    } catch (error) {
      store.close();
      const code = (error as NodeJS.ErrnoException).code;
      if (code !== 'EADDRINUSE' && code !== 'EACCES') throw error;
      throw new ConfigError({
        operation: 'start the accounting app',
        got: `port ${port}, which is ${code === 'EADDRINUSE' ? 'in use' : 'not allowed'}`,
        expected: 'a free port',
        fix: 'stop what listens there, or name another port; 0 takes any free one.',
        cause: error,
      });
    }
  }

  /** `http://127.0.0.1:PORT`, without a slash at the end. */
  get url(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  get database(): DatabaseSync {
    return this.#store.database;
  }

  /** Begins an episode. Returns the path to open: it hands the session over once, or it is the log-in. */
  reset(state: AppState): { path: string } {
    this.#store.reset(state);
    this.#episode = new Episode(state, this.#store, { port: this.#port });
    if (state.loggedOut) return { path: '/login' };
    return { path: `/?ticket=${this.#episode.issue(this.#store.openSession())}` };
  }

  /** `path` with a ticket for the open session, for a page that is to go on after `load`; without one if nobody is logged in. */
  resume(path: string): string {
    const session = this.#store.get('SELECT token FROM sessions ORDER BY rowid DESC LIMIT 1');
    if (!session) return path;
    return `${path}${path.includes('?') ? '&' : '?'}ticket=${this.#episode.issue(String(session.token))}`;
  }

  /** The journal, from the first row of the opening on, as CSV: sequence, table, action, row. */
  exportLedger(): string {
    return this.#store.exportLedger();
  }

  /** The whole state as plain data, without the documents that came with the episode. */
  save(): unknown {
    const { state, faults } = this.#episode;
    const saved: z.infer<typeof SAVED> = {
      schemaVersion: 1,
      arrivals: state.arrivals.map((arrival) => arrival.fileName),
      store: this.#store.save(),
      counters: faults.counters,
      interface: state.interface,
      faults: state.faults,
      now: state.now,
      pageInjection: state.pageInjection,
      paint: state.paint ?? true,
    };
    return saved;
  }

  /** Puts a saved state in place. The app must have been reset to the same episode: it has the documents. */
  load(state: unknown): void {
    const parsed = SAVED.safeParse(state);
    if (!parsed.success)
      throw new DataError({
        operation: 'load a state of the accounting app',
        got: z.prettifyError(parsed.error),
        expected: 'what save() gave',
      });
    const saved = parsed.data;
    const now = this.#store.given ?? NOTHING;
    const names = now.arrivals.map((arrival) => arrival.fileName);
    if (names.join('\n') !== saved.arrivals.join('\n'))
      throw new DataError({
        operation: 'load a state of the accounting app',
        got: `a state with the arrivals ${saved.arrivals.join(', ')}`,
        expected: `one of the present episode, with ${names.join(', ')}`,
      });
    this.#store.load(saved.store);
    const { interface: look, faults, pageInjection, paint } = saved;
    const restored: AppState = { ...now, interface: look, faults, now: saved.now, pageInjection, paint };
    this.#store.keep(restored);
    this.#episode = new Episode(restored, this.#store, { port: this.#port, counters: saved.counters });
  }

  async stop(): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      this.#server.close((error) => (error ? reject(error) : resolve()));
      if ('closeAllConnections' in this.#server) this.#server.closeAllConnections();
    });
    this.#store.close();
  }
}
