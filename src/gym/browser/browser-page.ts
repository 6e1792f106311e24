/**
 * A page as a world's eyes and hands: `look` and `perform` in one round trip each, through the program in `page/`.
 *
 * Follows the newest tab, shows native dialogs as screens, runs the page's clock, goes back to nothing at `reset`. What a policy can't do is a notice;
 * what the browser can't do is an InfrastructureError, and the browser is killed, since a hung page takes its process with it. Long because tabs,
 * dialogs and trusted input all end in the same look.
 */
import { randomBytes } from 'node:crypto';
import { realpathSync } from 'node:fs';
import { resolve, sep } from 'node:path';
import type { BrowserContext, Disposable, Page, Browser as PlaywrightBrowser } from 'playwright-core';
import type { Command, Key, Risk, Screen, ScreenElement } from '../../records/index.ts';
import { GymError, InfrastructureError } from '../errors.ts';
import { type DialogState, dialogAnswer, dialogScreen } from './dialog-screen.ts';
import type { Answer, PageCommand, Request } from './page/main.ts';
import type { SavedPage } from './page/saved.ts';
import { hookScript, observerScript } from './page-script.ts';
import { type Outcome, Tab } from './tab.ts';

export interface PageOptions {
  /** Virtual clock from this ISO time; null: the real one. Default null. */
  readonly clock?: { readonly now: string } | null;
  /** What acting on an element that `selector` matches takes to undo; the last match counts. */
  readonly risks?: readonly { readonly selector: string; readonly risk: Risk }[];
  /** Run in every document before its own scripts. */
  readonly initScripts?: readonly string[];
  /** Real milliseconds to wait for a page to settle. Default 5000. */
  readonly settleTimeoutMs?: number;
  /** Real milliseconds after which a page that does not answer at all is given up. Default: settleTimeoutMs + 5000. */
  readonly hangTimeoutMs?: number;
  /** CSS selector of what is observed. Default `body`. */
  readonly root?: string;
  /** Folder from which files may be given to file inputs, by path within it; none may by default. */
  readonly uploadsFrom?: string;
  /** Clicks are the browser's own (slower) instead of synthetic events. Default false. */
  readonly trustedClicks?: boolean;
  /** Elements of a screen at most. Default 2000. */
  readonly mostElements?: number;
}

/** Virtual milliseconds that an action takes, and that `wait` takes. */
export const ACTION_MS = 500;
export const WAIT_MS = 2000;

const KEY_NAMES: Readonly<Record<Key, string>> = {
  enter: 'Enter',
  tab: 'Tab',
  escape: 'Escape',
  up: 'ArrowUp',
  down: 'ArrowDown',
  left: 'ArrowLeft',
  right: 'ArrowRight',
  home: 'Home',
  finish: 'End',
  'page-up': 'PageUp',
  'page-down': 'PageDown',
  backspace: 'Backspace',
  delete: 'Delete',
  space: 'Space',
};

interface SavedState {
  readonly schemaVersion: 1;
  readonly page: SavedPage;
  readonly cookies: Awaited<ReturnType<BrowserContext['cookies']>>;
  readonly now: number;
  readonly next: number;
  readonly elements: readonly ScreenElement[];
}

export class BrowserPage {
  readonly #context: BrowserContext;
  readonly #options: PageOptions;
  readonly #secret: string;
  readonly #script: string;
  readonly #kill: () => void;
  #tabs: Tab[] = [];
  #hooks: Disposable | null = null;
  #epochMs: number | null;
  /** Virtual milliseconds at the episode's start. */
  #startedAt = 0;
  #startedMs = performance.now();
  /** What the page's clock showed last, in milliseconds. */
  #now = 0;
  #next = 0;
  #shown: readonly ScreenElement[] = [];
  #lookedAt = -1;
  #lastObserveMs = 0;
  #dialogs = 0;
  #dialog: DialogState | null = null;
  #notices: string[] = [];
  /** Tabs that came, not yet looked at. */
  #arrivals: Promise<void>[] = [];
  #onArrival: (() => void) | null = null;
  #isClosed = false;

