/**
 * The embedded trainer of the policy objective: scored batches in, updated weights out. How a step is taken is `Updater`'s, what it
 * minimises `tracePolicyObjective`'s. It plays nothing: who samples with the new weights is the recipe's business.
 *
 * Given another trainer's whole state it goes on with its moments; given the weights alone it starts them at zero. Options are
 * compiled in: for others (a critic that may now reach the trunk) make a new trainer of this one's `state`.
 */
import { ConfigError } from '../base/index.ts';
import type { ModelConfig, Weights } from '../model/index.ts';
import { type AdamWOptions, Session, type Tensor } from '../tensor/index.ts';
import { type LanguageModelOptions, trainedParameters } from './language-model.ts';
import type { BatchSize } from './packing.ts';
import {
  type PolicyObjectiveOptions,
  policyFeeds,
  policyParameters,
  predictionFeeds,
  type ResolvedObjective,
  resolveObjective,
  stepTotals,
  tracePolicyObjective,
  tracePredictions,
} from './policy-objective.ts';
import { actionsOf, type ScoredEpisode } from './scored-episode.ts';
import { byEpisode, byToken, packAllScored, type ScoredBatch } from './scored-packing.ts';
import { type InitialState, type TrainState, Updater } from './updater.ts';

export interface PolicyTrainerOptions extends LanguageModelOptions, PolicyObjectiveOptions {
  readonly optimizer?: AdamWOptions;
  /** Largest global gradient norm; default 1. */
  readonly clipNorm?: number;
  readonly threads?: number;
}

/** What one step saw, all under the weights before it. */
export interface PolicyStepReport {
  readonly step: number;
  readonly loss: number;
  readonly policyLoss: number;
  readonly imitationLoss: number;
  /** Mean Bernoulli cross-entropy at the decisions, nats; null without a value loss. */
  readonly valueLoss: number | null;
  /** Of the policy from that at the beginning of the update, mean over own tokens. */
  readonly klNats: number;
  /** Of the policy from the reference, mean over own tokens. */
  readonly referenceKlNats: number;
  /** Share of own tokens on which the clip holds the gradient back. */
  readonly clipFraction: number;
  readonly meanRatio: number;
  /** Mean −log p of own tokens, an estimate of the policy's entropy a token. */
  readonly entropyNats: number;
  /** Global gradient norm before clipping. */
  readonly gradientNorm: number;
  /** Mean squared error of the critic's probabilities; null without a value loss or without decisions. */
  readonly brier: number | null;
  /** That of the best constant, known afterwards. */
  readonly baseRateBrier: number | null;
  readonly ownTokens: number;
  readonly tokens: number;
}

type Reading = 'logprobs' | 'values' | 'hidden';

export class PolicyTrainer {
  readonly config: ModelConfig;
  /** With its defaults written out. */
  readonly objective: ResolvedObjective;
  readonly size: BatchSize;
  readonly #options: PolicyTrainerOptions;
  readonly #updater: Updater;
  readonly #readers = new Map<Reading, Session>();

