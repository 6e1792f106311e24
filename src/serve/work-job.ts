/**
 * One job from its beginning, or from where a server that died left it, to its end: the agent proposes, the oversight says what becomes of it, people answer.
 *
 * Invariants: before each action the stop switch is looked at, after everything else. What lasts stands in the job's ledger before it is done; what needs
 * an approval is done only after that was used up for exactly this action on exactly this screen, looked at again.
 */
import type { Json } from '../base/index.ts';
import { actSegment } from '../grammar/index.ts';
import { cleanText } from '../gym/index.ts';
import {
  type Decision,
  type GymManifest,
  type Observation,
  type Player,
  type Policy,
  type Segment,
  type Session,
  STOP_MEANINGS,
  type Undoing,
} from '../records/index.ts';
import { type ActionContext, actionContext, judgeAction, type Spec } from '../release/index.ts';
import { type ApprovalBook, REFUSALS } from './approvals.ts';
import type { Job, JobEnding, JobEvent, JobFigures } from './job.ts';
import { actionInWords, isLasting, oversee, type Thresholds } from './oversight.ts';
import { formAbout, type QuestionBook } from './questions.ts';
import { digestOf } from './shown-action.ts';
import type { StopSwitch } from './stop-switch.ts';

/** A released agent, ready to work. */
export interface Worker {
  readonly name: string;
  readonly version: number;
  readonly policy: Policy;
  readonly actions: GymManifest['actions'];
  readonly spec: Spec;
  readonly thresholds: Thresholds;
  /** Opens the place of a job; what earlier attempts did in a live app stands there. */
  open(job: Job): Promise<Session>;
}

/** As it happens, for whoever watches. */
export interface JobStep {
  readonly job: string;
  readonly segment: Segment;
  /** The critic's, before an action; null elsewhere, and without a critic. */
  readonly value: number | null;
  /** Of what was read; null elsewhere. */
  readonly surpriseNats: number | null;
}

/** What jobs share. */
export interface Desk {
  readonly approvals: ApprovalBook;
  readonly questions: QuestionBook;
  readonly stops: StopSwitch;
  readonly mode: (agent: string) => 'by-certificate' | 'ask-always';
  readonly rates: {
    readonly countEarlier: (now: Date) => ActionContext['countEarlier'];
    /** On the disk when it returns. */
    readonly record: (rules: readonly string[], now: Date) => void;
  };
  /** Seconds that an approval, or an answer, is waited for. */
  readonly approvalSeconds: number;
  readonly now: () => Date;
  /** On the disk when it returns. */
  readonly write: (job: string, event: JobEvent) => Job;
  /** What the place holds outside of the browser, when the job begins and when it has ended. */
  readonly keepState: (job: Job, when: 'before' | 'after', state: Readonly<Record<string, Json>>) => void;
  /** Resolves once `isOver` holds, which is asked whenever something has changed and at `until` at the latest. */
  readonly waitFor: (what: 'approval' | 'answer', isOver: () => boolean, until: Date, signal: AbortSignal) => Promise<void>;
  readonly onStep?: (step: JobStep) => void;
}

export interface JobEnd extends JobFigures {
  readonly how: JobEnding;
  readonly because: readonly string[];
  readonly transcript: readonly Segment[];
}

/** Throws only where the ledgers can't be written, and the reason of `signal` where the server shuts down: then the job goes on with the next one. */
export async function workJob(job: Job, worker: Worker, desk: Desk, signal: AbortSignal): Promise<JobEnd> {
  const worked = new WorkedJob(job, worker, desk, signal);
  try {
    return await worked.work();
  } finally {
    await worked.close();
  }
}

type Undated<T> = T extends unknown ? Omit<T, 'at'> : never;

class Ended extends Error {
  readonly how: JobEnding;
  readonly because: readonly string[];

  constructor(how: JobEnding, because: readonly string[]) {
    super(because[0]);
    this.how = how;
    this.because = because;
  }
}

class WorkedJob {
  readonly #worker: Worker;
  readonly #desk: Desk;
  readonly #signal: AbortSignal;
  readonly #transcript: Segment[] = [];
  readonly #surprises: number[] = [];
  /** Done by earlier attempts. */
  readonly #before: readonly string[];
  #job: Job;
  #session: Session | undefined;
  #player: Player | undefined;
  readonly #startedMs = performance.now();
  #waitedMs = 0;
  #steps = 0;
  #intervened = false;
  #answers = 0;
  /** Questions that were asked or answered in this attempt. */
  readonly #told = new Set<string>();
  /** Why the ledger could not be written. */
  #unwritten: unknown;

