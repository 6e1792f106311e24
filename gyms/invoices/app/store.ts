/**
 * The database of one lane: one connection, prepared once, emptied and filled for each episode. Owns no rules of the app.
 *
 * A saved state holds every row; documents that came with the episode are left out, since whoever resets has them.
 */
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite';
import * as z from 'zod';
import { DataError } from '../../../src/base/index.ts';
import { SCHEMA, TABLES } from './schema.ts';
import type { AppState } from './state.ts';

export type Row = Readonly<Record<string, SQLInputValue>>;

const SAVED_TABLES: Readonly<Record<string, readonly string[]>> = {
  company: ['id', 'name', 'now'],
  ...TABLES,
  users: ['id', 'name', 'salt', 'password_sha256'],
  sessions: ['token', 'user_id'],
  journal: ['sequence', 'table_name', 'action', 'row'],
};

export const SAVED_STORE = z.object({
  tables: z.record(z.string(), z.array(z.array(z.union([z.string(), z.number(), z.null()])))),
  /** Base64, by id: documents that were uploaded. */
  uploads: z.array(z.tuple([z.number(), z.string()])),
});
export type SavedStore = z.infer<typeof SAVED_STORE>;

// One fast hash, no scrypt: these passwords are drawn for one episode and guard a sandbox on loopback, and a reset has five milliseconds.
function hashPassword(salt: string, password: string): string {
  return createHash('sha256').update(salt).update('\0').update(password).digest('hex');
}

export class Store {
  readonly database = new DatabaseSync(':memory:');
  readonly #prepared = new Map<string, StatementSync>();
  /** What the last reset laid down; its arrivals have the first ids. */
  #given: AppState | null = null;

  constructor() {
    this.database.exec(SCHEMA);
  }

  get given(): AppState | null {
    return this.#given;
  }

  /** After a load: the state that now holds, with the same arrivals. */
  keep(state: AppState): void {
    this.#given = state;
  }

