/**
 * The server and the browsers of one checkout, shared by the gyms of its pages: started with the first episode, stopped when the last gym lets go.
 */
import { type BrowserPage, BrowserPool } from '../../src/gym/index.ts';
import { type PageServer, servePages } from './page-server.ts';

/** What the pages' clock shows at first: one that ran would change what a calendar opens at. */
const NOON = '2026-01-15T12:00:00Z';

const sites = new Map<string, Site>();

export class Site {
  readonly #root: string;
  readonly #pool = new BrowserPool({ clock: { now: NOON } });
  #server: Promise<PageServer> | null = null;
  #users = 0;

  private constructor(root: string) {
    this.#root = root;
  }

  /** Each call needs one `leave`. */
  static join(root: string): Site {
    const site = sites.get(root) ?? new Site(root);
    sites.set(root, site);
    site.#users++;
    return site;
  }

  async origin(): Promise<string> {
    this.#server ??= servePages(this.#root);
    return (await this.#server).origin;
  }

  /** In whatever state the episode before has left it, which may have been another task's. */
  acquire(): Promise<BrowserPage> {
    return this.#pool.acquire();
  }

  release(page: BrowserPage): void {
    this.#pool.release(page);
  }

  async leave(): Promise<void> {
    if (--this.#users > 0) return;
    sites.delete(this.#root);
    await this.#pool.close();
    await (await this.#server)?.close();
  }
}
