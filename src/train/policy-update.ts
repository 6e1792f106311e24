/**
 * One round of policy optimisation on episodes that were already played: several epochs over them in minibatches, ended early where the
 * policy has moved far enough from the one that played (Schulman et al. 2017, arXiv 1707.06347, alg. 1).
 *
 * It is a function of the episodes, the trainer's state and the seed. Playing new ones with the new weights is the recipe's business.
 */
import { ConfigError, Random } from '../base/index.ts';
import type { Weights } from '../model/index.ts';
import { type GroupOptions, groupAdvantages } from './advantages.ts';
import type { PolicyStepReport, PolicyTrainer } from './policy-trainer.ts';
import { actionsOf, type ScoredEpisode, withScores } from './scored-episode.ts';
import { packAllScored } from './scored-packing.ts';

export interface PolicyUpdateOptions {
  readonly trainer: PolicyTrainer;
  /** Scored ones, demonstrations (`imitatedEpisode`), or both: they are mixed at random. */
  readonly episodes: readonly ScoredEpisode[];
  /** Passes over all episodes; default 2. */
  readonly epochs?: number;
  /** Episodes a step; default 32. */
  readonly minibatch?: number;
  readonly learningRate: number;
  /** Ends the update after a step that found the policy this far from its beginning, nats an own token; default 0.03. */
  readonly klLimitNats?: number;
  /** The reference policy of `referenceWeight`; default: the policy at the beginning of this update. */
  readonly reference?: Weights;
  readonly seed: number | string;
  readonly onStep?: (report: PolicyStepReport) => void;
  /** Aborted: the running step is finished, and the result says `interrupted`. */
  readonly signal?: AbortSignal;
}

export interface PolicyUpdateResult {
  /** `kl`: the limit was passed. */
  readonly reason: 'finished' | 'kl' | 'interrupted';
  readonly epochs: number;
  readonly steps: readonly PolicyStepReport[];
}

/** PPO epochs over the episodes; log-probabilities at the beginning of the update are computed first. */
export async function policyUpdate(options: PolicyUpdateOptions): Promise<PolicyUpdateResult> {
  const { trainer, epochs = 2, minibatch = 32, learningRate, klLimitNats = 0.03, seed, onStep, signal } = options;
  for (const [name, value] of Object.entries({ epochs, minibatch, learningRate, klLimitNats }))
    if (!(value > 0)) throw new ConfigError({ operation: 'update the policy', got: `${name} = ${value}`, expected: 'more than 0' });
  const episodes = await anchorEpisodes(trainer, options.episodes, options.reference);
  const random = new Random(seed).fork('update');
  const steps: PolicyStepReport[] = [];
  for (let epoch = 0; epoch < epochs; epoch++) {
    const order = random.fork(epoch).shuffle(episodes);
    for (let start = 0; start < order.length; start += minibatch) {
      if (signal?.aborted) return { reason: 'interrupted', epochs: epoch, steps };
      // Long ones first leave fewer places unused; within a step order means nothing.
      const taken = order.slice(start, start + minibatch).sort((a, b) => b.tokens.length - a.tokens.length);
      const report = await trainer.step(packAllScored(taken, trainer.size), learningRate);
      steps.push(report);
      onStep?.(report);
      if (report.klNats > klLimitNats) return { reason: 'kl', epochs: epoch + 1, steps };
    }
  }
  return { reason: 'finished', epochs, steps };
}

/** The episodes with log p of their tokens under the trainer's present weights and under the reference's. */
export async function anchorEpisodes(
  trainer: PolicyTrainer,
  episodes: readonly ScoredEpisode[],
  reference?: Weights,
): Promise<ScoredEpisode[]> {
  const start = await trainer.episodeLogprobs(episodes);
  const other = reference && trainer.objective.referenceWeight > 0 ? await trainer.episodeLogprobs(episodes, reference) : undefined;
  return episodes.map((episode, e) => ({
    ...episode,
    startLogprobs: start[e] as Float32Array,
    ...(other ? { referenceLogprobs: other[e] as Float32Array } : {}),
  }));
}

/** An episode of a group, and what it was worth; null: not known, and left out. */
export interface RewardedEpisode {
  readonly episode: ScoredEpisode;
  readonly reward: number | null;
}

export interface GroupUpdateOptions extends Omit<PolicyUpdateOptions, 'episodes'>, GroupOptions {
  /** The episodes of one task each. */
  readonly groups: readonly (readonly RewardedEpisode[])[];
  /** Demonstrations to be mixed in. */
  readonly demonstrations?: readonly ScoredEpisode[];
}

/**
 * The same with advantages against the group and without a critic (GRPO, Shao et al. 2024, arXiv 2402.03300, alg. 1; `scale: 'none'` as in Dr. GRPO).
 * Groups that all end alike teach nothing and are left out (Yu et al. 2025, arXiv 2503.14476, §3.2). Throws `ConfigError` for a trainer with a
 * value loss, and where no episode is left.
 */
export async function groupUpdate({ groups, demonstrations = [], scale, ...options }: GroupUpdateOptions): Promise<PolicyUpdateResult> {
  const operation = 'update the policy by groups';
  if (options.trainer.objective.valueWeight > 0)
    throw new ConfigError({ operation, got: 'a trainer with a value loss', expected: 'valueWeight 0: groups stand in for a critic' });
  const episodes = [...scoreGroups(groups, scale === undefined ? {} : { scale }), ...demonstrations];
  if (episodes.length === 0)
    throw new ConfigError({
      operation,
      got: 'no group whose episodes end differently',
      expected: 'at least one',
      fix: 'play other tasks, or more episodes of each',
    });
  return policyUpdate({ ...options, episodes });
}

/** The episodes of all groups that don't end alike, each with its advantage on every action. */
export function scoreGroups(groups: GroupUpdateOptions['groups'], options: GroupOptions = {}): ScoredEpisode[] {
  return groups.flatMap((group) => {
    const advantages = groupAdvantages(
      group.map(({ reward }) => reward),
      options,
    );
    return group.flatMap(({ episode }, i) => {
      const advantage = advantages[i] ?? 0;
      return advantage === 0 ? [] : [withScores(episode, { advantages: actionsOf(episode.tokens).map(() => advantage) })];
    });
  });
}
