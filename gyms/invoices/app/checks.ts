/**
 * What only the books can say about a bill that is being typed: a remark stands beside its field, and only when there is something to say. What is mere
 * arithmetic the page reckons itself.
 */
import { plainIban } from './amounts.ts';
import type { Look } from './look.ts';
import type { Store } from './store.ts';

/** As the page asks: texts as typed, the vendor's id as chosen, '' for nothing. */
export interface CheckQuestion {
  readonly vendor: string;
  readonly number: string;
  readonly iban: string;
}

export interface Remarks {
  readonly number?: string;
  readonly iban?: string;
}

export function remark(question: CheckQuestion, { words }: Look, store: Store): Remarks {
  const remarks: { number?: string; iban?: string } = {};
  const vendorId = Number(question.vendor);
  const number = question.number.trim();
  if (question.vendor !== '' && number !== '' && store.get('SELECT 1 FROM bills WHERE vendor_id = ? AND number = ?', vendorId, number))
    remarks.number = words['check.number'];
  if (question.vendor !== '' && question.iban.trim() !== '') {
    const vendor = store.get('SELECT iban FROM vendors WHERE id = ?', vendorId);
    if (vendor && plainIban(String(vendor.iban)) !== plainIban(question.iban)) remarks.iban = words['check.iban'];
  }
  return remarks;
}
