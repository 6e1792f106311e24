/**
 * What a run learns from production: the demonstrations and tasks of one compartment's triage that people accepted for training. They join what the gym's
 * expert shows.
 *
 * Invariants: an agent that learned from a customer's data has that customer's compartment in its lineage, and so has every agent that begins from it or
 * from a checkpoint in its run; it never learns from another customer's. A run that goes on reads the book as it was when the run began, whatever was added
 * since.
 */
import { existsSync, readFileSync, realpathSync } from 'node:fs';
import { dirname, join } from 'node:path';
import * as z from 'zod';
import { CheckpointError, ConfigError, type Json } from '../../src/base/index.ts';
import type { EpisodeRecord, Lineage, Seed } from '../../src/records/index.ts';
import { type Job, openJournal } from '../../src/rollout/index.ts';
import { examData, readTriage, type TriageEntry, type TriageView, trainingData } from '../../src/serve/index.ts';
import { expertPolicy } from './expert-policy.ts';
import { isSuccess, play, type Workshop, type WorkshopOptions } from './workshop.ts';

/** The lineage of what no customer's data went into; its agents may learn from any one's. */
export const NOBODYS = 'default';

export interface ProductionSource {
  /** In which each compartment has its folder. */
  readonly folder: string;
  readonly compartment: string;
}

/** Where an agent comes from, beside the gym. */
export interface Origin {
  /** Of its lineage. */
  readonly compartment: string;
  /** What the run is begun with, and must be gone on with: nothing where no customer's data takes part. */
  readonly settings: Readonly<Record<string, Json>>;
  /** null where it learns from the gym alone. */
  readonly production: (ProductionSource & { readonly book: TriageView }) | null;
}

/**
 * Throws `ConfigError` for a run that began with another compartment, a start that another one's data went into, and a compartment without a book; what
 * `readTriage` throws for a book that can't be believed; `CheckpointError` for a start whose lineage can't be read.
 */
export function originOf({
  source,
  folder,
  start,
}: Pick<WorkshopOptions, 'folder' | 'start'> & { readonly source: ProductionSource | undefined }): Origin {
  const before = compartmentOf(start);
  const compartment = source?.compartment ?? before;
  const began = begunWith(folder);
  if (began.isThere && began.compartment !== compartment)
    throw new ConfigError({
      operation: `open the run ${folder}`,
      got: `the compartment ${compartment}`,
      expected: `${began.compartment}, which it began with`,
      fix: 'give the same --from-production and --compartment, or another folder with --out',
    });
  if (before !== NOBODYS && before !== compartment)
    throw new ConfigError({
      operation: `begin from ${start} with data of ${compartment}`,
      got: `an agent that learned from data of ${before}`,
      expected: `one of ${compartment}, or one that no customer’s data went into`,
      fix: 'begin from the base (--start warm), or from an agent of the same compartment',
    });
  if (source === undefined) return { compartment, settings: compartment === NOBODYS ? {} : { compartment }, production: null };
  const book = readTriage(source.folder, compartment, { until: began.book });
  return { compartment, settings: { compartment, book: book.end }, production: { ...source, book } };
}

const lineageSchema = z.looseObject({ schemaVersion: z.literal(1), compartment: z.string().min(1) });
const runSchema = z.looseObject({ compartment: z.string().min(1).optional(), book: z.string().optional() });

/** Whose data went into what a run starts from: an agent's lineage says so, and of a checkpoint the run that it lies in. */
function compartmentOf(start: string): string {
  for (const folder of foldersOf(start)) {
    const lineage = join(folder, 'lineage.json');
    const found = existsSync(lineage) ? readJson(lineage, lineageSchema).compartment : begunWith(folder).given;
    if (found !== undefined) return found;
  }
  return NOBODYS;
}

/** The folder that a run starts from, and those that it lies in; none for a start that has none. Not by the name of a link, which may lie anywhere. */
export function foldersOf(start: string): readonly string[] {
  if (start === 'warm' || start === 'cold' || !existsSync(start)) return [];
  const folders = [realpathSync(start)];
  for (let last = folders[0] as string; dirname(last) !== last; last = dirname(last)) folders.push(dirname(last));
  return folders;
}

/** `given`: as it stands there; a run that names no compartment has that of nobody. */
function begunWith(folder: string): { isThere: boolean; given?: string | undefined; compartment: string; book?: string | undefined } {
  const path = join(folder, 'run.json');
  if (!existsSync(path)) return { isThere: false, compartment: NOBODYS };
  const { compartment: given, book } = readJson(path, runSchema);
  return { isThere: true, given, compartment: given ?? NOBODYS, book };
}

