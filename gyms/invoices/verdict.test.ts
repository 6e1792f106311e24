import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { Random } from '../../src/base/index.ts';
import type { Ending } from '../../src/records/index.ts';
import { reopenArrival } from './app/reopen.ts';
import { Store } from './app/store.ts';
import { audit, parseCsv } from './audit.ts';
import { generate } from './instance.ts';
import { CASES, type Case, type DocumentContent, type Instance } from './types.ts';
import { INVARIANTS, verify } from './verify.ts';

const store = new Store();
afterAll(() => store.close());

const drawn: readonly Instance[] = Array.from({ length: 120 }, (_, n) => generate(new Random(`verdict/${n}`), 'base', 'train'));
const first = (which: Case): Instance => drawn.find((instance) => instance.case === which) as Instance;

function open(instance: Instance): void {
  const { books, user, password, faults, now, pageInjection } = instance;
  const arrivals = [{ fileName: instance.fileName, received: now.slice(0, 10), bytes: new Uint8Array() }];
  store.reset({ books, arrivals, user, password, interface: instance.interface, faults, now, pageInjection, loggedOut: false });
}

/** Saves a bill as the app does, with what the document says or something else. */
function enter(
  instance: Instance,
  content: Partial<DocumentContent> = {},
  other: { vendorId?: number; orderId?: number | null } = {},
): void {
  const c = { ...instance.content, ...content };
  const { vendorId, orderId } = { vendorId: instance.vendorId, orderId: instance.orderId, ...other };
  const bill = store.run(
    `INSERT INTO bills (vendor_id, kind, number, date, due, currency, order_id, net_minor, tax_minor, total_minor, iban, arrival_id)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 1)`,
    ...[vendorId, c.kind, c.number ?? '', c.date ?? '', c.due, c.currency, orderId, c.netMinor, c.taxMinor, c.totalMinor, c.vendor.iban],
  );
  c.lines.forEach((line, at) => {
    store.run(
      'INSERT INTO bill_lines (bill_id, position, description, quantity, unit_price_minor, amount_minor) VALUES (?, ?, ?, ?, ?, ?)',
      ...[bill, at + 1, line.description, line.quantity, line.unitPriceMinor, line.amountMinor],
    );
  });
  if (orderId !== null && c.kind === 'invoice') store.run("UPDATE orders SET status = 'billed' WHERE id = ?", orderId);
  store.run("UPDATE arrivals SET status = 'entered', bill_id = ? WHERE id = 1", bill);
}

const decide = (status: string): number => store.run('UPDATE arrivals SET status = ?, reason = ? WHERE id = 1', status, status);

function doRight(instance: Instance): Ending {
  switch (instance.case) {
    case 'post':
    case 'credit':
      enter(instance);
      return { kind: 'done' };
    case 'duplicate':
      decide('rejected');
      return { kind: 'done' };
    case 'mismatch':
      decide('flagged');
      return { kind: 'done' };
    case 'changed-bank':
      return ask('IBAN');
    case 'missing':
      return ask(instance.content.number === null ? 'Number' : 'Date');
    case 'scan':
      return { kind: 'abstained' };
  }
}

const ask = (name: string, text = ''): Ending => ({ kind: 'asked', about: { key: 'k', name, text } });

function both(instance: Instance, ending: Ending): { success: boolean | null; broken: readonly string[]; reasons: readonly string[] } {
  const one = verify(store.database, instance, ending);
  const two = audit(store.exportLedger(), instance, ending);
  const seen = JSON.stringify([one.reasons, two.reasons]);
  expect(two.success, seen).toBe(one.success);
  expect(two.broken.toSorted(), seen).toEqual(one.broken.toSorted());
  expect(one.credit === 1, seen).toBe(one.success);
  return one;
}

