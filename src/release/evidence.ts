/** What the gate reads of an agent's folder. What is missing or damaged is told as such: the gate answers with findings, not with errors. */
import { existsSync, lstatSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import { JourneymanError } from '../base/index.ts';
import { type Attempt, type CertificateCheck, checkCertificate } from '../evals/index.ts';
import { type Campaign, RED_TEAM, readCampaign } from '../red-team/index.ts';
import { type FileHashes, hashFolder, isPlainPath } from './files.ts';

export const CERTIFICATE = 'certificate.json';
const LARGEST_SETTINGS_BYTES = 1 << 20;

/** What the gate needs of agent.json; the rest is for whoever runs the agent. */
const settingsSchema = z.looseObject({ gym: z.string(), gymVersion: z.string(), weights: z.string().min(1) });
export type StatedSettings = z.infer<typeof settingsSchema>;

export interface Evidence {
  readonly files: FileHashes;
  /** The certificate against its raw scores, or why it can't be told. */
  readonly check: CertificateCheck | { readonly problem: string };
  /** null where agent.json is missing or damaged. */
  readonly settings: StatedSettings | null;
  /** What the red team did, or why it can't be told. */
  readonly redTeam: Campaign | { readonly problem: string };
}

/** Throws `DataError` only for what is no folder of plain files. */
export function readEvidence(folder: string, attempts: readonly Attempt[]): Evidence {
  const files = hashFolder(folder);
  return {
    files,
    check: readCheck(folder, { attempts, files }),
    settings: readSettings(join(folder, 'agent.json')),
    redTeam: readRedTeam(folder, files),
  };
}

function readCheck(
  folder: string,
  { attempts, files }: { readonly attempts: readonly Attempt[]; readonly files: FileHashes },
): Evidence['check'] {
  if (!existsSync(join(folder, CERTIFICATE))) return { problem: 'it has not been examined' };
  try {
    const check = checkCertificate(join(folder, CERTIFICATE), { attempts });
    const { scores } = check.certificate;
    // Scores under another spelling of their path would be read, but not be among the files that are hashed.
    if (!isPlainPath(scores) || !Object.hasOwn(files, scores)) return { problem: 'its raw scores are not among its files' };
    return check;
  } catch (error) {
    if (!(error instanceof JourneymanError)) throw error;
    return { problem: `the certificate or its raw scores are damaged (${error.message})` };
  }
}

function readRedTeam(folder: string, files: FileHashes): Evidence['redTeam'] {
  if (!Object.hasOwn(files, RED_TEAM)) return { problem: 'no red team has attacked it' };
  try {
    return readCampaign(join(folder, RED_TEAM));
  } catch (error) {
    if (!(error instanceof JourneymanError)) throw error;
    return { problem: `what the red team wrote is damaged (${error.message})` };
  }
}

function readSettings(path: string): StatedSettings | null {
  const stats = lstatSync(path, { throwIfNoEntry: false });
  if (!stats?.isFile() || stats.size > LARGEST_SETTINGS_BYTES) return null;
  try {
    return settingsSchema.parse(JSON.parse(readFileSync(path, 'utf8')));
  } catch {
    return null;
  }
}
