/**
 * Approvals: a question about one exact action, a person's answer, and its one use. What was asked, answered and used stands in a ledger that is only ever
 * added to, so an answer survives a restart, and a use that was written down is never made again.
 *
 * Invariant: a use is on the disk before the action is carried out. A process that dies between the two has used the approval up: the action is asked for again
 * rather than done twice. Whoever may write to the ledger's file can forge its last line, so that is for the server alone.
 */
import { randomUUID } from 'node:crypto';
import * as z from 'zod';
import { appendChain, type ChainEnd, ConfigError, loadChain, type Unchained } from '../base/index.ts';

const hash = z.string().regex(/^[0-9a-f]{64}$/);
const id = z.uuid();
const time = z.iso.datetime();
const line = { schemaVersion: z.literal(1), previous: z.string(), at: time, id };
const lineSchema = z.discriminatedUnion('kind', [
  z.strictObject({ ...line, kind: z.literal('asked'), digest: hash, expiresAt: time }),
  z.strictObject({ ...line, kind: z.literal('answered'), isApproved: z.boolean(), by: z.string().min(1).max(200) }),
  z.strictObject({ ...line, kind: z.literal('used') }),
  z.strictObject({ ...line, kind: z.literal('voided') }),
]);
type Line = z.infer<typeof lineSchema>;

export interface Approval {
  readonly id: string;
  /** Of the action and of what was shown with it. */
  readonly digest: string;
  readonly askedAt: string;
  readonly expiresAt: string;
  readonly answer: { readonly isApproved: boolean; readonly by: string; readonly at: string } | null;
  readonly usedAt: string | null;
  /** When it was tried on something else than what was approved: it never works again, whatever is shown later. */
  readonly voidedAt: string | null;
}

/** Why an approval does not let an action pass. */
export type Refusal = 'unknown' | 'unanswered' | 'denied' | 'expired' | 'used' | 'changed';

export const REFUSALS: Readonly<Record<Refusal, string>> = {
  unknown: 'nobody was asked for this approval',
  unanswered: 'nobody has answered yet',
  denied: 'a person said no',
  expired: 'the approval came too late, or was left too long',
  used: 'the approval was used before',
  changed: 'the action, or what is on the screen, is not what was approved',
};

export interface ApprovalBook {
  get(id: string): Approval | undefined;
  /** Those that wait for an answer and are still worth one, oldest first. */
  waiting(now: Date): readonly Approval[];
  /** Asks a person. Throws `ConfigError` for a time limit that is not a positive number of seconds. */
  ask(digest: string, options: { readonly now: Date; readonly seconds: number }): Approval;
  /** A person's answer, given once. Throws `ConfigError` for an approval that is not there, has expired or was answered. */
  answer(id: string, options: { readonly isApproved: boolean; readonly by: string; readonly now: Date }): Approval;
  /**
   * Whether the action of this digest may be done now; if so, the approval is used up, on the disk, before this returns. One that was given for something
   * else is void from then on.
   */
  use(id: string, options: { readonly digest: string; readonly now: Date }): Refusal | 'allowed';
}

/**
 * The book at `path`, empty where there is no file yet. One process has it at a time: to be opened under a lock. Throws `DataError` for a line that can't be
 * read, a chain that is broken, and lines that do not follow from one another.
 */
export function openApprovals(path: string): ApprovalBook {
  const approvals = new Map<string, Approval>();
  const read = loadChain(path, {
    parse: (line) => lineSchema.parse(line),
    follows(line) {
      const next = after(approvals.get(line.id), line);
      if (next) approvals.set(line.id, next);
      return next !== undefined;
    },
    names: { line: 'one event of an approval', ledger: 'book of approvals' },
    fix: 'restore it from a copy; until then nothing that needs an approval is done',
  });
  let end: ChainEnd = read;

  function write(event: Unchained<Line>): Approval {
    end = appendChain(path, end, [lineSchema.parse({ schemaVersion: 1, previous: '', ...event })]);
    const next = after(approvals.get(event.id), event) as Approval;
    approvals.set(event.id, next);
    return next;
  }

  return {
    get: (id) => approvals.get(id),
    waiting: (now) => [...approvals.values()].filter((approval) => refusalOf(approval, approval.digest, now) === 'unanswered'),
    ask(digest, { now, seconds }) {
      if (!(seconds > 0 && Number.isFinite(seconds)))
        throw new ConfigError({ operation: 'ask for an approval', got: `${seconds} seconds`, expected: 'a positive number of them' });
      const expiresAt = new Date(now.getTime() + 1000 * seconds).toISOString();
      return write({ kind: 'asked', at: now.toISOString(), id: randomUUID(), digest, expiresAt });
    },
    answer(id, { isApproved, by, now }) {
      const approval = approvals.get(id);
      const refusal = refusalOf(approval, approval?.digest ?? '', now);
      if (refusal !== 'unanswered')
        throw new ConfigError({
          operation: `answer approval ${id.slice(0, 60)}`,
          got: refusal === 'allowed' ? 'one that was approved already' : REFUSALS[refusal],
          expected: 'one that waits for its answer',
          fix: 'look at what waits now; the agent asks again where it still needs to',
        });
      return write({ kind: 'answered', at: now.toISOString(), id, isApproved, by });
    },
    use(id, { digest, now }) {
      const verdict = refusalOf(approvals.get(id), digest, now);
      if (verdict === 'allowed') write({ kind: 'used', at: now.toISOString(), id });
      else if (verdict === 'changed' && approvals.get(id)?.voidedAt === null) write({ kind: 'voided', at: now.toISOString(), id });
      return verdict;
    },
  };
}

/** What an approval is after an event; undefined where the event can't follow. */
function after(approval: Approval | undefined, event: Unchained<Line>): Approval | undefined {
  const { id, at } = event;
  if (event.kind === 'asked')
    return approval
      ? undefined
      : { id, digest: event.digest, askedAt: at, expiresAt: event.expiresAt, answer: null, usedAt: null, voidedAt: null };
  if (!approval || approval.usedAt !== null || approval.voidedAt !== null) return undefined;
  if (event.kind === 'answered')
    return approval.answer ? undefined : { ...approval, answer: { isApproved: event.isApproved, by: event.by, at } };
  if (!approval.answer?.isApproved) return undefined;
  return event.kind === 'used' ? { ...approval, usedAt: at } : { ...approval, voidedAt: at };
}

/** What first stands in the way of doing the action of `digest` with this approval. */
function refusalOf(approval: Approval | undefined, digest: string, now: Date): Refusal | 'allowed' {
  if (!approval) return 'unknown';
  if (approval.usedAt !== null) return 'used';
  if (approval.voidedAt !== null) return 'changed';
  if (approval.answer?.isApproved === false) return 'denied';
  // Written so that a time that is not a number is refused, and a clock that was set back too.
  if (!(now.getTime() < Date.parse(approval.expiresAt) && now.getTime() >= Date.parse(approval.askedAt))) return 'expired';
  if (!approval.answer) return 'unanswered';
  return approval.digest === digest ? 'allowed' : 'changed';
}
