/** The exam: fresh tasks whose numbers nobody knew, two verifiers, bounds; and what is written about it. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { saveAtomically } from '../../src/base/index.ts';
import {
  assertUnseen,
  attemptNumbers,
  certify,
  commitNonce,
  examNumbers,
  openAttempts,
  planExam,
  playExam,
  readAttempts,
  renderReport,
  type SeedCommitment,
  saveCertificate,
  saveInspectLog,
} from '../../src/evals/index.ts';
import type { LoadedGym } from '../../src/gym/index.ts';
import type { Certificate, CertificationPlan, EpisodeRecord, Lineage, Policy, RunEvent } from '../../src/records/index.ts';
import { openJournal, readJournal } from '../../src/rollout/index.ts';
import type { RunFolder } from './run-folder.ts';
import { Stopped } from './workshop.ts';

/** The attempts at certification in this working folder. */
export const LEDGER = join('.journeyman', 'attempts.jsonl');

/** Commits to exam seeds before anything is learned; the nonce stays in the run's folder, unread until the exam. */
export function commitSeeds(run: RunFolder): SeedCommitment {
  const path = run.path('seeds.json');
  if (existsSync(path)) return JSON.parse(readFileSync(path, 'utf8')) as SeedCommitment;
  const seeds = commitNonce();
  saveAtomically(path, `${JSON.stringify(seeds)}\n`);
  run.tell({ kind: 'note', text: `exam seeds are committed to: ${seeds.commitment}` });
  return seeds;
}

export interface ExamineOptions {
  readonly run: RunFolder;
  readonly gym: LoadedGym;
  readonly gymSource: string;
  /** What the attempt is counted for. */
  readonly runId: string;
  readonly policy: Policy;
  readonly policyId: string;
  readonly agent: Certificate['agent'];
  readonly lineage: Lineage;
  readonly plan: CertificationPlan;
  readonly lanes: number;
  readonly signal: AbortSignal;
  /** Journals that the agent learned from. */
  readonly learnedFrom: readonly string[];
}

export interface Examined {
  readonly certificate: Certificate;
  readonly certificatePath: string;
  readonly scoresPath: string;
  readonly reportPath: string;
  readonly episodesPerSecond: number;
}

export const everydayPlan = ({ manifest }: LoadedGym, isFull: boolean): CertificationPlan =>
  planExam({ slices: Object.keys(manifest.slices), isFull });

/** Tasks that the plan plays at most. */
export const countTasks = ({ slices }: CertificationPlan): number => slices.reduce((sum, { tasks }) => sum + tasks, 0);

/** Throws `ConfigError` where training has seen the exam, `Stopped` when interrupted; the same call goes on. */
export async function examine(options: ExamineOptions): Promise<Examined> {
  const { run, gym, policy, policyId, plan, lanes, signal } = options;
  const { name, version } = gym.manifest;
  const seeds = commitSeeds(run);
  assertUnseen(
    plan.slices.flatMap(({ slice, tasks }) =>
      examNumbers({ nonce: seeds.nonce, gym: name, version, slice, count: tasks }).map((n) => ({ split: 'exam' as const, n })),
    ),
    trainingSeeds(options.learnedFrom),
  );
  run.tell({
    kind: 'stage',
    stage: 'certify',
    state: 'begun',
    note: `${plan.slices.map(({ slice, tasks }) => `${slice} ${tasks}`).join(', ')} fresh tasks at most`,
  });
  const attempts = openAttempts({
    path: LEDGER,
    gym: name,
    version,
    slices: plan.slices.map(({ slice }) => slice),
    run: options.runId,
    agent: options.agent.name,
    commitment: seeds.commitment,
    alpha: plan.alpha,
  });
  const startedMs = performance.now();
  const started = new Date().toISOString();
  const clock = run.path('exam', 'seconds.json');
  const secondsBefore = existsSync(clock) ? Number(readFileSync(clock, 'utf8')) : 0;
  const journal = openJournal(run.path('exam', 'episodes.jsonl'));
  try {
    const before = journal.size;
    const result = await certify({
      play: playExam({ gym: gym.module.gym, policy, policyId, journal, lanes, signal }),
      plan,
      seeds,
      agent: options.agent,
      gym: { name, version, proof: options.gymSource },
      madeAt: attempts[0]?.openedAt ?? started,
      secondsBefore,
      attempts: attemptNumbers(attempts),
      lineage: options.lineage,
      onProgress({ slice, bounds, of }) {
        run.tell({
          kind: 'progress',
          stage: 'certify',
          done: bounds.n + bounds.unresolved,
          of,
          unit: `tasks of ${slice}`,
          perSecond: (journal.size - before) / Math.max(1e-3, (performance.now() - startedMs) / 1000),
          secondsLeft: null,
          figures: { success: bounds.n === 0 ? 0 : bounds.successes / bounds.n, bound: bounds.gateBound },
        });
      },
    });
    saveAtomically(clock, `${secondsBefore + (performance.now() - startedMs) / 1000}`);
    if (result.kind === 'interrupted') throw new Stopped('the exam was stopped');
    const episodesPerSecond = (journal.size - before) / ((performance.now() - startedMs) / 1000);
    const certificatePath = run.path('exam', 'certificate.json');
    saveCertificate(certificatePath, result);
    const episodes = [...journal.records()];
    saveInspectLog(run.path('exam', 'log.eval'), {
      episodes,
      agent: options.agent.name,
      gym: { name, version },
      startedAt: started,
      finishedAt: new Date().toISOString(),
      certificate: result.certificate,
    });
    const reportPath = run.path('report.html');
    saveAtomically(
      reportPath,
      renderReport({
        ...result,
        episode: (id) => journal.get(id),
        events: readEvents(run),
        attempts: readAttempts(LEDGER).filter((attempt) => attempt.gym === name),
      }),
    );
    run.tell({ kind: 'stage', stage: 'certify', state: 'finished', note: result.certificate.kind });
    return {
      certificate: result.certificate,
      certificatePath,
      scoresPath: run.path('exam', result.certificate.scores),
      reportPath,
      episodesPerSecond,
    };
  } finally {
    await journal.close();
  }
}

function* trainingSeeds(journals: readonly string[]): Generator<EpisodeRecord['seed']> {
  for (const path of journals) if (existsSync(path)) for (const { seed } of readJournal(path)) yield seed;
}

/** The lines of `events.jsonl`; one that a crash has torn is left out. */
export function readEvents(run: RunFolder): readonly RunEvent[] {
  const path = run.path('events.jsonl');
  if (!existsSync(path)) return [];
  return readFileSync(path, 'utf8')
    .split('\n')
    .flatMap((line) => {
      try {
        return line === '' ? [] : [JSON.parse(line) as RunEvent];
      } catch {
        return [];
      }
    });
}
