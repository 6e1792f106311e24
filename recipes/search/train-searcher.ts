/**
 * Trains a small model to be searched with: policy, critic and judge from guided episodes that are never repeated, one step after the other.
 *
 * Everything follows from the options: the same ones give the same weights.
 */
import { Random } from '../../src/base/index.ts';
import { SPECIAL_TOKENS } from '../../src/grammar/index.ts';
import {
  formatTokenizerJson,
  initializeWeights,
  type ModelConfig,
  type Tokenizer,
  trainTokenizer,
  type Weights,
} from '../../src/model/index.ts';
import { type BatchSize, PolicyTrainer, packScoredEpisodes, type ScoredBatch, type ScoredEpisode, textsOf } from '../../src/train/index.ts';
import { encodeGuided, guidedEpisode } from './guided-episode.ts';
import type { Puzzle } from './puzzle.ts';

export interface TrainSearcherOptions {
  readonly puzzle: Puzzle;
  /** By tokenizer: how many tokens there are decides the embedding. */
  readonly config: (vocabularySize: number) => ModelConfig;
  /** Weights to begin with, and their tokenizer. Default: from nothing. */
  readonly base?: { readonly weights: Weights; readonly tokenizer: Tokenizer };
  /** Mixed evenly. */
  readonly slices: readonly string[];
  readonly batch: BatchSize;
  readonly steps: number;
  /** Highest learning rate; warmed up over the first 5 %, cooled to a fiftieth over the last 60 %. */
  readonly peak: number;
  readonly onStep?: (line: SearcherStep) => void;
}

export interface SearcherStep {
  readonly step: number;
  readonly tokens: number;
  /** Mean nats of the tokens that count. */
  readonly imitationLoss: number;
  readonly brier: number | null;
  readonly baseRateBrier: number | null;
}

export interface Searcher {
  readonly config: ModelConfig;
  readonly weights: Weights;
  readonly tokenizer: Tokenizer;
  readonly tokenizerJson: string;
}

/** Episodes whose texts the tokenizer is made of. */
const TOKENIZER_EPISODES = 200;

export async function trainSearcher(options: TrainSearcherOptions): Promise<Searcher> {
  const { puzzle, slices, batch, steps, peak, onStep } = options;
  const play = (n: number) => {
    const task = puzzle.gym.task({ split: 'train', n }, slices[n % slices.length]);
    return guidedEpisode(puzzle, task, { random: new Random(`guided/${n}`) });
  };
  const tokenizer = options.base?.tokenizer ?? (await puzzleTokenizer(play));
  const config = options.config(tokenizer.vocabularySize);
  const weights = options.base?.weights ?? initializeWeights(config, new Random(0));
  const trainer = new PolicyTrainer(
    config,
    { weights },
    {
      ...batch,
      valueWeight: 0.5,
      criticReadsTrunk: 'shared',
      optimizer: { beta2: 0.98, weightDecay: 0.05 },
    },
  );
  try {
    let next = 0;
    let waiting: ScoredEpisode[] = [];
    const nextBatch = async (): Promise<ScoredBatch> => {
      for (;;) {
        const held = waiting.reduce((sum, { tokens }) => sum + tokens.length, 0);
        if (held >= batch.time * batch.lanes) break;
        const episode = encodeGuided(await play(next++), tokenizer);
        if (episode.tokens.length <= batch.time) waiting.push(episode);
      }
      const { batch: packed, used } = packScoredEpisodes(waiting, batch);
      waiting = waiting.slice(used);
      return packed;
    };
    let tokens = 0;
    for (let step = 1; step <= steps; step++) {
      const packed = await nextBatch();
      tokens += packed.tokenCount;
      const { imitationLoss, brier, baseRateBrier } = await trainer.step([packed], rate(step / steps) * peak);
      onStep?.({ step, tokens, imitationLoss, brier, baseRateBrier });
    }
    return { config, weights: trainer.state.weights, tokenizer, tokenizerJson: formatTokenizerJson(tokenizer) };
  } finally {
    await trainer.dispose();
  }
}

/** Share of the highest rate at `progress` of all steps. */
function rate(progress: number): number {
  return Math.min(1, progress / 0.05, 0.02 + (0.98 * (1 - progress)) / 0.6);
}

async function puzzleTokenizer(play: (n: number) => ReturnType<typeof guidedEpisode>): Promise<Tokenizer> {
  const texts: string[] = [];
  for (let n = 0; n < TOKENIZER_EPISODES; n++) texts.push(...textsOf((await play(n)).transcript));
  return trainTokenizer(texts, { vocabularySize: 640, specialTokens: SPECIAL_TOKENS, isFolded: true });
}
