/**
 * The report of a run from what lies on its disk: of the certificate where there is one, else of how far it came. Made again at any time, it says the
 * same.
 *
 * Invariant: a certificate that its raw scores do not bear out is not reported.
 */
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { DataError, saveAtomically } from '../../src/base/index.ts';
import { checkCertificate, readAttempts, renderProgressReport, renderReport, worstEpisodes } from '../../src/evals/index.ts';
import type { EpisodeRecord, RawScore } from '../../src/records/index.ts';
import { readJournal } from '../../src/rollout/index.ts';
import { LEDGER } from './ledger.ts';
import { readEvents } from './run-folder.ts';

/** Writes `report.html` into the run, or to `out`; returns where. */
export function saveReport(run: string, out: string = join(run, 'report.html')): string {
  saveAtomically(out, reportOfRun(run));
  return out;
}

export function reportOfRun(run: string): string {
  const certificate = join(run, 'exam', 'certificate.json');
  if (existsSync(certificate)) return reportOfCertificate(certificate);
  const events = readEvents(run);
  if (events.length === 0)
    throw new DataError({
      operation: `report on ${run}`,
      got: 'a folder without events.jsonl',
      expected: 'the folder of a run, or a certificate.json',
      fix: 'npx journeyman make GYM makes a run, in runs/GYM/…',
    });
  return renderProgressReport({ run, events });
}

/** Of a certificate in its run (`exam/certificate.json`), in an agent's folder, or anywhere with its raw scores. Throws `DataError`. */
export function reportOfCertificate(path: string): string {
  const { certificate, scores, differences } = checkCertificate(path);
  if (differences.length > 0)
    throw new DataError({
      operation: `report on ${path}`,
      got: `a certificate that its raw scores do not bear out: ${differences.slice(0, 3).join('; ')}`,
      expected: 'a certificate as it was made',
      fix: 'take it from its run again',
    });
  const run = dirname(dirname(path));
  const episodes = worstOf(scores, [join(dirname(path), 'episodes.jsonl'), join(run, 'exam', 'episodes.jsonl')].find(existsSync));
  return renderReport({
    certificate,
    scores,
    episode: (id) => episodes.get(id),
    events: existsSync(join(run, 'run.json')) ? readEvents(run) : [],
    attempts: readAttempts(LEDGER).filter((attempt) => attempt.gym === certificate.gym.name),
  });
}

/** Only those that are shown are kept in memory. */
function worstOf(scores: readonly RawScore[], journal: string | undefined): ReadonlyMap<string, EpisodeRecord> {
  if (journal === undefined) return new Map();
  const wanted = new Set(worstEpisodes(scores).map(({ score }) => score.episode));
  const found = new Map<string, EpisodeRecord>();
  for (const record of readJournal(journal)) if (wanted.has(record.id)) found.set(record.id, record);
  return found;
}
