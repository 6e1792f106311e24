/**
 * A gym as a puzzle to be searched: what its truth can teach in training, and which of its legal actions are never any use.
 *
 * The truth teaches on the train split only. At work policy, critic and judge see what the screen shows.
 */
import type { Random } from '../../src/base/index.ts';
import type { DefinedGym } from '../../src/gym/index.ts';
import type { Action, Observation, Task } from '../../src/records/index.ts';

/** Who knows the truth of one episode. */
export interface Guide {
  /** What an expert would do; null where the task can't be solved any more. */
  best(observation: Observation): Action | null;
  /** What a beginner might do: often legal, seldom good, sometimes the end. */
  slip(observation: Observation, random: Random): Action;
  /** Told of every action that was done. */
  follow(action: Action, before: Observation): void;
}

export interface Puzzle {
  readonly gym: DefinedGym<unknown>;
  guide(task: Task): Guide;
  /** Leaves out legal actions that are never any use; the same for every way of playing that is compared. */
  accept(action: Action): boolean;
  /** Tokens of an action at most, its end included. */
  readonly longest: number;
  /** Actions of an episode that a search may look ahead. */
  readonly depth: number;
}
