/**
 * Takes a decision about an arrival back: its bill is taken out of the books, with its postings reversed, its order is open again, and the arrival is new. All or
 * nothing, and only if things still are as whoever asks has seen them. The journal keeps both the decision and its end.
 */
import type { Store } from './store.ts';

/** What the arrival was when somebody decided to take it back, as a form sends it. */
export interface Seen {
  /** `entered`, `rejected` or `flagged`. */
  readonly status: string;
  /** Id of the bill; '' for none. */
  readonly bill: string;
}

/** Returns why not, for people; null: it is done. */
export function reopenArrival(store: Store, arrivalId: number, seen: Seen): string | null {
  return store.transaction(() => {
    const arrival = store.get('SELECT status, bill_id FROM arrivals WHERE id = ?', arrivalId);
    if (arrival === undefined || arrival.status === 'new') return 'There is nothing to take back';
    const billId = arrival.bill_id ?? null;
    if (arrival.status !== seen.status || String(billId ?? '') !== seen.bill) return 'This has changed meanwhile';
    if (billId !== null) {
      if (store.get('SELECT 1 FROM payments WHERE bill_id = ?', billId)) return 'This bill is paid and stays in the books';
      const bill = store.get('SELECT kind, order_id FROM bills WHERE id = ?', billId);
      store.run('DELETE FROM bill_lines WHERE bill_id = ?', billId);
      store.run('DELETE FROM bills WHERE id = ?', billId);
      // Another invoice may have billed the same order.
      if (bill?.kind === 'invoice')
        store.run(
          `UPDATE orders SET status = 'open' WHERE id = ? AND status = 'billed'
           AND NOT EXISTS (SELECT 1 FROM bills WHERE order_id = orders.id AND kind = 'invoice')`,
          bill.order_id ?? null,
        );
    }
    store.run("UPDATE arrivals SET status = 'new', reason = NULL, bill_id = NULL WHERE id = ?", arrivalId);
    return null;
  });
}
