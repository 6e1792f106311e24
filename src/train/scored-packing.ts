/**
 * Scored episodes side by side, laid out as `packEpisodes` lays out the rest of them.
 *
 * What is said of a token is moved to the place that predicts it, one before, so that everything about one prediction stands at
 * one place; what is said of an act boundary stays there, where the value head reads.
 */
import type { Batch } from '../records/index.ts';
import { type BatchSize, packEpisodes } from './packing.ts';
import type { ScoredEpisode } from './scored-episode.ts';

/** Arrays [T·B] beside those of the batch; 0 where nothing is said. Those of the policy belong to the target of their place. */
export interface ScoredBatch extends Batch {
  /** 1 where the target is the policy's own token. */
  readonly own: Float32Array;
  /** 1 where the pointer mixture predicts the target. */
  readonly mixed: Float32Array;
  readonly behaviourLogprobs: Float32Array;
  readonly startLogprobs: Float32Array;
  readonly referenceLogprobs: Float32Array;
  readonly advantages: Float32Array;
  /** Weight in the value loss of the place's own token, an act boundary. */
  readonly decisions: Float32Array;
  readonly returns: Float32Array;
  /** [M]: 1 for a decision of an episode, 0 for the dummy of a batch that points nowhere. */
  readonly pointedDecisions: Float32Array;
}

export interface PackedScores {
  readonly batch: ScoredBatch;
  /** How many of the given episodes went in. */
  readonly used: number;
}

/** As `packEpisodes`: takes episodes from the front, each into the first lane with room, until one does not fit. */
export function packScoredEpisodes(episodes: readonly ScoredEpisode[], size: BatchSize): PackedScores {
  const { batch, used } = packEpisodes(episodes, size);
  const zeros = (): Float32Array => new Float32Array(size.time * size.lanes);
  const scores = {
    own: zeros(),
    mixed: zeros(),
    behaviourLogprobs: zeros(),
    startLogprobs: zeros(),
    referenceLogprobs: zeros(),
    advantages: zeros(),
    decisions: zeros(),
    returns: zeros(),
  };
  for (const [at, number] of batch.episodes.entries()) {
    const episode = episodes[number];
    if (!episode) continue;
    const i = batch.positions[at] as number;
    scores.decisions[at] = episode.decisions[i] as number;
    scores.returns[at] = episode.returns[i] as number;
    const target = i + 1;
    if (target === episode.tokens.length) continue;
    if (episode.pointed[target] === 1) scores.mixed[at] = 1;
    if (episode.own[target] !== 1) continue;
    const behaviour = episode.behaviourLogprobs[target] as number;
    const start = episode.startLogprobs?.[target] ?? behaviour;
    scores.own[at] = 1;
    scores.behaviourLogprobs[at] = behaviour;
    scores.startLogprobs[at] = start;
    scores.referenceLogprobs[at] = episode.referenceLogprobs?.[target] ?? start;
    scores.advantages[at] = episode.advantages[target] as number;
  }
  const pointedDecisions = Float32Array.from(batch.pointing.deciding, (at) => scores.mixed[at] as number);
  return { batch: { ...batch, ...scores, pointedDecisions }, used };
}

/** All episodes in as few batches as first-fit in the given order makes. */
export function packAllScored(episodes: readonly ScoredEpisode[], size: BatchSize): ScoredBatch[] {
  const batches: ScoredBatch[] = [];
  for (let next = 0; next < episodes.length; ) {
    const { batch, used } = packScoredEpisodes(episodes.slice(next), size);
    batches.push(batch);
    next += used;
  }
  return batches;
}

/** [T·B] values of predictions, taken apart again: for each episode of the batch, in order, [L] by predicted token; 0 for its first. */
export function byEpisode(batch: Batch, predictions: Float32Array): Float32Array[] {
  return unpack(batch, predictions, 1);
}

/** [T·B] values of places, taken apart again: for each episode of the batch, in order, [L] by token. */
export function byToken(batch: Batch, places: Float32Array): Float32Array[] {
  return unpack(batch, places, 0);
}

function unpack({ episodes, positions }: Batch, values: Float32Array, shift: 0 | 1): Float32Array[] {
  const lengths: number[] = [];
  for (const [at, number] of episodes.entries())
    if (number >= 0) lengths[number] = Math.max(lengths[number] ?? 0, (positions[at] as number) + 1);
  const apart = lengths.map((length) => new Float32Array(length));
  for (const [at, number] of episodes.entries()) {
    const episode = apart[number];
    const i = (positions[at] as number) + shift;
    if (episode && i < episode.length) episode[i] = values[at] as number;
  }
  return apart;
}
