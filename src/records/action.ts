/**
 * The typed actions that every gym shares. What an action names, it names by reference; text is copied by the runtime.
 *
 * Each gym declares the verbs that it accepts and the risk of each. How an action is spelled and parsed is `grammar/`'s.
 */

/** The first word of an action. */
export const VERBS = [
  'click',
  'fill',
  'type',
  'clear',
  'select',
  'press',
  'scroll',
  'drag',
  'hover',
  'wait',
  'call',
  'answer',
  'note',
  'ask',
  'abstain',
  'done',
] as const;
export type Verb = (typeof VERBS)[number];

/** What copied text is turned into on its way. `date` reads 3/4 as the 3rd of April, `us-date` as the 4th of March; both write ISO 8601. */
export const NORMALISERS = ['date', 'us-date', 'amount', 'integer', 'lower', 'upper', 'trim'] as const;
export type Normaliser = (typeof NORMALISERS)[number];

export const KEYS = [
  'enter',
  'tab',
  'escape',
  'up',
  'down',
  'left',
  'right',
  'home',
  'finish',
  'page-up',
  'page-down',
  'backspace',
  'delete',
  'space',
] as const;
export type Key = (typeof KEYS)[number];

/** References are the numbers 0 … 255 behind ⟨0⟩ … ⟨255⟩. */
export type Action =
  | { readonly kind: 'click' | 'clear' | 'hover'; readonly target: number }
  /** Puts the text behind `source` into the field `target`. */
  | { readonly kind: 'fill'; readonly target: number; readonly source: number; readonly as?: Normaliser }
  /** Puts the policy's own text into the field `target`. */
  | { readonly kind: 'type'; readonly target: number; readonly text: string }
  /** Chooses in the list `target`: the option `source`, or the one option whose text is that of `source`. */
  | { readonly kind: 'select'; readonly target: number; readonly source: number }
  | { readonly kind: 'press'; readonly key: Key }
  /** Without a target, the page. */
  | { readonly kind: 'scroll'; readonly direction: 'up' | 'down'; readonly target?: number }
  | { readonly kind: 'drag'; readonly target: number; readonly to: number }
  | { readonly kind: 'call'; readonly tool: number; readonly arguments: readonly number[] }
  /** Gives a result: what stands behind `source`, or the policy's own text. */
  | { readonly kind: 'answer' | 'note'; readonly source: number }
  | { readonly kind: 'answer' | 'note'; readonly text: string }
  /** Hands a question to a person: about what a reference names, or about the whole. */
  | { readonly kind: 'ask'; readonly about?: number }
  /** Time passes; or: the task is handed over; or: it is finished. */
  | { readonly kind: 'wait' | 'abstain' | 'done' };

/** What undoing an action takes: nothing; the opposite action; another process (a credit note); it can't be undone. In rising order. */
export const RISKS = ['read', 'reversible', 'compensable', 'irreversible'] as const;
export type Risk = (typeof RISKS)[number];
