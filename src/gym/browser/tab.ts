/**
 * One tab: the kept CDP session, the observer's execution context in it, and the dialog that is open.
 *
 * A context dies with its document; a call that dies with it comes back as `null`, and the next one waits for the next document.
 */
import type { CDPSession, Dialog, Page } from 'playwright-core';
import { InfrastructureError } from '../errors.ts';

export const WORLD = 'journeyman';

/** How a call into a tab came out. */
export type Outcome =
  | { readonly kind: 'value'; readonly text: string }
  | { readonly kind: 'navigated' }
  | { readonly kind: 'dialog'; readonly dialog: Dialog };

interface Waiter {
  readonly resolve: () => void;
}

export class Tab {
  readonly page: Page;
  readonly session: CDPSession;
  dialog: Dialog | null = null;
  /** Dialogs are answered at once: nobody is there to read them. */
  isLeaving = false;
  /** Tabs opened by the document that was asked last. */
  opened = 0;
  #context: string | null = null;
  readonly #dead = new Set<string>();
  #waiters: Waiter[] = [];
  #pending: Promise<Outcome> | null = null;
  #onDialog: ((dialog: Dialog) => void) | null = null;
  #fail: ((error: Error) => void) | null = null;
  #failure: Error | null = null;
  /** Grows with each document. */
  documents = 0;

  private constructor(page: Page, session: CDPSession) {
    this.page = page;
    this.session = session;
  }

  static async open(page: Page, script: string): Promise<Tab> {
    const session = await page.context().newCDPSession(page);
    const tab = new Tab(page, session);
    page.on('dialog', (dialog) => {
      if (tab.isLeaving) {
        dialog.accept().catch(() => {});
        return;
      }
      tab.dialog = dialog;
      tab.#onDialog?.(dialog);
    });
    page.on('crash', () => tab.#die('the page crashed'));
    page.on('close', () => tab.#die('the tab was closed'));
    session.on('Runtime.executionContextCreated', ({ context }) => {
      const about = context.auxData as { readonly frameId?: string } | undefined;
      if (context.name !== WORLD || about?.frameId !== mainFrame) return;
      tab.#context = context.uniqueId;
      tab.documents++;
      for (const waiter of tab.#waiters.splice(0)) waiter.resolve();
    });
    session.on('Runtime.executionContextDestroyed', ({ executionContextUniqueId }) => tab.#lose(executionContextUniqueId));
    session.on('Runtime.executionContextsCleared', () => tab.#lose(tab.#context ?? ''));
    const { frameTree } = await session.send('Page.getFrameTree');
    const mainFrame = frameTree.frame.id;
    await session.send('Page.enable');
    await session.send('Page.addScriptToEvaluateOnNewDocument', { worldName: WORLD, source: script, runImmediately: true });
    await session.send('Runtime.enable');
    return tab;
  }

  /**
   * Takes the window off the screen that nobody looks at: laid out as before, never painted. Painting would cost more than acting and looking together.
   */
  async hideWindow(): Promise<void> {
    const { windowId } = await this.session.send('Browser.getWindowForTarget');
    await this.session.send('Browser.setWindowBounds', { windowId, bounds: { windowState: 'minimized' } });
  }

  get failure(): Error | null {
    return this.#failure;
  }

  get isPending(): boolean {
    return this.#pending !== null;
  }

  /**
   * Evaluates in the observer's world; `expression` gives text, or a promise of it. `isGesture`: as if a person had done it, so that the page may open a
   * window; the browser is told of each, which takes time.
   */
  call(expression: string, timeoutMs: number, isGesture = false): Promise<Outcome> {
    return this.#race(this.#evaluate(expression, isGesture), timeoutMs);
  }

  /** Anything else that the page may interrupt by a dialog: trusted input. */
  during(work: Promise<unknown>, timeoutMs: number): Promise<Outcome> {
    return this.#race(
      work.then(() => ({ kind: 'value', text: '' })),
      timeoutMs,
    );
  }

  /** Evaluates beside a call that is pending; whether it worked does not matter. */
  tell(expression: string): void {
    if (this.#context !== null) this.session.send('Runtime.evaluate', { expression, uniqueContextId: this.#context }).catch(() => {});
  }

  /** Goes on with what a dialog interrupted, once that is answered. */
  resume(timeoutMs: number): Promise<Outcome> {
    const pending = this.#pending;
    return pending ? this.#race(pending, timeoutMs) : Promise.resolve({ kind: 'navigated' });
  }

  async #evaluate(expression: string, isGesture: boolean): Promise<Outcome> {
    const context = await this.currentContext();
    try {
      const { result, exceptionDetails } = await this.session.send('Runtime.evaluate', {
        expression,
        uniqueContextId: context,
        awaitPromise: true,
        returnByValue: true,
        userGesture: isGesture,
      });
      if (exceptionDetails) {
        const said = exceptionDetails.exception?.description ?? exceptionDetails.text;
        throw new InfrastructureError({ operation: 'look at the page', got: said, expected: 'an answer of the page program' });
      }
      return { kind: 'value', text: String(result.value) };
    } catch (error) {
      if (error instanceof InfrastructureError) throw error;
      if (this.#failure) throw this.#failure;
      if (this.#dead.has(context) || /context|navigated|Cannot find/i.test(error instanceof Error ? error.message : '')) {
        this.#lose(context);
        return { kind: 'navigated' };
      }
      throw new InfrastructureError({
        operation: 'look at the page',
        got: error instanceof Error ? (error.message.split('\n')[0] as string) : String(error),
        expected: 'an answer of the browser',
        cause: error,
      });
    }
  }

  async #race(work: Promise<Outcome>, timeoutMs: number): Promise<Outcome> {
    if (this.#failure) throw this.#failure;
    this.#pending = work;
    work.catch(() => {});
    let timer: NodeJS.Timeout | undefined;
    const interrupted = new Promise<Outcome>((resolve, reject) => {
      this.#onDialog = (dialog) => resolve({ kind: 'dialog', dialog });
      this.#fail = reject;
      if (this.dialog) resolve({ kind: 'dialog', dialog: this.dialog });
      timer = setTimeout(() => {
        reject(
          new InfrastructureError({
            operation: 'look at the page',
            got: `no answer within ${timeoutMs} ms`,
            expected: 'a page that lets others work',
            fix: 'the page may be in an endless loop',
          }),
        );
      }, timeoutMs);
    });
    try {
      const outcome = await Promise.race([work, interrupted]);
      if (outcome.kind !== 'dialog') this.#pending = null;
      return outcome;
    } finally {
      clearTimeout(timer);
      this.#onDialog = null;
      this.#fail = null;
    }
  }

  /** Of the observer in the document that is shown; waits for one. */
  currentContext(): Promise<string> {
    const context = this.#context;
    if (context !== null) return Promise.resolve(context);
    return new Promise<void>((resolve) => this.#waiters.push({ resolve })).then(() => this.currentContext());
  }

  #lose(context: string): void {
    if (context === '') return;
    this.#dead.add(context);
    if (this.#context === context) this.#context = null;
  }

  #die(said: string): void {
    this.#failure ??= new InfrastructureError({ operation: 'drive the page', got: said, expected: 'a page that stays' });
    this.#fail?.(this.#failure);
  }
}
