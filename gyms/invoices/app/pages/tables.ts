/** The plain lists: vendors, orders, bills, payments; and the form of one vendor. */
import { formatAmount } from '../amounts.ts';
import { type Html, html, type Part } from '../html.ts';
import type { Look } from '../look.ts';
import type { Row } from '../store.ts';

function table(label: string, columns: readonly string[], rows: readonly (readonly Part[])[]): Html {
  if (rows.length === 0) return html`<p>Nothing here yet.</p>`;
  return html`<div class="wide"><table aria-label="${label}"><thead><tr>${columns.map((column) => html`<th scope="col">${column}</th>`)}</tr></thead>
<tbody>${rows.map((row) => html`<tr>${row.map((cell) => html`<td>${cell}</td>`)}</tr>`)}</tbody></table></div>`;
}

const text = (value: unknown) => String(value ?? '');
const money = (value: unknown) => html`<span class="number">${formatAmount(Number(value))}</span>`;
const button = (action: string, label: string, about: string) =>
  html`<form method="post" action="${action}"><button class="quiet" aria-label="${label} ${about}">${label}</button></form>`;

export function renderVendors(look: Look, vendors: readonly Row[]): Html {
  return table(
    look.words['page.vendors'],
    ['Name', 'IBAN', 'Tax number', 'Currency', 'Delete'],
    vendors.map((v) => [
      html`<a href="/vendors/${v.id as number}">${text(v.name)}</a>`,
      text(v.iban),
      text(v.tax_id),
      text(v.currency),
      button(`/vendors/${v.id}/delete`, 'Delete', text(v.name)),
    ]),
  );
}

export function renderVendor(vendor: { id: number; name: string; iban: string }, error?: string): Html {
  return html`<form class="vendor" method="post" action="/vendors/${vendor.id}">
<p><label for="name">Name</label><input id="name" name="name" value="${vendor.name}"></p>
<p><label for="iban">IBAN</label><input id="iban" name="iban" value="${vendor.iban}"></p>
${error !== undefined && html`<p class="error" role="alert">${error}</p>`}<button class="main">Save vendor</button></form>`;
}

export function renderOrders(look: Look, orders: readonly Row[]): Html {
  return table(
    look.words['page.orders'],
    ['Number', 'Vendor', 'Net', 'Currency', 'Status'],
    orders.map((o) => [text(o.number), text(o.vendor ?? 'deleted'), money(o.net_minor), text(o.currency), text(o.status)]),
  );
}

export function renderBills(look: Look, bills: readonly Row[]): Html {
  const list = table(
    look.words['page.bills'],
    ['Number', 'Vendor', 'Type', 'Date', 'Total', 'Currency', 'Paid', 'Pay', 'Delete'],
    bills.map((b) => [
      text(b.number),
      text(b.vendor ?? 'deleted'),
      b.kind === 'invoice' ? 'Invoice' : 'Credit note',
      text(b.date),
      money(b.total_minor),
      text(b.currency),
      Number(b.payments) > 0 ? 'paid' : 'open',
      button(`/bills/${b.id}/pay`, 'Pay', text(b.number)),
      button(`/bills/${b.id}/delete`, 'Delete', text(b.number)),
    ]),
  );
  return html`${list}<p><a href="/take-back">Take something back</a></p>`;
}

export function renderPayments(look: Look, payments: readonly Row[]): Html {
  return table(
    look.words['page.payments'],
    ['Bill', 'Vendor', 'Amount', 'Currency', 'To', 'Date'],
    payments.map((p) => [
      text(p.number ?? 'deleted'),
      text(p.vendor ?? 'deleted'),
      money(p.amount_minor),
      text(p.currency),
      text(p.iban),
      text(p.paid_on),
    ]),
  );
}
