/**
 * Where released agents work: jobs come in, are worked on side by side, wait for people as long as it takes, and go on where they stood when the server is
 * started again. Everything that people say goes through here.
 *
 * Invariant: one process has the folder. What a caller is told was on the disk before.
 */
import { randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ConfigError, DataError, saveAtomically, takeLock } from '../base/index.ts';
import type { Segment, Session } from '../records/index.ts';
import { countsOf, EMPTY_LEDGER, parseRateLedger, recordAction } from '../release/index.ts';
import { type Approval, openApprovals } from './approvals.ts';
import { type Job, jobRequestSchema } from './job.ts';
import { openJobBook } from './job-book.ts';
import { type JobStates, openJobStates } from './job-states.ts';
import { openQuestions, type Question } from './questions.ts';
import { openStopSwitch, type StopSwitch } from './stop-switch.ts';
import { type UndoReport, undoJob } from './undo.ts';
import { type Desk, type JobEnd, type JobStep, type Worker, workJob } from './work-job.ts';

/** Three days. */
const APPROVAL_SECONDS = 3 * 24 * 3600;
/** Timers can't wait longer. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

export interface WorkplaceOptions {
  readonly folder: string;
  /** Of this name, as it may work now. Throws for one that may not, which ends the job. */
  readonly workerOf: (agent: string) => Promise<Worker>;
  /** Jobs worked on at once, those that wait for people not counted. Default 8. */
  readonly lanes?: number;
  /** Default: three days. */
  readonly approvalSeconds?: number;
  /** Default: agents work by their certificate. */
  readonly mode?: Desk['mode'];
  readonly now?: () => Date;
  readonly onStep?: (step: JobStep) => void;
  /** Called whenever a job, an approval or a stop has changed. */
  readonly onChange?: () => void;
  /** Called for each job that was worked on and has ended; again where the process died before it returned. */
  readonly onEnd?: (job: Job, end: JobEnd) => void;
  /** Of a job that ended in an earlier process, for `onEnd`. Default: nothing is known of it. */
  readonly transcriptOf?: (job: string) => readonly Segment[];
  /** Called where the ledgers of a job can't be written: it is worked on no more. */
  readonly onFailure?: (job: string, error: Error) => void;
}

/** What stands between a job and its next action. */
export type JobState = 'queued' | 'working' | 'waits-for-approval' | 'waits-for-answer' | 'waits-for-certainty' | 'ended';

export interface JobView extends Job {
  readonly state: JobState;
  /** Those of its approvals that wait for an answer. */
  readonly waiting: readonly Approval[];
  /** What its agent asks for, as forms that wait for a person. */
  readonly forms: readonly Question[];
}

export interface Workplace {
  readonly stops: StopSwitch;
  /** On the disk when it returns. Throws `DataError` for a request that is none. */
  submit(request: unknown, by: string): JobView;
  jobs(): readonly JobView[];
  job(id: string): JobView | undefined;
  /** Throws `ConfigError` for an approval that waits for no answer. */
  answer(approval: string, options: { readonly isApproved: boolean; readonly by: string }): void;
  /** What the agent lacks, written by a person; null: they go on with the job themselves. Throws `ConfigError` for a question that waits for no answer, and for a value that does not fit. */
  answerQuestion(question: string, options: { readonly value: string | null; readonly by: string }): void;
  /** A person has looked whether an action that a crash left unknown was done. Throws `ConfigError` where nothing is unknown. */
  settle(job: string, options: { readonly wasDone: boolean; readonly by: string }): void;
  /**
   * Takes back what an ended job did in a live app, and says what is restored. Throws `ConfigError` for a job that has not ended, one of a sandbox (which is gone
   * with everything in it), and a place that takes nothing back; what the app throws where it does not answer: then it may be asked for again.
   */
  undo(job: string, by: string): Promise<UndoReport>;
  /** Resolves when no job can go on without a person. */
  idle(): Promise<void>;
  /** Lets go of all jobs where they stand; they go on when the folder is opened again. */
  close(): Promise<void>;
}

