/**
 * The database of the accounting app. Money is integer minor units (cents), dates are ISO 8601 days, both as the documents have them.
 *
 * Every change of a business table is written by triggers into `journal`, which only grows: sequence number, table, action and the row as
 * JSON (the new one; for a delete the old one). A bill also makes double-entry `postings`, and so does its deletion (reversed) and its payment.
 * While `switch.recording` is 0 nothing is recorded: that is how a state is laid down or restored.
 */

/** Business tables and their columns, in the order in which a state is saved. `pdf` is left out of the journal. */
export const TABLES = {
  vendors: ['id', 'name', 'iban', 'tax_id', 'currency'],
  orders: ['id', 'vendor_id', 'number', 'currency', 'net_minor', 'status'],
  arrivals: ['id', 'file_name', 'received', 'status', 'reason', 'bill_id'],
  bills: [
    'id',
    'vendor_id',
    'kind',
    'number',
    'date',
    'due',
    'currency',
    'order_id',
    'net_minor',
    'tax_minor',
    'total_minor',
    'iban',
    'arrival_id',
  ],
  bill_lines: ['id', 'bill_id', 'position', 'description', 'quantity', 'unit_price_minor', 'amount_minor'],
  payments: ['id', 'bill_id', 'iban', 'amount_minor', 'currency', 'paid_on'],
  postings: ['id', 'bill_id', 'account', 'debit_minor', 'credit_minor', 'currency'],
} as const;
export type Table = keyof typeof TABLES;
export const TABLE_NAMES = Object.keys(TABLES) as readonly Table[];

const CREATE = `
CREATE TABLE company (id INTEGER PRIMARY KEY CHECK (id = 1), name TEXT NOT NULL, now TEXT NOT NULL);
CREATE TABLE vendors (
  id INTEGER PRIMARY KEY, name TEXT NOT NULL, iban TEXT NOT NULL, tax_id TEXT NOT NULL, currency TEXT NOT NULL);
CREATE TABLE orders (
  id INTEGER PRIMARY KEY, vendor_id INTEGER NOT NULL, number TEXT NOT NULL, currency TEXT NOT NULL, net_minor INTEGER NOT NULL,
  status TEXT NOT NULL DEFAULT 'open' CHECK (status IN ('open', 'billed')));
CREATE TABLE arrivals (
  id INTEGER PRIMARY KEY, file_name TEXT NOT NULL, received TEXT NOT NULL,
  status TEXT NOT NULL DEFAULT 'new' CHECK (status IN ('new', 'entered', 'rejected', 'flagged')), reason TEXT, bill_id INTEGER, pdf BLOB);
CREATE TABLE bills (
  id INTEGER PRIMARY KEY, vendor_id INTEGER NOT NULL, kind TEXT NOT NULL CHECK (kind IN ('invoice', 'credit-note')), number TEXT NOT NULL,
  date TEXT NOT NULL, due TEXT, currency TEXT NOT NULL, order_id INTEGER, net_minor INTEGER NOT NULL, tax_minor INTEGER NOT NULL,
  total_minor INTEGER NOT NULL, iban TEXT NOT NULL DEFAULT '', arrival_id INTEGER);
CREATE TABLE bill_lines (
  id INTEGER PRIMARY KEY, bill_id INTEGER NOT NULL, position INTEGER NOT NULL, description TEXT NOT NULL, quantity INTEGER NOT NULL,
  unit_price_minor INTEGER NOT NULL, amount_minor INTEGER NOT NULL);
CREATE TABLE payments (
  id INTEGER PRIMARY KEY, bill_id INTEGER NOT NULL, iban TEXT NOT NULL, amount_minor INTEGER NOT NULL, currency TEXT NOT NULL,
  paid_on TEXT NOT NULL);
-- Accounts: expense, input-tax, payable, bank, and suspense for what does not add up.
CREATE TABLE postings (
  id INTEGER PRIMARY KEY, bill_id INTEGER NOT NULL, account TEXT NOT NULL, debit_minor INTEGER NOT NULL, credit_minor INTEGER NOT NULL,
  currency TEXT NOT NULL);
CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, salt TEXT NOT NULL, password_sha256 TEXT NOT NULL);
CREATE TABLE sessions (token TEXT PRIMARY KEY, user_id INTEGER NOT NULL);
CREATE TABLE journal (sequence INTEGER PRIMARY KEY, table_name TEXT NOT NULL, action TEXT NOT NULL, row TEXT NOT NULL);
CREATE TABLE switch (recording INTEGER NOT NULL);
INSERT INTO switch VALUES (0);
CREATE INDEX bills_number ON bills (vendor_id, number);
`;

