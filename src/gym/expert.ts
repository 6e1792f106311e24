/**
 * Who plays a gym without a network: the scripted expert whose episodes are demonstrations, and the impostors that a verifier must not believe.
 *
 * An expert sees what the policy sees, plus the task's truth, which it makes from the seed. One expert plays one episode.
 */
import type { Random } from '../base/index.ts';
import type { Action, Gym, Observation, Task } from '../records/index.ts';

export interface Move {
  readonly action: Action;
  /** Done on purpose so that its repair can be shown; left out of what is imitated. */
  readonly mistake?: boolean;
}

export interface Expert {
  next(observation: Observation): Move;
  /** Tells an expert with a memory that another action was done in the place of its last move. */
  instead?(action: Action): void;
}

export interface ExpertOptions {
  readonly random: Random;
  /** Probability, at each step where one is possible, of a mistake that is then repaired. Default 0. */
  readonly mistakes?: number;
}

/** A wrong solution, a near miss, a cheat: plays to the end and must score 0. */
export interface Impostor {
  readonly name: string;
  readonly description: string;
  /** null where this task gives it nothing to do wrong. */
  play(task: Task, options: ExpertOptions): Expert | null;
}

/** A policy without skill, and the share of base tasks that it may solve at most. */
export interface LazyPolicy {
  readonly name: string;
  readonly description: string;
  readonly atMost: number;
  play(task: Task): Expert;
}

export interface GymProof {
  readonly impostors: readonly Impostor[];
  readonly lazy: readonly LazyPolicy[];
  /** By kind (layouts, vendors, labels, …): what tasks of a split and slice may draw. `exclusive` kinds share nothing between train and exam. */
  vocabulary(slice: string): readonly SplitVocabulary[];
  /** What a slice must do to tasks that `base` does not, told from a task; null if this task shows nothing wrong. */
  differs(task: Task): string | null;
}

export interface SplitVocabulary {
  readonly kind: string;
  readonly train: readonly string[];
  readonly exam: readonly string[];
}

/** What `gyms/NAME/gym.ts` exports as `gymModule`. */
export interface GymModule {
  readonly gym: Gym;
  expert(task: Task, options: ExpertOptions): Expert;
  readonly proof: GymProof;
}
