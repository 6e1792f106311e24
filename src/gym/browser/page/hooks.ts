/// <reference lib="dom" />
/**
 * The part of the page program that lives among the page's own scripts: it notes which elements listen, counts what is pending, and gives the page a
 * virtual clock. It runs before any script of the page and keeps its own references to natives, since the page may replace them.
 *
 * The observer lives in an isolated world and shares only the document with it; the two talk through events on `performance`, whose names nobody else
 * knows, dispatched and answered synchronously. One function, and so one long file: its closure is what the page can't reach.
 */

export interface HookOptions {
  readonly secret: string;
  /** ISO time of the virtual clock's zero as milliseconds since 1970; null: the real clock. */
  readonly epochMs: number | null;
}

export function installHooks({ secret, epochMs }: HookOptions): void {
  const { apply, construct } = Reflect;
  const root = globalThis as unknown as Window & typeof globalThis;
  const shared = root.performance;
  const dispatchNative = EventTarget.prototype.dispatchEvent;
  const listenNative = EventTarget.prototype.addEventListener;
  const preventNative = Event.prototype.stopImmediatePropagation;
  const [NativeMouseEvent, NativeCustomEvent, NativePromise, NativeMap, NativeDate] = [MouseEvent, CustomEvent, Promise, Map, Date];
  const detailOf = Object.getOwnPropertyDescriptor(CustomEvent.prototype, 'detail')?.get as () => string;
  const mapSet = Map.prototype.set;
  const mapGet = Map.prototype.get;
  const mapDelete = Map.prototype.delete;
  const mapEach = Map.prototype.forEach;
  const then = Promise.prototype.then;
  const realNow = Performance.prototype.now;
  const nativeTimeout = root.setTimeout;
  const evaluateNative = root.eval;
  const defineProperty = Object.defineProperty;
  const descriptorOf = Object.getOwnPropertyDescriptor;
  const [toNumber, floor, parse, slice, startsWith, indexOf] = [
    Number,
    Math.floor,
    Number.parseFloat,
    String.prototype.slice,
    String.prototype.startsWith,
    String.prototype.indexOf,
  ];
  const now = (): number => apply(realNow, shared, []);

  // --- What listens -------------------------------------------------------------------------------------------------------------------------
  const bits: Record<string, number> = {
    __proto__: null as never,
    click: 1,
    dblclick: 1,
    mouseup: 1 | 4,
    pointerup: 1 | 4,
    mousedown: 1 | 2,
    pointerdown: 1 | 2,
    touchstart: 1,
    touchend: 1,
    dragstart: 2,
    dragover: 4,
    dragenter: 4,
    drop: 4,
    mouseenter: 8,
    mouseover: 8,
    pointerenter: 8,
    scroll: 16,
  };
  const unheard: { readonly target: EventTarget; readonly bit: number }[] = [];
  let unheardCount = 0;
  function tell(target: EventTarget, bit: number): void {
    const event = new NativeMouseEvent(`${secret}m`, { __proto__: null, relatedTarget: target, detail: bit, cancelable: true } as never);
    if (apply(dispatchNative, shared, [event])) defineProperty(unheard, unheardCount++, { value: { target, bit }, configurable: true });
  }
  const nodeType = descriptorOf(Node.prototype, 'nodeType')?.get as () => number;
  /** Elements, and documents: who listens there listens for everything. */
  const isElement = (target: unknown): target is Element => {
    try {
      const type = apply(nodeType, target, []);
      return type === 1 || type === 9;
    } catch {
      return false;
    }
  };
  defineProperty(EventTarget.prototype, 'addEventListener', {
    configurable: true,
    enumerable: true,
    writable: true,
    value: function addEventListener(this: EventTarget, ...parts: [string, EventListener]): void {
      const bit = typeof parts[0] === 'string' ? bits[parts[0]] : undefined;
      if (bit !== undefined && parts[1] && isElement(this)) tell(this, bit);
      apply(listenNative, this ?? root, parts);
    },
  });
  for (const prototype of [HTMLElement.prototype, SVGElement.prototype])
    for (const type in bits) {
      const native = descriptorOf(prototype, `on${type}`);
      if (!native?.set) continue;
      const { set } = native;
      defineProperty(prototype, `on${type}`, {
        ...native,
        set(this: Element, listener: unknown) {
          if (typeof listener === 'function' && isElement(this)) tell(this, bits[type] as number);
          apply(set, this, [listener]);
        },
      });
    }
  const attachNative = Element.prototype.attachShadow;
  Element.prototype.attachShadow = function attachShadow(this: Element, options: ShadowRootInit): ShadowRoot {
    const shadow = apply(attachNative, this, [options]);
    tell(shadow, 0);
    return shadow;
  };

  // --- What is pending ----------------------------------------------------------------------------------------------------------------------
  let pending = 0;
  let ignored = 0;
  let opened = 0;
  const begin = (): number => {
    pending++;
    return ignored;
  };
  const end = (generation: number): void => {
    if (generation === ignored) pending--;
    if (pending === 0) apply(dispatchNative, shared, [new NativeCustomEvent(`${secret}w`)]);
  };
  const openNative = root.open;
  root.open = function open(...parts: Parameters<typeof openNative>): WindowProxy | null {
    const tab = apply(openNative, root, parts);
    if (tab) opened++;
    return tab;
  };

  // --- The clock ----------------------------------------------------------------------------------------------------------------------------
  interface Timer {
    readonly id: number;
    due: number;
    readonly every: number | null;
    readonly run: () => void;
    /** A delayed answer of the network, not a timer of the page. */
    readonly isDelivery: boolean;
  }
  const timers = new NativeMap<number, Timer>();
  let lastTimer = 0;
  let deliveries = 0;
  let virtualNow = 0;
  let startedAt = 0;
  let isForgotten = false;
  let isCarrying = false;
  const isVirtual = epochMs !== null;

  function later(delay: unknown, run: () => void, every = false, isDelivery = false): number {
    const wanted = toNumber(delay);
    const ms = wanted > 0 ? (wanted > 2147483647 ? 1 : floor(wanted)) : 0;
    const step = ms < 1 ? 1 : ms;
    const id = ++lastTimer;
    apply(mapSet, timers, [id, { id, due: virtualNow + step, every: every ? (step < 4 ? 4 : step) : null, run, isDelivery }]);
    if (isDelivery) deliveries++;
    return id;
  }
  function earliest(): Timer | null {
    let first: Timer | null = null;
    apply(mapEach, timers, [
      (timer: Timer) => {
        if (first === null || timer.due < first.due || (timer.due === first.due && timer.id < first.id)) first = timer;
      },
    ]);
    return first;
  }
  function report(error: unknown): void {
    apply(nativeTimeout, root, [
      () => {
        throw error;
      },
      0,
    ]);
  }
  /** Runs the next timer that is due by `deadline`. */
  function runNext(deadline: number): boolean {
    const timer = earliest();
    if (timer === null || timer.due > deadline) return false;
    if (timer.due > virtualNow) virtualNow = timer.due;
    if (timer.every === null) apply(mapDelete, timers, [timer.id]);
    else timer.due = virtualNow + timer.every;
    if (timer.isDelivery) deliveries--;
    try {
      timer.run();
    } catch (error) {
      report(error);
    }
    return true;
  }

  /** The time that the window's name carries, which is then itself again; null for none. */
  function takeName(): number | null {
    const { name } = root;
    if (typeof name !== 'string' || !apply(startsWith, name, [`${secret}|`])) return null;
    const rest: string = apply(slice, name, [secret.length + 1]);
    const bar: number = apply(indexOf, rest, ['|']);
    root.name = apply(slice, rest, [bar + 1]);
    return parse(apply(slice, rest, [0, bar])) || 0;
  }

  if (isVirtual) {
    const carried = takeName();
    if (carried !== null) virtualNow = carried;
    else if (root.parent !== root)
      try {
        const above = root.parent.performance;
        const onReply = (event: Event): void => {
          const reply: string = apply(detailOf, event, []);
          virtualNow = parse(reply.split(',')[2] as string) || 0;
        };
        above.addEventListener(`${secret}r`, onReply);
        above.dispatchEvent(new NativeCustomEvent(`${secret}q`, { detail: 'status:0' }));
        above.removeEventListener(`${secret}r`, onReply);
      } catch {
        // Another origin: its clock starts with itself.
      }
    startedAt = virtualNow;
    const callback = (handler: unknown, parts: readonly unknown[]): (() => void) =>
      typeof handler === 'function'
        ? () => apply(handler as (...all: readonly unknown[]) => unknown, root, parts)
        : // Timers take source text too, and run it in the page's own scope.
          () => evaluateNative(`${handler}`);
    const define = (name: string, value: unknown): void => {
      defineProperty(root, name, { value, writable: true, configurable: true, enumerable: true });
    };
    define('setTimeout', function setTimeout(handler: unknown, delay?: unknown, ...parts: unknown[]) {
      return later(delay, callback(handler, parts));
    });
    define('setInterval', function setInterval(handler: unknown, delay?: unknown, ...parts: unknown[]) {
      return later(delay, callback(handler, parts), true);
    });
    const cancel = (id: unknown): void => {
      const timer = apply(mapGet, timers, [toNumber(id)]) as Timer | undefined;
      if (timer && !timer.isDelivery) apply(mapDelete, timers, [timer.id]);
    };
    define('clearTimeout', function clearTimeout(id?: unknown) {
      cancel(id);
    });
    define('clearInterval', function clearInterval(id?: unknown) {
      cancel(id);
    });
    define('requestAnimationFrame', function requestAnimationFrame(handler: (time: number) => void) {
      return later(16, () => apply(handler, root, [virtualNow - startedAt]));
    });
    define('cancelAnimationFrame', function cancelAnimationFrame(id?: unknown) {
      cancel(id);
    });
    define('requestIdleCallback', function requestIdleCallback(handler: (deadline: unknown) => void) {
      return later(1, () => apply(handler, root, [{ didTimeout: false, timeRemaining: () => 10 }]));
    });
    define('cancelIdleCallback', function cancelIdleCallback(id?: unknown) {
      cancel(id);
    });
    Performance.prototype.now = (): number => virtualNow - startedAt;
    defineProperty(Performance.prototype, 'timeOrigin', { configurable: true, enumerable: true, get: () => epochMs + startedAt });
    // biome-ignore lint/suspicious/noShadowRestrictedNames: it is what the page calls it
    const VirtualDate = function Date(this: unknown, ...parts: []): unknown {
      if (new.target === undefined) return `${construct(NativeDate, [epochMs + virtualNow])}`;
      return construct(NativeDate, parts.length === 0 ? [epochMs + virtualNow] : parts, new.target);
    };
    VirtualDate.prototype = NativeDate.prototype;
    defineProperty(NativeDate.prototype, 'constructor', { value: VirtualDate, writable: true, configurable: true });
    for (const [name, value] of [
      ['now', () => epochMs + virtualNow],
      ['parse', NativeDate.parse],
      ['UTC', NativeDate.UTC],
    ] as const)
      defineProperty(VirtualDate, name, { value, writable: true, configurable: true });
    defineProperty(VirtualDate, 'length', { value: 7 });
    defineProperty(root, 'Date', { value: VirtualDate, writable: true, configurable: true });
    // The window's name is what one document hands to the next. At `pagehide` it would be too late.
    if (root.parent === root)
      apply(listenNative, root, [
        'beforeunload',
        () => {
          if (isForgotten || isCarrying) return;
          isCarrying = true;
          root.name = `${secret}|${virtualNow}|${root.name}`;
        },
        true,
      ]);
  }

  // Short real timers are waited for; they are noted, not changed.
  const shortTimers = new NativeMap<number, number>();
  if (!isVirtual) {
    const clearNative = root.clearTimeout;
    const timed = function setTimeout(handler: unknown, delay?: unknown, ...parts: unknown[]): number {
      const ms = toNumber(delay) > 0 ? toNumber(delay) : 0;
      if (ms > 500 || typeof handler !== 'function') return apply(nativeTimeout as never, root, [handler, delay, ...parts]);
      const id: number = apply(nativeTimeout as never, root, [
        () => {
          apply(mapDelete, shortTimers, [id]);
          apply(handler as (...all: unknown[]) => unknown, root, parts);
        },
        delay,
      ]);
      apply(mapSet, shortTimers, [id, now() + ms]);
      return id;
    };
    defineProperty(root, 'setTimeout', { value: timed, writable: true, configurable: true, enumerable: true });
    const clear = function clearTimeout(id?: number): void {
      apply(mapDelete, shortTimers, [id]);
      apply(clearNative, root, [id]);
    };
    defineProperty(root, 'clearTimeout', { value: clear, writable: true, configurable: true, enumerable: true });
  }

  // --- The network --------------------------------------------------------------------------------------------------------------------------
  const [NativeRequest, NativeHeaders, NativeURL] = [Request, Headers, URL];
  const headerOf = Headers.prototype.get;
  const setHeader = Headers.prototype.set;
  const responseHeaders = descriptorOf(Response.prototype, 'headers')?.get as () => Headers;
  const fetchNative = root.fetch;
  const isOurs = (url: string): boolean => {
    try {
      return new NativeURL(url, root.document.baseURI).origin === root.location.origin;
    } catch {
      return false;
    }
  };
  const settleInto = (promise: Promise<unknown>, generation: number): void => {
    apply(then, promise, [() => end(generation), () => end(generation)]);
  };
  root.fetch = function fetch(input: RequestInfo | URL, init?: RequestInit): Promise<Response> {
    let parts: unknown[] = init === undefined ? [input] : [input, init];
    if (isVirtual)
      try {
        const source = typeof input === 'object' && input instanceof NativeRequest ? input : null;
        if (isOurs(source ? source.url : `${input as string}`)) {
          const headers = new NativeHeaders(init?.headers ?? source?.headers);
          apply(setHeader, headers, ['x-virtual-clock', '1']);
          parts = [input, { ...init, headers }];
        }
      } catch {
        // What is malformed is fetch's own to refuse.
      }
    const generation = begin();
    const answer = apply(fetchNative as never, root, parts) as Promise<Response>;
    if (!isVirtual) {
      settleInto(answer, generation);
      return answer;
    }
    return new NativePromise<Response>((resolve, reject) => {
      apply(then, answer, [
        (response: Response) => {
          const delay = toNumber(apply(headerOf, apply(responseHeaders, response, []), ['x-delay-ms'])) || 0;
          if (delay > 0) later(delay, () => resolve(response), false, true);
          else resolve(response);
          end(generation);
        },
        (error: unknown) => {
          reject(error);
          end(generation);
        },
      ]);
    });
  };
  for (const [prototype, names] of [
    [Response.prototype, ['json', 'text', 'arrayBuffer', 'blob', 'formData', 'bytes']],
    [ReadableStreamDefaultReader.prototype, ['read']],
  ] as const)
    for (const name of names) {
      const native = descriptorOf(prototype, name);
      if (typeof native?.value !== 'function') continue;
      const read = native.value as () => Promise<unknown>;
      defineProperty(prototype, name, {
        ...native,
        value: function (this: unknown, ...parts: []): Promise<unknown> {
          const generation = begin();
          const promise = apply(read, this, parts);
          settleInto(promise, generation);
          return promise;
        },
      });
    }
  const NativeRequester = root.XMLHttpRequest;
  const openRequest = NativeRequester.prototype.open;
  const sendRequest = NativeRequester.prototype.send;
  const setRequestHeader = NativeRequester.prototype.setRequestHeader;
  const answerHeader = NativeRequester.prototype.getResponseHeader;
  const readyStateOf = descriptorOf(NativeRequester.prototype, 'readyState')?.get as () => number;
  const typeOf = descriptorOf(Event.prototype, 'type')?.get as () => string;
  const addresses = new WeakMap<XMLHttpRequest, { readonly url: string; readonly isAsync: boolean }>();
  const addressGet = WeakMap.prototype.get;
  const addressSet = WeakMap.prototype.set;
  const NativeProgressEvent = ProgressEvent;
  root.XMLHttpRequest = class XMLHttpRequest extends NativeRequester {
    constructor() {
      super();
      if (!isVirtual) return;
      let isReleased = false;
      let isHeld = false;
      const hold = (event: Event): void => {
        if (isReleased || apply(readyStateOf, this, []) !== 4) return;
        const delay = toNumber(apply(answerHeader, this, ['x-delay-ms'])) || 0;
        if (delay <= 0) return;
        apply(preventNative, event, []);
        if (isHeld) return;
        isHeld = true;
        later(
          delay,
          () => {
            isReleased = true;
            for (const type of ['readystatechange', 'load', 'loadend'])
              apply(dispatchNative, this, [new NativeProgressEvent(type, { __proto__: null } as never)]);
            isReleased = false;
            isHeld = false;
          },
          false,
          true,
        );
      };
      for (const type of ['readystatechange', 'load', 'loadend']) apply(listenNative, this, [type, hold]);
    }
  };
  const openCounted = function open(this: XMLHttpRequest, ...parts: [string, string, boolean]): void {
    apply(addressSet, addresses, [this, { url: `${parts[1]}`, isAsync: parts.length < 3 || Boolean(parts[2]) }]);
    apply(openRequest, this, parts);
  };
  defineProperty(NativeRequester.prototype, 'open', { value: openCounted, writable: true, configurable: true, enumerable: true });
  NativeRequester.prototype.send = function send(this: XMLHttpRequest, ...parts: []): void {
    const address = apply(addressGet, addresses, [this]) as { readonly url: string; readonly isAsync: boolean } | undefined;
    if (isVirtual && address && isOurs(address.url)) apply(setRequestHeader, this, ['x-virtual-clock', '1']);
    if (address?.isAsync) {
      const generation = begin();
      let isOver = false;
      apply(listenNative, this, [
        'readystatechange',
        (event: Event) => {
          if (isOver || apply(typeOf, event, []) !== 'readystatechange' || apply(readyStateOf, this, []) !== 4) return;
          isOver = true;
          // After the page's own listeners of this answer.
          apply(then, NativePromise.resolve(), [() => end(generation)]);
        },
        true,
      ]);
    }
    apply(sendRequest, this, parts);
  };

  // --- What the observer asks ---------------------------------------------------------------------------------------------------------------
  function nextDue(): number {
    if (isVirtual) return earliest()?.due ?? -1;
    let due = -1;
    apply(mapEach, shortTimers, [
      (at: number) => {
        if (due < 0 || at < due) due = at;
      },
    ]);
    return due;
  }
  apply(listenNative, shared, [
    `${secret}q`,
    (event: Event) => {
      const question: string = apply(detailOf, event, []);
      const colon: number = apply(indexOf, question, [':']);
      const verb = apply(slice, question, [0, colon]);
      const amount = parse(apply(slice, question, [colon + 1]));
      let ran = 0;
      if (verb === 'run') ran = runNext(amount) ? 1 : 0;
      else if (verb === 'to' || verb === 'stay') {
        if (amount > virtualNow) virtualNow = amount;
        // Still here: the navigation came to nothing.
        if (isCarrying && verb === 'stay') {
          isCarrying = false;
          takeName();
        }
      } else if (verb === 'ignore') {
        ignored++;
        pending = 0;
        apply(mapEach, shortTimers, [(_: number, id: number) => apply(mapDelete, shortTimers, [id])]);
      } else if (verb === 'forget') isForgotten = true;
      else if (verb === 'hello') {
        const count = unheardCount;
        unheardCount = 0;
        for (let i = 0; i < count; i++) {
          const mark = unheard[i] as (typeof unheard)[number];
          tell(mark.target, mark.bit);
        }
      }
      const answer = `${pending},${nextDue()},${isVirtual ? virtualNow : now()},${deliveries},${opened},${ran}`;
      apply(dispatchNative, shared, [new NativeCustomEvent(`${secret}r`, { __proto__: null, detail: answer } as never)]);
    },
  ]);
}