/** Takes up every job that has not ended. Throws `ConfigError` where another process has the folder, `DataError` for a ledger that can't be believed. */
export function openWorkplace(options: WorkplaceOptions): Workplace {
  mkdirSync(options.folder, { recursive: true, mode: 0o700 });
  const unlock = takeLock(join(options.folder, 'lock'), {
    operation: `open the workplace ${options.folder}`,
    held: (process) => `a workplace that process ${process} has open`,
  });
  try {
    return new FileWorkplace(options, unlock);
  } catch (error) {
    unlock();
    throw error;
  }
}

class FileWorkplace implements Workplace {
  readonly stops: StopSwitch;
  readonly #options: WorkplaceOptions;
  readonly #unlock: () => void;
  readonly #approvals;
  readonly #questions;
  readonly #book;
  readonly #ratesPath: string;
  #rates = EMPTY_LEDGER;
  readonly #abort = new AbortController();
  /** By job: what works on it. */
  readonly #underWay = new Map<string, Promise<void>>();
  /** By job that waits for a person: for what, and whether it still does. */
  readonly #waiting = new Map<string, { readonly what: 'approval' | 'answer'; readonly still: () => boolean }>();
  readonly #broken = new Set<string>();
  readonly #undoing = new Set<string>();
  readonly #states: JobStates;
  readonly #watchers = new Set<() => void>();

