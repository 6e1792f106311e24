/// <reference lib="dom" />
/**
 * The observer's end of the line to the hooks, one for each frame: marks of listening elements, shadow roots, pending work, mutations, the clock.
 *
 * Lives in the isolated world of its frame; frames of one origin reach each other's through `frameBridges`.
 */

export const MARK = { click: 1, drag: 2, drop: 4, hover: 8, scroll: 16 } as const;

export interface HookStatus {
  pending: number;
  /** When the next timer is due, on the clock of `now`; negative for none. */
  nextDue: number;
  now: number;
  /** Answers of the network that the virtual clock still holds back. */
  deliveries: number;
  /** Tabs that scripts opened so far. */
  opened: number;
  ran: boolean;
}

export interface Bridge {
  readonly window: Window;
  /** `MARK` bits of an element. */
  markOf(element: Element): number;
  shadowOf(element: Element): ShadowRoot | null;
  ask(verb: 'status' | 'run' | 'to' | 'ignore' | 'hello' | 'forget' | 'stay', amount?: number): HookStatus;
  /** Puts listeners on again that `document.open` may have forgotten. */
  listen(): void;
  /** Grows with each batch of mutations. */
  mutations(): number;
  /** Scripts, style sheets and frames that were added and have not loaded; the document itself while it loads; a navigation under way. */
  loading(): number;
  isNavigating(): boolean;
  ignoreLoading(): void;
  /** The navigation under way was called off. */
  stay(): void;
  onWake: (() => void) | null;
  /** Text layers and others that cached something are told what changed. */
  onMutation: ((record: MutationRecord) => void) | null;
  readonly delegates: { hasClick: boolean };
  /** Something was clicked that opens a tab. */
  openedByLink: number;
}