  private constructor(context: BrowserContext, options: PageOptions, kill: () => void) {
    this.#context = context;
    this.#options = options;
    this.#kill = kill;
    this.#secret = `k${randomBytes(12).toString('hex')}`;
    this.#script = observerScript(this.#secret);
    this.#epochMs = epochOf(options.clock?.now);
  }

  static async open(
    browser: PlaywrightBrowser,
    options: PageOptions,
    { isWatched, kill }: { readonly isWatched: boolean; readonly kill: () => void },
  ): Promise<BrowserPage> {
    const context = await browser.newContext({ reducedMotion: 'reduce', acceptDownloads: false });
    const opened = new BrowserPage(context, options, kill);
    await opened.#installHooks();
    for (const content of options.initScripts ?? []) await context.addInitScript({ content });
    const page = await context.newPage();
    const tab = await Tab.open(page, opened.#script);
    opened.#tabs = [tab];
    if (!isWatched) await tab.hideWindow();
    context.on('page', (arrived) => opened.#arrive(arrived));
    return opened;
  }

  get page(): Page {
    return this.#tab.page;
  }

  /** Milliseconds that the last look took inside the page. */
  get lastObserveMs(): number {
    return this.#lastObserveMs;
  }

  /** False after a crash, a hang, or `close`. */
  get usable(): boolean {
    return !this.#isClosed && this.#tab.failure === null && this.#context.browser()?.isConnected() === true;
  }

  async goto(url: string): Promise<void> {
    await this.#answerAll();
    const tab = this.#tab;
    tab.isLeaving = true;
    try {
      // Dialogs of the new document are a policy's to answer, those of the old one are not.
      await tab.page.goto(url, { waitUntil: 'commit', timeout: 15_000 });
      tab.isLeaving = false;
    } catch (cause) {
      tab.isLeaving = false;
      throw new InfrastructureError({
        operation: `open ${url}`,
        got: cause instanceof Error ? (cause.message.split('\n')[0] as string) : String(cause),
        expected: 'a page that opens',
        fix: 'look whether its server runs',
        cause,
      });
    }
    this.#lookedAt = -1;
    await this.#observe(null, 0);
  }

  /** The next episode in the same process: no cookies, storage, other tabs, keys, dialogs; the clock is at its start. */
  async reset(url: string, options: { readonly now?: string } = {}): Promise<Screen> {
    await this.#answerAll();
    const [first, ...others] = this.#tabs as [Tab, ...Tab[]];
    this.#tabs = [first];
    for (const tab of others) await tab.page.close({ runBeforeUnload: false }).catch(() => {});
    const epochMs = options.now === undefined ? this.#epochMs : epochOf(options.now);
    const origin = originOf(first.page.url());
    await this.#guard(() =>
      Promise.all([
        this.#context.clearCookies(),
        origin === null ? null : first.session.send('Storage.clearDataForOrigin', { origin, storageTypes: 'all' }),
        first.call('journeymanPage.leave()', this.#hangTimeoutMs),
      ]),
    );
    if (epochMs !== this.#epochMs) {
      this.#epochMs = epochMs;
      await this.#installHooks();
    }
    this.#now = 0;
    this.#startedAt = 0;
    this.#next = 0;
    this.#shown = [];
    this.#notices = [];
    this.#dialog = null;
    this.#startedMs = performance.now();
    await this.goto(url);
    return this.#dialog ? this.#dialogScreen() : this.#screen([]);
  }

  /**
   * The next episode in the same document, for an app that begins anew when it is moved to `url` through the history (`popstate`), its server having
   * been reset. Faster than `reset` by a navigation, and its scripts stay compiled; what they remember stays too, so the app must be made for it.
   * The clock goes on; elapsed time begins anew. `url` is of the page's own origin.
   */
  async restart(url: string): Promise<Screen> {
    await this.#answerAll();
    const [first, ...others] = this.#tabs as [Tab, ...Tab[]];
    const { origin, pathname, search } = new URL(url);
    if (others.length > 0 || originOf(first.page.url()) !== origin) return this.reset(url);
    this.#next = 0;
    this.#shown = [];
    this.#notices = [];
    this.#startedMs = performance.now();
    this.#startedAt = this.#now;
    await this.#context.clearCookies();
    await this.#guard(() => first.call(`journeymanPage.restart(${JSON.stringify(pathname + search)})`, this.#hangTimeoutMs));
    return this.#observe(null, ACTION_MS);
  }

  async look(): Promise<Screen> {
    return this.#dialog ? this.#dialogScreen() : this.#observe(null, 0);
  }

  async perform(command: Command): Promise<Screen> {
    if (this.#dialog) return this.#answer(command);
    switch (command.kind) {
      case 'wait':
        return this.#wait();
      case 'call':
        return this.#refuse('a page has no tools');
      case 'press':
        return this.#press(KEY_NAMES[command.pressed]);
      case 'hover':
        return this.#atPlace(command.key, (page, { x, y }) => page.mouse.move(x, y));
      case 'drag':
        return this.#drag(command.key, command.to);
      case 'click':
        if (this.#options.trustedClicks) return this.#atPlace(command.key, (page, { x, y }) => page.mouse.click(x, y));
        return this.#observe(command, ACTION_MS);
      case 'fill': {
        const role = this.#shown.find(({ key }) => key === command.key)?.role;
        if (role === 'file') return this.#upload(command.key, command.text);
        return this.#observe({ kind: 'fill', key: command.key, text: command.text }, ACTION_MS);
      }
      default:
        return this.#observe(command, ACTION_MS);
    }
  }

  /** Evaluates in the page's own world, for gyms that need what their page knows. What it throws there is thrown here. */
  async evaluate<T>(source: string): Promise<T> {
    let timer: NodeJS.Timeout | undefined;
    const hung = new Promise<never>((_, reject) => {
      timer = setTimeout(() => {
        this.#kill();
        reject(
          new InfrastructureError({
            operation: 'evaluate',
            got: `no answer within ${this.#hangTimeoutMs} ms`,
            expected: 'a page that answers',
          }),
        );
      }, this.#hangTimeoutMs);
    });
    try {
      return (await Promise.race([this.#tab.page.evaluate(source), hung])) as T;
    } finally {
      clearTimeout(timer);
    }
  }

  /** Seconds of the page's clock since the last reset. */
  elapsedSeconds(): number {
    return (this.#epochMs === null ? performance.now() - this.#startedMs : this.#now - this.#startedAt) / 1000;
  }

  async save(): Promise<unknown> {
    if (this.#tabs.length > 1 || this.#dialog)
      throw new GymError({ operation: 'save the page', got: 'an open dialog or a second tab', expected: 'one tab without a dialog' });
    const screen = await this.look();
    const state: SavedState = {
      schemaVersion: 1,
      page: JSON.parse(await this.#ask('journeymanPage.save()')) as SavedPage,
      cookies: await this.#context.cookies(),
      now: this.#now,
      next: this.#next,
      elements: screen.elements,
    };
    return state;
  }

  async load(state: unknown): Promise<void> {
    const saved = state as SavedState;
    if (typeof state !== 'object' || state === null || saved.schemaVersion !== 1 || !Array.isArray(saved.elements))
      throw new GymError({ operation: 'load a page', got: 'something else', expected: 'what save() gave' });
    await this.reset('about:blank');
    await this.#context.addCookies(saved.cookies);
    const tab = this.#tab;
    const storage = JSON.stringify([originOf(saved.page.url), saved.page.local, saved.page.session]);
    const { identifier } = await tab.session.send('Page.addScriptToEvaluateOnNewDocument', {
      source: `(() => { const [origin, local, session] = ${storage}; if (location.origin !== origin) return;
        for (const [key, value] of local) localStorage.setItem(key, value);
        for (const [key, value] of session) sessionStorage.setItem(key, value); })();`,
    });
    if (this.#epochMs !== null) await this.#ask(`journeymanPage.setClock(${saved.now})`);
    this.#now = this.#epochMs === null ? 0 : saved.now;
    await this.goto(saved.page.url);
    await tab.session.send('Page.removeScriptToEvaluateOnNewDocument', { identifier });
    const trouble = JSON.parse(await this.#ask(`journeymanPage.restore(${JSON.stringify(saved.page)})`)) as string | null;
    const screen = await this.#observe(null, 0);
    const differs = trouble ?? firstDifference(saved.elements, screen.elements);
    if (differs !== null)
      throw new GymError({
        operation: `load the page ${saved.page.url}`,
        got: differs,
        expected: 'the page as it was saved',
        fix: 'restore the state of its server first; what scripts hold in memory can’t be restored',
      });
    const keys = saved.elements.map(({ key }) => key);
    await this.#ask(`(journeymanPage.rename(${JSON.stringify(keys)}, ${saved.next}), '')`);
    this.#next = saved.next;
    this.#shown = saved.elements;
  }

  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    await this.#answerAll().catch(() => {});
    await Promise.race([this.#context.close().catch(() => {}), new Promise((done) => setTimeout(done, 5000).unref())]);
  }

  get #tab(): Tab {
    return this.#tabs.at(-1) as Tab;
  }

  get #hangTimeoutMs(): number {
    return this.#options.hangTimeoutMs ?? (this.#options.settleTimeoutMs ?? 5000) + 5000;
  }

  async #installHooks(): Promise<void> {
    await this.#hooks?.dispose();
    this.#hooks = await this.#context.addInitScript({ content: hookScript({ secret: this.#secret, epochMs: this.#epochMs }) });
  }

  #request(command: PageCommand | null, budgetMs: number): Request {
    const { root = 'body', risks = [], mostElements = 2000, settleTimeoutMs = 5000 } = this.#options;
    const tab = this.#tab;
    return {
      command,
      budgetMs: this.#epochMs === null && budgetMs > 0 ? ACTION_MS : budgetMs,
      timeoutMs: settleTimeoutMs,
      isVirtual: this.#epochMs !== null,
      since: this.#epochMs === null ? 0 : this.#now,
      next: this.#next,
      inherited: this.#lookedAt === tab.documents ? null : this.#shown.map(({ key, role, name }) => [key, role, name] as const),
      root,
      risks,
      hasUploads: this.#options.uploadsFrom !== undefined,
      mostItems: mostElements,
    };
  }

  /** Acts, settles and looks; goes on in the next document where the action left this one. */
  async #observe(command: PageCommand | null, budgetMs: number): Promise<Screen> {
    return this.#guard(async () => {
      const tab = this.#tab;
      const documents = tab.documents;
      const request = JSON.stringify(this.#request(command, budgetMs));
      const outcome = await tab.call(`journeymanPage.run(${request})`, this.#hangTimeoutMs, command?.kind === 'click');
      return this.#conclude(tab, documents, outcome, budgetMs);
    });
  }

  async #conclude(tab: Tab, documents: number, first: Outcome, budgetMs: number): Promise<Screen> {
    let outcome = first;
    for (let tries = 0; outcome.kind === 'navigated'; tries++) {
      if (tries > 20)
        throw new InfrastructureError({
          operation: 'look at the page',
          got: 'one navigation after another',
          expected: 'a page that stays',
        });
      this.#lookedAt = -1;
      tab.opened = 0;
      outcome = await tab.call(`journeymanPage.run(${JSON.stringify(this.#request(null, budgetMs))})`, this.#hangTimeoutMs);
    }
    if (outcome.kind === 'dialog') return this.#meet(outcome.dialog);
    const answer = JSON.parse(outcome.text) as Answer;
    this.#now = Math.max(this.#now, this.#epochMs === null ? 0 : answer.now);
    this.#next = answer.next;
    this.#lastObserveMs = answer.lookMs;
    this.#shown = answer.elements as ScreenElement[];
    this.#lookedAt = tab.documents;
    if (documents !== tab.documents) tab.opened = 0;
    const hasOpened = answer.opened > tab.opened;
    tab.opened = answer.opened;
    if (hasOpened && this.#arrivals.length === 0) await this.#arrival();
    const switched = await this.#follow();
    if (switched) return switched;
    return this.#screen(answer.notices);
  }

  #screen(notices: readonly string[]): Screen {
    const all = [...this.#notices.splice(0), ...notices];
    return { elements: this.#shown, ...(all.length > 0 ? { notices: all } : {}) };
  }

  async #refuse(notice: string): Promise<Screen> {
    this.#notices.push(notice);
    return this.look();
  }

  async #wait(): Promise<Screen> {
    if (this.#epochMs === null) await new Promise((done) => setTimeout(done, WAIT_MS));
    return this.#observe(null, WAIT_MS);
  }

  // --- Input of the browser's own ---------------------------------------------------------------------------------------------------------

  async #trusted(input: (page: Page) => Promise<unknown>): Promise<Screen> {
    return this.#guard(async () => {
      const tab = this.#tab;
      const documents = tab.documents;
      const outcome = await tab.during(input(tab.page), this.#hangTimeoutMs);
      if (outcome.kind === 'dialog') return this.#meet(outcome.dialog);
      return this.#conclude(tab, documents, { kind: 'navigated' }, ACTION_MS);
    });
  }

  async #press(key: string): Promise<Screen> {
    await this.#guard(() => this.#ask('journeymanPage.focus()'));
    return this.#trusted((page) => page.keyboard.press(key));
  }

  async #place(key: string): Promise<{ readonly x: number; readonly y: number } | string> {
    const text = await this.#ask(`journeymanPage.place(${JSON.stringify(key)})`);
    const place = JSON.parse(text) as { readonly x: number; readonly y: number; readonly refused?: string };
    return place.refused ?? place;
  }

  async #atPlace(key: string, input: (page: Page, place: { readonly x: number; readonly y: number }) => Promise<unknown>): Promise<Screen> {
    const place = await this.#guard(() => this.#place(key));
    return typeof place === 'string' ? this.#refuse(place) : this.#trusted((page) => input(page, place));
  }

  async #drag(key: string, to: string): Promise<Screen> {
    const target = await this.#guard(() => this.#place(to));
    if (typeof target === 'string') return this.#refuse(target);
    return this.#atPlace(key, async (page, from) => {
      const { mouse } = page;
      await mouse.move(from.x, from.y);
      await mouse.down();
      await mouse.move(from.x + Math.sign(target.x - from.x) * 6, from.y + Math.sign(target.y - from.y) * 6);
      const again = await this.#place(to);
      const { x, y } = typeof again === 'string' ? target : again;
      await mouse.move(x, y, { steps: 5 });
      await mouse.move(x, y);
      await mouse.up();
    });
  }

  async #upload(key: string, path: string): Promise<Screen> {
    const folder = this.#options.uploadsFrom;
    if (folder === undefined) return this.#refuse('no file may be given here');
    let file: string;
    try {
      file = realpathSync(resolve(folder, path));
      if (!file.startsWith(realpathSync(folder) + sep)) return this.#refuse('that file is not in the folder of files');
    } catch {
      return this.#refuse('there is no such file');
    }
    const { session } = this.#tab;
    const input = await this.#guard(async () => {
      const { result } = await session.send('Runtime.evaluate', {
        expression: `journeymanPage.elementOf(${JSON.stringify(key)})`,
        uniqueContextId: await this.#tab.currentContext(),
      });
      return result.objectId;
    });
    if (input === undefined) return this.#refuse('it is not there any more');
    return this.#trusted(() => session.send('DOM.setFileInputFiles', { files: [file], objectId: input }));
  }

  async #ask(expression: string): Promise<string> {
    const outcome = await this.#tab.call(expression, this.#hangTimeoutMs);
    return outcome.kind === 'value' ? outcome.text : '{"refused":"the page has changed"}';
  }

  // --- Dialogs ----------------------------------------------------------------------------------------------------------------------------

  #meet(dialog: { type(): string; message(): string; defaultValue(): string }): Screen {
    this.#dialog = { n: ++this.#dialogs, type: dialog.type(), message: dialog.message(), value: dialog.defaultValue() };
    return this.#dialogScreen();
  }

  #dialogScreen(): Screen {
    return dialogScreen(this.#dialog as DialogState, this.#notices.splice(0));
  }

  async #answer(command: Command): Promise<Screen> {
    const state = this.#dialog as DialogState;
    const answer = dialogAnswer(state, command);
    if (answer.kind === 'refuse') {
      this.#notices.push('a dialog is open; answer it first');
      return this.#dialogScreen();
    }
    if (answer.kind === 'write') {
      this.#dialog = { ...state, value: answer.text };
      return this.#dialogScreen();
    }
    return this.#guard(async () => {
      const tab = this.#tab;
      const { dialog } = tab;
      const documents = tab.documents;
      this.#dialog = null;
      tab.dialog = null;
      const isPending = tab.isPending;
      const resumed = isPending ? tab.resume(this.#hangTimeoutMs) : null;
      await (answer.kind === 'accept' ? dialog?.accept(state.type === 'prompt' ? state.value : undefined) : dialog?.dismiss())?.catch(
        () => {},
      );
      if (state.type === 'beforeunload' && answer.kind === 'dismiss') tab.tell('journeymanPage.stay()');
      const outcome: Outcome = (await resumed) ?? { kind: 'navigated' };
      // Trusted input that was interrupted gives no look.
      return this.#conclude(tab, documents, outcome.kind === 'value' && outcome.text === '' ? { kind: 'navigated' } : outcome, ACTION_MS);
    });
  }

  /** Answers whatever is open, so that the page can be left. */
  async #answerAll(): Promise<void> {
    for (const tab of this.#tabs)
      for (let tries = 0; tab.dialog && tries < 20; tries++) {
        const { dialog } = tab;
        tab.dialog = null;
        const resumed = tab.isPending ? tab.resume(2000).catch(() => {}) : null;
        await (dialog.type() === 'beforeunload' ? dialog.accept() : dialog.dismiss()).catch(() => {});
        await resumed;
      }
    this.#dialog = null;
  }

  // --- Tabs -------------------------------------------------------------------------------------------------------------------------------

  #arrive(page: Page): void {
    const arrival = Tab.open(page, this.#script).then(
      (tab) => {
        if (page.isClosed()) return;
        this.#tabs.push(tab);
      },
      () => {},
    );
    this.#arrivals.push(arrival);
    this.#onArrival?.();
  }

  #arrival(): Promise<void> {
    return new Promise((done) => {
      const timer = setTimeout(done, 3000);
      this.#onArrival = () => {
        clearTimeout(timer);
        done();
      };
    });
  }

  /** The newest tab's screen if that is another one than before; null if nothing changed. */
  async #follow(): Promise<Screen | null> {
    const before = this.#tab;
    if (this.#arrivals.length > 0) await Promise.all(this.#arrivals.splice(0));
    const open = this.#tabs.filter((tab) => !tab.page.isClosed());
    if (open.length === this.#tabs.length && this.#tab === before) return null;
    this.#tabs = open;
    if (open.length === 0)
      throw new InfrastructureError({ operation: 'look at the page', got: 'its last tab closed', expected: 'an open tab' });
    if (this.#tab === before) return null;
    this.#notices.push(open.includes(before) ? 'a new tab opened' : 'the tab closed; this is the one before');
    this.#lookedAt = -1;
    return this.#observe(null, 0);
  }

  /** Turns whatever goes wrong with the browser into an InfrastructureError, and kills a browser that hangs. */
  async #guard<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      if (error instanceof GymError) throw error;
      const closed = this.#tabs.findIndex((tab) => tab.page.isClosed());
      if (closed > 0 && !this.#isClosed) {
        const screen = await this.#follow();
        if (screen) return screen as T;
      }
      this.#kill();
      if (error instanceof InfrastructureError) throw error;
      throw new InfrastructureError({
        operation: 'drive the page',
        got: error instanceof Error ? (error.message.split('\n')[0] as string) : String(error),
        expected: 'a browser that answers',
        cause: error,
      });
    }
  }
}

function epochOf(now: string | undefined): number | null {
  if (now === undefined) return null;
  const ms = Date.parse(now);
  if (Number.isFinite(ms)) return ms;
  throw new GymError({ operation: 'set the clock', got: `'${now}'`, expected: 'an ISO 8601 time' });
}

function originOf(url: string): string | null {
  try {
    const { origin } = new URL(url);
    return origin === 'null' ? null : origin;
  } catch {
    return null;
  }
}

function firstDifference(saved: readonly ScreenElement[], shown: readonly ScreenElement[]): string | null {
  for (let i = 0; i < Math.max(saved.length, shown.length); i++) {
    const [a, b] = [saved[i], shown[i]];
    const { key: _a, ...was } = a ?? { key: '' };
    const { key: _b, ...is } = b ?? { key: '' };
    if (JSON.stringify(was) !== JSON.stringify(is)) return `element ${i} ${JSON.stringify(is)} instead of ${JSON.stringify(was)}`;
  }
  return null;
}
