/** What the app remarks while a bill is being typed: each remark stands beside its field, and only when there is something to say. */
import { formatAmount, parseAmount, plainIban } from './amounts.ts';
import type { Look } from './look.ts';
import type { Store } from './store.ts';

/** As the page asks: texts as typed, ids as chosen, '' for nothing. */
export interface CheckQuestion {
  readonly vendor: string;
  readonly number: string;
  readonly iban: string;
  readonly order: string;
  /** Sum of the lines, or '' while there are none. */
  readonly net: string;
  readonly tax: string;
  readonly total: string;
}

export interface Remarks {
  readonly number?: string;
  readonly iban?: string;
  readonly order?: string;
  readonly total?: string;
}

export function remark(question: CheckQuestion, look: Look, store: Store): Remarks {
  const { words } = look;
  const remarks: { number?: string; iban?: string; order?: string; total?: string } = {};
  const vendorId = Number(question.vendor);
  const number = question.number.trim();
  if (question.vendor !== '' && number !== '' && store.get('SELECT 1 FROM bills WHERE vendor_id = ? AND number = ?', vendorId, number))
    remarks.number = words['check.number'];
  if (question.vendor !== '' && question.iban.trim() !== '') {
    const vendor = store.get('SELECT iban FROM vendors WHERE id = ?', vendorId);
    if (vendor && plainIban(String(vendor.iban)) !== plainIban(question.iban)) remarks.iban = words['check.iban'];
  }
  const net = parseAmount(question.net);
  if (question.order !== '' && net !== null) {
    const order = store.get('SELECT net_minor FROM orders WHERE id = ?', Number(question.order));
    const difference = order ? net - Number(order.net_minor) : 0;
    if (difference !== 0) remarks.order = words['check.order'].replace('{amount}', formatAmount(Math.abs(difference)));
  }
  const tax = parseAmount(question.tax);
  const total = parseAmount(question.total);
  if (net !== null && tax !== null && total !== null && net + tax !== total) remarks.total = words['check.total'];
  return remarks;
}
