/**
 * Follows a person in a driver's page: listens in the observer's own world of every tab, so that elements have the keys of its screens and the page
 * can't tell that it is watched.
 *
 * Native dialogs are answered by the person; while one is open nothing can be asked of the page.
 */
import type { CDPSession, Page } from 'playwright-core';
import * as z from 'zod';
import type { BrowserPage } from '../browser/index.ts';
import type { PersonEvent } from './interpret.ts';
import { listenToPerson } from './person-listener.ts';

/** What is told of: what was done, that something is being written, and how a dialog was answered. */
export type Told =
  | PersonEvent
  | { readonly kind: 'writing' }
  | { readonly kind: 'dialog'; readonly isAccepted: boolean; readonly text: string };

export interface PersonWatch {
  /** When the last tab has been closed. */
  readonly closed: Promise<void>;
  /** Tells the page the keys of the screen as it is now. */
  know(keys: readonly string[]): Promise<void>;
  /** Until no dialog is open. */
  unblocked(): Promise<void>;
  /** Tells values that are still being written. */
  flush(): Promise<void>;
  stop(): Promise<void>;
}

/** Name of the driver's isolated world. */
const WORLD = 'journeyman';
const TELL = 'journeymanTell';

const path = z.array(z.string().max(40)).max(1000);
const toldSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('click'), path }),
  z.strictObject({
    kind: z.literal('change'),
    path,
    value: z.string().max(100_000),
    option: path.exactOptional(),
    isHidden: z.boolean().exactOptional(),
  }),
  z.strictObject({ kind: z.literal('press'), pressed: z.enum(['enter', 'escape', 'up', 'down']) }),
  z.strictObject({ kind: z.literal('drag'), path, to: path }),
  z.strictObject({ kind: z.literal('attend'), path }),
  z.strictObject({ kind: z.literal('writing') }),
]);

/** Waits until everything that is open is listened to. */
export async function watchPerson(page: BrowserPage, onTold: (told: Told) => void): Promise<PersonWatch> {
  const context = page.page.context();
  const tabs = new Set<WatchedTab>();
  let known: readonly string[] = [];
  let isStopped = false;
  let close = (): void => {};
  const closed = new Promise<void>((resolve) => {
    close = resolve;
  });
  const watch = async (tab: Page): Promise<void> => {
    tab.once('close', () => {
      if (context.pages().every((other) => other.isClosed() || other === tab)) close();
    });
    try {
      const watched = await WatchedTab.open(tab, (told) => {
        if (!isStopped) onTold(told);
      });
      tabs.add(watched);
      await watched.know(known);
    } catch (error) {
      // A tab that has gone again has nothing to tell.
      if (!tab.isClosed()) throw error;
    }
  };
  const onPage = (tab: Page): void => void watch(tab).catch(() => {});
  context.on('page', onPage);
  context.once('close', () => close());
  await Promise.all(context.pages().map(watch));
  return {
    closed,
    async know(keys) {
      known = keys;
      await Promise.all([...tabs].map((tab) => tab.know(keys)));
    },
    async unblocked() {
      for (const tab of tabs) await tab.unblocked();
    },
    async flush() {
      for (const tab of tabs) await tab.flush();
    },
    async stop() {
      if (isStopped) return;
      isStopped = true;
      context.off('page', onPage);
      await Promise.all([...tabs].map((tab) => tab.close()));
    },
  };
}

class WatchedTab {
  readonly #page: Page;
  readonly #session: CDPSession;
  #context: string | null = null;
  #keys: readonly string[] = [];
  #listening: Promise<unknown> = Promise.resolve();
  #unblocked: Promise<void> = Promise.resolve();

  private constructor(page: Page, session: CDPSession) {
    this.#page = page;
    this.#session = session;
  }

