/**
 * The exam tasks that came from production, played by the finished agent: each was met at work once, and what an earlier version passed every later one must
 * pass. No certificate speaks of them: they were chosen by what went wrong, so their share of success says nothing about fresh tasks.
 */
import { saveAtomically } from '../../src/base/index.ts';
import { type Job, readJournal } from '../../src/rollout/index.ts';
import { recordPasses, type TriageEntry } from '../../src/serve/index.ts';
import { type Contestant, trainingJournals } from './contestant.ts';
import { examEntries, foldersOf, jobsOf, type Origin, seedName } from './from-production.ts';
import { isSuccess, play, type Workshop } from './workshop.ts';

export interface ProductionExam {
  readonly tasks: number;
  readonly passed: number;
  /** Entries that an earlier version passed and this one does not. */
  readonly lost: readonly string[];
  /** Entries whose task the agent, or the one that it began from, met while it learned: they tell nothing and were not played. */
  readonly seen: readonly string[];
  /** Of all of this, by entry. */
  readonly path: string;
}

export interface ProductionExamOptions {
  readonly contestant: Contestant;
  readonly start: string;
}

/** null where nothing of production is held back for this gym. What was played is not played again; throws `Stopped`. */
export async function examineProduction(
  shop: Workshop,
  { production }: Origin,
  { contestant, start }: ProductionExamOptions,
): Promise<ProductionExam | null> {
  if (production === null) return null;
  const { run } = shop;
  const { book, compartment, folder } = production;
  const entries = examEntries(book).filter((entry) => jobsOf(shop, [entry], LANE).length > 0);
  if (entries.length === 0) return null;
  const learned = seedsIn([...contestant.learnedFrom, ...foldersOf(start).flatMap(trainingJournals)], shop);
  const isSeen = ({ sandbox }: TriageEntry): boolean => sandbox !== null && learned.has(seedName(sandbox.seed));
  const fresh = entries.filter((entry) => !isSeen(entry));
  const passes = await playTasks(shop, contestant, jobsOf(shop, fresh, LANE));
  const results = fresh.map((entry) => ({ entry: entry.id, passed: passes.has(taskName(entry.sandbox as Sandbox)) }));
  const { policy } = contestant.agent;
  const lost = recordPasses(folder, compartment, { policy, results, now: new Date() });
  const seen = entries.filter(isSeen).map(({ id }) => id);
  const passed = results.filter((result) => result.passed).length;
  const path = run.path('exam', 'production.json');
  const found = { schemaVersion: 1, compartment, book: book.end, policy, results, lost, seen };
  saveAtomically(path, `${JSON.stringify(found, null, 2)}\n`);
  run.tell({
    kind: 'note',
    text: `production of ${compartment}: ${passed} of ${results.length} exam tasks passed; ${lost.length} lost that an earlier version passed; ${seen.length} left out that were met in training`,
  });
  return { tasks: results.length, passed, lost, seen, path };
}

const LANE = 'production';

type Sandbox = NonNullable<TriageEntry['sandbox']>;

const taskName = ({ slice, seed }: Sandbox): string => `${slice}/${seedName(seed)}`;

/** The tasks that were passed. */
async function playTasks(shop: Workshop, { agent, withPolicy }: Contestant, jobs: readonly Job[]): Promise<ReadonlySet<string>> {
  if (jobs.length === 0) return new Set();
  const records = await withPolicy((policy) =>
    play(shop, { stage: 'certify', journal: 'exam/production.jsonl', policy, policyId: agent.policy, jobs }),
  );
  return new Set(records.filter(isSuccess).map(taskName));
}

/** Of the sandbox: what was done in a live app has no seed. */
function seedsIn(journals: readonly string[], { gym: { manifest } }: Workshop): ReadonlySet<string> {
  const seeds = new Set<string>();
  for (const path of journals)
    for (const { gym, slice, seed } of readJournal(path))
      if (gym === manifest.name && Object.hasOwn(manifest.slices, slice)) seeds.add(seedName(seed));
  return seeds;
}
