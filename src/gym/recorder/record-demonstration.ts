/**
 * Records a demonstration: a person does a task in a gym's own world, what they did becomes steps, and the steps are played again in a fresh episode.
 *
 * What is kept is the transcript of that second playing, so that it is exactly what a policy would have seen. Invariant: only what the verifier accepted
 * twice, with the same score, is kept as a demonstration; everything else is set aside with its reasons, and nothing is lost by an interruption.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { canonicalJson, hashJson, type Json } from '../../base/index.ts';
import type { Action, Gym, Lane, Score, Session, Task, Transcript, World } from '../../records/index.ts';
import type { BrowserPage } from '../browser/index.ts';
import type { DefinedGym } from '../define-gym.ts';
import { GymError } from '../errors.ts';
import { playEpisode } from '../play-episode.ts';
import { appendLine, demonstrationFiles } from './demonstrations.ts';
import type { PersonEnding } from './ending.ts';
import { LiveSession } from './live-session.ts';
import { actionOf, type Step, scriptedExpert } from './step.ts';
import { watchPerson } from './watch-person.ts';

/** What a gym must be to be recorded: made by `defineGym`. */
export type RecordableGym = Gym & Pick<DefinedGym<unknown>, 'openWith'>;

/** What its world must be: one that shows the page in which the person works. */
export interface PageWorld extends World {
  readonly browserPage: BrowserPage;
}

export interface RecordOptions {
  readonly gym: RecordableGym;
  readonly task: Task;
  readonly lane: Lane;
  /** The person's last word. */
  readonly ending: Promise<PersonEnding>;
  /** Where demonstrations are kept. Default `demonstrations`. */
  readonly folder?: string;
  /** Ends the recording; what there is so far is set aside. */
  readonly signal?: AbortSignal;
  /** Told when the person may begin. */
  readonly onReady?: (page: BrowserPage) => void;
  readonly onStep?: (step: Step) => void;
  readonly onProblem?: (problem: string) => void;
}

export interface Recording {
  readonly isAccepted: boolean;
  /** Why it was set aside; empty for one that was accepted. */
  readonly reasons: readonly string[];
  readonly steps: readonly Step[];
  readonly actions: readonly Action[];
  /** Of the person's own episode; null where there is none. */
  readonly score: Score | null;
  /** Of the episode in which the steps were played again. */
  readonly transcript: Transcript | null;
  /** The file to which it was added. */
  readonly path: string;
}

const LONGEST_FAREWELL_MS = 1500;

/** Throws `GymError` for a gym in which nobody can be followed. A browser that fails sets the recording aside. */
export async function recordDemonstration(options: RecordOptions): Promise<Recording> {
  const { gym, task, lane, folder = 'demonstrations' } = options;
  const files = demonstrationFiles(folder, gym.manifest.name);
  const live = await followPerson(options);
  const reasons = [...live.reasons];
  const replayed = live.ended ? await replay(options, live.steps) : null;
  if (replayed) {
    reasons.push(...replayed.reasons);
    if (replayed.score && live.score && !isSameScore(replayed.score, live.score))
      reasons.push(`played again it scores differently: ${describeScore(replayed.score)} instead of ${describeScore(live.score)}`);
  }
  const isAccepted = reasons.length === 0 && live.score?.success === true && replayed?.score?.success === true;
  const transcript = replayed?.transcript ?? null;
  const about = {
    schemaVersion: 1,
    gym: gym.manifest.name,
    gymVersion: gym.manifest.version,
    seed: task.seed,
    slice: task.slice,
    lane,
    score: live.score,
    steps: live.steps,
    actions: replayed?.actions ?? [],
  };
  if (isAccepted) {
    // What is about the transcript comes first: a crash in between leaves a note without a transcript, never a transcript of unknown origin.
    appendLine(files.recorded, { ...about, verified: 'replayed', transcript: hashJson(transcript as unknown as Json) });
    appendLine(files.accepted, transcript);
  } else appendLine(files.rejected, { ...about, reasons, transcript });
  return {
    isAccepted,
    reasons,
    steps: live.steps,
    actions: replayed?.actions ?? [],
    score: live.score,
    transcript,
    path: isAccepted ? files.accepted : files.rejected,
  };
}

interface Followed {
  readonly steps: readonly Step[];
  /** By the person, in a way that can be scored. */
  readonly ended: boolean;
  readonly score: Score | null;
  readonly reasons: readonly string[];
}

