/** The exam: fresh tasks whose numbers nobody knew, two verifiers, bounds; and what is written about it. */
import { existsSync, readFileSync } from 'node:fs';
import { relative } from 'node:path';
import { ConfigError, hashJson, saveAtomically } from '../../src/base/index.ts';
import {
  assertUnseen,
  attemptNumbers,
  type CertifyResult,
  certify,
  checkCertificate,
  commitNonce,
  examNumbers,
  isRevealed,
  OTHER_TASKS,
  openAttempts,
  planExam,
  playExam,
  type SeedCommitment,
  saveCertificate,
  saveInspectLog,
} from '../../src/evals/index.ts';
import { computeSourceHash, type LoadedGym } from '../../src/gym/index.ts';
import type { Certificate, CertificationPlan, EpisodeRecord, Lineage, Policy } from '../../src/records/index.ts';
import { hashFolder } from '../../src/release/index.ts';
import { type Journal, openJournal, readJournal } from '../../src/rollout/index.ts';
import type { Contestant } from './contestant.ts';
import { LEDGER } from './ledger.ts';
import { saveReport } from './report.ts';
import type { RunFolder } from './run-folder.ts';
import { Stopped } from './workshop.ts';

/** SHA-256 of each file of the agent when its exam began, by path; in the exam's folder. */
export const EXAMINED = 'examined.json';

/** Commits to exam seeds before anything is learned; the nonce stays in the run's folder, unread until the exam. Throws `ConfigError` where it is lost. */
export function commitSeeds(run: RunFolder): SeedCommitment {
  if (existsSync(run.path('seeds.json'))) return openSeeds(run);
  if (run.result('check') !== undefined) throw noSeeds(run);
  const seeds = commitNonce();
  saveAtomically(run.path('seeds.json'), `${JSON.stringify(seeds)}\n`);
  run.tell({ kind: 'note', text: `exam seeds are committed to: ${seeds.commitment}` });
  return seeds;
}

function openSeeds(run: RunFolder): SeedCommitment {
  try {
    const { nonce, commitment } = JSON.parse(readFileSync(run.path('seeds.json'), 'utf8')) as SeedCommitment;
    if (isRevealed({ nonce, commitment })) return { nonce, commitment };
  } catch {
    // Missing or unreadable is as good as altered.
  }
  throw noSeeds(run);
}

const noSeeds = (run: RunFolder): ConfigError =>
  new ConfigError({
    operation: `open the exam of ${run.folder}`,
    got: 'a seeds.json that is missing or was altered',
    expected: 'the seeds that were committed to before anything was learned',
    fix: `begin another run with --out, or examine the agent on fresh seeds: npx journeyman certify ${run.path('agent')}`,
  });

export interface ExamineOptions {
  readonly run: RunFolder;
  readonly gym: LoadedGym;
  readonly contestant: Contestant;
  readonly plan: CertificationPlan;
  /** Episodes side by side. */
  readonly lanes: number;
  readonly signal: AbortSignal;
  /** Default: the contestant's. */
  readonly lineage?: Lineage;
}

export interface Examined {
  readonly certificate: Certificate;
  readonly certificatePath: string;
  readonly scoresPath: string;
  readonly reportPath: string;
}

export interface PlanOptions {
  /** Every slice in full, and pass^8. */
  readonly isFull: boolean;
  /** The bound that the first slice must reach; default 0.95. */
  readonly floor?: number;
  /** For everything, the exam included; default: enough. */
  readonly seconds?: number;
}

/** Tasks of a slice other than the first where there is little time: with fewer, a second attempt could no longer show 0.80. */
const LEAST_TASKS = 30;
/** With so much time there is enough for all of them. */
const ENOUGH_SECONDS = 1200;

export function everydayPlan({ manifest }: LoadedGym, { isFull, floor, seconds = ENOUGH_SECONDS }: PlanOptions): CertificationPlan {
  return planExam({
    slices: Object.keys(manifest.slices),
    isFull,
    otherTasks: Math.max(LEAST_TASKS, Math.min(OTHER_TASKS, Math.round((OTHER_TASKS * seconds) / ENOUGH_SECONDS))),
    ...(floor === undefined ? {} : { floor, otherFloor: Math.min(0.8, floor) }),
  });
}

/** Tasks that the plan plays at most. */
export const countTasks = ({ slices }: CertificationPlan): number => slices.reduce((sum, { tasks }) => sum + tasks, 0);

/**
 * Plays what is left of the exam and writes certificate, log and report. A finished one is only reported again. Throws `ConfigError` where training
 * has seen the exam, `Stopped` when interrupted; the same call goes on.
 */
export async function examine(options: ExamineOptions): Promise<Examined> {
  const { run, plan, contestant } = options;
  const certificatePath = run.path('exam', 'certificate.json');
  const certificate = finishedExam(certificatePath, contestant.agent) ?? (await playWhatIsLeft(options, certificatePath));
  run.tell({
    kind: 'stage',
    stage: 'certify',
    state: 'finished',
    note: `${certificate.kind}, after ${certificate.slices.reduce((sum, { n, unresolved }) => sum + n + unresolved, 0)} of ${countTasks(plan)} tasks`,
  });
  const reportPath = saveReport(run.folder);
  return { certificate, certificatePath, scoresPath: run.path('exam', certificate.scores), reportPath };
}