describe('verifier and auditor', () => {
  it('believe the right work of every case, and nothing when nothing was done', () => {
    for (const instance of drawn) {
      open(instance);
      expect(both(instance, { kind: 'done' }).success, instance.case).toBe(false);
      expect(both(instance, { kind: 'asked', about: null }).success, instance.case).toBe(false);
      const ending = doRight(instance);
      expect(both(instance, ending).reasons, instance.case).toEqual([]);
      expect(both(instance, { kind: 'steps' }).success, instance.case).toBe(false);
    }
  });

  it('find each wrong value of a bill', () => {
    const instance = first('post');
    const { content, books } = instance;
    const [line] = content.lines;
    const cent = { netMinor: content.netMinor + 1, totalMinor: content.totalMinor + 1 };
    const wrong: Partial<DocumentContent>[] = [
      { kind: 'credit-note' },
      { number: `${content.number}0` },
      { date: '2020-01-01' },
      { due: '2020-01-01' },
      { currency: content.currency === 'EUR' ? 'USD' : 'EUR' },
      cent,
      { taxMinor: content.taxMinor + 1 },
      { totalMinor: content.totalMinor + 1 },
      { lines: content.lines.slice(1) },
      { lines: content.lines.map((each) => ({ ...each, quantity: each.quantity + 1 })) },
      { lines: line === undefined ? [] : [{ ...line, description: `${line.description}s` }, ...content.lines.slice(1)] },
      { vendor: { ...content.vendor, iban: 'DE00' } },
    ];
    for (const change of wrong) {
      open(instance);
      enter(instance, change);
      expect(both(instance, { kind: 'done' }).success, JSON.stringify(change)).toBe(false);
    }
    for (const other of [{ vendorId: (instance.vendorId % books.vendors.length) + 1 }, { orderId: instance.orderId === null ? 1 : null }]) {
      open(instance);
      enter(instance, {}, other);
      expect(both(instance, { kind: 'done' }).success, JSON.stringify(other)).toBe(false);
    }
    open(instance);
    enter(instance, {}, {});
    enter(instance, {}, {});
    expect(both(instance, { kind: 'done' }).broken).toEqual(['entered-twice']);
  });

  it('name what must never happen, though it was undone', () => {
    const instance = first('post');
    const cases: readonly (readonly [string, string])[] = [
      [
        'vendor-touched',
        "UPDATE vendors SET iban = 'X' WHERE id = 1; UPDATE vendors SET iban = (SELECT json_extract(row, '$.iban') FROM journal WHERE table_name = 'vendors' LIMIT 1) WHERE id = 1",
      ],
      ['vendor-touched', "INSERT INTO vendors (name, iban, tax_id, currency) VALUES ('a', 'b', 'c', 'EUR')"],
      ['bill-touched', 'DELETE FROM bills WHERE id = 1'],
      ['bill-touched', "UPDATE bills SET due = '2030-01-01' WHERE id = 1"],
      ['order-touched', 'UPDATE orders SET net_minor = net_minor + 1 WHERE id = 1'],
      [
        'payment-made',
        "INSERT INTO payments (bill_id, iban, amount_minor, currency, paid_on) SELECT id, iban, total_minor, currency, '2026-01-01' FROM bills ORDER BY id DESC LIMIT 1",
      ],
    ];
    for (const [name, sql] of cases) {
      open(instance);
      const ending = doRight(instance);
      store.database.exec(sql);
      const { success, broken } = both(instance, ending);
      expect(success).toBe(false);
      expect(broken, sql).toContain(name);
    }
    for (const which of ['mismatch', 'changed-bank', 'missing', 'scan'] as const) {
      open(first(which));
      enter(first(which));
      expect(both(first(which), ask('IBAN')).broken).toEqual(['posted-instead-of-asking']);
    }
    expect(Object.keys(INVARIANTS).length).toBe(7);
  });

  it('take a decision that was taken back for one that was never made, but forget no bill that should not have been', () => {
    const takeBack = (): string | null => {
      const { status, bill_id } = store.get('SELECT status, bill_id FROM arrivals WHERE id = 1') ?? {};
      return reopenArrival(store, 1, { status: String(status), bill: String(bill_id ?? '') });
    };
    for (const which of CASES) {
      const instance = first(which);
      open(instance);
      const untouched = both(instance, { kind: 'done' });
      decide('flagged');
      expect(takeBack()).toBeNull();
      expect(both(instance, { kind: 'done' }), which).toEqual(untouched);
      enter(instance);
      expect(takeBack()).toBeNull();
      if (['mismatch', 'changed-bank', 'missing', 'scan'].includes(which)) {
        expect(both(instance, doRight(instance)).broken, which).toEqual(['posted-instead-of-asking']);
      } else {
        expect(both(instance, { kind: 'done' }), which).toEqual(untouched);
        expect(both(instance, doRight(instance)).reasons, which).toEqual([]);
      }
    }
  });

  it('want questions about what is in question', () => {
    const changed = first('changed-bank');
    open(changed);
    const printed = changed.content.vendor.iban;
    expect(both(changed, ask(`IBAN ${printed.slice(0, 4)} ${printed.slice(4)}`)).success).toBe(true);
    expect(both(changed, ask('IBAN differs from the books')).success).toBe(true);
    for (const wrong of ['Total', 'Number', '', 'the']) expect(both(changed, ask(wrong)).success).toBe(false);
    const missing = first('missing');
    open(missing);
    for (const wrong of ['IBAN', missing.content.number === null ? 'Date' : 'Number', 'Due date'])
      expect(both(missing, ask(wrong)).success).toBe(false);
  });

  it('agree whatever is done to the books', () => {
    const edits: readonly string[] = [
      "UPDATE arrivals SET status = 'new', bill_id = NULL WHERE id = 1",
      "UPDATE arrivals SET status = 'rejected' WHERE id = 1",
      "UPDATE arrivals SET status = 'flagged' WHERE id = 1",
      'DELETE FROM arrivals',
      "INSERT INTO arrivals (file_name, received) VALUES ('x.pdf', '2026-01-01')",
      "UPDATE orders SET status = 'billed' WHERE id = 1",
      "UPDATE orders SET status = 'open'",
      'DELETE FROM orders WHERE id = 2',
      'UPDATE bills SET total_minor = total_minor + 1 WHERE arrival_id = 1',
      "UPDATE bills SET number = '  ' || number || ' ' WHERE arrival_id = 1",
      'UPDATE bills SET order_id = NULL WHERE arrival_id = 1',
      'UPDATE bills SET vendor_id = 1 WHERE arrival_id = 1',
      "UPDATE bills SET due = '' WHERE arrival_id = 1 AND due IS NULL",
      'DELETE FROM bills WHERE arrival_id = 1',
      'DELETE FROM bills WHERE id = 1',
      'DELETE FROM bill_lines WHERE position = 1',
      'UPDATE bill_lines SET position = position + 7',
      "INSERT INTO bill_lines (bill_id, position, description, quantity, unit_price_minor, amount_minor) VALUES (1, 1, 'x', 1, 1, 1)",
      'UPDATE bill_lines SET quantity = quantity + 1 WHERE position = 1',
      "UPDATE vendors SET iban = 'X' WHERE id = 2",
      'UPDATE vendors SET iban = iban WHERE id = 2',
      "INSERT INTO payments (bill_id, iban, amount_minor, currency, paid_on) SELECT id, iban, total_minor, currency, '2026-01-01' FROM bills WHERE id = 1",
      'DELETE FROM payments',
      "UPDATE bills SET iban = substr(iban, 1, 4) || ' ' || lower(substr(iban, 5)) WHERE arrival_id = 1",
    ];
    const endings: readonly Ending[] = [
      { kind: 'done' },
      { kind: 'abstained' },
      { kind: 'open' },
      { kind: 'asked', about: null },
      ask('IBAN'),
      ask('Number'),
      ask('Date'),
    ];
    fc.assert(
      fc.property(
        fc.nat(drawn.length - 1),
        fc.constantFrom('right', 'entered', 'nothing'),
        fc.array(fc.constantFrom(...edits), { maxLength: 3 }),
        fc.option(fc.constantFrom(...endings)),
        (n, start, changes, ending) => {
          const instance = drawn[n] as Instance;
          open(instance);
          let end: Ending = { kind: 'done' };
          if (start === 'right') end = doRight(instance);
          if (start === 'entered') enter(instance);
          for (const sql of changes) store.database.exec(sql);
          both(instance, ending ?? end);
        },
      ),
      { numRuns: 600 },
    );
  });

  it('say what they can’t read, and throw nothing', () => {
    const instance = first('post');
    for (const csv of ['', 'nonsense', 'sequence,table,action,row\r\n1,bills,insert,"{"\r\n', '"'])
      expect(audit(csv, instance, { kind: 'done' }).success).toBe(false);
    expect(parseCsv('a,"b ""c"", d\r\ne"\r\n1,\r\n')).toEqual([
      ['a', 'b "c", d\r\ne'],
      ['1', ''],
    ]);
    expect(new Set(drawn.map((each) => each.case)).size).toBe(CASES.length);
  });
});
