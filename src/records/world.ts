/**
 * What a session drives: a page in a browser, a simulator, a set of tools. The harness in `gym/` turns a world into a session; a world knows
 * neither references nor tokens, only elements by key.
 */
import type { Key, Risk } from './action.ts';
import type { Ending, Score } from './gym.ts';
import type { Offer } from './observation.ts';
import type { UndoAdapter } from './undo.ts';

export interface ScreenElement {
  /** Unique on the screen; the same element keeps it from one look to the next. */
  readonly key: string;
  /** As in `Target`; '' for plain text. */
  readonly role: string;
  /** Accessible name; the text itself for plain text. */
  readonly name: string;
  /** What a field holds; absent where nothing can be held. */
  readonly value?: string;
  /** `checked`, `disabled`, `expanded`, `invalid`, `selected`, …; absent for none. */
  readonly states?: readonly string[];
  readonly offers: readonly Offer[];
  /** What copying takes, where that is neither the value nor the name. */
  readonly text?: string;
  /** Begins a new row of text. */
  readonly row?: boolean;
  readonly risk?: Risk;
}

export interface Screen {
  readonly elements: readonly ScreenElement[];
  /** What the runtime has to say about the last command: why it was refused, a dialog that was closed. Plain text. */
  readonly notices?: readonly string[];
}

/** An action with keys and text in place of references. */
export type Command =
  | { readonly kind: 'click' | 'clear' | 'hover'; readonly key: string }
  /** `secret`: nobody may log the text. */
  | { readonly kind: 'fill'; readonly key: string; readonly text: string; readonly secret?: boolean }
  | { readonly kind: 'select'; readonly key: string; readonly option: { readonly key: string } | { readonly text: string } }
  | { readonly kind: 'press'; readonly pressed: Key }
  | { readonly kind: 'scroll'; readonly direction: 'up' | 'down'; readonly key?: string }
  | { readonly kind: 'drag'; readonly key: string; readonly to: string }
  | { readonly kind: 'call'; readonly key: string; readonly arguments: readonly { readonly key: string; readonly text: string }[] }
  | { readonly kind: 'wait' };

export interface World {
  look(): Promise<Screen>;
  /** Carries a command out, waits until the world has settled, and looks. What can't be done is a notice, not an error. */
  perform(command: Command): Promise<Screen>;
  /** Of the end state; `ending` is the policy's part in it. */
  score(ending: Ending): Promise<Score>;
  close(): Promise<void>;
  /** A second verifier, written without the first one's code. */
  audit?(ending: Ending): Promise<Score>;
  /** The whole state as data, and back; `load` also works in another world of the same task. */
  save?(): Promise<unknown>;
  load?(state: unknown): Promise<void>;
  /** Seconds on the world's own clock since the start, where it has one. */
  elapsedSeconds?(): number;
  /** Takes back what was done, where the app has a way. */
  readonly undo?: UndoAdapter;
  /** Values of the goal's secrets, by key. */
  readonly secrets?: Readonly<Record<string, string>>;
}