function readJson<T>(path: string, schema: z.ZodType<T>): T {
  try {
    return schema.parse(JSON.parse(readFileSync(path, 'utf8')));
  } catch (cause) {
    throw new CheckpointError({
      operation: `find out whose data went into ${dirname(path)}`,
      got: `a ${path} that can't be read`,
      expected: 'what a run wrote',
      fix: 'restore it, or begin from something else: nobody may guess whose data an agent has seen',
      cause,
    });
  }
}

/** What was shown, with what production shows behind it. */
export async function withProduction(
  shop: Workshop,
  { production }: Origin,
  shown: readonly EpisodeRecord[],
): Promise<readonly EpisodeRecord[]> {
  if (production === null) return shown;
  const { demonstrations, tasks } = trainingData(production.book);
  const own = demonstrations.filter((record) => record.gym === shop.gym.manifest.name);
  await keep(shop, own);
  const jobs = jobsOf(shop, tasks, 'production');
  const played = jobs.length === 0 ? [] : (await playTasks(shop, jobs)).filter(isSuccess);
  const leftOut = demonstrations.length - own.length + tasks.filter((entry) => jobsOf(shop, [entry], '').length === 0).length;
  shop.run.tell({
    kind: 'note',
    text: `production of ${production.compartment}: ${own.length} demonstrations, and ${jobs.length} tasks of which the expert did ${played.length}; left out, being of another gym or version or tasks of a live app: ${leftOut}`,
  });
  return [...shown, ...own, ...played];
}

/** What the lineage says of it, the book's end by its hash. */
export function originStages({ production }: Origin, episodes: number): Lineage['stages'] {
  return production === null ? [] : [{ stage: `production ${production.book.end}`, episodes, tokens: 0, seconds: 0 }];
}

/** As they were typed behind `make`. */
export const flagsOf = ({ production }: Origin): string =>
  production === null ? '' : ` --from-production ${production.folder} --compartment ${production.compartment}`;

/** Where whoever examines the agent finds what it learned from. */
async function keep(shop: Workshop, records: readonly EpisodeRecord[]): Promise<void> {
  const journal = openJournal(shop.run.path('production.jsonl'));
  try {
    for (const record of records) await journal.append(record);
  } finally {
    await journal.close();
  }
}

function playTasks(shop: Workshop, jobs: readonly Job[]): Promise<readonly EpisodeRecord[]> {
  const { gym, seed } = shop;
  return play(shop, {
    stage: 'demonstrations',
    journal: 'production-tasks.jsonl',
    policyId: 'expert',
    policy: ({ task }) => expertPolicy(gym.module, { task, seed: `${seed}` }),
    jobs,
  });
}

/** The tasks that this gym can set: of its sandbox, in the version that it has now, each once. */
export function jobsOf(
  { gym: { manifest, module } }: Pick<Workshop, 'gym'>,
  entries: readonly Pick<TriageEntry, 'gym' | 'sandbox'>[],
  lane: string,
): Job[] {
  const own = entries.flatMap(({ gym, sandbox }) =>
    sandbox !== null && gym.name === manifest.name && gym.version === manifest.version && Object.hasOwn(manifest.slices, sandbox.slice)
      ? [sandbox]
      : [],
  );
  const fresh = new Map(own.map((sandbox) => [`${sandbox.slice}/${seedName(sandbox.seed)}`, sandbox]));
  return [...fresh.values()].map(({ seed, slice }) => ({ task: module.gym.task(seed, slice), lane: { seed: lane } }));
}

export const seedName = ({ split, n }: Seed): string => `${split}/${n}`;

/** Everything that is held back for the exam and came from a sandbox, as a demonstration or not. */
export const examEntries = (book: TriageView): readonly TriageEntry[] => {
  const { demonstrations, tasks } = examData(book);
  return [...demonstrations.map(({ id }) => book.get(id) as TriageEntry), ...tasks].filter(({ sandbox }) => sandbox !== null);
};

/** Fresh tasks of a run with seed S are numbers of the split train from a million times S on. */
const TASKS_OF_A_SEED = 1_000_000;

/** Throws `ConfigError` where the run would meet, among its own fresh tasks, one that is held back for the exam. */
export function assertHeldBack({ gym, seed }: Pick<Workshop, 'gym' | 'seed'>, { production }: Origin): void {
  if (production === null) return;
  const { book, compartment } = production;
  const met = examEntries(book).find(
    ({ gym: { name }, sandbox }) =>
      name === gym.manifest.name && sandbox?.seed.split === 'train' && Math.floor(sandbox.seed.n / TASKS_OF_A_SEED) === seed,
  );
  if (met?.sandbox)
    throw new ConfigError({
      operation: `learn from the production of ${compartment}`,
      got: `--seed ${seed}, whose tasks have ${seedName(met.sandbox.seed)} among them, which is held back for the exam (entry ${met.id})`,
      expected: 'a seed whose tasks nobody is examined on',
      fix: 'begin another run with another --seed',
    });
}