  static async open(page: Page, onTold: (told: Told) => void): Promise<WatchedTab> {
    const session = await page.context().newCDPSession(page);
    const tab = new WatchedTab(page, session);
    const { frameTree } = await session.send('Page.getFrameTree');
    const mainFrame = frameTree.frame.id;
    session.on('Runtime.executionContextCreated', ({ context }) => {
      const about = context.auxData as { readonly frameId?: string } | undefined;
      if (context.name !== WORLD || about?.frameId !== mainFrame) return;
      tab.#context = context.uniqueId;
      tab.#listening = tab.#evaluate(LISTEN).then(() => tab.know(tab.#keys));
    });
    session.on('Runtime.executionContextDestroyed', ({ executionContextUniqueId }) => {
      if (tab.#context === executionContextUniqueId) tab.#context = null;
    });
    session.on('Runtime.bindingCalled', ({ name, payload }) => {
      if (name !== TELL) return;
      const told = parseTold(payload);
      if (told) onTold(told);
    });
    let unblock = (): void => {};
    session.on('Page.javascriptDialogOpening', () => {
      tab.#unblocked = new Promise((resolve) => {
        unblock = resolve;
      });
    });
    session.on('Page.javascriptDialogClosed', ({ result, userInput }) => {
      unblock();
      onTold({ kind: 'dialog', isAccepted: result, text: userInput });
    });
    page.once('close', () => unblock());
    await session.send('Page.enable');
    await session.send('Runtime.addBinding', { name: TELL, executionContextName: WORLD });
    await session.send('Runtime.enable');
    await tab.#listening;
    return tab;
  }

  unblocked(): Promise<void> {
    return this.#unblocked;
  }

  async know(keys: readonly string[]): Promise<void> {
    this.#keys = keys;
    await this.#evaluate(`globalThis.journeymanPerson?.know(${JSON.stringify(keys)})`);
  }

  async flush(): Promise<void> {
    await this.#evaluate('globalThis.journeymanPerson?.flush()');
  }

  async close(): Promise<void> {
    // A dialog that is open holds up every answer of its page.
    await inTime(this.#evaluate('globalThis.journeymanPerson?.stop()'));
    await inTime(this.#session.detach().catch(() => {}));
  }

  /** A document that goes meanwhile has nothing to answer any more. */
  async #evaluate(expression: string): Promise<void> {
    const context = this.#context;
    if (context === null || this.#page.isClosed()) return;
    await this.#session.send('Runtime.evaluate', { expression, uniqueContextId: context }).catch(() => {});
  }
}

/** Goes on after half a second, whether `work` has ended or not. */
function inTime(work: Promise<void>): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, 500);
    void work.finally(() => {
      clearTimeout(timer);
      resolve();
    });
  });
}

/** Only the observer's world can call; what it tells came out of a page all the same. */
function parseTold(payload: string): Told | null {
  try {
    return toldSchema.parse(JSON.parse(payload));
  } catch {
    return null;
  }
}

/** Makes `journeymanPerson` in the observer's world; frames of the same origin are listened to as well. */
const LISTEN = `(() => {
  const listenToPerson = ${listenToPerson.toString()};
  if (globalThis.journeymanPerson) globalThis.journeymanPerson.stop();
  let keys = [];
  let isStopped = false;
  const heard = new WeakSet();
  const flushes = [];
  const keysOf = (element) => keys.filter((key) => journeymanPage.elementOf(key) === element);
  const tell = (told) => { if (!isStopped) ${TELL}(JSON.stringify(told)); };
  const listen = (root, depth) => {
    try {
      if (!heard.has(root.document)) {
        heard.add(root.document);
        flushes.push(listenToPerson({ root, keysOf, tell }));
      }
      for (let i = 0; i < root.frames.length && depth < 8; i++) listen(root.frames[i], depth + 1);
    } catch {
      // Another origin's.
    }
  };
  globalThis.journeymanPerson = {
    know(now) { keys = now; listen(window, 0); },
    flush() { for (const flush of flushes) flush(); },
    stop() { isStopped = true; },
  };
  listen(window, 0);
})()`;
