/**
 * Episodes in an app: takes an instance, resets it, reads its state, opens the page; afterwards reads the state again and has it judged.
 *
 * One page for each instance, kept from one episode to the next for speed; the browser starts with the first.
 */
import type { AttachTarget, Ending, World } from '../../records/index.ts';
import type { Browser, BrowserPage, PageOptions } from '../browser/index.ts';
import { type AppInstance, AppPool, type WebApp } from './app.ts';
import type { ReadState, Reset } from './app-state.ts';
import { type Invariant, judge, type Verifier } from './verdict.ts';

export interface WebAppWorldOptions<Data, State> {
  readonly app: WebApp;
  readonly reset: Reset<Data>;
  readonly state: ReadState<State>;
  readonly startPath?: string | ((data: Data) => string);
  readonly now?: (data: Data) => Date;
  readonly page?: Omit<PageOptions, 'clock'>;
  readonly secrets?: (data: Data) => Readonly<Record<string, string>>;
  readonly verify: Verifier<Data, State>;
  readonly audit?: Verifier<Data, State>;
  readonly invariants: Readonly<Record<string, Invariant<Data, State>>>;
  readonly endings?: readonly Ending['kind'][];
}

const DEFAULT_NOW = new Date('2026-01-15T09:00:00Z');
const EMPTY = 'about:blank';

export class WebAppWorlds<Data, State> {
  readonly #options: WebAppWorldOptions<Data, State>;
  readonly #apps: AppPool;
  readonly #pages = new Map<AppInstance, BrowserPage>();
  #browser: Promise<Browser> | null = null;

  constructor(options: WebAppWorldOptions<Data, State>) {
    this.#options = options;
    this.#apps = new AppPool(options.app);
  }

  /** Waits for a free instance. */
  async open(data: Data): Promise<World> {
    const app = await this.#apps.take();
    try {
      return await this.#openWorld(data, app);
    } catch (error) {
      await this.#dropPage(app);
      this.#apps.giveBack(app);
      throw error;
    }
  }

  /** The page of an app that somebody else looks after: never reset, never judged. */
  async attach({ url }: AttachTarget): Promise<World> {
    const page = await (await this.#getBrowser()).openPage({ ...this.#options.page });
    try {
      await page.goto(url);
    } catch (error) {
      await page.close();
      throw error;
    }
    return {
      look: () => page.look(),
      perform: (command) => page.perform(command),
      score: async () => ({ success: null, credit: null, broken: [], reasons: ['a live app has no verifier'] }),
      close: () => page.close(),
    };
  }

  async dispose(): Promise<void> {
    const browser = this.#browser;
    this.#browser = null;
    this.#pages.clear();
    try {
      await (await browser?.catch(() => undefined))?.close();
    } finally {
      await this.#apps.dispose();
    }
  }

  async #openWorld(data: Data, app: AppInstance): Promise<World & { readonly browserPage: BrowserPage }> {
    const { reset, state, startPath = '/', now, secrets, verify, audit, invariants, endings = ['done'] } = this.#options;
    const page = await this.#getPage(app);
    await reset(data, app);
    const before = await state(app);
    const path = typeof startPath === 'string' ? startPath : startPath(data);
    await page.reset(new URL(path, `${app.url}/`).href, { now: (now?.(data) ?? DEFAULT_NOW).toISOString() });
    const score = async (verifier: Verifier<Data, State>, ending: Ending) => {
      await this.#apps.assertAnswers(app);
      return judge({ data, before, after: await state(app), ending, app }, verifier, { invariants, endings });
    };
    let isClosed = false;
    return {
      browserPage: page,
      look: () => page.look(),
      perform: async (command) => {
        const screen = await page.perform(command);
        this.#apps.assertRuns(app);
        return screen;
      },
      elapsedSeconds: () => page.elapsedSeconds(),
      score: (ending) => score(verify, ending),
      ...(audit ? { audit: (ending: Ending) => score(audit, ending) } : {}),
      ...(secrets ? { secrets: secrets(data) } : {}),
      close: async () => {
        if (isClosed) return;
        isClosed = true;
        this.#apps.giveBack(app);
      },
    };
  }

  /** Empty: what the last episode's page still sends as it leaves must not reach an app that has been reset. */
  async #getPage(app: AppInstance): Promise<BrowserPage> {
    const browser = await this.#getBrowser();
    const known = this.#pages.get(app);
    if (known) {
      await known.goto(EMPTY);
      return known;
    }
    const page = await browser.openPage({ ...this.#options.page, clock: { now: DEFAULT_NOW.toISOString() } });
    this.#pages.set(app, page);
    return page;
  }

  async #dropPage(app: AppInstance): Promise<void> {
    const page = this.#pages.get(app);
    this.#pages.delete(app);
    // It may be what has failed.
    await page?.close().catch(() => {});
  }

  /** Starts another one where the last one has gone, or never came. */
  async #getBrowser(): Promise<Browser> {
    const last = this.#browser;
    if (last) {
      const browser = await last.catch(() => null);
      if (browser?.alive) return browser;
      // Of those who wait here, the first.
      if (this.#browser === last) {
        this.#browser = null;
        this.#pages.clear();
      }
    }
    // Loaded with the first episode: who only lists or makes gyms needs no browser.
    this.#browser ??= import('../browser/index.ts').then((driver) => driver.Browser.launch());
    return this.#browser;
  }
}
