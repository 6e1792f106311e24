/**
 * The gate between an examined agent and work. It believes no report: every bound is computed again from the raw scores.
 *
 * Invariant: it fails closed. What can't be told is not met, and one rule that is not met refuses. An agent that isn't good enough, or whose
 * certificate, scores or agent.json are missing or damaged, is refused with findings; an error is thrown only for what is no folder of plain files
 * (`DataError`) and for requirements that make no sense (`ConfigError`).
 */
import type { Attempt } from '../evals/index.ts';
import type { CountedCampaign } from '../red-team/index.ts';
import { CERTIFICATE, readEvidence } from './evidence.ts';
import { examOf } from './exam.ts';
import type { FileHashes } from './files.ts';
import type { JudgedVersion } from './history.ts';
import { type Finding, type Judgement, RULES, type Rule } from './judgement.ts';
import { parseRequirements, type Requirements } from './requirements.ts';
import {
  type AgentIdentity,
  type Case,
  judgeAge,
  judgeBounds,
  judgeCertificate,
  judgeConfidence,
  judgeFiles,
  judgeGym,
  judgeIdentity,
  judgeNeverEvents,
  judgeOscillation,
  judgeRecomputed,
  judgeRedTeam,
  judgeRegression,
  judgeSlices,
} from './rules.ts';

export interface JudgeOptions {
  /** With certificate.json and the raw scores in it. */
  readonly agentFolder: string;
  /** Computed from the weights in the folder, not read from its description. */
  readonly identity: AgentIdentity;
  /** What `hashFolder` gave for the folder when its exam began. */
  readonly examined: FileHashes;
  /** Of the ledger of attempts: an attempt that is left out would make a bound look better than it is. */
  readonly attempts: readonly Attempt[];
  /** Of the ledger of campaigns: one that is left out could have got through. */
  readonly campaigns: readonly CountedCampaign[];
  /** Versions that were judged before, refused ones included. */
  readonly history: readonly JudgedVersion[];
  readonly now: Date;
  readonly requirements: Requirements;
}

const JUDGES: Readonly<Record<Rule, (found: Case) => Finding>> = {
  certificate: judgeCertificate,
  recomputed: judgeRecomputed,
  confidence: judgeConfidence,
  identity: judgeIdentity,
  files: judgeFiles,
  gym: judgeGym,
  slices: judgeSlices,
  'never-events': judgeNeverEvents,
  bounds: judgeBounds,
  regression: judgeRegression,
  oscillation: judgeOscillation,
  age: judgeAge,
  'red-team': judgeRedTeam,
};

/** Rules without which an exam's figures are not this agent's, and so not to be remembered. */
const CREDIBLE: readonly Rule[] = ['recomputed', 'confidence', 'identity', 'files', 'gym'];

export function judgeRelease({ agentFolder, attempts, ...options }: JudgeOptions): Judgement {
  const requirements = parseRequirements(options.requirements);
  const { files, check, settings, redTeam } = readEvidence(agentFolder, attempts);
  const judged = { files, judgedBefore: options.history.length };
  if ('problem' in check) {
    const findings = RULES.map((rule) => ({ rule, isMet: false, sentence: rule === 'certificate' ? untold(check.problem) : UNTOLD }));
    return { ...judged, isAllowed: false, findings, exam: null };
  }
  const exam = examOf(check, files[CERTIFICATE] as string);
  const found: Case = { ...options, requirements, files, check, settings, redTeam, exam };
  const findings = RULES.map((rule) => JUDGES[rule](found));
  const isCredible = findings.every(({ rule, isMet }) => isMet || !CREDIBLE.includes(rule));
  return { ...judged, isAllowed: findings.every(({ isMet }) => isMet), findings, exam: isCredible ? exam : null };
}

const UNTOLD = 'This can only be told from a certificate that can be read.';
const untold = (problem: string): string => `The agent has no certificate: ${problem}.`;
