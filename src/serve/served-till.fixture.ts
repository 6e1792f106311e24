/** The till behind a real socket: a workplace, three people, and whatever door a test puts before it. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { serve } from '@hono/node-server';
import { parseSpec } from '../release/index.ts';
import { type AuditLog, openAuditLog } from './audit-log.ts';
import type { ServedAgent } from './door.ts';
import { addPerson, loadPeople, type People, type Role } from './people.ts';
import { clerk, Till, tillActions, type Wish } from './till.fixture.ts';
import type { JobStep } from './work-job.ts';
import { openWorkplace, type Workplace } from './workplace.ts';

export const APP = 'http://till.example';
export const LIVE = { kind: 'live', url: `${APP}/`, goal: [{ text: 'Pay.' }] } as const;
export const SANDBOX = { kind: 'sandbox', slice: 'base', seed: { split: 'validate', n: 3 } } as const;
export const AGENTS: readonly ServedAgent[] = [
  { name: 'clerk', version: 1, validUntil: '2126-01-01T00:00:00.000Z' },
  { name: 'retired', version: 1, validUntil: '2020-01-01T00:00:00.000Z' },
];

const SPEC = parseSpec(`
schemaVersion: 1
name: till
otherwise: { read: allow, reversible: allow, compensable: ask, irreversible: forbid }
rules: []
`);

/** What a door is made of. */
export interface BehindDoor {
  readonly folder: string;
  readonly workplace: Workplace;
  readonly people: People;
  readonly audit: AuditLog;
  /** Filled once it listens. */
  readonly hosts: readonly string[];
}

export interface Door {
  readonly fetch: (request: Request) => Response | Promise<Response>;
  readonly changed?: () => void;
  readonly stepped?: (step: JobStep) => void;
}

export interface ServedTill extends BehindDoor {
  readonly till: Till;
  readonly origin: string;
  readonly tokens: Readonly<Record<Role, string>>;
  /** What the next agent that begins wants to do. */
  wishes: readonly Wish[];
  /** The agent looks at its place only once this has resolved. */
  opening: Promise<void>;
  auditLines(): readonly { readonly by: string | null; readonly what: string; readonly status: number; readonly detail: string }[];
  close(): Promise<void>;
}

export async function serveTill(doorOf: (behind: BehindDoor) => Door): Promise<ServedTill> {
  const folder = mkdtempSync(join(tmpdir(), 'served-till-'));
  const till = new Till();
  const peoplePath = join(folder, 'people.json');
  const auditPath = join(folder, 'audit.jsonl');
  const tokens = {
    watcher: addPerson(peoplePath, { name: 'Wanda', role: 'watcher' }),
    operator: addPerson(peoplePath, { name: 'Otto', role: 'operator' }),
    signer: addPerson(peoplePath, { name: 'Sigrid', role: 'signer' }),
  };
  const told: { door?: Door } = {};
  const wanted: Pick<ServedTill, 'wishes' | 'opening'> = { wishes: ['fill 12.00', 'Save bill', 'done'], opening: Promise.resolve() };
  const workplace = openWorkplace({
    folder,
    onChange: () => told.door?.changed?.(),
    onStep: (step) => told.door?.stepped?.(step),
    workerOf: async (name) => ({
      ...{ name, version: 1, actions: tillActions, spec: SPEC, thresholds: { abstainBelow: null, surpriseAbove: null } },
      policy: clerk(wanted.wishes),
      async open() {
        await wanted.opening;
        return till.open('seed');
      },
    }),
  });
  const hosts: string[] = [];
  const behind: BehindDoor = { ...{ folder, workplace, hosts }, people: loadPeople(peoplePath), audit: openAuditLog(auditPath) };
  const door = doorOf(behind);
  told.door = door;
  const server = await new Promise<ReturnType<typeof serve>>((resolve) => {
    const listening = serve({ fetch: door.fetch, port: 0, hostname: '127.0.0.1' }, ({ port }) => {
      hosts.push(`127.0.0.1:${port}`);
      resolve(listening);
    });
  });
  return Object.assign(wanted, behind, {
    ...{ till, tokens, origin: `http://${hosts[0]}` },
    auditLines: () =>
      readFileSync(auditPath, 'utf8')
        .split('\n')
        .filter((line) => line !== '')
        .map((line) => JSON.parse(line)),
    async close() {
      await workplace.close();
      if ('closeAllConnections' in server) server.closeAllConnections();
      server.close();
      rmSync(folder, { recursive: true, force: true });
    },
  });
}
