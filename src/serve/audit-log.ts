/** What people did at the server, as a ledger that is only ever added to: who, what, and whether it was let through. */
import * as z from 'zod';
import { appendChain, type ChainEnd, loadChain } from '../base/index.ts';

const lineSchema = z.strictObject({
  schemaVersion: z.literal(1),
  previous: z.string(),
  at: z.iso.datetime(),
  /** Name of a person; null where nobody was logged in. */
  by: z.string().max(200).nullable(),
  /** Such as `POST /api/stops`. */
  what: z.string().max(500),
  /** HTTP status. */
  status: z.int(),
  /** What was sent, as far as it is worth keeping; never a token. */
  detail: z.string().max(2000),
});
export type AuditLine = Readonly<Omit<z.infer<typeof lineSchema>, 'schemaVersion' | 'previous'>>;

export interface AuditLog {
  /** On the disk when it returns. */
  add(line: AuditLine): void;
}

/** One process has it at a time. Throws `DataError` for a broken one. */
export function openAuditLog(path: string): AuditLog {
  let end: ChainEnd = loadChain(path, {
    parse: (line) => lineSchema.parse(line),
    follows: () => true,
    names: { line: 'one act of a person', ledger: 'audit log' },
    fix: 'restore it from a copy: somebody has changed what is known of who did what',
  });
  return {
    add(line) {
      end = appendChain(path, end, [{ ...line, what: line.what.slice(0, 500), detail: line.detail.slice(0, 2000) }]);
    },
  };
}
