/**
 * What became of each slice from version to version (STATISTICS §10): solved, broken or unknown, the best ever shown, and going round in circles.
 * Pure functions over judged versions in their order. Versions are compared on one gym version only: another one is another distribution.
 */

/** What one exam says of a slice. */
export interface ExamSlice {
  readonly slice: string;
  /** First runs with a verdict, and those of them that passed both verifiers. */
  readonly trials: number;
  readonly passes: number;
  /** Episodes of all runs in which an invariant broke, and the upper bound for the share of tasks. */
  readonly neverEvents: number;
  readonly neverEventsBound: number;
  /** Error that each of the bounds may make: what the attempt spent. */
  readonly alpha: number;
  /** For the rate of success: the certificate's gate bound, and its counterpart from above. */
  readonly lowerBound: number;
  readonly upperBound: number;
}

export interface Exam {
  readonly gym: { readonly name: string; readonly version: string };
  /** SHA-256 of the certificate's file. */
  readonly certificate: string;
  /** Of its seeds: exams on fresh tasks differ in it. */
  readonly commitment: string;
  readonly slices: readonly ExamSlice[];
}

export interface JudgedVersion {
  readonly version: number;
  readonly isAllowed: boolean;
  /** null where nothing of the exam could be believed. */
  readonly exam: Exam | null;
}

/** By slice: the least rate of success that is asked for. */
export type RequiredBounds = Readonly<Record<string, number>>;

export type SliceState = 'solved' | 'broken' | 'unknown';

/** Unknown unless a bound decides: with probability 1 − alpha neither a solved slice is below `required` nor a broken one at or above it. */
export function sliceState(slice: ExamSlice | undefined, required: number): SliceState {
  if (slice === undefined) return 'unknown';
  if (slice.lowerBound >= required) return 'solved';
  return slice.upperBound < required ? 'broken' : 'unknown';
}

/** Exams on this gym version, in the order of their judgement. */
export const examsOn = ({ name, version }: Exam['gym'], versions: readonly JudgedVersion[]): readonly (Exam & { readonly of: number })[] =>
  versions.flatMap(({ exam, version: of }) => (exam?.gym.name === name && exam.gym.version === version ? [{ ...exam, of }] : []));

export interface BestVersion {
  readonly version: number;
  readonly lowerBound: number;
}

/** The version with the highest lower bound for `slice`, refused ones included; the first of equals. */
export function bestVersion(slice: string, exams: readonly (Exam & { readonly of: number })[]): BestVersion | undefined {
  let best: BestVersion | undefined;
  for (const { slices, of } of exams) {
    const found = slices.find((one) => one.slice === slice);
    if (found && (best === undefined || found.lowerBound > best.lowerBound)) best = { version: of, lowerBound: found.lowerBound };
  }
  return best;
}

/** Places at which a cycle solved → broken → solved is complete. What is unknown in between neither makes nor breaks one. */
export function cycleEnds(states: readonly SliceState[]): readonly number[] {
  const ends: number[] = [];
  let wasSolved = false;
  let brokeAfterwards = false;
  for (const [place, state] of states.entries()) {
    if (state === 'broken') brokeAfterwards = wasSolved;
    if (state !== 'solved') continue;
    if (brokeAfterwards) ends.push(place);
    wasSolved = true;
    brokeAfterwards = false;
  }
  return ends;
}

export interface Oscillation {
  readonly slice: string;
  /** Cycles solved → broken → solved so far. */
  readonly cycles: number;
  /** No joint block was passed since the last one: this blocks a release. */
  readonly isOpen: boolean;
}

/**
 * Slices that went in circles, over exams of which the last is the one to be judged. A joint block is one exam, after the cycle was complete and on
 * seeds that no earlier exam had, in which every required slice is solved: whoever mends one slice by breaking another passes none. The exam that
 * completes the cycle is not one: it is the very luck that is doubted.
 */
export function findOscillations(exams: readonly Exam[], required: RequiredBounds): readonly Oscillation[] {
  const states = Object.entries(required).map(([slice, bound]) => ({
    slice,
    states: exams.map(({ slices }) =>
      sliceState(
        slices.find((one) => one.slice === slice),
        bound,
      ),
    ),
  }));
  const isJointBlock = exams.map(
    ({ commitment }, place) =>
      states.every((row) => row.states[place] === 'solved') && !exams.slice(0, place).some((earlier) => earlier.commitment === commitment),
  );
  return states.flatMap(({ slice, states: row }) => {
    const ends = cycleEnds(row);
    const last = ends.at(-1);
    return last === undefined ? [] : [{ slice, cycles: ends.length, isOpen: !isJointBlock.slice(last + 1).includes(true) }];
  });
}
