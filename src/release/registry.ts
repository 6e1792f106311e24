/**
 * Released agents by name and version, and what happened to them. A version is judged, signed, published (`publish`); then it is the current one,
 * until a later one is, it is rolled back, or revoked.
 *
 * Invariant: whatever is decided stands in the history before it takes effect, and the same call again finishes what a crash left.
 */
import { mkdirSync } from 'node:fs';
import { ConfigError, saveAtomically, syncFolder } from '../base/index.ts';
import { requirePlain } from './files.ts';
import type { JudgedVersion } from './history.ts';
import { appendHistory, type History, judgedVersions, loadHistory, pointedAt } from './history-file.ts';
import type { Judgement } from './judgement.ts';
import { loadCurrent, loadVersion, spellCurrent, type Verified, type VerifyOptions } from './load-released.ts';
import { type AgentPlace, agentPlace, requireAgent, writing } from './places.ts';

/** What was judged of this agent, for `judgeRelease`; empty for a new one. */
export function loadJudged(registry: string, name: string): readonly JudgedVersion[] {
  return judgedVersions(loadHistory(agentPlace(registry, name).history).events);
}

/**
 * Writes down a judgement, a refusal as well, and returns the number of its version: they are counted from 1. Throws `ConfigError` where another
 * one was judged meanwhile, with which this one was not compared.
 */
export function recordJudgement(
  registry: string,
  name: string,
  { judgement, now }: { readonly judgement: Judgement; readonly now: Date },
): number {
  const place = agentPlace(registry, name);
  const operation = `record a judgement of ${name}`;
  return writing(place, operation, () => {
    mkdirSync(place.folder, { recursive: true });
    syncFolder(registry);
    requirePlain(place.folder, 'folder', operation);
    const history = loadHistory(place.history);
    const judged = judgedVersions(history.events).length;
    if (judged !== judgement.judgedBefore)
      throw new ConfigError({
        operation,
        got: `a judgement that knows ${judgement.judgedBefore} versions, where there are ${judged}`,
        expected: 'one that compared it with all of them',
        fix: 'judge it again',
      });
    const version = judged + 1;
    const { isAllowed, exam, findings } = judgement;
    const unmet = findings.filter(({ isMet }) => !isMet).map(({ rule }) => rule);
    appendHistory(place.history, history, { at: now.toISOString(), kind: 'judged', version, isAllowed, unmet, exam });
    return version;
  });
}

interface Said {
  /** The person who decided, and why. */
  readonly by: string;
  readonly reason: string;
}

/** Goes back to an earlier version that may still work. Throws `ConfigError` where it is not earlier, and as `loadReleased` does. */
export function rollBack(
  registry: string,
  name: string,
  { version, by, reason, ...options }: VerifyOptions & Said & { readonly version: number },
): Verified {
  const operation = `roll ${name} back to version ${version}`;
  return changing(registry, name, { operation, by, reason }, (place, history) => {
    const from = pointedAt(history.events);
    if (from === undefined || version > from)
      throw new ConfigError({
        operation,
        got: `version ${from ?? 'none'} as the current one`,
        expected: 'a later one',
        fix: 'publish goes forward',
      });
    const { statement, keyIds } = loadVersion(place, { ...options, version, events: history.events, operation });
    // Where it is the current one already, an earlier call may have been killed before it moved the pointer.
    if (version < from)
      appendHistory(place.history, history, { at: options.now.toISOString(), kind: 'rolled-back', version, from, by, reason });
    saveAtomically(place.current, spellCurrent(version));
    return { statement, keyIds };
  });
}

/** From now on it is not loaded any more, also where it is the current one: then nothing works until somebody rolls back or publishes. */
export function revoke(
  registry: string,
  name: string,
  { version, by, reason, now }: Said & { readonly version: number; readonly now: Date },
): void {
  const operation = `revoke version ${version} of ${name}`;
  changing(registry, name, { operation, by, reason }, (place, history) => {
    const mine = history.events.filter((event) => event.version === version);
    if (mine.some(({ kind }) => kind === 'revoked')) return;
    if (!mine.some(({ kind }) => kind === 'judged'))
      throw new ConfigError({
        operation,
        got: 'a version that was never judged',
        expected: 'one of the history',
        fix: 'look at listReleases',
      });
    appendHistory(place.history, history, { at: now.toISOString(), kind: 'revoked', version, by, reason });
  });
}

function changing<T>(
  registry: string,
  name: string,
  { operation, by, reason }: Said & { readonly operation: string },
  change: (place: AgentPlace, history: History) => T,
): T {
  const place = agentPlace(registry, name);
  requireAgent(place, operation);
  if (by.trim() === '' || reason.trim() === '')
    throw new ConfigError({ operation, got: 'nobody, or no reason', expected: 'the person who decides, and why', fix: 'say both' });
  return writing(place, operation, () => change(place, loadHistory(place.history)));
}

export interface ListedRelease {
  readonly version: number;
  readonly publishedAt: string;
  readonly isCurrent: boolean;
  readonly isRevoked: boolean;
}

/** Published versions in order, from the history alone: whether one may work, `loadReleased` tells. */
export function listReleases(registry: string, name: string): readonly ListedRelease[] {
  const place = agentPlace(registry, name);
  requireAgent(place, `list the releases of ${name}`);
  const { events } = loadHistory(place.history);
  const current = loadCurrent(place);
  const isRevoked = (version: number): boolean => events.some((event) => event.kind === 'revoked' && event.version === version);
  return events
    .filter(({ kind }) => kind === 'published')
    .map(({ version, at }) => ({ version, publishedAt: at, isCurrent: version === current, isRevoked: isRevoked(version) }));
}
