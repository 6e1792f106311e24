/** The ledgers of jobs on the disk, one file each. A job that was received is there when whoever sent it is told so. */
import { mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { appendChain, type ChainEnd, DataError, loadChain } from '../base/index.ts';
import { afterEvent, type Job, type JobEvent, jobLineSchema } from './job.ts';

const FILE = /^([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})\.jsonl$/;

export interface JobBook {
  get(id: string): Job | undefined;
  /** In the order in which they were received. */
  jobs(): readonly Job[];
  /** On the disk when it returns. Throws `DataError` for an event that can't follow: what must not happen is not written down as if it had. */
  write(id: string, event: JobEvent): Job;
}

/** One process has it at a time: to be opened under a lock. Throws `DataError` for a ledger that is broken. */
export function openJobBook(folder: string): JobBook {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const kept = new Map<string, { job: Job; end: ChainEnd }>();
  for (const file of readdirSync(folder)) {
    const id = FILE.exec(file)?.[1];
    const found = id === undefined ? undefined : readJob(join(folder, file), id);
    if (found) kept.set(found.job.id, found);
  }
  const order = (a: Job, b: Job): number => (a.receivedAt === b.receivedAt ? (a.id < b.id ? -1 : 1) : a.receivedAt < b.receivedAt ? -1 : 1);
  return {
    get: (id) => kept.get(id)?.job,
    jobs: () => [...kept.values()].map(({ job }) => job).sort(order),
    write(id, event) {
      const before = kept.get(id);
      const job = afterEvent(before?.job, event);
      if (!job || job.id !== id)
        throw new DataError({
          operation: `write '${event.kind}' into the ledger of job ${id}`,
          got: before ? 'an event that can’t follow what is there' : 'a job that was never received',
          expected: 'what can happen next',
        });
      const line = jobLineSchema.parse({ schemaVersion: 1, previous: '', ...event });
      const end = appendChain(join(folder, `${id}.jsonl`), before?.end ?? { lastHash: '', size: 0 }, [line]);
      kept.set(id, { job, end });
      return job;
    },
  };
}

/** undefined for a file whose first line was never finished: nobody was told that this job was received. */
function readJob(path: string, id: string): { job: Job; end: ChainEnd } | undefined {
  let job: Job | undefined;
  const end = loadChain(path, {
    parse: (line) => jobLineSchema.parse(line),
    follows(line) {
      const next = afterEvent(job, line);
      if (!next || next.id !== id) return false;
      job = next;
      return true;
    },
    names: { line: 'one event of a job', ledger: 'ledger of a job' },
    fix: 'restore it from a copy; until then nothing is worked on',
  });
  return job && { job, end };
}
