/** The triage of a server's folder: what jobs report to it, and what people decide, one at a time. */
import { mkdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { ConfigError, JourneymanError, takeLock } from '../../src/base/index.ts';
import {
  compartmentSchema,
  type Job,
  type JobEnd,
  openTriage,
  readTriage,
  type TriageBook,
  type TriageKind,
  type TriageList,
} from '../../src/serve/index.ts';
import { Readings } from './readings.ts';
import { foldersOf } from './run-list.ts';

/** In a server's folder. */
export const TRIAGE = 'triage';

/** The book for as long as it is written. Throws `ConfigError` for what is no compartment, and where another process writes it just then. */
export function withTriage<T>(folder: string, compartment: string, work: (book: TriageBook) => T): T {
  // A lock is made of the name.
  if (!compartmentSchema.safeParse(compartment).success)
    throw new ConfigError({
      operation: 'open a triage',
      got: `the compartment ${JSON.stringify(compartment.slice(0, 80))}`,
      expected: 'at most 63 of a–z, 0–9 and dash, with a letter or digit first',
    });
  const root = join(folder, TRIAGE);
  mkdirSync(root, { recursive: true, mode: 0o700 });
  const unlock = takeLock(join(root, `${compartment}.lock`), {
    operation: `open the triage of ${compartment}`,
    held: (process) => `a triage that process ${process} is writing`,
  });
  try {
    return work(openTriage(root, compartment));
  } finally {
    unlock();
  }
}

/** What was met at work, of all compartments, without what was seen and done. A damaged book hides no other. */
export class TriageItems {
  readonly #root: string;
  readonly #books = new Readings<TriageList>();

  constructor(folder: string) {
    this.#root = join(folder, TRIAGE);
  }

  list(): TriageList {
    const books = this.#books.of(
      foldersOf(this.#root).flatMap((name) => {
        // A lock is a folder too.
        const book =
          compartmentSchema.safeParse(name).success && statSync(join(this.#root, name, 'triage.jsonl'), { throwIfNoEntry: false });
        return book ? [{ key: name, stamp: `${book.size} ${book.mtimeMs}`, read: () => this.#read(name) }] : [];
      }),
    );
    return { entries: books.flatMap(({ entries }) => entries), problems: books.flatMap(({ problems }) => problems) };
  }

  #read(compartment: string): TriageList {
    try {
      const entries = readTriage(this.#root, compartment).entries();
      return { entries: entries.map(({ transcript: _, ...item }) => item), problems: [] };
    } catch (error) {
      if (!(error instanceof JourneymanError)) throw error;
      return { entries: [], problems: [error.message] };
    }
  }
}

/** Why a job is worth looking at; undefined for one that went as it should. */
export function triageKind({ how, intervened, answers }: Pick<JobEnd, 'how' | 'intervened' | 'answers'>): TriageKind | undefined {
  if (how === 'failed') return 'failure';
  if (how === 'stopped' || intervened) return 'intervention';
  return answers > 0 ? 'answer' : undefined;
}

/** Nothing for a job that went as it should, or ended before it saw anything. */
export function reportJob(
  folder: string,
  job: Job,
  end: JobEnd,
  gym: { readonly name: string; readonly version: string } | undefined,
): void {
  const kind = triageKind(end);
  if (kind === undefined || gym === undefined || job.version === null || !end.transcript.some((segment) => segment.kind === 'observe'))
    return;
  const { agent, compartment, place } = job.request;
  const report = {
    ...{ compartment, kind, gym },
    job: job.id,
    agent: { name: agent, version: job.version },
    sandbox: place.kind === 'sandbox' ? { slice: place.slice, seed: place.seed } : null,
    transcript: { schemaVersion: 1 as const, segments: end.transcript },
  };
  withTriage(folder, compartment, (book) => book.report(report, { now: new Date() }));
}
