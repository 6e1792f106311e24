/**
 * One Chromium process with a temporary profile, which goes when the browser does, also after a crash.
 *
 * A hung browser is killed with all its processes. Pages of one browser share its cores but no cookies.
 */
import type { Browser as PlaywrightBrowser } from 'playwright-core';
import { InfrastructureError } from '../errors.ts';
import { BrowserPage, type PageOptions } from './browser-page.ts';
import { findChromium, loadPlaywright } from './chromium.ts';

const FLAGS = [
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

export class Browser {
  /** Process id of the browser itself; its process group has the same number. */
  readonly pid: number;
  readonly #browser: PlaywrightBrowser;
  readonly #gone: Promise<void>;
  readonly #isVisible: boolean;
  #isClosing = false;

  private constructor(browser: PlaywrightBrowser, { pid, isVisible }: { readonly pid: number; readonly isVisible: boolean }) {
    this.#browser = browser;
    this.pid = pid;
    this.#isVisible = isVisible;
    this.#gone = new Promise((resolve) => browser.once('disconnected', () => resolve()));
  }

  /** `visible`: in a window that a person sees. Default: whether JOURNEYMAN_VISIBLE is 1. */
  static async launch({ visible = process.env.JOURNEYMAN_VISIBLE === '1' }: { readonly visible?: boolean } = {}): Promise<Browser> {
    const executablePath = findChromium();
    const isRoot = process.getuid?.() === 0;
    try {
      const browser = await loadPlaywright().launch({
        executablePath,
        headless: !visible,
        args: [...FLAGS, ...(isRoot ? ['--no-sandbox'] : [])],
        timeout: 20_000,
      });
      const session = await browser.newBrowserCDPSession();
      const { processInfo } = await session.send('SystemInfo.getProcessInfo');
      const own = processInfo.find((each) => each.type === 'browser');
      await session.detach();
      return new Browser(browser, { pid: own?.id ?? 0, isVisible: visible });
    } catch (cause) {
      throw new InfrastructureError({
        operation: `launch ${executablePath}`,
        got: firstLine(cause),
        expected: 'a browser that starts',
        fix: 'start it by hand and read what it says',
        cause,
      });
    }
  }

  get alive(): boolean {
    return !this.#isClosing && this.#browser.isConnected();
  }

  async openPage(options: PageOptions): Promise<BrowserPage> {
    return BrowserPage.open(this.#browser, options, { isWatched: this.#isVisible, kill: () => this.kill() });
  }

  /** For a browser that does not answer: ends all of its processes at once. */
  kill(): void {
    if (this.#isClosing || this.pid <= 0) return;
    this.#isClosing = true;
    try {
      process.kill(-this.pid, 'SIGKILL');
    } catch {
      try {
        process.kill(this.pid, 'SIGKILL');
      } catch {
        // It has gone already.
      }
    }
  }

  async close(): Promise<void> {
    if (this.#isClosing) {
      await Promise.race([this.#gone, delay(5000)]);
    }
    const isClosed = await Promise.race([
      this.#browser.close().then(
        () => true,
        () => true,
      ),
      delay(5000),
    ]);
    if (isClosed !== true) this.kill();
    this.#isClosing = true;
  }
}

const delay = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms).unref());

const firstLine = (cause: unknown): string => (cause instanceof Error ? cause.message : String(cause)).split('\n')[0] ?? '';
