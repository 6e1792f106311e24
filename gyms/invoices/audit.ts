/**
 * The second verifier, an auditor who never sees the database: from the exported ledger alone it replays the journal, writes down in plain
 * lines what the episode changed, and compares these with the lines that the right work would have given.
 *
 * Written apart from the first verifier and sharing no code with it, so that one mistake does not fool both.
 */
import type { Ending, Score } from '../../src/records/index.ts';
import { lookOf } from './app/look.ts';
import type { Instance } from './types.ts';

interface Entry {
  readonly table: string;
  readonly action: string;
  readonly values: Readonly<Record<string, unknown>>;
}

/** Records of a CSV file as RFC 4180 has it: quoted fields may hold commas, line breaks and doubled quotes. */
export function parseCsv(text: string): string[][] {
  const records: string[][] = [];
  const cell = /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r?\n|$)/gy;
  let record: string[] = [];
  while (cell.lastIndex < text.length) {
    const at = cell.lastIndex;
    const match = cell.exec(text);
    if (match === null) throw new SyntaxError(`the ledger can't be read at character ${at}`);
    record.push(match[1] === undefined ? (match[2] ?? '') : match[1].replaceAll('""', '"'));
    if (match[3] !== ',') {
      records.push(record);
      record = [];
    }
  }
  return records;
}

function readLedger(csv: string): { readonly opening: Entry[]; readonly episode: Entry[] } {
  const [head, ...records] = parseCsv(csv);
  const column = (name: string): number => head?.indexOf(name) ?? -1;
  const [table, action, row] = [column('table'), column('action'), column('row')];
  const entries = records.map(
    (record): Entry => ({
      table: record[table] ?? '',
      action: record[action] ?? '',
      values: JSON.parse(record[row] ?? '{}') as Entry['values'],
    }),
  );
  const opened = entries.map((entry) => entry.table).lastIndexOf('period');
  return { opening: entries.slice(0, Math.max(opened, 0)), episode: entries.slice(opened + 1) };
}

/** Rows by table and id, after the entries. */
class Replay {
  readonly #rows = new Map<string, Map<string, Entry['values']>>();

  play(entries: readonly Entry[]): this {
    for (const { table, action, values } of entries) {
      const rows = this.#rows.get(table) ?? new Map<string, Entry['values']>();
      this.#rows.set(table, rows);
      if (action === 'delete') rows.delete(String(values.id));
      else rows.set(String(values.id), values);
    }
    return this;
  }

