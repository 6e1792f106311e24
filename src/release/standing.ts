/** What became of every version of every agent in a registry, for people who look at them side by side. From the histories alone: whether one may work, `loadReleased` tells. */
import { existsSync, readdirSync } from 'node:fs';
import { JourneymanError } from '../base/index.ts';
import type { Exam } from './history.ts';
import { type HistoryEvent, loadHistory } from './history-file.ts';
import { loadCurrent } from './load-released.ts';
import { agentPlace } from './places.ts';
import { agentNameSchema } from './statement.ts';

export interface VersionStanding {
  readonly version: number;
  readonly judgedAt: string;
  readonly isAllowed: boolean;
  /** The rules of the gate that it broke. */
  readonly unmet: readonly string[];
  /** null where nothing of the exam could be believed. */
  readonly exam: Exam | null;
  readonly publishedAt: string | null;
  readonly isCurrent: boolean;
  readonly revoked: { readonly by: string; readonly reason: string; readonly at: string } | null;
}

export interface AgentStanding {
  readonly name: string;
  /** Newest first. */
  readonly versions: readonly VersionStanding[];
  /** Why its history can't be read; null where it can. */
  readonly problem: string | null;
}

/** By name. A damaged history is told as such and hides no other agent; no registry, no agents. */
export function readStandings(registry: string): readonly AgentStanding[] {
  if (!existsSync(registry)) return [];
  return readdirSync(registry, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && agentNameSchema.safeParse(entry.name).success)
    .map(({ name }) => name)
    .sort()
    .map((name) => {
      try {
        const place = agentPlace(registry, name);
        const { events } = loadHistory(place.history);
        return { name, versions: standingsOf(events, loadCurrent(place)), problem: null };
      } catch (error) {
        if (!(error instanceof JourneymanError)) throw error;
        return { name, versions: [], problem: error.message };
      }
    });
}

function standingsOf(events: readonly HistoryEvent[], current: number | null): readonly VersionStanding[] {
  return events
    .flatMap((event): VersionStanding[] => {
      if (event.kind !== 'judged') return [];
      const { version, at, isAllowed, unmet, exam } = event;
      const published = events.findLast((one) => one.kind === 'published' && one.version === version);
      const revoked = events.find((one) => one.kind === 'revoked' && one.version === version);
      return [
        {
          ...{ version, judgedAt: at, isAllowed, unmet, exam },
          publishedAt: published?.at ?? null,
          isCurrent: version === current,
          revoked: revoked?.kind === 'revoked' ? { by: revoked.by, reason: revoked.reason, at: revoked.at } : null,
        },
      ];
    })
    .toReversed();
}
