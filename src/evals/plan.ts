/**
 * What an exam plays and what it asks, fixed before the seeds are opened. The everyday plan: the first slice one by one until the bound is
 * reached or 400 tasks are used up, every other slice 60 tasks for a bound. The full one: every slice 300 tasks, 60 of them eight times.
 */
import { ConfigError } from '../base/index.ts';
import type { CertificationPlan, SlicePlan } from '../records/index.ts';

export interface PlanOptions {
  /** Those of the gym, `base` first. */
  readonly slices: readonly string[];
  /** Default false. */
  readonly isFull?: boolean;
  /** The bound that the first slice must reach. Default 0.95. */
  readonly floor?: number;
  /** The bound that every other slice must reach. Default 0.80. */
  readonly otherFloor?: number;
  /** Of every slice but the first, in the everyday plan. Default 60. */
  readonly otherTasks?: number;
  /** Default 0.05. */
  readonly alpha?: number;
  /** Default `every`: without a second verdict on every episode there is no certificate. */
  readonly audit?: CertificationPlan['audit'];
  /** Of errors among what the critic lets through. Default 0.03: about what the tasks of a slice that ends early suffice for. */
  readonly risk?: number;
}

const LARGEST = 400;
/** Tasks of every slice but the first, where there is time for them. */
export const OTHER_TASKS = 60;
const FULL_TASKS = 300;
const BLOCKS = 60;
/** Runs of a block. */
export const BLOCK_RUNS = 8;

export function planExam({
  slices,
  isFull = false,
  floor = 0.95,
  otherFloor = 0.8,
  otherTasks = OTHER_TASKS,
  alpha = 0.05,
  audit = 'every',
  risk = 0.03,
}: PlanOptions): CertificationPlan {
  if (slices.length === 0 || new Set(slices).size < slices.length)
    throw new ConfigError({
      operation: 'plan an exam',
      got: `the slices ${slices.join(', ') || '(none)'}`,
      expected: 'at least one, each once',
    });
  return {
    alpha,
    slices: slices.map((slice, i): SlicePlan => {
      const required = i === 0 ? floor : otherFloor;
      if (isFull) return { slice, method: 'fixed', tasks: FULL_TASKS, required, blocks: BLOCKS, runs: BLOCK_RUNS };
      const once = { slice, required, blocks: 0, runs: 1 };
      return i === 0 ? { ...once, method: 'sequential', tasks: LARGEST } : { ...once, method: 'fixed', tasks: otherTasks };
    }),
    audit,
    unresolvedLimit: 0.01,
    neverEventsTolerated: 0,
    abstention: { risk, delta: 0.05 },
  };
}

/** One episode of an exam. */
export interface ExamJob {
  readonly slice: string;
  readonly n: number;
  readonly run: number;
}

/** The episodes of a slice in order: every task once, then the further runs of the blocks. */
export function examJobs({ slice, tasks, blocks, runs }: SlicePlan, numbers: readonly number[]): readonly ExamJob[] {
  const first = numbers.slice(0, tasks).map((n) => ({ slice, n, run: 0 }));
  const further = first.slice(0, blocks).flatMap(({ n }) => Array.from({ length: runs - 1 }, (_, i) => ({ slice, n, run: i + 1 })));
  return [...first, ...further];
}
