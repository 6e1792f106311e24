/**
 * A judged and signed agent becomes the current version of its name.
 *
 * Invariant: `current.json` names a version whose files and envelope lie there whole, at every moment and after every crash: they are written aside,
 * synced and renamed before the history says "published", and the pointer moves last. The same call again finishes what a crash left.
 */
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { ConfigError, DataError, saveAtomically, syncFolder } from '../base/index.ts';
import { type Envelope, loadEnvelope, spellEnvelope } from './envelope.ts';
import { compareFiles, copyFolder, describeDifferences, requirePlain } from './files.ts';
import { appendHistory, type HistoryEvent, judgedVersions, loadHistory, pointedAt } from './history-file.ts';
import { checkVersion, spellCurrent, type Verified, type VerifyOptions, verifyRelease } from './load-released.ts';
import { type AgentPlace, agentPlace, placeIn, requireAgent, versionPlace, writing } from './places.ts';
import { statedFiles } from './statement.ts';

export interface PublishOptions extends VerifyOptions {
  /** What was judged: its files must be those of the statement. */
  readonly agentFolder: string;
  /** The signed statement. It says under which name and version. */
  readonly envelope: Envelope;
}

/**
 * Makes it the current version. Throws `DataError` where the statement is not signed, not valid, or not about these files, and `ConfigError` where
 * no such judgement stands in the history, or the version was published and left again.
 */
export function publish(registry: string, { agentFolder, envelope, ...options }: PublishOptions): Verified {
  const verified = verifyRelease(envelope, { ...options, operation: 'publish an agent' });
  const { agent: name, version } = verified.statement.predicate;
  const place = agentPlace(registry, name);
  const operation = `publish version ${version} of ${name}`;
  requireAgent(place, operation);
  return writing(place, operation, () => {
    const history = loadHistory(place.history);
    requireJudged(history.events, { verified, operation });
    const front = pointedAt(history.events);
    const isPublished = history.events.some((event) => event.kind === 'published' && event.version === version);
    if (isPublished ? front !== version : version < (front ?? 0))
      throw new ConfigError({
        operation,
        got: isPublished ? 'a version that was published once and is no longer the current one' : `version ${front} as the current one`,
        expected: 'a version that was not published yet, and is later than the current one',
        fix: 'judge the agent again, so that it gets a new version; or roll back',
      });
    const check = { ...options, name, version, operation };
    if (existsSync(versionPlace(place, version).folder)) requireSame(place, { version, envelope, operation });
    else writeVersion(place, { agentFolder, envelope, verified, operation });
    checkVersion(versionPlace(place, version), check);
    if (!isPublished)
      appendHistory(place.history, history, { at: options.now.toISOString(), kind: 'published', version, keyIds: [...verified.keyIds] });
    saveAtomically(place.current, spellCurrent(version));
    return verified;
  });
}

function requireJudged(
  events: readonly HistoryEvent[],
  { verified, operation }: { readonly verified: Verified; readonly operation: string },
): void {
  const { version, certificate } = verified.statement.predicate;
  const judged = judgedVersions(events).find((one) => one.version === version);
  const isRevoked = events.some((event) => event.kind === 'revoked' && event.version === version);
  if (judged?.isAllowed && judged.exam?.certificate === certificate && !isRevoked) return;
  const got = isRevoked
    ? 'a version that was revoked'
    : judged === undefined
      ? 'a version that was never judged'
      : 'another judgement of it';
  throw new ConfigError({
    operation,
    got,
    expected: 'one that the gate allowed, with this certificate',
    fix: 'judge it and record the judgement',
  });
}

/** What an interrupted call has left must be this very release. */
function requireSame(
  place: AgentPlace,
  { version, envelope, operation }: { readonly version: number; readonly envelope: Envelope; readonly operation: string },
): void {
  const { folder, envelope: path } = versionPlace(place, version);
  requirePlain(folder, 'folder', operation);
  requirePlain(path, 'file', operation);
  if (loadEnvelope(path).payload === envelope.payload) return;
  throw new ConfigError({
    operation,
    got: 'another release of this version there',
    expected: 'this one, or none',
    fix: `look at ${folder}`,
  });
}

interface WriteVersion {
  readonly agentFolder: string;
  readonly envelope: Envelope;
  readonly verified: Verified;
  readonly operation: string;
}

function writeVersion(place: AgentPlace, { agentFolder, envelope, verified, operation }: WriteVersion): void {
  // What calls that were killed have left; nobody else writes under the lock.
  for (const entry of readdirSync(place.folder))
    if (/^\.\d+\.next$/.test(entry)) rmSync(join(place.folder, entry), { recursive: true, force: true });
  const { version } = verified.statement.predicate;
  const next = placeIn(join(place.folder, `.${version}.next`));
  mkdirSync(next.folder);
  try {
    const differences = describeDifferences(compareFiles(statedFiles(verified.statement), copyFolder(agentFolder, next.agent)));
    if (differences !== '')
      throw new DataError({
        operation,
        got: `other files than were signed (${differences})`,
        expected: 'the folder as it was judged',
        fix: 'judge it again and sign that',
      });
    saveAtomically(next.envelope, spellEnvelope(envelope));
    renameSync(next.folder, versionPlace(place, version).folder);
    syncFolder(place.folder);
  } catch (cause) {
    rmSync(next.folder, { recursive: true, force: true });
    throw cause;
  }
}