/** An exam is taken once: what it says stands. */
function finishedExam(path: string, { policy }: Certificate['agent']): Certificate | undefined {
  if (!existsSync(path)) return undefined;
  const { certificate, differences } = checkCertificate(path);
  return differences.length === 0 && certificate.agent.policy === policy ? certificate : undefined;
}

async function playWhatIsLeft(options: ExamineOptions, certificatePath: string): Promise<Certificate> {
  const { run, gym, plan, contestant } = options;
  const { name, version } = gym.manifest;
  const seeds = openSeeds(run);
  assertUnseen(
    plan.slices.flatMap(({ slice, tasks }) =>
      examNumbers({ nonce: seeds.nonce, gym: name, version, slice, count: tasks }).map((n) => ({ split: 'exam' as const, n })),
    ),
    trainingSeeds(contestant.learnedFrom),
  );
  run.tell({
    kind: 'stage',
    stage: 'certify',
    state: 'begun',
    note: `${plan.slices.map(({ slice, tasks }) => `${slice} ${tasks}`).join(', ')} fresh tasks at most`,
  });
  // What is examined is written down before the first task: whoever releases the agent holds its files against this.
  const examined = run.path('exam', EXAMINED);
  if (contestant.folder !== null && !existsSync(examined)) saveAtomically(examined, `${JSON.stringify(hashFolder(contestant.folder))}\n`);
  const journal = openJournal(run.path('exam', 'episodes.jsonl'));
  try {
    const startedAt = new Date().toISOString();
    const result = await contestant.withPolicy((policy) => playAndJudge(options, { seeds, journal, policy }));
    if (result.kind === 'interrupted') throw new Stopped('the exam was stopped');
    const { certificate } = result;
    saveInspectLog(run.path('exam', 'log.eval'), {
      episodes: [...journal.records()],
      agent: contestant.agent.name,
      gym: { name, version },
      startedAt,
      finishedAt: new Date().toISOString(),
      certificate,
    });
    // Last: where it lies, the exam is finished.
    saveCertificate(certificatePath, result);
    return certificate;
  } finally {
    await journal.close();
  }
}

interface OpenExam {
  readonly seeds: SeedCommitment;
  readonly journal: Journal;
  readonly policy: Policy;
}

/** Opens the attempt in the ledger, and then the seeds. */
async function playAndJudge(options: ExamineOptions, { seeds, journal, policy }: OpenExam): Promise<CertifyResult> {
  const { run, gym, contestant, plan, lanes, signal, lineage = contestant.lineage(gym) } = options;
  const { agent } = contestant;
  const { name, version } = gym.manifest;
  const attempts = openAttempts({
    path: LEDGER,
    gym: name,
    version,
    slices: plan.slices.map(({ slice }) => slice),
    // Another nonce is another attempt, a copy of the folder is another run.
    run: hashJson({ folder: relative(process.cwd(), run.folder), commitment: seeds.commitment }).slice(0, 16),
    agent: agent.name,
    commitment: seeds.commitment,
    alpha: plan.alpha,
  });
  const clock = examClock(run.path('exam', 'seconds.json'));
  const before = journal.size;
  const result = await certify({
    play: playExam({ gym: gym.module.gym, policy, policyId: agent.policy, journal, lanes, signal }),
    plan,
    seeds,
    agent,
    gym: { name, version, proof: computeSourceHash(gym.folder) },
    madeAt: attempts[0]?.openedAt ?? new Date().toISOString(),
    secondsBefore: clock.before,
    attempts: attemptNumbers(attempts),
    lineage,
    onProgress({ slice, bounds, of }) {
      clock.keep();
      run.tell({
        kind: 'progress',
        stage: 'certify',
        done: bounds.n + bounds.unresolved,
        of,
        unit: `tasks of ${slice}`,
        perSecond: (journal.size - before) / Math.max(1e-3, clock.seconds()),
        secondsLeft: null,
        figures: { success: bounds.n === 0 ? 0 : bounds.successes / bounds.n, bound: bounds.gateBound },
      });
    },
  });
  clock.keep(0);
  return result;
}

/** The exam's time on the wall clock over all its parts, kept every few seconds so that a part that is killed counts too. */
function examClock(path: string) {
  const startedMs = performance.now();
  const found = existsSync(path) ? Number(readFileSync(path, 'utf8')) : 0;
  const before = Number.isFinite(found) ? found : 0;
  const seconds = (): number => (performance.now() - startedMs) / 1000;
  let kept = 0;
  return {
    before,
    seconds,
    keep(everySeconds = 5): void {
      if (seconds() - kept < everySeconds) return;
      kept = seconds();
      saveAtomically(path, `${before + kept}`);
    },
  };
}

function* trainingSeeds(journals: readonly string[]): Generator<EpisodeRecord['seed']> {
  for (const path of journals) for (const { seed } of readJournal(path)) yield seed;
}
