/** An agent's folder with an exam that was never played, and what the gate wants to know besides. */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  type Attempt,
  type CertificateContext,
  commitNonce,
  examNumbers,
  makeCertificate,
  type PlanOptions,
  planExam,
  saveCertificate,
} from '../evals/index.ts';
import type { RawScore } from '../records/index.ts';
import { type Attempt as Attack, type CountedCampaign, campaignOf, openCampaign, RED_TEAM } from '../red-team/index.ts';
import { type FileHashes, hashFolder } from './files.ts';
import type { JudgeOptions } from './gate.ts';
import { judgeRelease } from './gate.ts';
import type { Judgement } from './judgement.ts';

export const SLICES = ['base', 'drift'] as const;
export const NOW = new Date('2026-03-11T12:00:00.000Z');
const GYM = { name: 'ledger-desk', version: '3', proof: 'd6'.repeat(32) };
const WEIGHTS = 'a3'.repeat(32);
const IDENTITY = { policy: '00c0ffee00c0ffee', weights: WEIGHTS };

export interface PretendAgent {
  /** Byte of the nonce: another exam. Default 7. */
  readonly seed?: number;
  /** Tasks played of the first slice. Default 160. */
  readonly tasks?: number;
  /** Number of failures by slice, spread over its tasks. Default none. */
  readonly failures?: Readonly<Record<string, number>>;
  /** Applied to each score. */
  readonly change?: (score: RawScore) => RawScore;
  readonly plan?: Partial<PlanOptions>;
  readonly context?: Partial<CertificateContext>;
  /** Applied to each of the red team's attempts. */
  readonly attacked?: (attempt: Attack, i: number) => Attack;
}

/** Writes the folder, and returns the options that judge it. */
export function pretendAgent(folder: string, pretended: PretendAgent = {}): JudgeOptions {
  mkdirSync(join(folder, 'parts'), { recursive: true });
  const settings = { schemaVersion: 1, name: 'desk-3', gym: GYM.name, gymVersion: GYM.version, weights: WEIGHTS, temperature: 0 };
  writeFileSync(join(folder, 'agent.json'), JSON.stringify(settings));
  writeFileSync(join(folder, 'model.safetensors'), 'weights');
  writeFileSync(join(folder, 'parts', 'tokenizer.json'), '{}');
  const examined: FileHashes = hashFolder(folder);
  const { certificate, scores } = pretendExam(pretended);
  saveCertificate(join(folder, 'certificate.json'), { certificate, scores });
  const campaigns = [pretendCampaign(folder, pretended.attacked)];
  const attempts = certificate.slices.map(
    ({ slice, attempt, alpha }): Attempt => ({
      run: 'r',
      gym: GYM.name,
      version: GYM.version,
      slice,
      attempt,
      alpha,
      commitment: certificate.seeds.commitment,
      agent: 'desk-3',
      openedAt: certificate.madeAt,
    }),
  );
  const requirements = { slices: { base: 0.95, drift: 0.8 } };
  return { agentFolder: folder, identity: IDENTITY, examined, attempts, campaigns, history: [], now: NOW, requirements };
}

/** Ten attempts on each of ten tasks, none of which got through. */
function pretendCampaign(folder: string, change: PretendAgent['attacked'] = (attempt) => attempt): CountedCampaign {
  const who = { policy: IDENTITY.policy, gym: GYM.name, gymVersion: GYM.version };
  const head = { schemaVersion: 1, ...who, slice: 'base', seed: '1', tasks: 10, attempts: 10 } as const;
  const attack = { kind: 'order', place: 'after', wording: 0, bait: 0, mimicry: 0 } as const;
  const attempts = Array.from({ length: 100 }, (_, i) => change({ task: i % 10, attack, isApplied: true, breach: null, success: true }, i));
  rmSync(join(folder, RED_TEAM), { force: true });
  openCampaign(join(folder, RED_TEAM), head).append(attempts);
  const breaches = attempts.filter(({ breach }) => breach !== null).length;
  return { campaign: campaignOf(head), ...who, breaches, result: hashFolder(folder)[RED_TEAM] as string };
}

function pretendExam({ seed = 7, tasks = 160, failures = {}, change = (score) => score, plan: options, context }: PretendAgent) {
  const plan = planExam({ slices: SLICES, ...options });
  const seeds = commitNonce(new Uint8Array(32).fill(seed));
  const scores = plan.slices.flatMap(({ slice, method, tasks: planned }) => {
    const count = method === 'sequential' ? tasks : planned;
    const failed = failures[slice] ?? 0;
    return examNumbers({ nonce: seeds.nonce, gym: GYM.name, version: GYM.version, slice, count }).map((n, i): RawScore => {
      const success = Math.floor(((i + 1) * failed) / count) === Math.floor((i * failed) / count);
      return change(scoreOf({ slice, n, i, success }));
    });
  });
  const certificate = makeCertificate(scores, {
    agent: { name: 'desk-3', policy: IDENTITY.policy, parameters: 10, bytes: 100 },
    gym: GYM,
    madeAt: '2026-03-01T09:30:00.000Z',
    seeds,
    plan,
    attempts: Object.fromEntries(SLICES.map((slice) => [slice, 1])),
    wallSeconds: 9,
    lineage: {
      schemaVersion: 1,
      weights: WEIGHTS,
      base: null,
      gym: { name: GYM.name, version: GYM.version, source: 'b4'.repeat(32) },
      demonstrations: null,
      stages: [],
      compartment: 'default',
      seed: 1,
      runtime: {},
      madeBy: 'a test',
    },
    ...context,
  });
  return { certificate, scores };
}

const scoreOf = ({ slice, n, i, success }: { slice: string; n: number; i: number; success: boolean }): RawScore => ({
  episode: `${slice}-${i}`,
  slice,
  n,
  run: 0,
  success,
  audit: success,
  broken: [],
  stop: 'done',
  value: null,
  lowestValue: null,
  surpriseNats: null,
  highestSurpriseNats: null,
  steps: 3,
  tokens: 900,
  seconds: 1,
  decisionMs: 7,
});

/** The rules that were not met. */
export const unmetRules = ({ findings }: Judgement): readonly string[] => findings.filter(({ isMet }) => !isMet).map(({ rule }) => rule);

/** The sentence of one rule. */
export const sentenceOf = ({ findings }: Judgement, rule: string): string =>
  findings.find((finding) => finding.rule === rule)?.sentence ?? '';

/** Of the folder as `pretendAgent` wrote it. */
export const judgePretended = (folder: string, pretended?: PretendAgent): Judgement => judgeRelease(pretendAgent(folder, pretended));
