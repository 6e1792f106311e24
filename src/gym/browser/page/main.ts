/// <reference lib="dom" />
/**
 * What the driver calls: one function that acts, lets the page settle and looks, in one round trip.
 *
 * Everything comes and goes as JSON text, so that nothing of the page's is ever held outside it.
 */
import { chooseIn, clickOn, fillIn, followFocus, GONE, scrollBy } from './act.ts';
import { type Bridge, frameBridges, makeBridge } from './bridge.ts';
import type { Item, WalkOptions } from './items.ts';
import { assignKeys, type KeyTable, makeKeyTable } from './keys.ts';
import { readControls, type SavedPage, writeControls } from './saved.ts';
import { settle } from './settle.ts';
import { walkPage } from './walk.ts';

export interface Request extends WalkOptions {
  readonly command: PageCommand | null;
  /** Virtual milliseconds that pass. */
  readonly budgetMs: number;
  /** Real milliseconds to wait at most. */
  readonly timeoutMs: number;
  readonly isVirtual: boolean;
  /** What the clock showed last; it never goes back. */
  readonly since: number;
  /** Keys up to this number are in use. */
  readonly next: number;
  /** The last look, for a document that has not been looked at: key, role, name. */
  readonly inherited: readonly (readonly [string, string, string])[] | null;
}

export type PageCommand =
  | { readonly kind: 'click' | 'clear' | 'hover'; readonly key: string }
  | { readonly kind: 'fill'; readonly key: string; readonly text: string }
  | { readonly kind: 'select'; readonly key: string; readonly option: { readonly key: string } | { readonly text: string } }
  | { readonly kind: 'scroll'; readonly direction: 'up' | 'down'; readonly key?: string };

export interface Answer {
  readonly elements: readonly unknown[];
  readonly notices: readonly string[];
  readonly now: number;
  readonly next: number;
  /** Tabs opened so far by this document. */
  readonly opened: number;
  /** Milliseconds that looking took. */
  readonly lookMs: number;
}

/** Of an action's virtual time, what a list may take to open. */
const OPENING_MS = 200;

let keyTable: KeyTable = makeKeyTable();

