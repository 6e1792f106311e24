/**
 * An episode with what reinforcement learning knows of its tokens: under which policy they were drawn, how much better than
 * expected each action turned out, and what the critic should have expected.
 *
 * A token is the policy's own where the policy sampled it: the act segment behind its boundary, without echoes, with the
 * closing `end`. Only own tokens have log-probabilities; nothing else enters a ratio.
 */
import { DataError } from '../base/index.ts';
import { boundaryId, encodeTranscript, type SegmentWeights, type TextCodec } from '../grammar/index.ts';
import type { Episode, EpisodeRecord } from '../records/index.ts';
import { pointingPlaces } from './pointing-places.ts';

/** Arrays of length L, like those of the episode. What is said of a token that is not the policy's own is 0. */
export interface ScoredEpisode extends Episode {
  /** 1 for the policy's own tokens. */
  readonly own: Uint8Array;
  /** log p of an own token under the policy that sampled it. */
  readonly behaviourLogprobs: Float32Array;
  /** The same for all own tokens of one action. */
  readonly advantages: Float32Array;
  /** 1 at each act boundary where the value head is trained. */
  readonly decisions: Float32Array;
  /** 0 … 1, what the value head should expect at those boundaries. */
  readonly returns: Float32Array;
  /** log p under the policy at the beginning of the update; default: the behaviour's. */
  readonly startLogprobs?: Float32Array;
  /** log p under the reference policy; default: the policy's at the beginning of the update. */
  readonly referenceLogprobs?: Float32Array;
}

export interface ActionScores {
  /** One for each action of the record. */
  readonly advantages: readonly number[];
  /** One for each action, 0 … 1; absent: the value head learns nothing from this episode. */
  readonly returns?: readonly number[] | undefined;
}

/** No imitation at all: what was sampled is no example. */
export const NO_IMITATION: SegmentWeights = { goal: 0, observe: 0, think: 0, act: 0, outcome: 0 };

export interface ScoreOptions extends ActionScores {
  /** Weights of the language-model loss beside the policy's; default none. `{...NO_IMITATION, observe: 0.1}` keeps the world model learning. */
  readonly weights?: SegmentWeights;
}

/**
 * The record as tokens with its scores. An action without log-probabilities (a person's, a script's) stays context and has no own
 * tokens; its value is trained all the same. Throws `DataError` where the record and its tokens don't agree.
 */
export function scoreEpisode(record: EpisodeRecord, codec: TextCodec, { weights = NO_IMITATION, ...scores }: ScoreOptions): ScoredEpisode {
  const episode = encodeTranscript(record.transcript, codec, { weights });
  const actions = actionsOf(episode.tokens);
  const name = `score episode ${record.id}`;
  checkCount(name, { what: 'act segments', got: actions.length, expected: record.steps.length });
  const pointed = episode.pointed.slice();
  const own = new Uint8Array(pointed.length);
  const behaviourLogprobs = new Float32Array(pointed.length);
  for (const [n, { own: places }] of actions.entries()) {
    const logprobs = record.steps[n]?.logprobs ?? [];
    if (logprobs.length === 0) continue;
    checkCount(name, { what: `log-probabilities of action ${n}`, got: logprobs.length, expected: places.length });
    const pointing = pointingPlaces(places.map((i) => episode.tokens[i] as number));
    for (const [k, i] of places.entries()) {
      own[i] = 1;
      pointed[i] = pointing[k] as number;
      behaviourLogprobs[i] = logprobs[k] as number;
    }
  }
  const zeros = new Float32Array(pointed.length);
  const unscored = { ...episode, pointed, own, behaviourLogprobs, advantages: zeros, decisions: zeros, returns: zeros };
  return withScores(unscored, scores, name);
}

/** The episode with other scores. Throws `DataError` unless there is one for each of its actions. */
export function withScores(episode: ScoredEpisode, { advantages, returns }: ActionScores, operation = 'score an episode'): ScoredEpisode {
  const actions = actionsOf(episode.tokens);
  checkCount(operation, { what: 'advantages', got: advantages.length, expected: actions.length });
  if (returns) checkCount(operation, { what: 'returns', got: returns.length, expected: actions.length });
  const scored = {
    ...episode,
    advantages: new Float32Array(episode.tokens.length),
    decisions: new Float32Array(episode.tokens.length),
    returns: new Float32Array(episode.tokens.length),
  };
  for (const [n, { boundary, own }] of actions.entries()) {
    for (const i of own) if (episode.own[i] === 1) scored.advantages[i] = advantages[n] as number;
    if (!returns) continue;
    scored.decisions[boundary] = 1;
    scored.returns[boundary] = returns[n] as number;
  }
  return scored;
}

function checkCount(
  operation: string,
  { what, got, expected }: { readonly what: string; readonly got: number; readonly expected: number },
): void {
  if (got === expected) return;
  throw new DataError({
    operation,
    got: `${got} ${what}`,
    expected: `${expected}`,
    fix: 'leave the episode out, or look for text that is spelled otherwise than it was sampled',
  });
}

/**
 * The episode with every place marked at which the pointer mixture decides when the policy acts, references or not: where a call could have had
 * another argument and ended, say. Unmarked, nothing is learned of the gate there, and the policy points on for as long as it may.
 */
export function withMixturePlaces<E extends Episode>(episode: E): E {
  const pointed = episode.pointed.slice();
  for (const { own } of actionsOf(episode.tokens)) {
    const places = pointingPlaces(own.map((i) => episode.tokens[i] as number));
    for (const [k, i] of own.entries()) if (places[k] === 1) pointed[i] = 1;
  }
  return { ...episode, pointed };
}

/** An episode that is only imitated, such as a demonstration, for a batch of scored ones. */
export function imitatedEpisode(episode: Episode): ScoredEpisode {
  const zeros = (): Float32Array => new Float32Array(episode.tokens.length);
  return {
    ...episode,
    own: new Uint8Array(episode.tokens.length),
    behaviourLogprobs: zeros(),
    advantages: zeros(),
    decisions: zeros(),
    returns: zeros(),
  };
}

interface ActionPlaces {
  /** Where its `act` stands. */
  readonly boundary: number;
  /** Where its own tokens stand, in order. */
  readonly own: readonly number[];
}

/** The actions of an episode. Text can't spell boundaries, so reading them off the tokens is exact. */
export function actionsOf(tokens: Int32Array): readonly ActionPlaces[] {
  const [act, end, echo, unecho] = [boundaryId('act'), boundaryId('end'), boundaryId('echo'), boundaryId('unecho')];
  const actions: { boundary: number; own: number[] }[] = [];
  let current: { boundary: number; own: number[] } | undefined;
  let echoed = false;
  for (const [i, token] of tokens.entries()) {
    if (token === act) {
      current = { boundary: i, own: [] };
      actions.push(current);
      continue;
    }
    if (token === echo) echoed = true;
    if (current && !echoed) current.own.push(i);
    if (token === unecho) echoed = false;
    if (token === end) current = undefined;
  }
  return actions;
}
