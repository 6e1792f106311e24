/**
 * Episodes that teach policy, critic and judge at once: an expert's play with detours. The policy imitates the expert's actions only; the critic
 * learns at every decision whether the task could still be solved there, the judge how it ended.
 */
import type { Random } from '../../src/base/index.ts';
import { actSegment, encodeTranscript, outcomeSegment, type SegmentWeights, type TextCodec } from '../../src/grammar/index.ts';
import type { Action, Segment, Task, Transcript } from '../../src/records/index.ts';
import { imitatedEpisode, type ScoredEpisode, withScores } from '../../src/train/index.ts';
import type { Puzzle } from './puzzle.ts';

export interface GuidedEpisode {
  readonly transcript: Transcript;
  /** By action: 1 where the task could still be solved before it. */
  readonly returns: readonly number[];
  readonly success: boolean;
}

export interface GuideOptions {
  readonly random: Random;
  /** Probability of a slip at each step of an episode with detours. Default 0.4. */
  readonly slips?: number;
  /** Share of episodes with detours. Default 0.8. */
  readonly detours?: number;
}

export async function guidedEpisode({ gym, guide }: Puzzle, task: Task, options: GuideOptions): Promise<GuidedEpisode> {
  const { random, slips = 0.4, detours = 0.8 } = options;
  const guided = guide(task);
  const slipsHere = random.uniform() < detours ? slips : 0;
  const session = await gym.open(task, { seed: random.fork('lane').uniform().toString(36) });
  try {
    let observation = await session.observe();
    const segments: Segment[] = [
      { kind: 'goal', pieces: session.goal },
      { kind: 'observe', pieces: observation.pieces },
    ];
    const returns: number[] = [];
    while (observation.stop === null) {
      const best = guided.best(observation);
      const isSlip = best === null || random.uniform() < slipsHere;
      const action: Action = isSlip ? guided.slip(observation, random) : best;
      returns.push(best === null ? 0 : 1);
      segments.push(actSegment(action, observation, isSlip));
      guided.follow(action, observation);
      observation = await session.act(action);
      segments.push({ kind: 'observe', pieces: observation.pieces });
    }
    const score = await session.score();
    segments.push(outcomeSegment(score));
    return { transcript: { schemaVersion: 1, segments }, returns, success: score.success === true };
  } finally {
    await session.close();
  }
}

/** One outcome token an episode is all that the judge learns from; what actions do to the screen is worth knowing too. */
const WEIGHTS: SegmentWeights = { goal: 0, observe: 0.2, think: 1, act: 1, outcome: 3 };

/** For a trainer: imitation and world model by weight, the critic's targets at the act boundaries, no policy gradient. */
export function encodeGuided({ transcript, returns }: GuidedEpisode, codec: TextCodec): ScoredEpisode {
  const episode = imitatedEpisode(encodeTranscript(transcript, codec, { weights: WEIGHTS }));
  return withScores(episode, { advantages: returns.map(() => 0), returns });
}
