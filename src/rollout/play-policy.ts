/**
 * One episode: a policy in a gym, from the goal to the verdict, as the record that everything later reads.
 *
 * Whose fault it was that an episode broke off is recorded with it (`episode-fault.ts`). The policy's own failures leave the end state
 * standing, so it is scored; without a sandbox or a verifier there is no score. Mistakes of programs and configurations are thrown, and so
 * is a policy that is gone for good: one that can't begin another episode.
 */
import { JourneymanError } from '../base/index.ts';
import { outcomeSegment } from '../grammar/index.ts';
import type {
  EpisodeRecord,
  Gym,
  Lane,
  Observation,
  Player,
  Policy,
  Reading,
  Score,
  Segment,
  Session,
  StepRecord,
  StopReason,
  Task,
} from '../records/index.ts';
import { type Fault, faultOf, type Party } from './episode-fault.ts';
import { jobId } from './episode-id.ts';
import { Interrupted, TimeIsUp, within } from './time-limit.ts';

/** A segment as it comes, for a live view. */
export interface PlayStep {
  readonly segment: Segment;
  /** The critic's, before an action; null elsewhere. */
  readonly value: number | null;
  /** Of what was read; null elsewhere. */
  readonly surpriseNats: number | null;
}

export interface PlayPolicyOptions {
  readonly gym: Gym;
  readonly task: Task;
  readonly lane: Lane;
  readonly policy: Policy;
  /** Identity of the policy, for the record. */
  readonly policyId: string;
  /** Asks the second verifier too. Default false. */
  readonly audited?: boolean;
  /** Of the wall clock, for the whole episode; who used more of them has the fault. Default 300. */
  readonly secondsLimit?: number;
  /** Aborted, the episode is closed without a record and `signal.reason` is thrown. */
  readonly signal?: AbortSignal | undefined;
  readonly observer?: ((step: PlayStep) => void) | undefined;
}

/** Seconds that the verifier has for the end state of a policy that used up all of its time, and a sandbox to close. */
const GRACE_SECONDS = 10;

export async function playPolicy(options: PlayPolicyOptions): Promise<EpisodeRecord> {
  const episode = new PlayedPolicy(options);
  try {
    await episode.play();
  } catch (error) {
    if (error instanceof Interrupted) throw options.signal?.reason ?? error;
    throw error;
  } finally {
    await episode.close();
  }
  return episode.record();
}

/** Thrown inside an episode when it breaks off; the fault stands in it. */
class BrokenOff extends Error {}

class PlayedPolicy {
  readonly #options: PlayPolicyOptions;
  readonly #startedMs = performance.now();
  readonly #limitMs: number;
  #untilMs: number;
  #spentMs = { policy: 0, gym: 0, verifier: 0 };
  readonly #segments: Segment[] = [];
  readonly #steps: StepRecord[] = [];
  #session: Session | undefined;
  #player: Player | undefined;
  #stop: StopReason | null = null;
  #score: Score | null = null;
  #audit: Score | null = null;
  #fault: Fault | null = null;
  #tokens: number | null = null;
  /** The question that nobody waits for any more. */
  #unanswered: Promise<unknown> | undefined;
  #seconds = 0;

  constructor(options: PlayPolicyOptions) {
    this.#options = options;
    this.#limitMs = 1000 * (options.secondsLimit ?? 300);
    this.#untilMs = this.#startedMs + this.#limitMs;
  }