const RECORDING = 'WHEN (SELECT recording FROM switch)';

/** Triggers that write the journal: three for each business table. */
function journalTriggers(table: Table): string {
  const json = (which: 'NEW' | 'OLD') => `json_object(${TABLES[table].map((column) => `'${column}', ${which}.${column}`).join(', ')})`;
  const trigger = (action: string, event: string, which: 'NEW' | 'OLD') =>
    `CREATE TRIGGER ${table}_${action} AFTER ${event} ON ${table} ${RECORDING} BEGIN
       INSERT INTO journal (table_name, action, row) VALUES ('${table}', '${action}', ${json(which)}); END;`;
  return [
    trigger('insert', 'INSERT', 'NEW'),
    trigger('update', `UPDATE OF ${TABLES[table].join(', ')}`, 'NEW'),
    trigger('delete', 'DELETE', 'OLD'),
  ].join('\n');
}

/** A bill's postings; debit and credit change sides for a credit note, and when the bill is deleted. */
function billPostings(event: 'INSERT' | 'DELETE'): string {
  const row = event === 'INSERT' ? 'NEW' : 'OLD';
  const straight = event === 'INSERT' ? 'invoice' : 'credit-note';
  const posting = (account: string, side: 'debit' | 'credit', amount: string) => {
    const debit = `CASE WHEN (${row}.kind = '${straight}') = ${side === 'debit' ? 1 : 0} THEN ${amount} ELSE 0 END`;
    const credit = `CASE WHEN (${row}.kind = '${straight}') = ${side === 'debit' ? 1 : 0} THEN 0 ELSE ${amount} END`;
    return `INSERT INTO postings (bill_id, account, debit_minor, credit_minor, currency)
      SELECT ${row}.id, '${account}', ${debit}, ${credit}, ${row}.currency WHERE ${amount} <> 0;`;
  };
  return `CREATE TRIGGER bills_postings_${event.toLowerCase()} AFTER ${event} ON bills ${RECORDING} BEGIN
    ${posting('expense', 'debit', `${row}.net_minor`)}
    ${posting('input-tax', 'debit', `${row}.tax_minor`)}
    ${posting('suspense', 'debit', `(${row}.total_minor - ${row}.net_minor - ${row}.tax_minor)`)}
    ${posting('payable', 'credit', `${row}.total_minor`)} END;`;
}

const PAYMENT_POSTINGS = `CREATE TRIGGER payments_postings AFTER INSERT ON payments ${RECORDING} BEGIN
  INSERT INTO postings (bill_id, account, debit_minor, credit_minor, currency)
    VALUES (NEW.bill_id, 'payable', NEW.amount_minor, 0, NEW.currency), (NEW.bill_id, 'bank', 0, NEW.amount_minor, NEW.currency); END;`;

const APPEND_ONLY = ['UPDATE', 'DELETE'].map(
  (event) => `CREATE TRIGGER journal_no_${event.toLowerCase()} BEFORE ${event} ON journal ${RECORDING} BEGIN
    SELECT RAISE(ABORT, 'the journal only grows'); END;`,
);

export const SCHEMA = [
  CREATE,
  ...TABLE_NAMES.map(journalTriggers),
  billPostings('INSERT'),
  billPostings('DELETE'),
  PAYMENT_POSTINGS,
  ...APPEND_ONLY,
].join('\n');
