/** What every stage works with: the gym, the run's folder, the clock, and how episodes are played and learned from here. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ConfigError, hashBytes, type Json, Random } from '../../src/base/index.ts';
import { type FolderModel, loadFolderModel } from '../../src/cli/index.ts';
import { Engine, enginePolicy } from '../../src/engine/index.ts';
import { SPECIAL_TOKENS } from '../../src/grammar/index.ts';
import { computeSourceHash, type LoadedGym, loadGym, requireProof } from '../../src/gym/index.ts';
import {
  adaptVocabulary,
  formatTokenizerJson,
  initializeWeights,
  type ModelConfig,
  type PresetName,
  parseTokenizerJson,
  presetConfig,
  type Tokenizer,
  trainTokenizer,
  type Weights,
} from '../../src/model/index.ts';
import type { EpisodeRecord, Policy, RunEvent, Stage } from '../../src/records/index.ts';
import { type Job, jobId, openJournal, rollout } from '../../src/rollout/index.ts';
import { textsOf } from '../../src/train/index.ts';
import { formatWide, type WideModel } from '../../src/wide/index.ts';
import { hashWeights } from './agent.ts';
import { openRun, type RunFolder } from './run-folder.ts';

export interface WorkshopOptions {
  readonly gym: string;
  /** Folder of the run; a run that is there is gone on with. */
  readonly folder: string;
  readonly seed: number;
  readonly preset: PresetName;
  /** `warm`: from the base; `cold`: from nothing; else the folder of an agent or a model. */
  readonly start: string;
  /** Episodes side by side. */
  readonly lanes: number;
  /** What else the run was asked for and must be asked for again when it goes on. */
  readonly settings: Readonly<Record<string, Json>>;
  readonly signal: AbortSignal;
  readonly onEvent?: (event: RunEvent) => void;
}

export interface Workshop {
  readonly gym: LoadedGym;
  readonly run: RunFolder;
  readonly seed: number;
  /** Episodes side by side. */
  readonly lanes: number;
  readonly signal: AbortSignal;
}

/** Throws what `loadGym`, `requireProof` and `openRun` throw. */
export async function openWorkshop(options: WorkshopOptions): Promise<Workshop> {
  const { seed, lanes, signal, folder, onEvent } = options;
  const gym = await loadGym(options.gym);
  requireProof(gym);
  const { name, version } = gym.manifest;
  const settings = {
    gym: name,
    gymVersion: version,
    gymSource: computeSourceHash(gym.folder),
    seed,
    preset: options.preset,
    start: options.start,
    ...options.settings,
  };
  const run = openRun({ folder, settings, ...(onEvent ? { onEvent } : {}) });
  run.tell({
    kind: 'begun',
    run: folder,
    gym: name,
    stages: ['check', 'demonstrations', 'sft', 'rl', 'certify'],
    resumed: run.isResumed,
  });
  return { gym, run, seed, lanes, signal };
}

/** Seconds since it was started. */
export function startClock(): () => number {
  const startedMs = performance.now();
  return () => (performance.now() - startedMs) / 1000;
}

/** A model that learns: what `FolderModel` has, in memory. */
export interface Student {
  readonly config: ModelConfig;
  readonly weights: Weights;
  readonly tokenizer: Tokenizer;
  readonly tokenizerJson: string;
  /** What it has counted, beside what the network has learned; absent before it was shown anything. */
  readonly wide?: WideModel | undefined;
}

/** Thrown to end a run that somebody stopped; what was finished is on the disk. */
export class Stopped extends Error {
  override readonly name = 'Stopped';
}

export function assertGoingOn({ signal }: Workshop): void {
  if (signal.aborted) throw new Stopped('the run was stopped');
}

export const BASE_FOLDER = join(fileURLToPath(new URL('../..', import.meta.url)), 'base', 'micro');

/** What is learned from; undefined for nothing. Throws `CheckpointError` for a folder that can't be loaded, or a base that is not there. */
export function startingPoint({ start }: Pick<WorkshopOptions, 'start'>): Student | undefined {
  if (start === 'cold') return undefined;
  if (start === 'warm' && !existsSync(join(BASE_FOLDER, 'config.json')))
    throw new ConfigError({
      operation: 'begin from the base',
      got: 'no base/micro',
      expected: 'the base that comes with Journeyman',
      fix: 'node recipes/base.ts trains it; or begin from nothing with --start cold',
    });
  return studentOf(loadFolderModel(start === 'warm' ? BASE_FOLDER : start));
}