  async play(): Promise<void> {
    try {
      await this.#playToStop();
    } catch (error) {
      if (!(error instanceof BrokenOff)) throw error;
      if (this.#fault?.kind !== 'policy') return;
      this.#stop = null;
      this.#untilMs = Math.max(this.#untilMs, performance.now() + Math.min(this.#limitMs, 1000 * GRACE_SECONDS));
    }
    try {
      await this.#judge();
    } catch (error) {
      if (!(error instanceof BrokenOff)) throw error;
    }
  }

  async #playToStop(): Promise<void> {
    const { gym, task, lane, policy } = this.#options;
    const session = await this.#ask('gym', () => gym.open(task, lane), { late: (late) => late.close() });
    this.#session = session;
    const player = await this.#ask('policy', () => policy.begin(beginOptions(this.#options)), {
      late: (late) => late.close(),
      isBegin: true,
    });
    this.#player = player;
    const goal: Segment = { kind: 'goal', pieces: session.goal };
    await this.#read(player, goal);
    let observation = await this.#ask('gym', () => session.observe());
    for (let taken = 0; ; taken++) {
      // A session counts its own steps; one that doesn't is ended here.
      this.#stop = observation.stop ?? (taken >= gym.manifest.limits.steps ? 'steps' : null);
      const segment: Segment = { kind: 'observe', pieces: observation.pieces };
      // What the policy won't answer any more, it needn't read.
      if (this.#stop !== null) return this.#add({ segment, value: null, surpriseNats: null });
      const { surpriseNats } = await this.#read(player, segment);
      observation = await this.#step(player, observation, surpriseNats);
    }
  }

  async #read(player: Player, segment: Segment): Promise<Reading> {
    this.#segments.push(segment);
    const reading = await this.#ask('policy', () => player.read(segment));
    this.#options.observer?.({ segment, value: null, surpriseNats: known(reading.surpriseNats) });
    return reading;
  }

  async #step(player: Player, observation: Observation, surpriseNats: number): Promise<Observation> {
    const startedMs = performance.now();
    const { action, segment, value, logprobs, advice } = await this.#ask('policy', () => player.decide(observation));
    this.#steps.push({
      value: known(value),
      logprobs: logprobs.every(Number.isFinite) ? logprobs : [],
      surpriseNats: known(surpriseNats),
      milliseconds: performance.now() - startedMs,
      ...(advice === undefined ? {} : { advice }),
    });
    this.#add({ segment, value: known(value), surpriseNats: null });
    return this.#ask('gym', () => (this.#session as Session).act(action));
  }

  async #judge(): Promise<void> {
    const session = this.#session as Session;
    const score = await this.#ask('verifier', () => session.score());
    this.#score = score;
    this.#add({ segment: outcomeSegment(score), value: null, surpriseNats: null });
    if (this.#options.audited && session.audit) this.#audit = await this.#ask('verifier', () => (session.audit as () => Promise<Score>)());
  }

  #add(step: PlayStep): void {
    this.#segments.push(step.segment);
    this.#options.observer?.(step);
  }

  /**
   * What `party` answers in the time that is left. Throws `BrokenOff` after the first fault was noted. `late` tidies up an answer that comes
   * when nobody waits for it any more.
   */
  async #ask<Answer>(
    party: Party,
    question: () => Promise<Answer>,
    { late, isBegin = false }: { readonly late?: (answer: Answer) => Promise<void>; readonly isBegin?: boolean } = {},
  ): Promise<Answer> {
    const startedMs = performance.now();
    let answer: Promise<Answer> | undefined;
    try {
      this.#options.signal?.throwIfAborted();
      answer = question();
      const result = await within(answer, { untilMs: this.#untilMs, signal: this.#options.signal });
      this.#spentMs[party] += performance.now() - startedMs;
      return result;
    } catch (error) {
      if (error instanceof TimeIsUp || error instanceof Interrupted) {
        this.#unanswered = answer;
        answer?.then(late).catch(() => {
          // Nobody is left to be told.
        });
      }
      if (error instanceof Interrupted || this.#options.signal?.aborted) throw new Interrupted();
      this.#spentMs[party] += performance.now() - startedMs;
      const fault = error instanceof TimeIsUp ? this.#timeFault(party) : faultOf(error, party);
      if (fault === null || (isBegin && !(error instanceof TimeIsUp))) throw error;
      if (party === 'policy' && !(error instanceof TimeIsUp)) await this.#assertAlive(error);
      // A failed policy whose end state can't be judged either has still failed.
      this.#fault ??= fault;
      throw new BrokenOff();
    }
  }

  /** Running out of time is the policy's failure where most of it was its own. */
  #timeFault(party: Party): Fault {
    const { policy, gym } = this.#spentMs;
    const kind = party !== 'verifier' && policy > gym ? 'policy' : 'infrastructure';
    const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`;
    const message = `the ${seconds(this.#limitMs)} of the episode were used up: ${seconds(policy)} by the policy, ${seconds(gym)} by the sandbox`;
    return { kind, code: 'timeout', message };
  }

  /** Throws `error` where the policy can't begin another episode either: then it is gone, and that says nothing about this episode. */
  async #assertAlive(error: unknown): Promise<void> {
    await this.#closePlayer();
    let player: Player;
    try {
      player = await within(this.#options.policy.begin(beginOptions(this.#options)), { untilMs: performance.now() + 1000 * GRACE_SECONDS });
    } catch (cause) {
      // A full house is no dead one.
      if (cause instanceof TimeIsUp || (cause instanceof JourneymanError && cause.code === 'config')) return;
      throw error;
    }
    await closed(player);
  }

  async #closePlayer(): Promise<void> {
    const player = this.#player;
    this.#player = undefined;
    if (player === undefined) return;
    this.#tokens = known(player.tokens?.() ?? Number.NaN);
    await closed({ close: () => closeWhenAtRest(player, this.#unanswered) });
  }

  async close(): Promise<void> {
    await Promise.all([this.#closePlayer(), this.#session && closed(this.#session)]);
    this.#seconds = (performance.now() - this.#startedMs) / 1000;
  }

  record(): EpisodeRecord {
    const { task, lane, policyId } = this.#options;
    return {
      schemaVersion: 1,
      id: jobId({ task, lane }, policyId),
      gym: task.gym,
      gymVersion: task.gymVersion,
      slice: task.slice,
      seed: task.seed,
      lane: lane.seed,
      policy: policyId,
      transcript: { schemaVersion: 1, segments: this.#segments },
      steps: this.#steps,
      stop: this.#stop,
      score: this.#score,
      audit: this.#audit,
      fault: this.#fault,
      seconds: this.#seconds,
      tokens: this.#tokens,
    };
  }
}

/** Without the policy's identity: two policies meet the same chances on the same job. */
function beginOptions({ gym, task, lane }: PlayPolicyOptions): Parameters<Policy['begin']>[0] {
  const { split, n } = task.seed;
  return { seed: `${task.gym}@${task.gymVersion}/${task.slice}/${split}/${n}/${lane.seed}`, verbs: gym.manifest.actions };
}

/** A network's player can't be closed in the middle of a decision; one behind an endpoint breaks it off. */
async function closeWhenAtRest(player: Player, unanswered: Promise<unknown> | undefined): Promise<void> {
  try {
    await player.close();
  } catch {
    await Promise.allSettled([unanswered]);
    await player.close();
  }
}

/** Tidying up must not spoil what was played. */
async function closed(resource: { close(): Promise<void> }): Promise<void> {
  try {
    await within(resource.close(), { untilMs: performance.now() + 1000 * GRACE_SECONDS });
  } catch {
    // It failed or hangs; there is nobody who could do more about it.
  }
}

const known = (number: number): number | null => (Number.isFinite(number) ? number : null);
