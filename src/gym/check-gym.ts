/**
 * The proof that a gym can be believed: its expert succeeds everywhere, nothing wrong does, the same seed gives the same bytes, restoring is exact, slices
 * and splits are what they say, both verifiers agree. A claim that can't be tried is not passed.
 */
import { canonicalJson, type Json, Random } from '../base/index.ts';
import type { Action, Observation, Score, Seed, Session, Task } from '../records/index.ts';
import { InfrastructureError, SessionError } from './errors.ts';
import type { Expert, GymModule } from './expert.ts';
import { runInLanes } from './lanes.ts';
import { type PlayedEpisode, playEpisode } from './play-episode.ts';

export interface CheckOptions {
  /** Episodes of the expert, over all slices. Default 200. */
  readonly episodes?: number;
  /** Side by side. Default 2. */
  readonly lanes?: number;
  /** First number of the seeds tried. Default 0. */
  readonly from?: number;
  /** Told after every episode. */
  readonly onProgress?: (progress: CheckProgress) => void;
}

export interface CheckProgress {
  readonly claim: string;
  readonly done: number;
  readonly total: number;
}

export interface ClaimResult {
  readonly claim: string;
  readonly passed: boolean;
  /** How many things were tried. */
  readonly tried: number;
  /** At most ten of what went wrong. */
  readonly failures: readonly string[];
  readonly note?: string;
}

/** Tries every claim in turn; goes on after one that fails. */
export async function checkGym(module: GymModule, options: CheckOptions = {}): Promise<ClaimResult[]> {
  const results: ClaimResult[] = [];
  for (const claim of CLAIMS) {
    const failures: string[] = [];
    const fail = (failure: string): void => void failures.push(failure);
    let tried: Tried;
    try {
      tried = await claim.check(new Trial(module, options, claim.name, fail));
    } catch (error) {
      tried = { tried: 1 };
      fail(error instanceof Error ? `${error.name}: ${error.message}` : String(error));
    }
    if (tried.tried === 0) fail(tried.note ?? 'nothing could be tried');
    results.push({
      claim: claim.name,
      passed: failures.length === 0,
      tried: tried.tried,
      failures: failures.slice(0, 10),
      ...(tried.note === undefined ? {} : { note: tried.note }),
    });
  }
  return results;
}

interface Tried {
  readonly tried: number;
  readonly note?: string;
}

interface Claim {
  readonly name: string;
  check(trial: Trial): Promise<Tried>;
}

/** What a claim is tried with. */
class Trial {
  readonly module: GymModule;
  readonly fail: (failure: string) => void;
  readonly lanes: number;
  readonly episodes: number;
  readonly slices: readonly string[];
  readonly #from: number;
  readonly #claim: string;
  readonly #onProgress: CheckOptions['onProgress'];

  constructor(
    module: GymModule,
    { episodes = 200, lanes = 2, from = 0, onProgress }: CheckOptions,
    claim: string,
    fail: (failure: string) => void,
  ) {
    this.module = module;
    this.fail = fail;
    this.lanes = lanes;
    this.episodes = episodes;
    this.slices = Object.keys(module.gym.manifest.slices);
    this.#from = from;
    this.#claim = claim;
    this.#onProgress = onProgress;
  }

