/**
 * From records of the policy's own episodes to scored ones, with the critic: what each was worth, what the critic expected before each
 * action, and so how much better than expected each action was.
 *
 * Episodes without a verdict or without an action of the policy are left out and named; nothing is guessed for them.
 */
import type { SegmentWeights, TextCodec } from '../grammar/index.ts';
import type { EpisodeRecord } from '../records/index.ts';
import { type AdvantageOptions, actionAdvantages, criticTargets, normaliseAdvantages, terminalRewards } from './advantages.ts';
import type { PolicyTrainer } from './policy-trainer.ts';
import { episodeOutcome, episodeReward, type RewardOptions } from './reward.ts';
import { NO_IMITATION, type ScoredEpisode, scoreEpisode, withScores } from './scored-episode.ts';

export interface ScoreRolloutsOptions extends AdvantageOptions {
  /** Its critic is asked for the values; the ones in the records may be of an earlier critic, or of none. */
  readonly trainer: PolicyTrainer;
  readonly reward?: RewardOptions | ((record: EpisodeRecord) => number | null);
  /** λ of the critic's targets; default 1, the outcome itself. */
  readonly criticLambda?: number;
  /** Whether advantages are centred and scaled over all episodes; default true. */
  readonly normalise?: boolean;
  /** Weights of the language-model loss beside; default none. */
  readonly weights?: SegmentWeights;
}

export interface ScoredRollouts {
  readonly episodes: readonly ScoredEpisode[];
  /** Of each of `episodes`. */
  readonly rewards: readonly number[];
  /** Ids of what was left out, and why. */
  readonly leftOut: readonly { readonly id: string; readonly why: 'no verdict' | 'no action of its own' }[];
}

/** Throws `DataError` for a record that disagrees with its tokens, and what packing throws for one longer than a lane. */
export async function scoreRollouts(
  records: readonly EpisodeRecord[],
  codec: TextCodec,
  options: ScoreRolloutsOptions,
): Promise<ScoredRollouts> {
  const { normalise = true, criticLambda = 1 } = options;
  const { played, leftOut } = judge(records, codec, options);
  const values = await options.trainer.episodeValues(played.map(({ episode }) => episode));
  const raw = played.map(({ reward }, e) => {
    const expected = values[e] as number[];
    return actionAdvantages({ rewards: terminalRewards(expected.length, reward), values: expected }, options);
  });
  const advantages = normalise ? normaliseAdvantages(raw) : raw;
  const episodes = played.map(({ episode, outcome }, e) =>
    withScores(episode, {
      advantages: advantages[e] as number[],
      returns: criticTargets(outcome, values[e] as number[], { lambda: criticLambda }),
    }),
  );
  return { episodes, rewards: played.map(({ reward }) => reward), leftOut };
}

interface Played {
  readonly episode: ScoredEpisode;
  readonly reward: number;
  readonly outcome: 0 | 1;
}

function judge(
  records: readonly EpisodeRecord[],
  codec: TextCodec,
  { reward: worth = {}, weights = NO_IMITATION }: ScoreRolloutsOptions,
): { readonly played: readonly Played[]; readonly leftOut: ScoredRollouts['leftOut'] } {
  const played: Played[] = [];
  const leftOut: { id: string; why: 'no verdict' | 'no action of its own' }[] = [];
  for (const record of records) {
    const reward = typeof worth === 'function' ? worth(record) : episodeReward(record, worth);
    const outcome = episodeOutcome(record);
    if (!record.steps.some(({ logprobs }) => logprobs.length > 0)) leftOut.push({ id: record.id, why: 'no action of its own' });
    else if (reward === null || outcome === null) leftOut.push({ id: record.id, why: 'no verdict' });
    else played.push({ episode: scoreEpisode(record, codec, { advantages: record.steps.map(() => 0), weights }), reward, outcome });
  }
  return { played, leftOut };
}
