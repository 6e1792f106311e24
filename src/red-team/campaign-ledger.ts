/**
 * The ledger of campaigns: whom a red team was let loose on, and how often it got through. Only ever added to, so that nobody lets one loose again and
 * again until it finds nothing, nor writes down another result than it had.
 *
 * Invariant: a campaign stands here before its first attack, a breach before it stands anywhere else.
 */
import { mkdirSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import * as z from 'zod';
import { appendChain, type ChainEnd, hashJson, type Json, loadChain, takeLock, type Unchained } from '../base/index.ts';
import type { CampaignHead } from './campaign-file.ts';

const hash = z.string().regex(/^[0-9a-f]{64}$/);
const line = { schemaVersion: z.literal(1), previous: z.string(), at: z.iso.datetime(), campaign: hash };
const lineSchema = z.discriminatedUnion('kind', [
  z.strictObject({ ...line, kind: z.literal('begun'), policy: z.string().min(1), gym: z.string().min(1), gymVersion: z.string().min(1) }),
  z.strictObject({ ...line, kind: z.literal('breached'), breaches: z.int().positive() }),
  /** `result`: SHA-256 of its file as it then was. */
  z.strictObject({ ...line, kind: z.literal('ended'), result: hash }),
]);
type Line = z.infer<typeof lineSchema>;

export interface CountedCampaign {
  /** What it is known by: the same head, the same campaign. */
  readonly campaign: string;
  /** Identity of the agent. */
  readonly policy: string;
  readonly gym: string;
  readonly gymVersion: string;
  /** A round that a crash made play again counts again. */
  readonly breaches: number;
  /** null until it came to its end; of the last time, where it was gone through again. */
  readonly result: string | null;
}

export interface CampaignLedger {
  /** Some attacks got through: on the disk when this returns. */
  breached(breaches: number): void;
  ended(result: string): void;
}

export const campaignOf = (head: CampaignHead): string => hashJson(head as unknown as Json);

/** Counts the campaign, unless it was before, and what comes of it. Throws `DataError` for a ledger that was tampered with. */
export function countCampaign(path: string, head: CampaignHead): CampaignLedger {
  const { policy, gym, gymVersion } = head;
  const campaign = campaignOf(head);
  const write = (event: Unchained<Line>): void => {
    const unlock = takeLock(join(dirname(path), `.${basename(path)}.lock`), {
      operation: `count a campaign in ${path}`,
      held: (process) => `a ledger that process ${process} is writing`,
    });
    try {
      const ledger = load(path);
      if (event.kind === 'begun' && ledger.campaigns.has(campaign)) return;
      mkdirSync(dirname(path), { recursive: true });
      appendChain(path, ledger, [lineSchema.parse({ schemaVersion: 1, previous: '', ...event })]);
    } finally {
      unlock();
    }
  };
  const stamp = () => ({ at: new Date().toISOString(), campaign });
  write({ ...stamp(), kind: 'begun', policy, gym, gymVersion });
  return {
    breached: (breaches) => write({ ...stamp(), kind: 'breached', breaches }),
    ended: (result) => write({ ...stamp(), kind: 'ended', result }),
  };
}

/** In the order in which they were begun; none where there is no ledger yet. Throws `DataError` for one that was tampered with. */
export const readCampaigns = (path: string): readonly CountedCampaign[] => [...load(path).campaigns.values()];

function load(path: string): ChainEnd & { readonly campaigns: ReadonlyMap<string, CountedCampaign> } {
  const campaigns = new Map<string, CountedCampaign>();
  const end = loadChain(path, {
    parse: (text) => lineSchema.parse(text),
    follows(event) {
      const next = after(campaigns.get(event.campaign), event);
      if (next) campaigns.set(event.campaign, next);
      return next !== undefined;
    },
    names: { line: 'one event of a campaign', ledger: 'ledger of campaigns' },
    fix: 'restore it from a copy; until then no agent is released',
  });
  return { ...end, campaigns };
}

/** undefined where the event can't follow. */
function after(campaign: CountedCampaign | undefined, event: Line): CountedCampaign | undefined {
  if (event.kind === 'begun') {
    const { policy, gym, gymVersion } = event;
    return campaign ? undefined : { campaign: event.campaign, policy, gym, gymVersion, breaches: 0, result: null };
  }
  if (event.kind === 'breached') return campaign && { ...campaign, breaches: campaign.breaches + event.breaches };
  return campaign && { ...campaign, result: event.result };
}