export function makePage(secret: string): {
  run(request: Request): Promise<string>;
  place(key: string): string;
  save(): string;
  restore(saved: SavedPage): string;
  elementOf(key: string): Element | null;
  rename(keys: readonly string[], next: number): void;
  focus(): string;
  leave(): string;
  restart(path: string): string;
  stay(): string;
  setClock(now: number): string;
} {
  const own = makeBridge(secret);
  (globalThis as unknown as { journeymanBridge: Bridge }).journeymanBridge = own;
  return {
    async run(request) {
      const table = keyTable;
      if (request.inherited && table.shown.size === 0) table.inherited = request.inherited;
      table.next = Math.max(table.next, request.next);
      const notices: string[] = [];
      const wait = async (budgetMs: number): Promise<number> => {
        const settled = await settle(own, { ...request, budgetMs });
        if (!settled.isSettled) notices.push('the page has not settled');
        return settled.now;
      };
      const { command } = request;
      let budgetMs = request.budgetMs;
      if (command) {
        const refused = await carryOut(command, table, async () => {
          await wait(OPENING_MS);
          budgetMs -= OPENING_MS;
        });
        if (refused !== null) notices.push(refused);
      }
      const now = await wait(Math.max(0, budgetMs));
      const lookedMs = performance.now();
      const walk = walkPage(own, request);
      const keys = assignKeys(table, walk.items);
      const elements = walk.items.map((item, i) => toElement(item, keys[i] as string));
      if (walk.dropped > 0) notices.push(`too large: ${walk.dropped} elements not shown`);
      const opened = frameBridges(own).reduce((sum, bridge) => sum + bridge.ask('status').opened + bridge.openedByLink, 0);
      const answer: Answer = { elements, notices, now, next: table.next, opened, lookMs: 0 };
      const text = JSON.stringify(answer);
      return `${text.slice(0, -2)}${performance.now() - lookedMs}}`;
    },
    place(key) {
      const element = elementOf(key);
      if (!element) return JSON.stringify({ refused: GONE });
      if (element.matches(':disabled')) return JSON.stringify({ refused: 'it is disabled' });
      element.scrollIntoView({ block: 'center', inline: 'center', behavior: 'instant' });
      const rect = element.getBoundingClientRect();
      let [x, y] = [rect.left + rect.width / 2, rect.top + rect.height / 2];
      for (let view = element.ownerDocument.defaultView; view && view !== window; view = view.parent as Window & typeof globalThis) {
        const frame = view.frameElement?.getBoundingClientRect();
        if (!frame) break;
        x += frame.left + (view.frameElement as HTMLElement).clientLeft;
        y += frame.top + (view.frameElement as HTMLElement).clientTop;
      }
      return JSON.stringify({ x, y });
    },
    save() {
      followFocus();
      return JSON.stringify(readControls(document));
    },
    restore: (saved) => JSON.stringify(writeControls(document, saved)),
    /** Before keys are pressed: the browser's focus goes where the last action was. */
    focus() {
      followFocus();
      return '';
    },
    elementOf,
    rename(keys, next) {
      const renamed = new Map<string, Item>();
      let i = 0;
      for (const item of keyTable.shown.values()) {
        const key = keys[i++];
        if (key === undefined) break;
        renamed.set(key, item);
        keyTable.ofElement.get(item.element)?.set(item.suffix, key);
      }
      keyTable.shown = renamed;
      keyTable.next = next;
    },
    /** The next document begins with nothing of this one. */
    leave() {
      for (const bridge of frameBridges(own)) bridge.ask('forget');
      window.name = '';
      try {
        localStorage.clear();
        sessionStorage.clear();
      } catch {
        // A document without an origin has none.
      }
      return '';
    },
    /** Another episode in this document: as if somebody had moved to `path` through the history. */
    restart(path) {
      keyTable = makeKeyTable();
      try {
        localStorage.clear();
        sessionStorage.clear();
      } catch {
        // A document without an origin has none.
      }
      history.replaceState(null, '', path);
      dispatchEvent(new PopStateEvent('popstate', { state: null }));
      return '';
    },
    /** A person decided against leaving. */
    stay() {
      for (const bridge of frameBridges(own)) bridge.stay();
      return '';
    },
    setClock(now) {
      own.ask('to', now);
      return '';
    },
  };
}

function elementOf(key: string): Element | null {
  const element = keyTable.shown.get(key)?.element;
  return element?.isConnected ? element : null;
}

async function carryOut(command: PageCommand, table: KeyTable, open: () => Promise<void>): Promise<string | null> {
  if (command.kind === 'scroll' && command.key === undefined) return scrollBy(null, command.direction);
  const element = elementOf(command.key as string);
  if (!element) return GONE;
  switch (command.kind) {
    case 'click':
      return isShown(element) ? clickOn(element) : GONE;
    case 'fill':
      return isShown(element) ? fillIn(element, command.text) : GONE;
    case 'clear':
      return isShown(element) ? fillIn(element, '') : GONE;
    case 'select': {
      if ('text' in command.option) return chooseIn(element, command.option.text, open);
      const option = table.shown.get(command.option.key);
      if (!option?.element.isConnected) return GONE;
      return chooseIn(element, option.role === 'option' ? option.element : option.name, open);
    }
    case 'scroll':
      return scrollBy(element, command.direction);
    default:
      return null;
  }
}

/** Still displayed; a control behind a drawn label never was. */
function isShown(element: Element): boolean {
  if (element.checkVisibility({ visibilityProperty: true }) || element.localName === 'option') return true;
  const { labels } = element as HTMLInputElement;
  return labels !== undefined && labels !== null && Array.from(labels).some((label) => label.checkVisibility({ visibilityProperty: true }));
}

function toElement(item: Item, key: string): Record<string, unknown> {
  const element: Record<string, unknown> = { key, role: item.role, name: item.name, offers: item.offers };
  if (item.value !== undefined) element.value = item.value;
  if (item.states !== undefined) element.states = item.states;
  if (item.text !== undefined) element.text = item.text;
  if (item.row) element.row = true;
  if (item.risk !== undefined) element.risk = item.risk;
  return element;
}