export function makeBridge(secret: string): Bridge {
  const marks = new WeakMap<Element, number>();
  const shadows = new WeakMap<Element, ShadowRoot>();
  let mutations = 0;
  let ignoresDocument = false;
  let navigatingSince = 0;
  let loading = new Set<Element>();
  let reply = '';
  const delegates = { hasClick: false };
  const observer = new MutationObserver((records) => {
    mutations++;
    for (const record of records) {
      for (const node of record.addedNodes) if (node.nodeType === 1) noteLoading(node as Element);
      bridge.onMutation?.(record);
    }
  });
  const watched = { subtree: true, childList: true, attributes: true, characterData: true } as const;
  const isLoader = (element: Element): boolean => {
    const name = element.localName;
    if (name === 'script')
      return (element as HTMLScriptElement).src !== '' && !/json|text\/(?!javascript)/.test((element as HTMLScriptElement).type);
    return name === 'link' && (element as HTMLLinkElement).relList.contains('stylesheet') && (element as HTMLLinkElement).sheet === null;
  };
  function noteLoading(element: Element): void {
    if (document.readyState === 'loading') return;
    if (isLoader(element)) loading.add(element);
    if (element.firstElementChild) for (const inner of element.querySelectorAll('script,link')) if (isLoader(inner)) loading.add(inner);
  }
  const wake = (): void => bridge.onWake?.();
  const onLoaded = (event: Event): void => {
    loading.delete(event.target as Element);
    wake();
  };
  const onClick = (event: Event): void => {
    if (event.defaultPrevented) return;
    const link = (event.composedPath() as Element[]).find((node) => node.localName === 'a' || node.localName === 'area') as
      | HTMLAnchorElement
      | undefined;
    if (link?.href && link.target !== '' && !/^_(self|top|parent)$/i.test(link.target)) bridge.openedByLink++;
  };
  const onSubmit = (event: Event): void => {
    if (!event.defaultPrevented && /^(?!_(self|top|parent)$)./i.test((event.target as HTMLFormElement).target)) bridge.openedByLink++;
  };
  /** `document.open` forgets listeners, so they are put on again at each look; twice is once. */
  function listen(): void {
    document.addEventListener('load', onLoaded, true);
    document.addEventListener('error', onLoaded, true);
    document.addEventListener('readystatechange', wake);
    window.addEventListener('click', onClick);
    window.addEventListener('submit', onSubmit);
    observer.observe(document, watched);
  }
  performance.addEventListener(`${secret}m`, (event) => {
    event.preventDefault();
    const { relatedTarget, detail } = event as MouseEvent;
    const node = relatedTarget as unknown as Node | null;
    if (!node) return;
    if (node.nodeType === 11) {
      const shadow = node as ShadowRoot;
      shadows.set(shadow.host, shadow);
      observer.observe(shadow, watched);
    } else if (node.nodeType === 9) {
      if (detail & MARK.click) delegates.hasClick = true;
    } else if (node.nodeType === 1) {
      const name = (node as Element).localName;
      if (name === 'html' || name === 'body') {
        if (detail & MARK.click) delegates.hasClick = true;
      } else marks.set(node as Element, (marks.get(node as Element) ?? 0) | detail);
    }
  });
  performance.addEventListener(`${secret}r`, (event) => {
    reply = (event as CustomEvent<string>).detail;
  });
  performance.addEventListener(`${secret}w`, wake);
  const { navigation } = globalThis as unknown as { navigation?: EventTarget };
  navigation?.addEventListener('navigate', (event) => {
    const { destination, downloadRequest, hashChange } = event as Event & {
      readonly destination: { readonly sameDocument: boolean; readonly url: string };
      readonly downloadRequest: string | null;
      readonly hashChange: boolean;
    };
    if (destination.sameDocument || hashChange || downloadRequest !== null || !/^(https?|file|data|blob|about):/.test(destination.url))
      return;
    navigatingSince = performance.now() || 1;
    // A listener of the page may still prevent it.
    queueMicrotask(() => {
      if (event.defaultPrevented) navigatingSince = 0;
    });
  });
  navigation?.addEventListener('navigateerror', () => {
    navigatingSince = 0;
    wake();
  });
  const bridge: Bridge = {
    window,
    markOf: (element) => marks.get(element) ?? 0,
    shadowOf(element) {
      const shadow = shadows.get(element) ?? element.shadowRoot;
      // Declarative ones were never attached by a script.
      if (shadow && !shadows.has(element)) {
        shadows.set(element, shadow);
        observer.observe(shadow, watched);
      }
      return shadow;
    },
    ask(verb, amount = 0) {
      reply = '';
      performance.dispatchEvent(new CustomEvent(`${secret}q`, { detail: `${verb}:${amount}` }));
      const [pending = 0, nextDue = -1, now = 0, deliveries = 0, opened = 0, ran = 0] = reply === '' ? [] : reply.split(',').map(Number);
      return { pending, nextDue, now, deliveries, opened, ran: ran === 1 };
    },
    listen,
    mutations: () => mutations,
    loading() {
      if (loading.size > 0) for (const element of loading) if (!element.isConnected) loading.delete(element);
      return loading.size + (document.readyState === 'complete' || ignoresDocument ? 0 : 1);
    },
    isNavigating: () => navigatingSince !== 0 && performance.now() - navigatingSince < 4000,
    ignoreLoading() {
      loading = new Set();
      ignoresDocument = true;
      navigatingSince = 0;
    },
    stay() {
      navigatingSince = 0;
    },
    onWake: null,
    onMutation: null,
    delegates,
    openedByLink: 0,
  };
  listen();
  bridge.ask('hello');
  return bridge;
}

/** The bridges of this frame and of all frames of the same origin within it, outermost first. */
export function frameBridges(own: Bridge): Bridge[] {
  const bridges = [own];
  for (const bridge of bridges) {
    const { frames } = bridge.window;
    for (let i = 0; i < frames.length && bridges.length < 50; i++)
      try {
        const inner = (frames[i] as unknown as { readonly journeymanBridge?: Bridge }).journeymanBridge;
        if (inner) bridges.push(inner);
      } catch {
        // Another origin's.
      }
  }
  return bridges;
}
