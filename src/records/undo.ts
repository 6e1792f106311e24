/**
 * Taking back what an agent did. A gym's adapter tells, after each action, how that one is taken back; later, perhaps in another process, it does so.
 *
 * Invariants: an inverse is plain data without secrets; it goes a way that the app gives its users; and whoever applies one looks first: what is as it was
 * is left alone, what somebody else has changed since is refused, never overwritten. So an inverse that is applied twice does no more than once.
 */
import type { Json } from '../base/index.ts';

/** What takes back what one action did. */
export interface Inverse {
  /** For people: `reopen arrival 7, entered as bill R-17`. */
  readonly what: string;
  /** For the adapter that made it. */
  readonly data: Json;
}

/** How an action is taken back. */
export type Undoing =
  | { readonly kind: 'inverse'; readonly inverse: Inverse }
  /** It left nothing that lasts. */
  | { readonly kind: 'nothing' }
  /** `why`: a clause, without a full stop. */
  | { readonly kind: 'impossible'; readonly why: string };

/** Whether things are now as they were before the action; if not, why. */
export type Applied = { readonly isDone: true } | { readonly isDone: false; readonly why: string };

export interface UndoAdapter {
  /** How what was done last is taken back: by a session's last action, by a world's last command. Changes nothing; to be asked before the next one. */
  inverse(): Promise<Undoing>;
  /** Throws `DataError` for what this adapter did not make, `InfrastructureError` where the app does not answer: then it may be tried again. */
  apply(inverse: Inverse): Promise<Applied>;
  /**
   * What the app holds outside of the browser, by name, so that two moments can be compared. Changes nothing. Objects by id rather than lists, so that
   * a difference has a place.
   */
  state(): Promise<Readonly<Record<string, Json>>>;
  /** Names in the state that are no part of what is restored, and why not: who is logged in, a log that only grows. */
  readonly volatile: Readonly<Record<string, string>>;
}