export interface Beginning extends Pick<WorkshopOptions, 'start' | 'preset' | 'seed'> {
  /** Whose words a tokenizer is made of. */
  readonly transcripts: readonly EpisodeRecord['transcript'][];
}

/** Who begins to learn: an agent as it is; the base, which reads with the words of the task from now on; or nothing but a seed. */
export function beginnerOf({ start, preset, seed, transcripts }: Beginning): Student {
  const from = startingPoint({ start });
  if (from && start !== 'warm') return from;
  const { vocabularySize } = from?.config ?? presetConfig(preset);
  const tokenizer = trainTokenizer(transcripts.flatMap(textsOf), { vocabularySize, specialTokens: SPECIAL_TOKENS, isFolded: true });
  const tokenizerJson = formatTokenizerJson(tokenizer);
  if (from) return { ...adaptVocabulary(from, tokenizer), tokenizer, tokenizerJson };
  const config = presetConfig(preset, { vocabularySize: tokenizer.vocabularySize });
  return { config, weights: initializeWeights(config, new Random(seed).fork('weights')), tokenizer, tokenizerJson };
}

export const studentOf = (
  { config, weights, tokenizerJson }: Pick<FolderModel, 'config' | 'weights' | 'tokenizerJson'>,
  wide?: WideModel | undefined,
): Student => ({
  config,
  weights,
  tokenizerJson,
  tokenizer: parseTokenizerJson(tokenizerJson),
  ...(wide ? { wide } : {}),
});

export const identityOf = ({ weights, tokenizerJson, wide }: Student): string =>
  hashBytes(hashWeights(weights), tokenizerJson, ...(wide ? [formatWide(wide)] : [])).slice(0, 16);

/** Starts an engine for `work` and ends it. One thread: the browsers need the other. */
export async function withPolicy<T>(
  student: Student,
  { temperature }: { readonly temperature: number },
  work: (policy: Policy, engine: Engine) => Promise<T>,
): Promise<T> {
  const engine = await Engine.start(student.config, student.weights, { threads: 1, leaveOutResting: true });
  try {
    return await work(enginePolicy({ engine, codec: student.tokenizer, wide: student.wide, temperature }), engine);
  } finally {
    await engine.dispose();
  }
}

export interface PlayOptions {
  readonly stage: Stage;
  /** Of the journal, in the run's folder. */
  readonly journal: string;
  readonly jobs: readonly Job[];
  readonly policy: Policy | ((job: Job) => Policy);
  readonly policyId: string;
  readonly figures?: (records: readonly EpisodeRecord[]) => Readonly<Record<string, number>>;
}

/**
 * Plays the jobs that the journal lacks; resolves with the records of all, in the order of the jobs: what learns from them must find the same
 * whether they were played now or stood there before. Throws `Stopped`.
 */
export async function play(shop: Workshop, options: PlayOptions): Promise<readonly EpisodeRecord[]> {
  const { stage, jobs, policy, policyId, figures = successOf } = options;
  const journal = openJournal(shop.run.path(options.journal));
  const records: EpisodeRecord[] = [];
  try {
    const { reason } = await rollout({
      gym: shop.gym.module.gym,
      policy,
      policyId,
      jobs,
      of: jobs.length,
      journal,
      lanes: shop.lanes,
      signal: shop.signal,
      onEpisode(record, { done, of, perSecond, secondsLeft }) {
        records.push(record);
        shop.run.tell({ kind: 'progress', stage, done, of, unit: 'episodes', perSecond, secondsLeft, figures: figures(records) });
      },
    });
    if (reason === 'interrupted') throw new Stopped('the run was stopped');
    const places = new Map(jobs.map((job, place) => [jobId(job, policyId), place]));
    return records.toSorted((a, b) => (places.get(a.id) ?? 0) - (places.get(b.id) ?? 0));
  } finally {
    await journal.close();
  }
}

const successOf = (records: readonly EpisodeRecord[]): Readonly<Record<string, number>> => ({
  success: records.filter(isSuccess).length / Math.max(1, records.length),
});

export const isSuccess = ({ score, fault }: EpisodeRecord): boolean => score?.success === true && fault === null;
