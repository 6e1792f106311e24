/**
 * A run on disk: the model's folder with the trainer's state as two more files of the same save. A model of one step
 * beside moments of another can't be: the folder is replaced as a whole.
 */
import { readFileSync } from 'node:fs';
import * as z from 'zod';
import { CheckpointError, canonicalJson, hashJson, type Json } from '../base/index.ts';
import {
  formatSafetensors,
  loadExtraFile,
  loadModel,
  loadSafetensors,
  type ModelConfig,
  parameterSpecs,
  saveModel,
  type TensorToStore,
  type Weights,
} from '../model/index.ts';
import type { Cursors } from './batch-stream.ts';
import type { LossWatchState } from './loss-watch.ts';
import type { Settings } from './settings.ts';
import type { TrainState } from './updater.ts';

export const MOMENTS_FILE = 'journeyman-trainer.safetensors';
export const STATE_FILE = 'journeyman-trainer.json';

/** Where a run stands. No clock: the same run gives the same bytes. */
export interface RunState extends Cursors {
  /** Steps done. */
  readonly step: number;
  /** Tokens trained on. */
  readonly tokens: number;
  readonly watch: LossWatchState;
  readonly settings: Settings;
}

export interface RunCheckpoint {
  readonly run: RunState;
  readonly weights: Map<string, Float32Array>;
  readonly moments: Map<string, Float32Array>;
  readonly tokenizerJson?: string;
}

const count = z.int().nonnegative();
const json: z.ZodType<Json> = z.lazy(() =>
  z.union([z.null(), z.boolean(), z.number(), z.string(), z.array(json), z.record(z.string(), json)]),
);
const stateSchema = z.strictObject({
  schemaVersion: z.literal(1),
  step: count,
  cursor: count,
  longCursor: count.default(0),
  tokens: count,
  watch: z.strictObject({ average: z.number(), count, best: z.number().nullable(), tooHigh: count }),
  settings: z.record(z.string(), json),
  fingerprint: z.string(),
});

export interface RunToSave {
  readonly config: ModelConfig;
  readonly trained: TrainState;
  readonly run: Omit<RunState, 'step'>;
  readonly tokenizerJson?: string;
}

/** Saves all of a run or nothing. Throws `CheckpointError` for numbers that are not finite, leaving the save before. */
export function saveRun(folder: string, { config, trained, run, tokenizerJson }: RunToSave): void {
  const spoilt = spoiltName(trained);
  if (spoilt !== undefined)
    throw new CheckpointError({
      operation: `save step ${trained.step} to ${folder}`,
      got: `${spoilt} with a value that is not finite`,
      expected: 'finite weights and moments',
      fix: 'begin with finite weights, or with a lower learning rate; what was saved before is untouched',
    });
  const shapes = new Map(parameterSpecs(config).map(({ name, shape }) => [name, shape]));
  const moments = new Map<string, TensorToStore>();
  for (const [name, data] of trained.moments) moments.set(name, { data, shape: shapes.get(parameterOf(name)) as readonly number[] });
  const state: Json = { schemaVersion: 1, step: trained.step, ...run, watch: { ...run.watch }, fingerprint: hashJson(run.settings) };
  saveModel(folder, {
    config,
    weights: trained.weights,
    ...(tokenizerJson === undefined ? {} : { tokenizerJson }),
    extraFiles: new Map<string, readonly (Uint8Array | string)[]>([
      [MOMENTS_FILE, formatSafetensors(moments)],
      [STATE_FILE, [canonicalJson(state), '\n']],
    ]),
  });
}

/** The first of the weights and moments that has a value which is not finite. */
export function spoiltName({ weights, moments }: Pick<TrainState, 'weights' | 'moments'>): string | undefined {
  for (const [name, values] of [...weights, ...moments]) if (!values.every(Number.isFinite)) return name;
  return undefined;
}

/** Whether a model is there, of a run or not. */
export function hasModel(folder: string): boolean {
  return loadExtraFile(folder, { name: 'config.json', read: () => true }) ?? false;
}

/** The run's state alone, or undefined where the folder has none (it may have a model nonetheless). */
export function loadRunState(folder: string): RunState | undefined {
  const text = loadExtraFile(folder, { name: STATE_FILE, read: (path) => readFileSync(path, 'utf8') });
  if (text === undefined) return undefined;
  const wrong = (got: string, cause?: unknown): CheckpointError =>
    new CheckpointError({
      operation: `read ${folder}/${STATE_FILE}`,
      got,
      expected: 'the state of a run as this version saves it',
      fix: 'restore the folder from a copy, or begin a new run in another folder',
      cause,
    });
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch (cause) {
    throw wrong(`${text.length} characters that are not JSON`, cause);
  }
  const checked = stateSchema.safeParse(parsed);
  if (!checked.success) {
    const { path, message } = checked.error.issues[0] as z.core.$ZodIssue;
    throw wrong(`${path.join('.') || 'the top'}: ${message}`, checked.error);
  }
  const { fingerprint, schemaVersion: _, ...state } = checked.data;
  if (fingerprint !== hashJson(state.settings)) throw wrong('settings that are not those of its fingerprint');
  return state;
}

/** The whole run. Throws `CheckpointError` where its parts are damaged or not of one model. */
export function loadRun(folder: string, run: RunState): RunCheckpoint {
  const { config, weights, missing, tokenizerJson } = loadModel(folder);
  const wrong = (got: string, expected: string): CheckpointError =>
    new CheckpointError({
      operation: `resume from ${folder}`,
      got,
      expected,
      fix: 'restore the folder from a copy, or begin a new run in another folder',
    });
  const settled = run.settings.model;
  if (settled !== undefined && canonicalJson({ ...config }) !== canonicalJson(settled)) {
    const before = settled as Readonly<Record<string, Json>>;
    const names = Object.keys(config).filter((name) => config[name as keyof ModelConfig] !== before[name]);
    const list = (of: Readonly<Record<string, Json>>): string => names.map((name) => `${name} = ${of[name]}`).join(', ');
    throw wrong(`a config.json with ${list({ ...config })}`, `the model of its run: ${list(before)}`);
  }
  if (missing.length > 0) throw wrong(`no ${missing[0]}`, 'all parameters of the model');
  const stored = loadExtraFile(folder, { name: MOMENTS_FILE, read: loadSafetensors });
  if (stored === undefined) throw wrong(`no ${MOMENTS_FILE}`, 'the moments of the optimizer');
  const shapes = new Map(parameterSpecs(config).map(({ name, shape }) => [name, shape]));
  const moments = new Map<string, Float32Array>();
  for (const [name, { data, shape }] of stored.tensors) {
    const expected = shapes.get(parameterOf(name));
    if (!(data instanceof Float32Array) || expected?.join() !== shape.join())
      throw wrong(
        `moments ${name} of shape [${shape}]`,
        expected ? `float32 of shape [${expected}]` : 'moments of parameters of the model',
      );
    moments.set(name, data);
  }
  return { run, weights, moments, ...(tokenizerJson === undefined ? {} : { tokenizerJson }) };
}

/** Whether every moment that training changes is among those loaded: a trainer makes the missing ones up as zeros. */
export function checkMoments(folder: string, { loaded, used }: { readonly loaded: Weights; readonly used: Weights }): void {
  for (const name of used.keys())
    if (!loaded.has(name))
      throw new CheckpointError({
        operation: `resume from ${folder}`,
        got: `no moments ${name}`,
        expected: 'those of every trained parameter',
      });
}

const parameterOf = (moment: string): string => moment.replace(/:[mv]$/, '');
