/** What arrived, and the form by which a person adds a PDF of their own. */
import { type Html, html } from '../html.ts';
import type { Look } from '../look.ts';
import type { Row } from '../store.ts';
import { renderNote } from './layout.ts';

export function renderInbox(look: Look, arrivals: readonly Row[], options: { note: string; error?: string }): Html {
  const { words } = look;
  const rows = arrivals.map(
    (arrival) => html`<tr><td><a href="/arrivals/${arrival.id as number}">${String(arrival.file_name)}</a></td>
<td>${String(arrival.received)}</td><td>${String(arrival.status)}</td></tr>`,
  );
  return html`${renderNote(options.note)}
<table aria-label="${words['page.inbox']}"><thead><tr><th scope="col">${words['column.file']}</th><th scope="col">${words['column.received']}</th>
<th scope="col">${words['column.status']}</th></tr></thead><tbody>${rows}</tbody></table>
<form class="upload" method="post" action="/arrivals" enctype="multipart/form-data">
<label for="upload">Add a PDF</label><input id="upload" type="file" name="file" accept="application/pdf,.pdf"${
    options.error !== undefined && html` aria-invalid="true" aria-describedby="upload-error"`
  }>
<button>Upload</button>${options.error !== undefined && html`<p class="error" id="upload-error" role="alert">${options.error}</p>`}</form>`;
}
