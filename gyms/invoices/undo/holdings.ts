/**
 * What the books hold at one moment, as plain data: every row by its id, and the balance of every account. Read from the database where that is at hand, else from the
 * exported ledger, which gives the same.
 *
 * Postings are not listed one by one: taking a bill back adds reversed ones, as in any ledger. What must come back is their balance.
 */
import type { DatabaseSync } from 'node:sqlite';
import * as z from 'zod';
import { TABLES } from '../app/schema.ts';
import { parseCsv } from '../audit.ts';

const cell = z.union([z.string(), z.number(), z.null()]);
type Row = Readonly<Record<string, z.infer<typeof cell>>>;
type Rows = Readonly<Record<string, Row>>;

const { postings: _, ...LISTED } = TABLES;

export type Holdings = Readonly<Record<keyof typeof LISTED, Rows>> & {
  /** Minor units, debit less credit, by bill, account and currency: `bill 3, payable, EUR`. Those that are not 0. */
  readonly balances: Readonly<Record<string, number>>;
  /** Lines of the journal. */
  readonly journal: number;
};

/** From the app's own database. */
export function holdingsOf(database: DatabaseSync): Holdings {
  const read = (sql: string): Row[] => database.prepare(sql).all() as unknown as Row[];
  const tables = listed((table, columns) => read(`SELECT ${columns.join(', ')} FROM ${table} ORDER BY id`));
  const journal = Number(read('SELECT count(*) AS lines FROM journal')[0]?.lines);
  return { ...tables, balances: balancesOf(read('SELECT * FROM postings ORDER BY id')), journal };
}

const recordSchema = z.tuple([z.string(), z.string(), z.enum(['insert', 'update', 'delete', 'open']), z.string()]);
const rowSchema = z.record(z.string(), cell);

/** From the journal as the app exports it. Throws a `SyntaxError` or a `ZodError` for what is no such file. */
export function holdingsInLedger(csv: string): Holdings {
  const [, ...records] = parseCsv(csv);
  const tables = new Map<string, Map<number, Row>>();
  for (const record of records) {
    const [, table, action, json] = recordSchema.parse(record);
    const rows = tables.get(table) ?? new Map<number, Row>();
    tables.set(table, rows);
    const row = rowSchema.parse(JSON.parse(json));
    if (action === 'delete') rows.delete(Number(row.id));
    else if (action !== 'open') rows.set(Number(row.id), row);
  }
  const all = (table: string): Row[] => [...(tables.get(table)?.values() ?? [])].sort((a, b) => Number(a.id) - Number(b.id));
  return { ...listed(all), balances: balancesOf(all('postings')), journal: records.length };
}

function listed(rowsOf: (table: keyof typeof LISTED, columns: readonly string[]) => readonly Row[]): Record<keyof typeof LISTED, Rows> {
  const tables = Object.entries(LISTED).map(([table, columns]) => {
    const rows = rowsOf(table as keyof typeof LISTED, columns);
    return [table, Object.fromEntries(rows.map((row) => [String(row.id), { ...row }]))] as const;
  });
  return Object.fromEntries(tables) as Record<keyof typeof LISTED, Rows>;
}

function balancesOf(postings: readonly Row[]): Holdings['balances'] {
  const balances = new Map<string, number>();
  for (const { bill_id, account, currency, debit_minor, credit_minor } of postings) {
    const key = `bill ${bill_id}, ${account}, ${currency}`;
    balances.set(key, (balances.get(key) ?? 0) + Number(debit_minor) - Number(credit_minor));
  }
  return Object.fromEntries([...balances].filter(([, minor]) => minor !== 0));
}
