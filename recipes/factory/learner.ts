/**
 * A student in the middle of reinforcement learning, and its place on the disk: a model that anybody can load, and beside it what the next round
 * goes on with.
 *
 * Invariant: the folder is one save, whole, so that weights of one round beside moments of another can't be.
 */
import { readFileSync } from 'node:fs';
import * as z from 'zod';
import { CheckpointError } from '../../src/base/index.ts';
import {
  formatSafetensors,
  loadExtraFile,
  loadModel,
  loadSafetensors,
  parameterSpecs,
  saveModel,
  type Weights,
} from '../../src/model/index.ts';
import { type Student, studentOf } from './workshop.ts';

/** Whether the value loss moves the trunk: only after the critic has shown on fresh episodes that it knows something. */
export type CriticReach = 'detached' | 'shared';

export interface Learner {
  readonly student: Student;
  /** Of the optimizer, `<parameter>:m` and `<parameter>:v`; none before the first step. */
  readonly moments: Weights;
  /** Optimizer steps done. */
  readonly step: number;
  readonly critic: CriticReach;
}

export const freshLearner = (student: Student): Learner => ({ student, moments: new Map(), step: 0, critic: 'detached' });

const STATE = 'journeyman-learner.json';
const MOMENTS = 'journeyman-learner.safetensors';
const stateSchema = z.strictObject({ schemaVersion: z.literal(1), step: z.int().nonnegative(), critic: z.enum(['detached', 'shared']) });

export function saveLearner(folder: string, { student, moments, step, critic }: Learner): void {
  const shapes = new Map(parameterSpecs(student.config).map(({ name, shape }) => [name, shape]));
  const stored = [...moments].map(
    ([name, data]) => [name, { data, shape: shapes.get(name.replace(/:[mv]$/, '')) ?? [data.length] }] as const,
  );
  saveModel(folder, {
    ...student,
    extraFiles: new Map<string, readonly (Uint8Array | string)[]>([
      [STATE, [`${JSON.stringify({ schemaVersion: 1, step, critic } satisfies z.infer<typeof stateSchema>)}\n`]],
      [MOMENTS, formatSafetensors(new Map(stored))],
    ]),
  });
}

/** Throws `CheckpointError` for a folder that has no learner, or a damaged one. */
export function loadLearner(folder: string): Learner {
  const { config, weights, tokenizerJson } = loadModel(folder);
  const text = loadExtraFile(folder, { name: STATE, read: (path) => readFileSync(path, 'utf8') });
  const stored = loadExtraFile(folder, { name: MOMENTS, read: loadSafetensors });
  if (tokenizerJson === undefined || text === undefined || stored === undefined)
    throw new CheckpointError({
      operation: `go on from ${folder}`,
      got: 'a model without the state of its round',
      expected: 'what a round of reinforcement learning saved',
      fix: 'restore the folder from a copy, or begin another run',
    });
  const { step, critic } = stateSchema.parse(JSON.parse(text));
  const moments = new Map([...stored.tensors].map(([name, { data }]) => [name, data as Float32Array]));
  return { student: studentOf({ config, weights, tokenizerJson }), moments, step, critic };
}

/** The same numbers in buffers of their own, for a trainer, which changes them. */
export const copyWeights = (weights: Weights): Map<string, Float32Array> =>
  new Map([...weights].map(([name, values]) => [name, values.slice()]));
