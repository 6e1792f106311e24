/// <reference lib="dom" />
/**
 * Waits until the page has settled: nothing pending, no mutations for two turns of the event loop, no timer due within the budget of virtual time.
 *
 * No fixed sleeps and no animation frames. Between turns it runs the page's timers in order, one clock over all frames. An element with
 * `aria-busy="true"` counts as pending, for work that can't be seen from here (workers, `import()`).
 */
import { type Bridge, frameBridges } from './bridge.ts';

export interface Settled {
  readonly isSettled: boolean;
  /** Virtual (or real) milliseconds on the page's clock. */
  readonly now: number;
}

/** Real milliseconds for which a busy element is waited for while the virtual clock itself holds answers back. */
const BUSY_GRACE_MS = 150;

/** Virtual milliseconds of a frame. */
const FRAME_MS = 17;

const turns = new MessageChannel();
let onTurn: (() => void) | null = null;
turns.port1.onmessage = () => onTurn?.();
const nextTurn = (): Promise<void> =>
  new Promise((resolve) => {
    onTurn = resolve;
    turns.port2.postMessage(0);
  });

/** Until something wakes us, or a few real milliseconds. */
function nap(bridges: readonly Bridge[], ms: number): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(wake, ms);
    function wake(): void {
      clearTimeout(timer);
      for (const bridge of bridges) bridge.onWake = null;
      resolve();
    }
    for (const bridge of bridges) bridge.onWake = wake;
  });
}

/** `budgetMs` of virtual time pass; at least `since` has passed on the clock before. */
export async function settle(
  own: Bridge,
  options: { budgetMs: number; since: number; timeoutMs: number; isVirtual: boolean },
): Promise<Settled> {
  const { budgetMs, timeoutMs, isVirtual } = options;
  const startedMs = performance.now();
  let bridges = frameBridges(own);
  const start = Math.max(options.since, ...bridges.map((bridge) => bridge.ask('status').now));
  const deadline = start + budgetMs;
  let now = start;
  let seen = Number.NaN;
  let quiet = 0;
  let busySinceMs = 0;
  for (const bridge of bridges) {
    bridge.listen();
    if (isVirtual && start > 0) bridge.ask('to', start);
  }
  for (;;) {
    await nextTurn();
    bridges = frameBridges(own);
    let pending = 0;
    let mutations = bridges.length;
    let deliveries = 0;
    let next: Bridge | null = null;
    let nextDue = Number.POSITIVE_INFINITY;
    for (const bridge of bridges) {
      const status = bridge.ask('status');
      pending += status.pending + bridge.loading() + (bridge.isNavigating() ? 1 : 0);
      mutations += bridge.mutations();
      deliveries += status.deliveries;
      if (status.nextDue >= 0 && status.nextDue < nextDue) {
        nextDue = status.nextDue;
        next = bridge;
      }
      if (!isVirtual) now = Math.max(now, status.now);
    }
    const passedMs = performance.now() - startedMs;
    if (passedMs > timeoutMs) {
      for (const bridge of bridges) {
        bridge.ask('ignore');
        bridge.ignoreLoading();
      }
      return { isSettled: false, now: isVirtual ? pass(bridges, deadline) : now };
    }
    if (pending > 0) {
      quiet = 0;
      await nap(bridges, 4);
      continue;
    }
    if (mutations !== seen) {
      seen = mutations;
      quiet = 0;
      busySinceMs = passedMs;
      continue;
    }
    if (++quiet < 2) continue;
    if (isBusy(bridges)) {
      const isStill = passedMs - busySinceMs >= BUSY_GRACE_MS;
      // Frames and turns of the page's loop may be what it is busy with; other timers only if nothing else happens for a while.
      const mayRun = isVirtual && next !== null && nextDue <= (isStill ? deadline : Math.min(deadline, now + FRAME_MS));
      if (!mayRun && !(isStill && deliveries > 0)) {
        await nap(bridges, 4);
        continue;
      }
    }
    if (!next || nextDue > deadline) break;
    quiet = 0;
    if (isVirtual) {
      now = Math.max(now, nextDue);
      for (const bridge of bridges) if (bridge !== next) bridge.ask('to', nextDue);
      next.ask('run', deadline);
    } else await nap(bridges, Math.max(1, Math.min(20, nextDue - now)));
  }
  return { isSettled: true, now: isVirtual ? pass(bridges, deadline) : now };
}

function pass(bridges: readonly Bridge[], deadline: number): number {
  for (const bridge of bridges) bridge.ask('stay', deadline);
  return deadline;
}

function isBusy(bridges: readonly Bridge[]): boolean {
  for (const { window } of bridges)
    for (const element of window.document.querySelectorAll('[aria-busy="true"]')) if (element.checkVisibility()) return true;
  return false;
}