  constructor(job: Job, worker: Worker, desk: Desk, signal: AbortSignal) {
    this.#job = job;
    this.#worker = worker;
    this.#desk = desk;
    this.#signal = signal;
    this.#before = job.request.place.kind === 'live' ? job.done : [];
  }

  async work(): Promise<JobEnd> {
    const { how, because } = await this.#toItsEnd();
    // The app may be gone, which is why the job has ended.
    await this.#keepState('after').catch(() => {});
    const { length } = this.#surprises;
    const figures: JobFigures = {
      surpriseNats: length === 0 ? null : this.#surprises.reduce((a, b) => a + b, 0) / length,
      intervened: this.#intervened,
      answers: this.#answers,
      seconds: (performance.now() - this.#startedMs - this.#waitedMs) / 1000,
    };
    this.#write({ kind: 'ended', how, because: [...because], figures });
    return { how, because, ...figures, transcript: this.#transcript };
  }

  async close(): Promise<void> {
    // A page that is gone can't be closed; what matters was written.
    await Promise.allSettled([this.#player?.close(), this.#session?.close()]);
  }

  async #toItsEnd(): Promise<Ended> {
    try {
      this.#assertGoingOn();
      this.#write({ kind: 'opened', version: this.#worker.version });
      this.#session = await this.#worker.open(this.#job);
      await this.#keepState('before');
      this.#player = await this.#worker.policy.begin({ seed: this.#job.id, verbs: this.#worker.actions });
      await this.#read({ kind: 'goal', pieces: this.#session.goal });
      let observation = await this.#session.observe();
      for (;;) observation = await this.#step(observation);
    } catch (error) {
      if (error instanceof Ended) return error;
      if (this.#signal.aborted) throw this.#signal.reason;
      if (error === this.#unwritten) throw error;
      const { uncertain } = this.#job;
      return new Ended('failed', [
        (error as Error).message.slice(0, 2000),
        ...(uncertain === null ? [] : [`Nobody knows whether this was done: ${uncertain}.`]),
      ]);
    }
  }

  async #step(observation: Observation): Promise<Observation> {
    const surpriseNats = await this.#read({ kind: 'observe', pieces: observation.pieces });
    if (observation.stop !== null) {
      const isDone = observation.stop === 'done' || observation.stop === 'answered';
      throw new Ended(isDone ? 'done' : 'handed-over', [`${STOP_MEANINGS[observation.stop]}.`]);
    }
    // As the exam counts it: of what was read before a decision.
    if (Number.isFinite(surpriseNats)) this.#surprises.push(surpriseNats);
    this.#assertGoingOn();
    const decision = await this.#present(this.#player).decide(observation);
    const { action } = decision;
    const context = await this.#foreseen(this.#contextOf(decision, observation));
    const words = actionInWords({ action, targets: observation.targets });
    const judgement = judgeAction(this.#worker.spec, context);
    const { effect, because } = oversee(
      {
        ...{ context, judgement, value: decision.value, surpriseNats },
        mode: this.#desk.mode(this.#worker.name),
        isRepeated: isLasting(context.risk) && this.#before.includes(words),
      },
      this.#worker.thresholds,
    );
    if (effect === 'hand-over') throw new Ended('handed-over', [`The agent would have done this: ${words}.`, ...because]);
    if (action.kind === 'ask' && effect === 'act') {
      const answered = await this.#answered(decision, observation);
      if (answered !== null) return answered;
    }
    const asked =
      effect === 'ask'
        ? await this.#approved(decision, observation, { words, because: [...because, ...expectation(context)] })
        : { approval: null };
    if ('shown' in asked) return asked.shown;
    const { approval } = asked;
    this.#assertGoingOn();
    this.#add({ segment: decision.segment, value: Number.isFinite(decision.value) ? decision.value : null, surpriseNats: null });
    if (judgement.counts.length > 0) this.#desk.rates.record(judgement.counts, this.#desk.now());
    const lasts = isLasting(context.risk) || approval !== null;
    if (lasts) this.#write({ kind: 'intended', step: this.#steps, action: words, approval });
    const after = await this.#present(this.#session).act(action);
    if (lasts) await this.#did();
    this.#steps++;
    return after;
  }

  /**
   * What the place shows once a person has written what the agent lacks; null where nobody can: then the question ends the job, as it does in the gym.
   * The agent knows it as having waited, and finds the value where it asked for it.
   */
  async #answered(decision: Decision, observation: Observation): Promise<Observation | null> {
    const about = decision.action.kind === 'ask' ? decision.action.about : undefined;
    const form = formAbout(about, observation.targets);
    const session = this.#present(this.#session);
    const player = this.#present(this.#player);
    const canGoOn = session.put !== undefined && player.force !== undefined && this.#worker.actions.wait !== undefined;
    // What lasts as soon as it is chosen is for an approval, not for a form.
    if (form === null || about === undefined || !canGoOn || this.#lastsWhenPut(about, observation)) return null;
    const { questions, approvalSeconds, now, waitFor } = this.#desk;
    // An answer holds in every attempt at the job, once: what did not stay where it was put is asked for again.
    const earlier = questions.about(this.#job.id, form).find((one) => {
      const isOpen = one.answer === null && now().getTime() < Date.parse(one.expiresAt);
      return !this.#told.has(one.id) && (isOpen || one.answer !== null);
    });
    const asked = earlier ?? questions.ask(this.#job.id, form, { now: now(), seconds: approvalSeconds });
    if (!this.#job.questions.includes(asked.id)) this.#write({ kind: 'questioned', step: this.#steps, question: asked.id });
    const waitsFromMs = performance.now();
    const answer = () => questions.get(asked.id)?.answer ?? null;
    const isLate = () => now().getTime() >= Date.parse(asked.expiresAt);
    await waitFor('answer', () => answer() !== null || this.#stopping() !== undefined || isLate(), new Date(asked.expiresAt), this.#signal);
    this.#waitedMs += performance.now() - waitsFromMs;
    this.#assertGoingOn();
    const given = answer();
    if (given === null || given.value === null)
      throw new Ended('handed-over', [
        `The agent asked for ${JSON.stringify(form.about)}.`,
        given === null ? 'Nobody answered in time.' : `${given.by} goes on with it.`,
      ]);
    const shown = await this.#lookAgain(observation);
    await this.#waited(observation, decision.segment);
    this.#assertGoingOn();
    // Another page may have another field there: the agent decides anew, and the answer holds where it asks again.
    if (this.#digestOf(decision, shown) !== this.#digestOf(decision, observation)) return shown;
    this.#told.add(asked.id);
    this.#answers++;
    this.#steps++;
    return (session.put as NonNullable<Session['put']>)(about, cleanText(given.value));
  }

  #lastsWhenPut(about: number, { targets }: Observation): boolean {
    const target = targets.find(({ reference }) => reference === about);
    const verb = target?.offers.includes('fill') ? 'fill' : 'select';
    return isLasting(target?.risk ?? this.#worker.actions[verb] ?? 'irreversible');
  }

  /** With what the agent's world model expects of an action that lasts: the rules may speak of it, and people see it. */
  async #foreseen(context: ActionContext): Promise<ActionContext> {
    const player = this.#present(this.#player);
    if (!isLasting(context.risk) || player.foresee === undefined) return context;
    return { ...context, predicted: await player.foresee() };
  }

  async #did(): Promise<void> {
    // It was done, whatever the app says when it is asked how to take it back.
    const undoing = await this.#session?.undo
      ?.inverse()
      .catch((): Undoing => ({ kind: 'impossible', why: 'the app did not answer when it was done' }));
    this.#write({ kind: 'did', step: this.#steps, ...(undoing ? { undoing } : {}) });
  }

  async #keepState(when: 'before' | 'after'): Promise<void> {
    const state = await this.#session?.undo?.state();
    if (state !== undefined) this.#desk.keepState(this.#job, when, state);
  }

  /** The approval that was used up for the action, or, where the screen has changed meanwhile, what it shows now. */
  async #approved(
    decision: Decision,
    observation: Observation,
    { words, because }: { readonly words: string; readonly because: readonly string[] },
  ): Promise<{ readonly approval: string } | { readonly shown: Observation }> {
    const { approvals, approvalSeconds, now, waitFor } = this.#desk;
    const digest = this.#digestOf(decision, observation);
    // One that was asked for before the server was started again, on the same screen.
    const earlier = this.#job.asked
      .map(({ approval }) => approvals.get(approval))
      .find((one) => one?.digest === digest && one.usedAt === null && one.voidedAt === null);
    const asked = earlier ?? approvals.ask(digest, { now: now(), seconds: approvalSeconds });
    if (!earlier) this.#write({ kind: 'asked', step: this.#steps, approval: asked.id, action: words, because: [...because] });
    const waitsFromMs = performance.now();
    await waitFor(
      'approval',
      () =>
        (approvals.get(asked.id)?.answer ?? null) !== null ||
        this.#stopping() !== undefined ||
        now().getTime() >= Date.parse(asked.expiresAt),
      new Date(asked.expiresAt),
      this.#signal,
    );
    this.#waitedMs += performance.now() - waitsFromMs;
    this.#assertGoingOn();
    const shown = await this.#lookAgain(observation);
    const verdict = approvals.use(asked.id, { digest: this.#digestOf(decision, shown), now: now() });
    if (verdict === 'allowed') return { approval: asked.id };
    if (verdict === 'changed') {
      await this.#waited(observation);
      return { shown };
    }
    const answer = approvals.get(asked.id)?.answer;
    this.#intervened = verdict === 'denied';
    throw new Ended('handed-over', [
      `The agent asked whether to do this: ${words}.`,
      verdict === 'denied' ? `${answer?.by} said no.` : `${REFUSALS[verdict]}.`,
    ]);
  }

  /** The screen as it is now, where the app can be waited for. */
  async #lookAgain(observation: Observation): Promise<Observation> {
    return this.#worker.actions.wait === undefined ? observation : await this.#present(this.#session).act({ kind: 'wait' });
  }

  /** In place of its decision the agent knows from now on that it waited. `told`: what the transcript says instead. */
  async #waited(before: Observation, told?: Segment): Promise<void> {
    const player = this.#present(this.#player);
    if (player.force === undefined)
      throw new Ended('handed-over', ['The page changed meanwhile, and this agent can’t take a decision back.']);
    const waited = actSegment({ kind: 'wait' }, before, false);
    await player.force(waited);
    this.#add({ segment: told ?? waited, value: null, surpriseNats: null });
  }

  #digestOf({ action }: Decision, { targets }: Observation): string {
    return digestOf({ job: this.#job.id, step: this.#steps, action, targets });
  }

  #contextOf({ action }: Decision, { targets }: Observation): ActionContext {
    const { rates, now } = this.#desk;
    const { goal } = this.#present(this.#session);
    return actionContext(action, { targets, goal, actions: this.#worker.actions, countEarlier: rates.countEarlier(now()) });
  }

  async #read(segment: Segment): Promise<number> {
    const { surpriseNats } = await this.#present(this.#player).read(segment);
    this.#add({ segment, value: null, surpriseNats: Number.isFinite(surpriseNats) ? surpriseNats : null });
    return surpriseNats;
  }

  #add(step: Omit<JobStep, 'job'>): void {
    this.#transcript.push(step.segment);
    this.#desk.onStep?.({ job: this.#job.id, ...step });
  }

  #stopping() {
    return this.#desk.stops.stopping({ id: this.#job.id, agent: this.#job.request.agent });
  }

  #assertGoingOn(): void {
    const stop = this.#stopping();
    if (stop) {
      this.#intervened = true;
      throw new Ended('stopped', [`${stop.by}: ${stop.reason}`]);
    }
    if (this.#signal.aborted) throw this.#signal.reason;
  }

  #write(event: Undated<JobEvent>): void {
    try {
      this.#job = this.#desk.write(this.#job.id, { ...event, at: this.#desk.now().toISOString() } as JobEvent);
    } catch (error) {
      this.#unwritten = error;
      throw error;
    }
  }

  #present<T>(part: T | undefined): T {
    if (part === undefined) throw new Error('the job was not opened');
    return part;
  }
}

const expectation = ({ predicted }: ActionContext): readonly string[] =>
  predicted === null ? [] : [`The agent expects to see: ${JSON.stringify(predicted.slice(0, 500))}.`];