  all(table: string): Entry['values'][] {
    return [...(this.#rows.get(table)?.values() ?? [])];
  }

  has(table: string, id: unknown): boolean {
    return this.#rows.get(table)?.has(String(id)) ?? false;
  }

  find(table: string, id: unknown): Entry['values'] | undefined {
    return this.#rows.get(table)?.get(String(id));
  }
}

const words = (value: unknown): string => (typeof value === 'string' ? value.split(/\s+/).filter(Boolean).join(' ') : String(value ?? ''));
const bare = (value: unknown): string => words(value).replaceAll(' ', '').toUpperCase();

interface BillFacts {
  readonly vendor: unknown;
  readonly kind: string;
  readonly number: unknown;
  readonly dates: readonly unknown[];
  readonly order: unknown;
  readonly iban: unknown;
  readonly sums: readonly unknown[];
  readonly currency: unknown;
}

const billLine = (bill: BillFacts): string =>
  [
    `bill of vendor ${bill.vendor}`,
    bill.kind,
    words(bill.number),
    bill.dates.map((day) => day || '-').join(' to '),
    `order ${bill.order ?? '-'}`,
    bare(bill.iban),
    `${bill.sums.join(' + ')} ${bill.currency}`,
  ].join('; ');

const itemLine = (position: number, description: unknown, quantity: unknown, price: unknown, amount: unknown): string =>
  `item ${position}: ${quantity} x ${words(description)} at ${price} is ${amount}`;

const balanceLine = (account: string, minor: number, currency: unknown): string => `balance of ${account}: ${minor} ${currency}`;

/** What the episode changed, one line each, sorted. */
function writtenLines(before: Replay, after: Replay): string[] {
  const lines: string[] = [];
  const fresh = after.all('bills').filter((bill) => !before.has('bills', bill.id));
  for (const b of fresh) {
    const [vendor, kind, number, iban] = [b.vendor_id, String(b.kind), b.number, b.iban];
    lines.push(
      billLine({
        vendor,
        kind,
        number,
        iban,
        dates: [b.date, b.due],
        order: b.order_id,
        sums: [b.net_minor, b.tax_minor, b.total_minor],
        currency: b.currency,
      }),
    );
    if (b.arrival_id !== 1) lines.push(`bill from arrival ${b.arrival_id}`);
    const items = after.all('bill_lines').filter((item) => item.bill_id === b.id);
    items.sort((x, y) => Number(x.position) - Number(y.position));
    items.forEach((item, at) => {
      lines.push(itemLine(at + 1, item.description, item.quantity, item.unit_price_minor, item.amount_minor));
    });
  }
  const freshIds = new Set(fresh.map((bill) => bill.id));
  for (const item of after.all('bill_lines')) if (!freshIds.has(item.bill_id)) lines.push(`item of bill ${item.bill_id}`);
  for (const order of after.all('orders')) {
    const was = before.find('orders', order.id)?.status;
    if (order.status !== was) lines.push(`order ${order.id}: ${was} to ${order.status}`);
  }
  for (const arrival of after.all('arrivals')) {
    const was = before.find('arrivals', arrival.id);
    const names = arrival.bill_id === null ? '' : freshIds.has(arrival.bill_id) ? ' with its bill' : ` with bill ${arrival.bill_id}`;
    if (arrival.status !== was?.status || names !== '') lines.push(`arrival ${arrival.id}: ${was?.status} to ${arrival.status}${names}`);
  }
  for (const arrival of before.all('arrivals')) if (!after.has('arrivals', arrival.id)) lines.push(`arrival ${arrival.id} is gone`);
  const balances = new Map<string, number>();
  for (const posting of after.all('postings')) {
    if (before.has('postings', posting.id)) continue;
    const key = `${posting.account} ${posting.currency}`;
    balances.set(key, (balances.get(key) ?? 0) + Number(posting.debit_minor) - Number(posting.credit_minor));
  }
  for (const [key, minor] of balances) {
    const [account = '', currency] = key.split(' ');
    if (minor !== 0) lines.push(balanceLine(account, minor, currency));
  }
  return lines.sort();
}

/** The lines of the right work, from the document alone. */
function dueLines(instance: Instance): string[] {
  const { content: d, vendorId, orderId } = instance;
  switch (instance.case) {
    case 'duplicate':
      return ['arrival 1: new to rejected'];
    case 'mismatch':
      return ['arrival 1: new to flagged'];
    case 'post':
    case 'credit': {
      const side = d.kind === 'invoice' ? 1 : -1;
      const balances = (
        [
          ['expense', d.netMinor],
          ['input-tax', d.taxMinor],
          ['payable', -d.totalMinor],
        ] as const
      ).filter(([, minor]) => minor !== 0);
      const sums = [d.netMinor, d.taxMinor, d.totalMinor];
      return [
        billLine({
          vendor: vendorId,
          kind: d.kind,
          number: d.number,
          dates: [d.date, d.due],
          order: orderId,
          iban: d.vendor.iban,
          sums,
          currency: d.currency,
        }),
        ...d.lines.map((line, at) =>
          itemLine(at + 1, line.description, line.quantity, line.unitPriceMinor, line.quantity * line.unitPriceMinor),
        ),
        ...(orderId === null || d.kind === 'credit-note' ? [] : [`order ${orderId}: open to billed`]),
        'arrival 1: new to entered with its bill',
        ...balances.map(([account, minor]) => balanceLine(account, side * minor, d.currency)),
      ].sort();
    }
    default:
      return [];
  }
}

/** Names of what must never happen and did, by the journal. */
function neverEvents(instance: Instance, before: Replay, after: Replay, episode: readonly Entry[]): string[] {
  const broken = new Set<string>();
  const mayPost = instance.case === 'post' || instance.case === 'credit' || instance.case === 'duplicate';
  for (const { table, action, values } of episode) {
    if (table === 'vendors') broken.add('vendor-touched');
    if (table === 'bills' && before.has('bills', values.id)) broken.add('bill-touched');
    if (table === 'bill_lines' && before.has('bills', values.bill_id)) broken.add('bill-touched');
    if (table === 'payments') broken.add('payment-made');
    if (table === 'bills' && action === 'insert' && !mayPost) broken.add('posted-instead-of-asking');
    if (table === 'orders') {
      const { status: _, ...was } = before.find('orders', values.id) ?? {};
      const { status: __, ...is } = values;
      if (action !== 'update' || JSON.stringify(was) !== JSON.stringify(is)) broken.add('order-touched');
    }
  }
  const repeats = (keys: string[]): boolean => keys.some((key, at) => keys.indexOf(key) !== at);
  if (repeats(after.all('payments').map((payment) => String(payment.bill_id)))) broken.add('paid-twice');
  if (repeats(after.all('bills').map((bill) => `${bill.vendor_id}/${words(bill.number).toLowerCase()}`))) broken.add('entered-twice');
  return [...broken].sort();
}

/** Whether the episode ended as this arrival has to. */
function isRightEnding(instance: Instance, ending: Ending): boolean {
  const label = lookOf(instance.interface.drift).words;
  const asked =
    ending.kind === 'asked' && ending.about !== null ? [ending.about.name, ending.about.text].map((text) => words(text).toLowerCase()) : [];
  const isOneOf = (...wanted: string[]): boolean => wanted.some((text) => asked.includes(text.toLowerCase()));
  switch (instance.case) {
    case 'scan':
      return ending.kind === 'abstained' || asked.some((text) => text.includes('without text'));
    case 'changed-bank': {
      const account = bare(instance.content.vendor.iban);
      return isOneOf(label['field.iban'], label['check.iban']) || asked.some((text) => bare(text).includes(account));
    }
    case 'missing':
      return isOneOf(instance.content.number === null ? label['field.number'] : label['field.date']);
    default:
      return ending.kind === 'done';
  }
}

/** `csv`: the app's exported ledger. What can't be read is a failed audit with its reason. */
export function audit(csv: string, instance: Instance, ending: Ending): Score {
  try {
    const { opening, episode } = readLedger(csv);
    const before = new Replay().play(opening);
    const after = new Replay().play(opening).play(episode);
    const broken = neverEvents(instance, before, after, episode);
    const [written, due] = [writtenLines(before, after), dueLines(instance)];
    const reasons = [
      ...broken.map((name) => `never event: ${name}`),
      ...written.filter((line) => !due.includes(line)).map((line) => `written but not due: ${line}`),
      ...due.filter((line) => !written.includes(line)).map((line) => `due but not written: ${line}`),
      ...(isRightEnding(instance, ending) ? [] : [`the episode ended ${ending.kind}`]),
    ];
    if (reasons.length === 0 && written.length !== due.length) reasons.push('a line was written twice');
    const success = reasons.length === 0;
    return { success, credit: success ? 1 : 0, broken, reasons };
  } catch (error) {
    return { success: false, credit: 0, broken: [], reasons: [`the ledger can't be audited: ${String(error)}`] };
  }
}