  /** `count` tasks over `slices` in turn, alternately of the training and the validation split: exam seeds are for exams. */
  tasks(count: number, slices = this.slices): Task[] {
    return Array.from({ length: count }, (_, i) => {
      const seed: Seed = { split: i % 2 === 0 ? 'train' : 'validate', n: this.#from + Math.floor(i / slices.length) };
      return this.module.gym.task(seed, slices[i % slices.length] as string);
    });
  }

  async each<Job>(jobs: readonly Job[], work: (job: Job) => Promise<void>): Promise<void> {
    let done = 0;
    await runInLanes(jobs, this.lanes, async (job) => {
      await work(job);
      this.#onProgress?.({ claim: this.#claim, done: ++done, total: jobs.length });
    });
  }

  play(task: Task, expert: Expert): Promise<PlayedEpisode> {
    return playEpisode({ gym: this.module.gym, task, lane: { seed: 'proof' }, expert, audited: true });
  }

  expert(task: Task, mistakes = 0): Expert {
    return this.module.expert(task, { random: new Random(`expert/${nameOf(task)}`), mistakes });
  }
}

const CLAIMS: readonly Claim[] = [
  {
    name: 'the same seed gives the same bytes, another lane other references',
    async check(trial) {
      const tasks = trial.tasks(trial.slices.length * 4);
      await trial.each(tasks, async (task) => {
        const again = trial.module.gym.task(task.seed, task.slice);
        if (jsonOf(again) !== jsonOf(task)) trial.fail(`${nameOf(task)}: the task differs when made again`);
        const [first, second, other] = [
          await firstLook(trial, task, 'a'),
          await firstLook(trial, again, 'a'),
          await firstLook(trial, task, 'b'),
        ];
        if (first.all !== second.all) trial.fail(`${nameOf(task)}: the first observation differs when opened again`);
        if (first.all === other.all) trial.fail(`${nameOf(task)}: another lane has the same references`);
        if (first.text !== other.text) trial.fail(`${nameOf(task)}: another lane reads another text`);
      });
      return { tried: tasks.length };
    },
  },
  {
    name: 'the expert succeeds on every task, and both verifiers say so',
    async check(trial) {
      const tasks = trial.tasks(trial.episodes);
      await trial.each(tasks, async (task) => judge(trial, task, await trial.play(task, trial.expert(task)), true));
      return { tried: tasks.length };
    },
  },
  {
    name: 'the expert repairs its own mistakes',
    async check(trial) {
      const tasks = trial.tasks(Math.max(20, Math.ceil(trial.episodes / 4)));
      let mistakes = 0;
      await trial.each(tasks, async (task) => {
        const episode = await trial.play(task, trial.expert(task, 0.2));
        mistakes += episode.transcript.segments.filter(({ imitate }) => imitate === false).length;
        judge(trial, task, episode, true);
      });
      if (mistakes === 0) trial.fail('it made none');
      return { tried: tasks.length, note: `${mistakes} mistakes` };
    },
  },
  {
    name: 'nothing wrong is believed: every impostor fails wherever it applies',
    async check(trial) {
      const { impostors } = trial.module.proof;
      const perImpostor = Math.max(5, Math.ceil(trial.episodes / 20));
      const jobs = impostors.flatMap((impostor) => {
        const applied = trial
          .tasks(perImpostor * 12)
          .filter((task) => impostor.play(task, { random: new Random(nameOf(task)) }) !== null)
          .slice(0, perImpostor);
        if (applied.length === 0) trial.fail(`${impostor.name}: applies to none of ${perImpostor * 12} tasks`);
        return applied.map((task) => ({ task, impostor }));
      });
      await trial.each(jobs, async ({ task, impostor }) => {
        const expert = impostor.play(task, { random: new Random(nameOf(task)) });
        if (expert) judge(trial, task, await trial.play(task, expert), false, `${impostor.name}, `);
      });
      return { tried: jobs.length, note: `${impostors.length} impostors` };
    },
  },
  {
    name: 'a policy without skill solves no more than is declared',
    async check(trial) {
      const tasks = trial.tasks(Math.max(20, Math.ceil(trial.episodes / 4)), ['base']);
      const notes: string[] = [];
      for (const lazy of trial.module.proof.lazy) {
        let solved = 0;
        await trial.each(tasks, async (task) => {
          const { score, error } = await trial.play(task, lazy.play(task));
          if (!score) trial.fail(`${lazy.name}, ${nameOf(task)}: no score: ${error?.message}`);
          if (score?.success) solved++;
        });
        const share = solved / tasks.length;
        notes.push(`${lazy.name} ${share.toFixed(2)}`);
        if (share > lazy.atMost) trial.fail(`${lazy.name}: solves ${share.toFixed(2)} of the tasks, declared at most ${lazy.atMost}`);
      }
      return { tried: tasks.length * trial.module.proof.lazy.length, note: notes.join(', ') };
    },
  },
  {
    name: 'splits share nothing that they should not',
    async check(trial) {
      const { proof } = trial.module;
      let tried = 0;
      for (const slice of trial.slices) {
        for (const { kind, train, exam } of proof.vocabulary(slice)) {
          const known = new Set(train);
          const shared = exam.filter((word) => known.has(word));
          tried += exam.length;
          if (shared.length > 0) trial.fail(`${slice}: ${kind} of training and exam share ${shared.slice(0, 3).join(', ')}`);
        }
      }
      return { tried, ...(tried === 0 ? { note: 'no vocabulary is declared' } : {}) };
    },
  },
  {
    name: 'slices differ from base as declared',
    async check(trial) {
      const tasks = trial.slices.filter((slice) => slice !== 'base').flatMap((slice) => trial.tasks(20, [slice]));
      for (const task of tasks) {
        const wrong = trial.module.proof.differs(task);
        if (wrong !== null) trial.fail(`${nameOf(task)}: ${wrong}`);
      }
      return tasks.length === 0 ? { tried: 1, note: 'base is the only slice' } : { tried: tasks.length };
    },
  },
  {
    name: 'snapshot and restoration are exact',
    async check(trial) {
      const tasks = trial.tasks(trial.slices.length * 2);
      let lacks = false;
      await trial.each(tasks, async (task) => {
        if (!(await restoresExactly(trial, task))) lacks = true;
      });
      return { tried: tasks.length, ...(lacks ? { note: 'this gym takes no snapshots' } : {}) };
    },
  },
];

function judge(trial: Trial, task: Task, { score, audit, error, stop }: PlayedEpisode, expected: boolean, who = ''): void {
  const name = `${who}${nameOf(task)}`;
  if (error) trial.fail(`${name}: ${error.code}: ${error.message}`);
  if (!score) return;
  if (score.success !== expected)
    trial.fail(`${name}: success ${score.success} (${stop}) ${[...score.broken, ...score.reasons].join('; ')}`);
  if (audit && !agree(score, audit))
    trial.fail(
      `${name}: the verifiers disagree: ${score.success} ${score.broken.join(',')} and ${audit.success} ${audit.broken.join(',')}: ${audit.reasons.join('; ')}`,
    );
}

const agree = (a: Score, b: Score): boolean => a.success === b.success && jsonOf(a.broken.toSorted()) === jsonOf(b.broken.toSorted());

async function firstLook(trial: Trial, task: Task, seed: string): Promise<{ readonly all: string; readonly text: string }> {
  const session = await trial.module.gym.open(task, { seed });
  try {
    const { pieces } = await session.observe();
    return { all: jsonOf([session.goal, pieces]), text: jsonOf(pieces.filter(({ kind }) => kind !== 'reference')) };
  } finally {
    await session.close();
  }
}

/** Plays to a step in the middle, takes a snapshot, plays on, restores, and plays on in the same way; false where there are no snapshots. */
async function restoresExactly(trial: Trial, task: Task): Promise<boolean> {
  const lane = { seed: 'snapshot' };
  const { actions } = await playEpisode({ gym: trial.module.gym, task, lane, expert: trial.expert(task) });
  const session = await trial.module.gym.open(task, lane);
  try {
    if (!session.snapshot || !session.restore) return false;
    const cut = new Random(`snapshot/${nameOf(task)}`).below(Math.max(1, actions.length - 1));
    let saved = await session.observe();
    for (const action of actions.slice(0, cut)) saved = await session.act(action);
    const snapshot = await session.snapshot();
    const first = await playOn(session, actions.slice(cut));
    const restored = await session.restore(snapshot);
    if (jsonOf(restored.targets) !== jsonOf(saved.targets)) trial.fail(`${nameOf(task)}: restored to another screen`);
    const second = await playOn(session, actions.slice(cut));
    const odd = first.seen.findIndex((seen, i) => jsonOf(seen) !== jsonOf(second.seen[i]));
    if (odd >= 0) trial.fail(`${nameOf(task)}: goes on differently after restoring at step ${cut}, ${odd + 1} steps later`);
    if (jsonOf(first.score) !== jsonOf(second.score)) trial.fail(`${nameOf(task)}: another score after restoring`);
    return true;
  } catch (error) {
    if (!(error instanceof SessionError || error instanceof InfrastructureError)) throw error;
    trial.fail(`${nameOf(task)}: ${error.message}`);
    return true;
  } finally {
    await session.close();
  }
}

interface Playthrough {
  readonly seen: readonly Observation[];
  readonly score: Score;
}

async function playOn(session: Session, actions: readonly Action[]): Promise<Playthrough> {
  const seen: Observation[] = [];
  for (const action of actions) seen.push(await session.act(action));
  return { seen, score: await session.score() };
}

const nameOf = ({ gym, slice, seed }: Task): string => `${gym}/${slice}/${seed.split}/${seed.n}`;
const jsonOf = (value: unknown): string => canonicalJson(value as Json);
