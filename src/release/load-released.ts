/**
 * A released agent, from the registry to work. Nothing of it is used before everything is verified: the signature, that it is still valid and was
 * not revoked, that it is the agent and version that was asked for, and every file, none missing, altered or added.
 *
 * What it can't know: whether a file is changed between the check and its use, or the whole registry was put back to an older state. Who may write
 * to the registry is the system's to say; whoever pins `version` notices at least a moved pointer.
 */
import type { KeyObject } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import * as z from 'zod';
import { DataError } from '../base/index.ts';
import { type Envelope, loadEnvelope, openEnvelope } from './envelope.ts';
import { compareFiles, describeDifferences, hashFolder, requirePlain } from './files.ts';
import { type HistoryEvent, loadHistory } from './history-file.ts';
import { type AgentPlace, agentPlace, requireAgent, type VersionPlace, versionPlace } from './places.ts';
import { parseStatement, type ReleaseStatement, STATEMENT_TYPE, statedFiles } from './statement.ts';

export interface VerifyOptions {
  readonly trustedKeys: readonly KeyObject[];
  readonly now: Date;
}

export interface Verified {
  readonly statement: ReleaseStatement;
  /** Of the trusted keys that signed. */
  readonly keyIds: readonly string[];
}

export interface Released extends Verified {
  /** The agent's folder. */
  readonly folder: string;
}

/** Throws `DataError` for an envelope that no trusted key signed, holds no release, or is not valid at `now`. */
export function verifyRelease(
  envelope: Envelope,
  { trustedKeys, now, operation }: VerifyOptions & { readonly operation: string },
): Verified {
  const { payload, keyIds } = openEnvelope(envelope, { trustedKeys, payloadType: STATEMENT_TYPE, operation });
  const statement = parseStatement(payload);
  const { madeAt, expiresAt } = statement.predicate;
  // Written so that a time that is not a number is refused.
  if (!(now.getTime() < Date.parse(expiresAt)))
    throw new DataError({
      operation,
      got: `a release that expired on ${expiresAt}`,
      expected: 'a valid one',
      fix: 'examine it again and release that',
    });
  if (!(now.getTime() >= Date.parse(madeAt)))
    throw new DataError({
      operation,
      got: `a release of ${madeAt}, which is yet to come`,
      expected: 'a valid one',
      fix: "set the machine's clock",
    });
  return { statement, keyIds };
}

/** The current version, or `version`. Throws `DataError` for what can't be trusted, `ConfigError` for what is not there. */
export function loadReleased(
  registry: string,
  name: string,
  { version, ...options }: VerifyOptions & { readonly version?: number },
): Released {
  const place = agentPlace(registry, name);
  const operation = `load the released agent ${name}`;
  requireAgent(place, operation);
  const chosen = version ?? loadCurrent(place);
  if (chosen === null)
    throw new DataError({ operation, got: 'no current version', expected: 'one that was published', fix: 'publish a version' });
  return loadVersion(place, { ...options, version: chosen, events: loadHistory(place.history).events, operation });
}

interface LoadVersion extends VerifyOptions {
  readonly version: number;
  readonly events: readonly HistoryEvent[];
  readonly operation: string;
}

export function loadVersion(place: AgentPlace, { version, events, operation, ...options }: LoadVersion): Released {
  const { folder, ...files } = versionPlace(place, version);
  const mine = events.filter((event) => event.version === version);
  const revoked = mine.find((event) => event.kind === 'revoked');
  if (revoked?.kind === 'revoked')
    throw new DataError({
      operation,
      got: `version ${version}, which ${revoked.by} revoked: ${revoked.reason}`,
      expected: 'a version that may work',
      fix: 'roll back to an earlier version, or publish a later one',
    });
  if (!mine.some(({ kind }) => kind === 'published'))
    throw new DataError({
      operation,
      got: `version ${version}, which was never published`,
      expected: 'a published one',
      fix: 'look at listReleases',
    });
  requirePlain(folder, 'folder', operation);
  return checkVersion({ folder, ...files }, { ...options, name: place.name, version, operation });
}

interface CheckVersion extends VerifyOptions {
  readonly name: string;
  readonly version: number;
  readonly operation: string;
}

/** Signature, validity, name and files of one version's folder. */
export function checkVersion(place: VersionPlace, { name, version, operation, ...options }: CheckVersion): Released {
  requirePlain(place.envelope, 'file', operation);
  const verified = verifyRelease(loadEnvelope(place.envelope), { ...options, operation });
  const { predicate } = verified.statement;
  if (predicate.agent !== name || predicate.version !== version)
    throw new DataError({
      operation,
      got: `a release of ${predicate.agent}, version ${predicate.version}`,
      expected: `one of ${name}, version ${version}`,
      fix: 'somebody has moved folders: publish it again',
    });
  const differences = describeDifferences(compareFiles(statedFiles(verified.statement), hashFolder(place.agent)));
  if (differences !== '')
    throw new DataError({
      operation,
      got: `other files than were signed (${differences})`,
      expected: 'exactly those',
      fix: 'publish it again',
    });
  return { folder: place.agent, ...verified };
}

const currentSchema = z.strictObject({ schemaVersion: z.literal(1), version: z.int().positive() });

/** The text of current.json. */
export const spellCurrent = (version: number): string => `${JSON.stringify({ schemaVersion: 1, version })}\n`;

/** null where nothing was published yet. Throws `DataError` for a link or a damaged file. */
export function loadCurrent({ current, name }: AgentPlace): number | null {
  const operation = `look for the current version of ${name}`;
  if (!existsSync(current)) return null;
  requirePlain(current, 'file', operation);
  try {
    return currentSchema.parse(JSON.parse(readFileSync(current, 'utf8'))).version;
  } catch (cause) {
    throw new DataError({
      operation,
      got: 'a damaged current.json',
      expected: 'a version',
      fix: 'roll back or publish: both write it anew',
      cause,
    });
  }
}