  /** Takes over the state's buffers and changes them. Missing moments start at zero. Throws `ConfigError` for options that can't be. */
  constructor(config: ModelConfig, state: InitialState, options: PolicyTrainerOptions) {
    const { time, lanes, optimizer, clipNorm, threads } = options;
    this.config = config;
    this.#options = options;
    this.size = { time, lanes };
    this.objective = resolveObjective(config, pickObjective(options));
    this.#updater = new Updater(config, state, {
      trace: () => tracePolicyObjective(config, options, this.objective),
      trained: policyParameters(trainedParameters(config), this.objective),
      optimizer,
      clipNorm,
      threads,
    });
  }

  get state(): TrainState {
    return this.#updater.state;
  }

  /** One optimizer step over all of `batches`, any number of them. Throws `TrainingError` where loss or gradient is not a number: the weights are then spoilt. */
  async step(batches: readonly ScoredBatch[], learningRate: number): Promise<PolicyStepReport> {
    const totals = stepTotals(batches);
    const { sums, gradientNorm } = await this.#updater.step(
      batches.map((batch) => policyFeeds(this.config, batch, totals, this.objective)),
      learningRate,
    );
    const sum = (name: string): number => sums[name] as number;
    const hasCritic = this.objective.valueWeight > 0 && totals.decisions > 0;
    return {
      step: this.state.step,
      loss: sums.loss,
      policyLoss: sum('policyLoss'),
      imitationLoss: sum('imitationLoss'),
      valueLoss: hasCritic ? sum('valueLoss') : null,
      klNats: sum('klNats'),
      referenceKlNats: sum('referenceKlNats'),
      clipFraction: sum('clipFraction'),
      meanRatio: sum('meanRatio'),
      entropyNats: sum('entropyNats'),
      gradientNorm,
      brier: hasCritic ? sum('brier') : null,
      baseRateBrier: hasCritic ? totals.baseRateBrier : null,
      ownTokens: totals.own,
      tokens: batches.reduce((count, { tokenCount }) => count + tokenCount, 0),
    };
  }

  /** [T·B]: log p of the target of each place, under these weights or the present ones. */
  logprobs(batch: ScoredBatch, weights?: Weights): Promise<Float32Array> {
    return this.#read('logprobs', batch, weights);
  }

  /** [T·B]: what the critic expects at each place, 0 … 1. Throws `ConfigError` for a model without a value head. */
  async values(batch: ScoredBatch, weights?: Weights): Promise<Float32Array> {
    return (await this.#read('values', batch, weights)).map((logit) => 1 / (1 + Math.exp(-logit)));
  }

  /** [T·B, C]: the last hidden states, which the value head reads. */
  hiddenStates(batch: ScoredBatch): Promise<Float32Array> {
    return this.#read('hidden', batch);
  }

  /** log p of each token of each episode, [L] each; 0 for first tokens. */
  async episodeLogprobs(episodes: readonly ScoredEpisode[], weights?: Weights): Promise<Float32Array[]> {
    const found: Float32Array[] = [];
    for (const batch of packAllScored(episodes, this.size)) found.push(...byEpisode(batch, await this.logprobs(batch, weights)));
    return found;
  }

  /** What the critic expects before each action of each episode, 0 … 1. */
  async episodeValues(episodes: readonly ScoredEpisode[], weights?: Weights): Promise<number[][]> {
    const found: Float32Array[] = [];
    for (const batch of packAllScored(episodes, this.size)) found.push(...byToken(batch, await this.values(batch, weights)));
    return episodes.map(({ tokens }, e) => actionsOf(tokens).map(({ boundary }) => found[e]?.[boundary] as number));
  }

  async dispose(): Promise<void> {
    await Promise.all([this.#updater.dispose(), ...[...this.#readers.values()].map((session) => session.dispose())]);
  }

  async #read(what: Reading, batch: ScoredBatch, weights?: Weights): Promise<Float32Array> {
    let session = this.#readers.get(what);
    if (!session) {
      const { graph, logprobs, values, hidden } = tracePredictions(this.config, this.#options);
      const outputs = { logprobs, values: values as Tensor, hidden };
      if (!outputs[what])
        throw new ConfigError({ operation: `read ${what}`, got: 'a model without a value head', expected: 'one with it' });
      session = await Session.create(graph, { [what]: outputs[what] }, this.#updater.sessionOptions);
      this.#readers.set(what, session);
    }
    const results = await session.run({ ...this.#updater.weightFeeds(weights), ...predictionFeeds(this.config, batch) });
    return results[what]?.data as Float32Array;
  }
}

function pickObjective(options: PolicyTrainerOptions): PolicyObjectiveOptions {
  const { time, lanes, block, optimizer, clipNorm, threads, ...objective } = options;
  return objective;
}
