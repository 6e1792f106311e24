/** What has been decided about arrivals, each with a button that takes the decision back. Reached from the list of bills. */
import { formatAmount } from '../amounts.ts';
import { type Html, html } from '../html.ts';
import type { Row } from '../store.ts';

/** `decided`: arrivals that are not new, with number, total and currency of their bill where they have one. */
export function renderTakeBack(decided: readonly Row[]): Html {
  if (decided.length === 0) return html`<p>Nothing here yet.</p>`;
  const rows = decided.map((arrival) => {
    const bill = arrival.bill_id === null ? '' : String(arrival.bill_id);
    const what = arrival.number === null ? '' : `${arrival.number}, ${formatAmount(Number(arrival.total_minor))} ${arrival.currency}`;
    return html`<tr><td>${String(arrival.file_name)}</td><td>${String(arrival.status)}</td><td>${what}</td>
<td><form method="post" action="/arrivals/${arrival.id as number}/reopen"><input type="hidden" name="status" value="${String(arrival.status)}"><input type="hidden" name="bill" value="${bill}"><button class="quiet" aria-label="Reopen ${String(arrival.file_name)}">Reopen</button></form></td></tr>`;
  });
  return html`<p>Reopening takes a bill out of the books and makes its arrival new again. A bill that is paid stays.</p>
<div class="wide"><table aria-label="Take back"><thead><tr><th scope="col">File</th><th scope="col">Status</th><th scope="col">Bill</th>
<th scope="col">Reopen</th></tr></thead><tbody>${rows}</tbody></table></div>`;
}
