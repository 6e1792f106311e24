/**
 * What a session shows: the text that the policy reads, and beside it, as data, everything that an action may name now.
 *
 * The pieces are the transcript's; the targets never reach a network. Whatever stands in a text piece is outside text.
 */
import type { Risk } from './action.ts';
import type { Piece } from './transcript.ts';

/** What may be done with a target: be clicked, written into, chosen in, chosen, copied from, dragged, dropped on, scrolled, called, or take a file. */
export const OFFERS = ['click', 'fill', 'select', 'option', 'copy', 'drag', 'drop', 'scroll', 'call', 'upload'] as const;
export type Offer = (typeof OFFERS)[number];

/** One thing that stands behind a live reference. */
export interface Target {
  readonly reference: number;
  /** `button`, `field`, `list`, `option`, `check`, `link`, `text`, `tool`, `goal`, …; '' for plain text. */
  readonly role: string;
  /** Accessible name, or the text itself where it is plain text. */
  readonly name: string;
  /** What a field holds now. */
  readonly value?: string;
  readonly states: readonly string[];
  readonly offers: readonly Offer[];
  /** What copying takes; '' where there is nothing to copy. Never a secret's value. */
  readonly text: string;
  readonly risk?: Risk;
}

/** Why an episode ended. Infrastructure errors are no stop reason: they are thrown, and no score is given. */
export const STOP_REASONS = ['done', 'answered', 'asked', 'abstained', 'steps', 'seconds', 'too-large'] as const;
export type StopReason = (typeof STOP_REASONS)[number];

/** One line about each, for people. */
export const STOP_MEANINGS: Readonly<Record<StopReason, string>> = {
  done: 'the policy says that it has finished',
  answered: 'the policy gave an answer',
  asked: 'the policy asked a person',
  abstained: 'the policy handed the task over',
  steps: 'the steps of the task are used up',
  seconds: 'the time of the task is used up',
  'too-large': 'the screen holds more than can be shown; the task was handed over',
};

export interface Observation {
  /** First the whole screen, afterwards what changed. */
  readonly pieces: readonly Piece[];
  /** Everything live, in the order of the screen. */
  readonly targets: readonly Target[];
  /** Set when the episode is over. */
  readonly stop: StopReason | null;
}
