/** What has to do with time: work that is done seldom, and clicks that were meant for what was there a moment ago. */
import { Refused } from './api.ts';
import type { Desk } from './desk.ts';

/** `work` at most once in so many milliseconds; what is asked for meanwhile is done at their end. */
export function seldom(work: () => void, milliseconds: number): () => void {
  let doneAtMs = Number.NEGATIVE_INFINITY;
  let isDue = false;
  return () => {
    if (isDue) return;
    isDue = true;
    const leftMs = Math.max(0, doneAtMs + milliseconds - performance.now());
    setTimeout(() => {
      isDue = false;
      doneAtMs = performance.now();
      work();
    }, leftMs);
  };
}

/** `look` now, and again so long after each that has ended, until the page shows something else. */
export function whileShown(page: Element, milliseconds: number, look: () => Promise<void>): void {
  const again = async (): Promise<void> => {
    await look();
    setTimeout(() => void (page.isConnected && again()), milliseconds);
  };
  void again();
}

/** Says what the server refuses; that somebody has to log in again is said by the console itself. */
export async function saying({ say }: Pick<Desk, 'say'>, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    if (!error.isLoggedOut) say(error.message);
  }
}

const SETTLING_MS = 500;

export interface MovingList {
  /** To be told whenever cards have moved. */
  readonly moved: () => void;
  /** Whether a click is meant for the card that it hit; says so where it is not. A key's press has no detail: it goes to what has the focus, wherever that moved. */
  readonly isMeant: (event: MouseEvent) => boolean;
}

/** A click just after cards have moved does nothing, since it was meant for another one. */
export function movingList({ say }: Pick<Desk, 'say'>): MovingList {
  let movedAtMs = Number.NEGATIVE_INFINITY;
  return {
    moved: () => {
      movedAtMs = performance.now();
    },
    isMeant(event) {
      const isMeant = event.detail === 0 || performance.now() - movedAtMs > SETTLING_MS;
      if (!isMeant) say('The list has just moved. Press again.');
      return isMeant;
    },
  };
}