async function followPerson({ gym, task, lane, ending, signal, onReady, onStep, onProblem }: RecordOptions): Promise<Followed> {
  let world: World | undefined;
  const session = await gym.openWith(task, lane, (own) => {
    world = own;
    return own;
  });
  try {
    const page = pageOf(world, gym.manifest.name);
    const watch = await watchPerson(page, (told) => live.push(told));
    const live = new LiveSession({
      world: world as World,
      task,
      verbs: gym.manifest.actions,
      onScreen: watch.know,
      unblocked: watch.unblocked,
      ...(onStep ? { onStep } : {}),
      ...(onProblem ? { onProblem } : {}),
    });
    const aside = (reason: string): Followed => ({ steps: live.steps, ended: false, score: null, reasons: [...live.problems, reason] });
    try {
      await live.begin();
      onReady?.(page);
      const last = await Promise.race([ending, quitOn(signal), watch.closed.then(() => quit('the window was closed'))]);
      live.end();
      if (last.kind !== 'quit') await watch.flush();
      await watch.stop();
      if (last.kind === 'quit') {
        // What was done is worth a moment; a page that does not answer any more is not waited for.
        await Promise.race([live.drain(), sleep(LONGEST_FAREWELL_MS, null, { ref: false })]).catch(() => {});
        return aside(last.reason);
      }
      await live.drain();
      const step = live.conclude(last);
      if (!step) return aside('no ending');
      const score = await scoreEnding(session, step);
      const wrong = score.success === true ? [] : [`the verifier rejects it: ${describeScore(score)}`];
      return { steps: live.steps, ended: true, score, reasons: [...live.problems, ...wrong] };
    } catch (error) {
      // A window that was closed in the middle of a look, a browser that died: the steps so far are worth keeping.
      return aside(error instanceof Error ? `${error.name}: ${error.message}` : String(error));
    } finally {
      live.end();
      await watch.stop();
    }
  } finally {
    await session.close();
  }
}

async function scoreEnding(session: Session, step: Step): Promise<Score> {
  const observation = await session.observe();
  await session.act(actionOf(step, observation));
  return session.score();
}

interface Replayed {
  readonly transcript: Transcript | null;
  readonly actions: readonly Action[];
  readonly score: Score | null;
  readonly reasons: readonly string[];
}

async function replay({ gym, task, lane }: RecordOptions, steps: readonly Step[]): Promise<Replayed> {
  try {
    const expert = scriptedExpert(steps, { canWait: gym.manifest.actions.wait !== undefined });
    const { transcript, actions, score, error, stop } = await playEpisode({ gym, task, lane, expert });
    if (error) return { transcript, actions, score, reasons: [`it could not be played again: ${error.message}`] };
    const isCut = stop === 'steps' || stop === 'seconds' || stop === 'too-large';
    return { transcript, actions, score, reasons: isCut ? [`played again it ends by '${stop}'`] : [] };
  } catch (error) {
    if (!(error instanceof GymError)) throw error;
    return { transcript: null, actions: [], score: null, reasons: [`it can't be played again: ${error.message}`] };
  }
}

function pageOf(world: World | undefined, gym: string): BrowserPage {
  const { browserPage } = (world ?? {}) as Partial<PageWorld>;
  if (browserPage) return browserPage;
  throw new GymError({
    operation: `record ${gym}`,
    got: 'a world without a page',
    expected: 'a gym in a browser whose world has a browserPage',
    fix: 'demonstrations of other gyms come from their experts',
  });
}

const quit = (reason: string): PersonEnding => ({ kind: 'quit', reason });

function quitOn(signal: AbortSignal | undefined): Promise<PersonEnding> {
  return new Promise((resolve) => {
    const onAbort = (): void => resolve(quit('interrupted'));
    if (signal?.aborted) onAbort();
    else signal?.addEventListener('abort', onAbort, { once: true });
  });
}

const isSameScore = (a: Score, b: Score): boolean =>
  canonicalJson([a.success, a.credit, a.broken.toSorted()]) === canonicalJson([b.success, b.credit, b.broken.toSorted()]);

const describeScore = ({ success, credit, broken, reasons }: Score): string =>
  [
    success === null ? 'no score' : success ? 'success' : `failure (credit ${credit})`,
    ...broken.map((name) => `broke ${name}`),
    ...reasons,
  ].join('; ');
