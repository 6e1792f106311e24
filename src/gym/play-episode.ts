/**
 * One episode of an expert in a gym, as a transcript with its score: a demonstration, a proof, a baseline. Networks play in `rollout/`.
 *
 * What the sandbox does wrong is recorded and gives no score; what the caller's expert does wrong is thrown.
 */
import { actSegment, outcomeSegment } from '../grammar/index.ts';
import type { Action, Gym, Lane, Score, Segment, Session, StopReason, Task, Transcript } from '../records/index.ts';
import { InfrastructureError, VerifierError } from './errors.ts';
import type { Expert } from './expert.ts';

export interface PlayedEpisode {
  readonly task: Task;
  readonly lane: Lane;
  readonly transcript: Transcript;
  readonly actions: readonly Action[];
  /** null where the expert ended without a stop. */
  readonly stop: StopReason | null;
  /** null where there is none: the sandbox or the verifier failed. */
  readonly score: Score | null;
  /** The second verifier's, where the gym has one and it was asked. */
  readonly audit: Score | null;
  readonly error: { readonly code: string; readonly message: string } | null;
  readonly seconds: number;
}

export interface PlayOptions {
  readonly gym: Gym;
  readonly task: Task;
  readonly lane: Lane;
  readonly expert: Expert;
  /** Asks the second verifier too. Default false. */
  readonly audited?: boolean;
}

export async function playEpisode({ gym, task, lane, expert, audited = false }: PlayOptions): Promise<PlayedEpisode> {
  const startedMs = performance.now();
  const segments: Segment[] = [];
  const actions: Action[] = [];
  let session: Session | undefined;
  let stop: StopReason | null = null;
  let score: Score | null = null;
  let audit: Score | null = null;
  let error: PlayedEpisode['error'] = null;
  try {
    session = await gym.open(task, lane);
    segments.push({ kind: 'goal', pieces: session.goal });
    let observation = await session.observe();
    segments.push({ kind: 'observe', pieces: observation.pieces });
    while (observation.stop === null) {
      const { action, mistake = false } = expert.next(observation);
      segments.push(actSegment(action, observation, mistake));
      actions.push(action);
      observation = await session.act(action);
      segments.push({ kind: 'observe', pieces: observation.pieces });
    }
    stop = observation.stop;
    score = await session.score();
    if (audited) audit = (await session.audit?.()) ?? null;
    segments.push(outcomeSegment(score));
  } catch (cause) {
    if (!(cause instanceof InfrastructureError || cause instanceof VerifierError)) throw cause;
    error = { code: cause.code, message: cause.message };
  } finally {
    await session?.close();
  }
  const seconds = (performance.now() - startedMs) / 1000;
  return { task, lane, transcript: { schemaVersion: 1, segments }, actions, stop, score, audit, error, seconds };
}