  constructor(options: WorkplaceOptions, unlock: () => void) {
    const { folder } = options;
    this.#options = options;
    this.#unlock = unlock;
    this.stops = openStopSwitch(join(folder, 'stops.jsonl'));
    this.#approvals = openApprovals(join(folder, 'approvals.jsonl'));
    this.#questions = openQuestions(join(folder, 'questions.jsonl'));
    this.#book = openJobBook(join(folder, 'jobs'));
    this.#states = openJobStates(join(folder, 'states'));
    this.#ratesPath = join(folder, 'rates.json');
    if (existsSync(this.#ratesPath)) this.#rates = parseRateLedger(JSON.parse(readFileSync(this.#ratesPath, 'utf8')));
    this.stops.onStop(() => this.#changed());
    this.#reportEarlier();
    this.#begin();
  }

  submit(request: unknown, by: string): JobView {
    const parsed = jobRequestSchema.safeParse(request);
    if (!parsed.success) {
      const [issue] = parsed.error.issues;
      throw new DataError({
        operation: 'take on a job',
        got: `a request that is wrong at ${issue?.path.join('.') || 'the top'} (${issue?.message})`,
        expected: 'agent, compartment and place: sandbox with slice and seed, or live with url, goal and secrets',
        cause: parsed.error,
      });
    }
    const id = randomUUID();
    this.#book.write(id, { kind: 'received', at: this.#now().toISOString(), job: id, by, request: parsed.data });
    this.#changed();
    this.#begin();
    return this.job(id) as JobView;
  }

  jobs(): readonly JobView[] {
    return this.#book.jobs().map((job) => this.#viewOf(job));
  }

  job(id: string): JobView | undefined {
    const job = this.#book.get(id);
    return job && this.#viewOf(job);
  }

  answer(approval: string, { isApproved, by }: { readonly isApproved: boolean; readonly by: string }): void {
    this.#approvals.answer(approval, { isApproved, by, now: this.#now() });
    this.#changed();
  }

  answerQuestion(question: string, { value, by }: { readonly value: string | null; readonly by: string }): void {
    this.#questions.answer(question, { value, by, now: this.#now() });
    this.#changed();
  }

  settle(job: string, { wasDone, by }: { readonly wasDone: boolean; readonly by: string }): void {
    if ((this.#book.get(job)?.uncertain ?? null) === null || this.#underWay.has(job))
      throw new ConfigError({
        operation: `settle job ${job.slice(0, 60)}`,
        got: 'one with nothing unknown',
        expected: 'one that a crash has left unknown',
      });
    this.#book.write(job, { kind: 'settled', at: this.#now().toISOString(), wasDone, by });
    this.#changed();
    this.#begin();
  }

  async undo(id: string, by: string): Promise<UndoReport> {
    const job = this.#book.get(id);
    const operation = `undo job ${id.slice(0, 60)}`;
    if (!job?.ended || this.#undoing.has(id))
      throw new ConfigError({
        operation,
        got: job ? 'one that is under way' : 'no such job',
        expected: 'one that has ended',
        fix: 'stop it first',
      });
    if (job.request.place.kind === 'sandbox')
      throw new ConfigError({ operation, got: 'a job of a sandbox, which is gone with everything in it', expected: 'one in a live app' });
    this.#undoing.add(id);
    let session: Session | undefined;
    try {
      session = await (await this.#options.workerOf(job.request.agent)).open(job);
      const before = this.#states.of(id, 'before');
      const after = this.#states.of(id, 'after');
      if (!session.undo || before === undefined)
        throw new ConfigError({
          operation,
          got: 'a place that takes nothing back',
          expected: 'one whose gym has an adapter for it',
          fix: 'take it back by hand',
        });
      const report = await undoJob({
        ...{ actions: job.undoings, adapter: session.undo, before, ...(after ? { after } : {}) },
        earlier: new Set(job.undone),
        onUndone: (place) => void this.#book.write(id, { kind: 'undone', at: this.#now().toISOString(), place }),
      });
      const sentences = sentencesOf(report);
      this.#book.write(id, { kind: 'undo', at: this.#now().toISOString(), by, isRestored: report.isRestored, sentences });
      return report;
    } finally {
      this.#undoing.delete(id);
      await session?.close();
      this.#changed();
    }
  }

  async idle(): Promise<void> {
    while ([...this.#underWay.keys()].some((id) => !this.#waits(id))) await this.#nextChange();
  }

  async close(): Promise<void> {
    this.#abort.abort(new Error('the workplace was closed'));
    this.#changed();
    await Promise.all(this.#underWay.values());
    this.#unlock();
  }

  /** Starts as many as there are lanes for. */
  #begin(): void {
    const lanes = this.#options.lanes ?? 8;
    for (const job of this.#book.jobs()) {
      if (this.#abort.signal.aborted || this.#underWay.size - this.#waiting.size >= lanes) return;
      if (!this.#isReady(job)) continue;
      this.#underWay.set(job.id, this.#work(job));
    }
  }

  #isReady(job: Job): boolean {
    if (job.ended || this.#underWay.has(job.id) || this.#broken.has(job.id)) return false;
    return job.request.place.kind === 'sandbox' || job.uncertain === null;
  }

  async #work(job: Job): Promise<void> {
    try {
      const worker = await this.#workerOf(job);
      if (worker) this.#report(job.id, await workJob(job, worker, this.#desk(job.id), this.#abort.signal));
    } catch (error) {
      if (!this.#abort.signal.aborted) {
        this.#broken.add(job.id);
        this.#options.onFailure?.(job.id, error as Error);
      }
    } finally {
      this.#underWay.delete(job.id);
      this.#waiting.delete(job.id);
      this.#changed();
      this.#begin();
    }
  }

  /** Of what ended in a process that died before it could tell. */
  #reportEarlier(): void {
    const { transcriptOf, onFailure } = this.#options;
    for (const { id, ended, untold } of this.#book.jobs())
      try {
        if (ended && untold) this.#report(id, { ...ended, ...untold, transcript: transcriptOf?.(id) ?? [] });
      } catch (error) {
        onFailure?.(id, error as Error);
      }
  }

  #report(id: string, end: JobEnd): void {
    this.#options.onEnd?.(this.#book.get(id) as Job, end);
    this.#book.write(id, { kind: 'reported', at: this.#now().toISOString() });
  }

  /** undefined where it may not work: then the job has ended. */
  async #workerOf({ id, request }: Job): Promise<Worker | undefined> {
    try {
      return await this.#options.workerOf(request.agent);
    } catch (error) {
      const because = [`${request.agent} may not work here: ${(error as Error).message}`.slice(0, 2000)];
      this.#book.write(id, { kind: 'ended', at: this.#now().toISOString(), how: 'failed', because });
      return undefined;
    }
  }

  #desk(job: string): Desk {
    const { mode = () => 'by-certificate', onStep, approvalSeconds = APPROVAL_SECONDS } = this.#options;
    return {
      approvals: this.#approvals,
      questions: this.#questions,
      stops: this.stops,
      mode,
      rates: {
        countEarlier: (now) => countsOf(this.#rates, now.getTime()),
        record: (rules, now) => {
          this.#rates = recordAction(this.#rates, rules, now.getTime());
          saveAtomically(this.#ratesPath, `${JSON.stringify(this.#rates)}\n`);
        },
      },
      approvalSeconds,
      now: () => this.#now(),
      write: (id, event) => {
        const written = this.#book.write(id, event);
        this.#changed();
        return written;
      },
      keepState: ({ id, attempts, request }, when, state) => {
        // What a live app held before the first attempt is what is to be restored.
        if (when === 'after' || attempts === 1 || request.place.kind === 'sandbox') this.#states.keep(id, when, state);
      },
      waitFor: (what, isOver, until, signal) => this.#waitFor(job, isOver, { what, until, signal }),
      ...(onStep ? { onStep } : {}),
    };
  }

  async #waitFor(
    job: string,
    isOver: () => boolean,
    { what, until, signal }: { readonly what: 'approval' | 'answer'; readonly until: Date; readonly signal: AbortSignal },
  ): Promise<void> {
    if (isOver()) return;
    this.#waiting.set(job, { what, still: () => !isOver() });
    // Its lane is free for others.
    this.#begin();
    this.#changed();
    try {
      while (!isOver() && !signal.aborted) await this.#nextChange(until.getTime() - this.#now().getTime());
    } finally {
      this.#waiting.delete(job);
    }
  }

  #waits(job: string): boolean {
    return this.#waiting.get(job)?.still() ?? false;
  }

  #nextChange(milliseconds = LONGEST_TIMER_MS): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(finish, Math.min(Math.max(0, milliseconds), LONGEST_TIMER_MS));
      const watchers = this.#watchers;
      function finish(): void {
        clearTimeout(timer);
        watchers.delete(finish);
        resolve();
      }
      watchers.add(finish);
    });
  }

  #changed(): void {
    for (const watcher of [...this.#watchers]) watcher();
    this.#options.onChange?.();
  }

  #viewOf(job: Job): JobView {
    const now = this.#now();
    const waiting = job.ended ? [] : this.#approvals.waiting(now).filter(({ id }) => job.asked.some(({ approval }) => approval === id));
    const state = this.#stateOf(job);
    const forms = state === 'waits-for-answer' ? this.#questions.waiting(now).filter(({ id }) => job.questions.includes(id)) : [];
    return { ...job, waiting, forms, state };
  }

  #stateOf(job: Job): JobState {
    if (job.ended) return 'ended';
    if (this.#waits(job.id)) return `waits-for-${this.#waiting.get(job.id)?.what ?? 'approval'}`;
    if (this.#underWay.has(job.id)) return 'working';
    return job.request.place.kind === 'live' && job.uncertain !== null ? 'waits-for-certainty' : 'queued';
  }

  #now(): Date {
    return this.#options.now?.() ?? new Date();
  }
}

/** For the ledger, in the order of what people ask: what was taken back, what was not and why, what differs. */
const sentencesOf = ({ undone, notUndone, differences, changedByOthers }: UndoReport): string[] =>
  [
    ...undone.map((what) => `Taken back: ${what}.`),
    ...notUndone.map(({ what, why }) => `Not taken back: ${what}, for ${why}.`),
    ...differences.map((sentence) => `Differs: ${sentence}`),
    ...changedByOthers.map((sentence) => `Changed by others: ${sentence}`),
  ].map((sentence) => sentence.slice(0, 4000));
