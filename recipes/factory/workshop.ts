/** What every stage works with: the gym, the run's folder, the clock, and how episodes are played and learned from here. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { hashBytes, Random } from '../../src/base/index.ts';
import { type FolderModel, loadFolderModel } from '../../src/cli/index.ts';
import { Engine, enginePolicy } from '../../src/engine/index.ts';
import { SPECIAL_TOKENS } from '../../src/grammar/index.ts';
import type { LoadedGym } from '../../src/gym/index.ts';
import {
  formatTokenizerJson,
  initializeWeights,
  type ModelConfig,
  parseTokenizerJson,
  presetConfig,
  type PresetName,
  type Tokenizer,
  trainTokenizer,
  type Weights,
} from '../../src/model/index.ts';
import type { EpisodeRecord, Policy, Stage } from '../../src/records/index.ts';
import { type Job, openJournal, rollout } from '../../src/rollout/index.ts';
import { textsOf } from '../../src/train/index.ts';
import { hashWeights } from './agent.ts';
import type { RunFolder } from './run-folder.ts';

export interface Workshop {
  readonly gym: LoadedGym;
  readonly run: RunFolder;
  readonly seed: number;
  /** Episodes side by side. */
  readonly lanes: number;
  readonly signal: AbortSignal;
}

/** A model that learns: what `FolderModel` has, in memory. */
export interface Student {
  readonly config: ModelConfig;
  readonly weights: Weights;
  readonly tokenizer: Tokenizer;
  readonly tokenizerJson: string;
}

/** Thrown to end a run that somebody stopped; what was finished is on the disk. */
export class Stopped extends Error {
  override readonly name = 'Stopped';
}

export function assertGoingOn({ signal }: Workshop): void {
  if (signal.aborted) throw new Stopped('the run was stopped');
}

export const BASE_FOLDER = join(fileURLToPath(new URL('../..', import.meta.url)), 'base', 'micro');

/** The base, where there is one and it is wanted. */
export const loadBase = (): FolderModel | undefined => (existsSync(join(BASE_FOLDER, 'config.json')) ? loadFolderModel(BASE_FOLDER) : undefined);

export interface FreshStudent {
  readonly preset: PresetName;
  readonly seed: number;
  /** Whose words the tokenizer is made of. */
  readonly transcripts: readonly EpisodeRecord['transcript'][];
}

export function freshStudent({ preset, seed, transcripts }: FreshStudent): Student {
  const { vocabularySize } = presetConfig(preset);
  const tokenizer = trainTokenizer(transcripts.flatMap(textsOf), { vocabularySize, specialTokens: SPECIAL_TOKENS, lowercase: true });
  const config = presetConfig(preset, { vocabularySize: tokenizer.vocabularySize });
  const tokenizerJson = formatTokenizerJson(tokenizer);
  return { config, weights: initializeWeights(config, new Random(seed).fork('weights')), tokenizer, tokenizerJson };
}

export const studentOf = ({ config, weights, tokenizerJson }: Pick<FolderModel, 'config' | 'weights' | 'tokenizerJson'>): Student => ({
  config,
  weights,
  tokenizerJson,
  tokenizer: parseTokenizerJson(tokenizerJson),
});

export const identityOf = ({ weights, tokenizerJson }: Student): string => hashBytes(hashWeights(weights), tokenizerJson).slice(0, 16);

/** Starts an engine for `work` and ends it. One thread: the browsers need the other. */
export async function withPolicy<T>(
  student: Student,
  { temperature }: { readonly temperature: number },
  work: (policy: Policy, engine: Engine) => Promise<T>,
): Promise<T> {
  const engine = await Engine.start(student.config, student.weights, { threads: 1 });
  try {
    return await work(enginePolicy({ engine, codec: student.tokenizer, temperature }), engine);
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
  readonly audited?: boolean;
  readonly figures?: (records: readonly EpisodeRecord[]) => Readonly<Record<string, number>>;
}

/** Plays the jobs that the journal lacks; resolves with the records of all, in the order of their ends. Throws `Stopped`. */
export async function play(shop: Workshop, options: PlayOptions): Promise<readonly EpisodeRecord[]> {
  const { stage, jobs, policy, policyId, audited = false, figures = successOf } = options;
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
      audited,
      signal: shop.signal,
      onEpisode(record, { done, of, perSecond, secondsLeft }) {
        records.push(record);
        shop.run.tell({ kind: 'progress', stage, done, of, unit: 'episodes', perSecond, secondsLeft, figures: figures(records) });
      },
    });
    if (reason === 'interrupted') throw new Stopped('the run was stopped');
    return records;
  } finally {
    await journal.close();
  }
}

const successOf = (records: readonly EpisodeRecord[]): Readonly<Record<string, number>> => ({
  success: records.filter(isSuccess).length / Math.max(1, records.length),
});

export const isSuccess = ({ score, fault }: EpisodeRecord): boolean => score?.success === true && fault === null;
