/**
 * A gym: a generator of fresh tasks, a place to work on them, and a verifier of the end state. This is the whole extension point.
 *
 * A task is fixed by its seed and slice alone. A session is one episode and never reused.
 */
import type { Action, Risk, Verb } from './action.ts';
import type { Observation, StopReason } from './observation.ts';
import type { Piece } from './transcript.ts';
import type { UndoAdapter } from './undo.ts';

export const SPLITS = ['train', 'validate', 'exam'] as const;
export type Split = (typeof SPLITS)[number];

/** Number n of a split, 0 ≤ n < 2^53. Exam seeds are never trained on. */
export interface Seed {
  readonly split: Split;
  readonly n: number;
}

export interface SliceManifest {
  readonly description: string;
}

export interface GymManifest {
  /** Lower-case words joined by hyphens; a slash after the name of a collection. */
  readonly name: string;
  /** Changes whenever the same seed would give another task or another score. */
  readonly version: string;
  readonly description: string;
  /** The accepted verbs and the risk of each, where a target does not say its own. */
  readonly actions: Readonly<Partial<Record<Verb, Risk>>>;
  readonly limits: Limits;
  /** What must never happen on any path, by name. */
  readonly invariants: Readonly<Record<string, string>>;
  /** `base` first. */
  readonly slices: Readonly<Record<string, SliceManifest>>;
}

export interface Limits {
  /** Actions of an episode. */
  readonly steps: number;
  /** Seconds of an episode, on its own clock. */
  readonly seconds: number;
}

/** A part of the goal's wording. One with a key can be named by reference and copied; a secret's value is known to the runtime only. */
export interface GoalPart {
  readonly text: string;
  readonly key?: string;
  readonly secret?: boolean;
}

export interface Task {
  readonly schemaVersion: 1;
  readonly gym: string;
  readonly gymVersion: string;
  readonly seed: Seed;
  readonly slice: string;
  readonly goal: readonly GoalPart[];
}

/** What distinguishes two runs of one task: the permutation of references and the timing of faults. */
export interface Lane {
  readonly seed: string;
}

/** The verifier's word on an end state. A null is "no score" and never counts as 0 or 1. */
export interface Score {
  readonly success: boolean | null;
  /** Partial credit, 0 … 1; 1 exactly if successful. */
  readonly credit: number | null;
  /** Names of the invariants that were broken; with any of them, success is false. */
  readonly broken: readonly string[];
  /** What is wrong, for people. */
  readonly reasons: readonly string[];
}

/** The state of a sandbox at one moment, opaque; belongs to one task. Restored, it shows the same bytes. */
export interface Snapshot {
  readonly schemaVersion: 1;
  readonly task: string;
  readonly state: unknown;
}

export interface Session {
  readonly task: Task;
  /** The goal as the transcript has it, with this episode's references. */
  readonly goal: readonly Piece[];
  observe(): Promise<Observation>;
  act(action: Action): Promise<Observation>;
  /** Of the end state, whenever it is asked; the first call ends the episode. */
  score(): Promise<Score>;
  close(): Promise<void>;
  /** A second verdict, found by other means, where the gym has one. */
  audit?(): Promise<Score>;
  snapshot?(): Promise<Snapshot>;
  restore?(snapshot: Snapshot): Promise<Observation>;
  /** A person's value into what this reference stands for, a field or a list: no step of the policy's. What it takes no text for is told as a notice. */
  put?(reference: number, text: string): Promise<Observation>;
  /** Takes back what was done, here or in an earlier session of the same app, where the gym has an adapter for it. */
  readonly undo?: UndoAdapter;
}

/** A live app that somebody else started. */
export interface AttachTarget {
  readonly url: string;
  /** Values of the secrets that the job's goal names, by key. */
  readonly secrets?: Readonly<Record<string, string>>;
}

export interface Gym {
  readonly manifest: GymManifest;
  task(seed: Seed, slice?: string): Task;
  open(task: Task, lane: Lane): Promise<Session>;
  /** No reset, no snapshot, and every score is null. */
  attach?(target: AttachTarget, goal: readonly GoalPart[]): Promise<Session>;
  /** Browsers and servers that sessions share are stopped. */
  dispose?(): Promise<void>;
}

/** How an episode ended, as far as the policy had a part in it; the verifier reads it together with the end state. */
export type Ending =
  | { readonly kind: 'answered'; readonly text: string; readonly key: string | null }
  | { readonly kind: 'asked'; readonly about: { readonly key: string; readonly name: string; readonly text: string } | null }
  | { readonly kind: Exclude<StopReason, 'answered' | 'asked'> | 'open' };