  #statement(sql: string): StatementSync {
    let statement = this.#prepared.get(sql);
    if (!statement) {
      statement = this.database.prepare(sql);
      this.#prepared.set(sql, statement);
    }
    return statement;
  }

  /** `sql` is one of the program's own constants. */
  all(sql: string, ...values: SQLInputValue[]): Row[] {
    return this.#statement(sql).all(...values) as Row[];
  }

  get(sql: string, ...values: SQLInputValue[]): Row | undefined {
    return this.#statement(sql).get(...values) as Row | undefined;
  }

  /** Returns the id of the inserted row. */
  run(sql: string, ...values: SQLInputValue[]): number {
    return Number(this.#statement(sql).run(...values).lastInsertRowid);
  }

  /** All or nothing. */
  transaction<T>(work: () => T): T {
    this.database.exec('BEGIN');
    try {
      const result = work();
      this.database.exec('COMMIT');
      return result;
    } catch (error) {
      this.database.exec('ROLLBACK');
      throw error;
    }
  }

  reset(state: AppState): void {
    this.transaction(() => {
      this.#empty();
      this.run('UPDATE switch SET recording = 1');
      this.#seed(state);
    });
    this.#given = state;
  }

  #empty(): void {
    this.run('UPDATE switch SET recording = 0');
    for (const table of Object.keys(SAVED_TABLES)) this.run(`DELETE FROM ${table}`);
  }

  #seed(state: AppState): void {
    const { books } = state;
    this.run('INSERT INTO company VALUES (1, ?, ?)', books.company, state.now);
    for (const v of books.vendors)
      this.run('INSERT INTO vendors (id, name, iban, tax_id, currency) VALUES (?, ?, ?, ?, ?)', v.id, v.name, v.iban, v.taxId, v.currency);
    for (const o of books.orders)
      this.run(
        'INSERT INTO orders (id, vendor_id, number, currency, net_minor) VALUES (?, ?, ?, ?, ?)',
        o.id,
        o.vendorId,
        o.number,
        o.currency,
        o.netMinor,
      );
    const ibans = new Map(books.vendors.map((vendor) => [vendor.id, vendor.iban]));
    for (const b of books.bills) {
      const iban = ibans.get(b.vendorId) ?? '';
      this.run(
        `INSERT INTO bills (id, vendor_id, kind, number, date, due, currency, net_minor, tax_minor, total_minor, iban)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
        b.id,
        b.vendorId,
        b.kind,
        b.number,
        b.date,
        b.due,
        b.currency,
        b.netMinor,
        b.taxMinor,
        b.totalMinor,
        iban,
      );
      if (b.paid) this.pay(b.id, b.due ?? b.date);
    }
    state.arrivals.forEach((arrival, i) => {
      this.run('INSERT INTO arrivals (id, file_name, received) VALUES (?, ?, ?)', i + 1, arrival.fileName, arrival.received);
    });
    const salt = createHash('sha256').update(state.user).digest('hex').slice(0, 16);
    this.run('INSERT INTO users VALUES (1, ?, ?, ?)', state.user, salt, hashPassword(salt, state.password));
    // Separates what was there from what is done.
    this.run(
      "INSERT INTO journal (table_name, action, row) VALUES ('period', 'open', json_object('company', ?, 'now', ?))",
      books.company,
      state.now,
    );
  }

  /** Records a payment of the whole bill to the bank account that stands on it. */
  pay(billId: number, day: string): void {
    this.run(
      `INSERT INTO payments (bill_id, iban, amount_minor, currency, paid_on)
       SELECT id, iban, total_minor, currency, ? FROM bills WHERE id = ?`,
      day,
      billId,
    );
  }

  // Sessions.

  openSession(): string {
    const token = randomBytes(18).toString('base64url');
    this.run('INSERT INTO sessions VALUES (?, 1)', token);
    return token;
  }

  userOf(token: string): string | null {
    const row = this.get('SELECT users.name FROM sessions JOIN users ON users.id = user_id WHERE token = ?', token);
    return row ? String(row.name) : null;
  }

  passwordFits(name: string, password: string): boolean {
    const row = this.get('SELECT salt, password_sha256 FROM users WHERE name = ?', name);
    const found = Buffer.from(hashPassword(String(row?.salt ?? ''), password), 'hex');
    const expected = Buffer.from(String(row?.password_sha256 ?? '0'.repeat(64)), 'hex');
    return timingSafeEqual(found, expected) && row !== undefined;
  }

  // The whole as data.

  save(): SavedStore {
    const tables: SavedStore['tables'] = {};
    for (const [table, columns] of Object.entries(SAVED_TABLES)) {
      const rows = this.all(`SELECT ${columns.join(', ')} FROM ${table} ORDER BY ${columns[0]}`);
      tables[table] = rows.map((row) => columns.map((column) => row[column] as string | number | null));
    }
    const uploads = this.all(
      'SELECT id, pdf FROM arrivals WHERE id > ? AND pdf IS NOT NULL ORDER BY id',
      this.#given?.arrivals.length ?? 0,
    );
    return { tables, uploads: uploads.map((row) => [Number(row.id), Buffer.from(row.pdf as Uint8Array).toString('base64')]) };
  }

  load(saved: SavedStore): void {
    this.transaction(() => {
      this.#empty();
      for (const [table, columns] of Object.entries(SAVED_TABLES)) {
        const sql = `INSERT INTO ${table} (${columns.join(', ')}) VALUES (${columns.map(() => '?').join(', ')})`;
        for (const row of saved.tables[table] ?? []) {
          if (row.length !== columns.length)
            throw new DataError({ operation: `load table ${table}`, got: `${row.length} columns`, expected: `${columns.length} columns` });
          this.run(sql, ...row);
        }
      }
      for (const [id, pdf] of saved.uploads) this.run('UPDATE arrivals SET pdf = ? WHERE id = ?', Buffer.from(pdf, 'base64'), id);
      this.run('UPDATE switch SET recording = 1');
    });
  }

  /** The journal as CSV (RFC 4180): sequence, table, action, row. */
  exportLedger(): string {
    const quote = (value: SQLInputValue | undefined) => `"${String(value).replaceAll('"', '""')}"`;
    const rows = this.all('SELECT sequence, table_name, action, row FROM journal ORDER BY sequence');
    const lines = rows.map((r) => `${r.sequence},${r.table_name},${r.action},${quote(r.row)}`);
    return `${['sequence,table,action,row', ...lines].join('\r\n')}\r\n`;
  }

  close(): void {
    this.#prepared.clear();
    this.database.close();
  }
}
