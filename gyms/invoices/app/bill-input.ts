/**
 * A bill as the form sends it, read and checked: either a bill to enter, or what is wrong with which field. Everything typed is kept
 * in `BillForm`, so that the form can be shown again as it was.
 */
import * as z from 'zod';
import { CURRENCIES, type Currency } from '../types.ts';
import { parseAmount, plainIban } from './amounts.ts';
import type { FieldName, Look } from './look.ts';
import type { Store } from './store.ts';

/** What was typed, by field. */
export interface BillForm {
  readonly values: Readonly<Partial<Record<FieldName, string>>>;
  /** Rows of the table, empty ones left out. */
  readonly lines: readonly { readonly description: string; readonly quantity: string; readonly price: string }[];
}

export interface BillLine {
  readonly description: string;
  readonly quantity: number;
  readonly unitPriceMinor: number;
}

export interface Bill {
  readonly vendorId: number;
  readonly kind: 'invoice' | 'credit-note';
  readonly number: string;
  readonly date: string;
  readonly due: string | null;
  readonly currency: Currency;
  readonly orderId: number | null;
  readonly lines: readonly BillLine[];
  readonly netMinor: number;
  readonly taxMinor: number;
  readonly totalMinor: number;
  readonly iban: string;
}

/** Messages by field; `lines` for the table. */
export type BillErrors = Partial<Record<FieldName | 'lines', string>>;

export type BillResult = { readonly ok: true; readonly bill: Bill } | { readonly ok: false; readonly errors: BillErrors };

const MAX_LINES = 200;

/** Takes the fields out of a submitted form. Unknown names are ignored; texts over 1,000 characters are cut off. */
export function readBillForm(form: URLSearchParams, look: Look): BillForm {
  const text = (name: string) => (form.get(name) ?? '').trim().slice(0, 1000);
  const { names } = look;
  const values: Partial<Record<FieldName, string>> = {};
  for (const field of ['type', 'vendor', 'number', 'date', 'due', 'currency', 'order', 'tax', 'total', 'iban'] as const)
    values[field] = text(names[field]);
  const lines: { description: string; quantity: string; price: string }[] = [];
  for (let i = 1; i <= MAX_LINES; i++) {
    if (!form.has(`${names.price}-${i}`)) break;
    const line = {
      description: text(`${names.description}-${i}`),
      quantity: text(`${names.quantity}-${i}`),
      price: text(`${names.price}-${i}`),
    };
    if (line.description !== '' || line.quantity !== '' || line.price !== '') lines.push(line);
  }
  return { values, lines };
}

const DAY = z.iso.date();
const ID = z
  .string()
  .regex(/^[1-9]\d{0,9}$/)
  .transform(Number);
const KIND = z.enum(['invoice', 'credit-note']);
const CURRENCY = z.enum(CURRENCIES);
const QUANTITY = z
  .string()
  .regex(/^[1-9]\d{0,5}$/)
  .transform(Number);
const IBAN = z.string().regex(/^[A-Z]{2}\d{2}[A-Z0-9]{8,30}$/);

/** Checks a form against the books as they are. */
export function readBill(form: BillForm, store: Store): BillResult {
  const errors: BillErrors = {};
  const need = <T>(field: FieldName, parsed: { success: boolean; data?: T | undefined }, message: string): T | undefined => {
    if (!parsed.success) errors[field] = message;
    return parsed.success ? parsed.data : undefined;
  };
  const { values } = form;
  const kind = need('type', KIND.safeParse(values.type), 'Choose a type');
  let vendorId = need('vendor', ID.safeParse(values.vendor), 'Choose a vendor');
  if (vendorId !== undefined && !store.get('SELECT 1 FROM vendors WHERE id = ?', vendorId)) {
    errors.vendor = 'Choose a vendor';
    vendorId = undefined;
  }
  const number = need('number', z.string().min(1).max(60).safeParse(values.number), 'Enter a number');
  const date = need('date', DAY.safeParse(values.date), 'Enter a date');
  const due = values.due === '' ? null : need('due', DAY.safeParse(values.due), 'Enter a date or nothing');
  const currency = need('currency', CURRENCY.safeParse(values.currency), 'Choose a currency');
  const orderId = values.order === '' ? null : need('order', ID.safeParse(values.order), 'Choose an order or none');
  if (typeof orderId === 'number' && !store.get('SELECT 1 FROM orders WHERE id = ? AND vendor_id = ?', orderId, vendorId ?? 0))
    errors.order = 'Choose an order of this vendor or none';
  const amount = (field: 'tax' | 'total') => {
    const minor = parseAmount(values[field] ?? '');
    if (minor === null || minor < 0) errors[field] = 'Enter an amount like 1234.56';
    return minor ?? 0;
  };
  const taxMinor = amount('tax');
  const totalMinor = amount('total');
  const iban = plainIban(values.iban ?? '');
  if (iban !== '' && !IBAN.safeParse(iban).success) errors.iban = 'Enter an IBAN or nothing';

  const lines: BillLine[] = [];
  form.lines.forEach((line, i) => {
    const quantity = QUANTITY.safeParse(line.quantity);
    const price = parseAmount(line.price);
    if (line.description === '' || !quantity.success || price === null)
      errors.lines = `Line ${i + 1} needs a description, a whole quantity and a price like 1234.56`;
    else lines.push({ description: line.description, quantity: quantity.data, unitPriceMinor: price });
  });
  if (form.lines.length === 0) errors.lines = 'Enter at least one line';

  if (
    Object.keys(errors).length > 0 ||
    kind === undefined ||
    vendorId === undefined ||
    number === undefined ||
    date === undefined ||
    due === undefined ||
    currency === undefined ||
    orderId === undefined
  )
    return { ok: false, errors };
  const netMinor = lines.reduce((sum, line) => sum + line.quantity * line.unitPriceMinor, 0);
  return { ok: true, bill: { vendorId, kind, number, date, due, currency, orderId, lines, netMinor, taxMinor, totalMinor, iban } };
}

/** Enters a bill, with its lines, its order and its arrival, or nothing of it. Returns its id. */
export function enterBill(store: Store, arrivalId: number, bill: Bill): number {
  return store.transaction(() => {
    const id = store.run(
      `INSERT INTO bills (vendor_id, kind, number, date, due, currency, order_id, net_minor, tax_minor, total_minor, iban, arrival_id)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      bill.vendorId,
      bill.kind,
      bill.number,
      bill.date,
      bill.due,
      bill.currency,
      bill.orderId,
      bill.netMinor,
      bill.taxMinor,
      bill.totalMinor,
      bill.iban,
      arrivalId,
    );
    bill.lines.forEach((line, i) => {
      store.run(
        'INSERT INTO bill_lines (bill_id, position, description, quantity, unit_price_minor, amount_minor) VALUES (?, ?, ?, ?, ?, ?)',
        id,
        i + 1,
        line.description,
        line.quantity,
        line.unitPriceMinor,
        line.quantity * line.unitPriceMinor,
      );
    });
    if (bill.orderId !== null && bill.kind === 'invoice') store.run("UPDATE orders SET status = 'billed' WHERE id = ?", bill.orderId);
    store.run("UPDATE arrivals SET status = 'entered', bill_id = ? WHERE id = ?", id, arrivalId);
    return id;
  });
}
