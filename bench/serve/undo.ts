/**
 * The undo suite: jobs in the invoices app, in Chromium, each of them undone and held against the books as they were before it.
 *
 * Mixed: all slices, every case, done by the expert; in each eighth place, where the task allows it, mostly by an impostor, who enters what is wrong,
 * edits a vendor, pays or deletes. A job counts as irreversible where the risk of one of its actions says so; it must not pass for restored, and each such action must
 * be named. Inverses go through JSON, as they would through a ledger. Of the other gyms countdown changes nothing (its actions are `read`), and what warehouse
 * does is declared irreversible.
 */
import { withGym } from '../../recipes/factory/with-gym.ts';
import { Random } from '../../src/base/index.ts';
import { type Expert, type LoadedGym, runInLanes } from '../../src/gym/index.ts';
import type { Action, Observation, Task } from '../../src/records/index.ts';
import { type DoneAction, undoJob } from '../../src/serve/index.ts';
import { type Bench, type BenchContext, type Measurement, median, spreadOf } from '../row.ts';

const JOBS = 200;
const FIRST_SEED = 700_000;
const LANES = 2;
/** Sentences about a job that is not restored. */
const SHOWN = 4;
/** The harder one is undone, the sooner it is tried. */
const IMPOSTORS = ['pays', 'deletes-bill', 'edits-vendor', 'posts-changed-bank', 'posts-mismatch', 'similar-vendor', 'rejects-good'];

interface UndoneJob {
  /** `faults/700012, by pays`. */
  readonly name: string;
  /** What it did that can't be undone, by the risk of what was acted on. */
  readonly irreversible: readonly string[];
  /** What it left in the books, as actions that were taken back or could not be. */
  readonly lasting: number;
  readonly takenBack: number;
  readonly isRestored: boolean;
  /** What could not be taken back. */
  readonly named: readonly string[];
  /** The same with its reason, then what differs. */
  readonly rest: readonly string[];
  /** Milliseconds of undoing it. */
  readonly ms: number;
}

export const undo: Bench = {
  names: ['undo-restored', 'undo-named', 'undo-job-ms'],
  measure: (context) => withGym('invoices', (gym) => measure(gym, JOBS, context)),
};

async function measure(gym: LoadedGym, count: number, { seed, say }: BenchContext): Promise<readonly Measurement[]> {
  const slices = Object.keys(gym.manifest.slices);
  const first = FIRST_SEED + (seed - 1) * 1000;
  const places = Array.from({ length: count }, (_, i) => i);
  const startedMs = performance.now();
  let done = 0;
  const jobs = await runInLanes(places, LANES, async (place) => {
    const task = gym.module.gym.task(
      { split: 'train', n: first + Math.floor(place / slices.length) },
      slices[place % slices.length] as string,
    );
    const job = await workAndUndo(gym, task, workerFor(gym, task, place));
    if (++done % 20 === 0 || done === count) {
      const secondsLeft = ((performance.now() - startedMs) / 1000 / done) * (count - done);
      say(`  ${done} of ${count} jobs, about ${Math.ceil(secondsLeft)} s left`);
    }
    return job;
  });
  const reversible = jobs.filter((job) => job.irreversible.length === 0);
  const irreversible = jobs.filter((job) => job.irreversible.length > 0);
  for (const { name, rest } of jobs.filter(({ isRestored }) => !isRestored)) {
    const more = rest.length > SHOWN ? `; and ${rest.length - SHOWN} more` : '';
    say(`  not restored: ${name}: ${rest.slice(0, SHOWN).join('; ')}${more}`);
  }
  const restored = reversible.filter(({ isRestored }) => isRestored);
  const unnamed = irreversible.filter((job) => job.isRestored || !job.irreversible.every((action) => job.named.includes(action)));
  const left = reversible.filter(({ lasting }) => lasting > 0);
  const times = left.map(({ ms }) => ms);
  const sum = (of: readonly UndoneJob[]): number => of.reduce((total, { takenBack }) => total + takenBack, 0);
  return [
    {
      name: 'undo-restored',
      value: (100 * restored.length) / reversible.length,
      unit: '% of jobs',
      spread: null,
      seed,
      note: `${restored.length} of ${reversible.length} reversible and compensable jobs proved restored by comparing the books; ${left.length} of them had left something, ${sum(left)} actions taken back; not restored: ${namesOf(reversible.filter((job) => !job.isRestored))}`,
    },
    {
      name: 'undo-named',
      value: unnamed.length,
      unit: 'jobs unnamed',
      spread: null,
      seed,
      note: `of ${irreversible.length} jobs that did what can't be undone; unnamed: ${namesOf(unnamed)}; all of them: ${namesOf(irreversible)}`,
    },
    {
      name: 'undo-job-ms',
      value: median(times),
      unit: 'ms',
      spread: spreadOf(times),
      seed,
      note: 'to undo a job that had left something and to compare, logging in included',
    },
  ];
}

const namesOf = (jobs: readonly UndoneJob[]): string => (jobs.length === 0 ? 'none' : jobs.map(({ name }) => name).join(', '));

interface Worker {
  readonly name: string;
  readonly expert: Expert;
}

function workerFor({ module }: LoadedGym, task: Task, place: number): Worker {
  const random = new Random(`undo/${task.slice}/${task.seed.n}`);
  if (place % 8 === 7)
    for (const name of IMPOSTORS) {
      const expert = module.proof.impostors.find((impostor) => impostor.name === name)?.play(task, { random });
      if (expert && random.uniform() < 0.7) return { name, expert };
    }
  return { name: 'the expert', expert: module.expert(task, { random }) };
}

async function workAndUndo({ module: { gym } }: LoadedGym, task: Task, { name, expert }: Worker): Promise<UndoneJob> {
  const session = await gym.open(task, { seed: 'undo' });
  try {
    const adapter = session.undo;
    if (!adapter) throw new Error(`${gym.manifest.name} takes nothing back`);
    const before = await adapter.state();
    const actions: DoneAction[] = [];
    const irreversible: string[] = [];
    let observation = await session.observe();
    while (observation.stop === null) {
      const { action } = expert.next(observation);
      const words = wordsOf(action, observation);
      if (targetOf(action, observation)?.risk === 'irreversible') irreversible.push(words);
      observation = await session.act(action);
      actions.push({ action: words, undoing: JSON.parse(JSON.stringify(await adapter.inverse())) as DoneAction['undoing'] });
    }
    const startedMs = performance.now();
    const { isRestored, undone, notUndone, differences } = await undoJob({ actions, adapter, before });
    return {
      name: `${task.slice}/${task.seed.n}${name === 'the expert' ? '' : ` by ${name}`}`,
      ...{ irreversible, isRestored, named: notUndone.map(({ what }) => what) },
      lasting: actions.filter(({ undoing }) => undoing.kind !== 'nothing').length,
      takenBack: undone.length,
      rest: [...notUndone.map(({ what, why }) => `${what} (${why})`), ...differences],
      ms: performance.now() - startedMs,
    };
  } finally {
    await session.close();
  }
}

const targetOf = (action: Action, { targets }: Observation) =>
  'target' in action ? targets.find(({ reference }) => reference === action.target) : undefined;
const wordsOf = (action: Action, observation: Observation): string => `${action.kind} ${targetOf(action, observation)?.name ?? ''}`.trim();

export const UNDO_SUITE: readonly Bench[] = [undo];
