/**
 * Where a registry keeps what:
 *
 *   registry/AGENT/VERSION/agent/…               the agent's files
 *   registry/AGENT/VERSION/release.dsse.json     the signed statement about them
 *   registry/AGENT/current.json                  the version that works
 *   registry/AGENT/history.jsonl                 what was judged, published, rolled back, revoked
 *
 * Names can't lead out of it: they are checked, and links are refused on the way.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { ConfigError, JourneymanError, RuntimeError, takeLock } from '../base/index.ts';
import { requirePlain } from './files.ts';
import { agentNameSchema } from './statement.ts';

export interface AgentPlace {
  readonly registry: string;
  readonly name: string;
  readonly folder: string;
  readonly current: string;
  readonly history: string;
}

export interface VersionPlace {
  readonly folder: string;
  readonly agent: string;
  readonly envelope: string;
}

/** Throws `ConfigError` for what is no name of an agent. Touches no disk. */
export function agentPlace(registry: string, name: string): AgentPlace {
  if (!agentNameSchema.safeParse(name).success)
    throw new ConfigError({
      operation: `look into the registry ${registry}`,
      got: `the name ${JSON.stringify(name)}`,
      expected: 'at most 64 of a–z, 0–9, dot, dash and underscore, with a letter or digit at both ends',
      fix: 'call the agent by what it does, e.g. invoice-clerk',
    });
  const folder = join(registry, name);
  return { registry, name, folder, current: join(folder, 'current.json'), history: join(folder, 'history.jsonl') };
}

/** Throws `ConfigError` for what is no version. */
export function versionPlace({ folder, name }: AgentPlace, version: number): VersionPlace {
  if (!Number.isSafeInteger(version) || version < 1)
    throw new ConfigError({ operation: `look for a version of ${name}`, got: String(version), expected: 'a whole number from 1' });
  return placeIn(join(folder, String(version)));
}

export const placeIn = (folder: string): VersionPlace => ({
  folder,
  agent: join(folder, 'agent'),
  envelope: join(folder, 'release.dsse.json'),
});

/** Throws `ConfigError` where the registry has no such agent, `DataError` where a link stands in its place. */
export function requireAgent({ folder, history, name }: AgentPlace, operation: string): void {
  if (!existsSync(history))
    throw new ConfigError({
      operation,
      got: `no agent ${name}`,
      expected: 'one that was judged here',
      fix: 'record a judgement of it first',
    });
  requirePlain(folder, 'folder', operation);
  requirePlain(history, 'file', operation);
}

/** One process at a time writes about an agent. What the disk refuses becomes a `RuntimeError`. */
export function writing<T>({ registry, name }: AgentPlace, operation: string, work: () => T): T {
  const unlock = takeLock(join(registry, `.${name}.lock`), {
    operation,
    held: (process) => `a registry that process ${process} is writing`,
  });
  try {
    return work();
  } catch (cause) {
    if (cause instanceof JourneymanError) throw cause;
    const { code, message } = cause as NodeJS.ErrnoException;
    throw new RuntimeError({
      operation,
      got: code === 'ENOSPC' ? 'a full disk (ENOSPC)' : message,
      expected: 'a registry that can be written',
      fix: 'free some space or repair the folder, then call it again: what worked before still does',
      cause,
    });
  } finally {
    unlock();
  }
}
