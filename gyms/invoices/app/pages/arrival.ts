/** One arrival: its document on the left, the form of its bill on the right. The document itself is drawn by the browser. */
import { CURRENCIES } from '../../types.ts';
import type { BillErrors, BillForm } from '../bill-input.ts';
import { type Html, html, type Part } from '../html.ts';
import type { FieldName, LineFieldName, Look } from '../look.ts';
import type { Row } from '../store.ts';
import { renderNote } from './layout.ts';

export interface ArrivalPage {
  readonly look: Look;
  readonly arrival: Row;
  readonly vendors: readonly Row[];
  /** Open orders of the vendor chosen in `form`. */
  readonly orders: readonly Row[];
  readonly form: BillForm;
  readonly errors: BillErrors;
  /** Whether saving asks first. */
  readonly confirm: boolean;
  readonly note: string;
}

export const EMPTY_FORM: BillForm = { values: {}, lines: [] };

function option(value: string | number, label: string, chosen: string | undefined): Html {
  return html`<option value="${value}"${String(value) === chosen && html` selected`}>${label}</option>`;
}

/** The element that a field is typed, chosen or shown in. */
function control(field: FieldName, page: ArrivalPage, attributes: Html): Html {
  const { look, form } = page;
  const value = form.values[field];
  const { words } = look;
  switch (field) {
    case 'type':
      return html`<select ${attributes}>${option('invoice', words['option.invoice'], value)}${option(
        'credit-note',
        words['option.credit-note'],
        value,
      )}</select>`;
    case 'vendor':
      return html`<select ${attributes}><option value=""></option>${page.vendors.map((v) =>
        option(Number(v.id), String(v.name), value),
      )}</select>`;
    case 'order':
      return html`<select ${attributes}><option value="">${words['option.none']}</option>${page.orders.map(
        (o) =>
          html`<option value="${Number(o.id)}" data-net="${Number(o.net)}"${String(o.id) === value && html` selected`}>${String(o.number)}</option>`,
      )}</select>`;
    case 'currency':
      return html`<select ${attributes}>${CURRENCIES.map((code) => option(code, code, value))}</select>`;
    case 'date':
    case 'due':
      return html`<input type="date" ${attributes} value="${value ?? ''}">`;
    case 'net':
      return html`<output ${attributes}></output>`;
    case 'tax':
    case 'total':
      return html`<input ${attributes} inputmode="decimal" autocomplete="off" value="${value ?? ''}">`;
    case 'number':
    case 'iban':
      return html`<input ${attributes} autocomplete="off" spellcheck="false" value="${value ?? ''}">`;
  }
}

const REMARKED: readonly FieldName[] = ['number', 'iban', 'order', 'total'];

function field(name: FieldName, page: ArrivalPage): Html {
  const { look, errors } = page;
  const id = `${look.prefix}-${look.names[name]}`;
  const error = errors[name];
  const described = [error !== undefined && `${id}-error`, REMARKED.includes(name) && `${id}-remark`].filter((one) => one !== false);
  const attributes = html`id="${id}" name="${look.names[name]}" data-field="${name}"${
    error !== undefined && html` aria-invalid="true"`
  }${described.length > 0 && html` aria-describedby="${described.join(' ')}"`}`;
  return html`<div class="${look.prefix}-field" data-part="field"><label for="${id}">${look.words[`field.${name}`]}</label>${control(
    name,
    page,
    attributes,
  )}${error !== undefined && html`<p class="error" id="${id}-error">${error}</p>`}${
    REMARKED.includes(name) &&
    html`<p class="remark" id="${id}-remark" role="status" data-remark="${name}"${
      (name === 'order' || name === 'total') && html` data-words="${look.words[`check.${name}`]}"`
    }></p>`
  }</div>`;
}

type LineValues = BillForm['lines'][number];

/** One row; `{n}` in place of the number makes the template from which the page adds rows. */
function line(page: ArrivalPage, n: number | '{n}', values: LineValues): Html {
  const { look } = page;
  const { words } = look;
  const stacked = look.lines === 'stacked';
  const input = (name: LineFieldName, mode: 'text' | 'decimal' | 'numeric'): Html => {
    const id = `${look.prefix}-${look.names[name]}-${n}`;
    const label = `${words[`line.${name}`]} ${n}`;
    const attributes: Part = html`id="${id}" name="${look.names[name]}-${n}" data-line="${name}" inputmode="${mode}" autocomplete="off" value="${values[name]}"`;
    return stacked
      ? html`<div data-part="field"><label for="${id}">${label}</label><input ${attributes}></div>`
      : html`<td><input ${attributes} aria-label="${label}"></td>`;
  };
  const amount = html`<output data-line="amount" aria-label="${words['line.amount']} ${n}"></output>`;
  const cells = [input('description', 'text'), input('quantity', 'numeric'), input('price', 'decimal')];
  return stacked
    ? html`<div class="stacked" data-part="line">${cells}<div data-part="field"><span aria-hidden="true">${words['line.amount']}</span>${amount}</div></div>`
    : html`<tr data-part="line">${cells}<td class="number">${amount}</td></tr>`;
}

const EMPTY_LINE: LineValues = { description: '', quantity: '', price: '' };

function lines(page: ArrivalPage): Html {
  const { look, form, errors } = page;
  const { words } = look;
  const rows = [...form.lines, EMPTY_LINE].map((values, i) => line(page, i + 1, values));
  const template = html`<template data-part="line-template">${line(page, '{n}', EMPTY_LINE)}</template>`;
  const error = errors.lines !== undefined && html`<p class="error" role="alert">${errors.lines}</p>`;
  if (look.lines === 'stacked') return html`<div data-part="lines">${rows}</div>${template}${error}`;
  return html`<table class="lines" aria-label="${words['group.lines']}"><thead><tr><th scope="col">${words['line.description']}</th>
<th scope="col">${words['line.quantity']}</th><th scope="col">${words['line.price']}</th><th scope="col">${words['line.amount']}</th></tr></thead>
<tbody data-part="lines">${rows}</tbody></table>${template}${error}`;
}

function billForm(page: ArrivalPage): Html {
  const { look, arrival } = page;
  const { words } = look;
  const blocks = look.blocks.map((block) => {
    const inside = block.fields ? html`<div class="fields">${block.fields.map((name) => field(name, page))}</div>` : lines(page);
    return block.legend === null ? inside : html`<fieldset><legend>${block.legend}</legend>${inside}</fieldset>`;
  });
  const path = `/arrivals/${arrival.id}`;
  const buttons = look.buttons.map(
    (name) =>
      html`<button${name === 'save' && html` class="main" data-part="save"`} formaction="${path}/${name}">${words[`button.${name}`]}</button>`,
  );
  const dialog =
    page.confirm &&
    html`<dialog data-part="confirm" aria-label="${words['dialog.save']}"><p>${words['dialog.save']}</p>
<button type="button" class="main" data-answer="yes">${words['button.yes']}</button> <button type="button" data-answer="no">${words['button.no']}</button></dialog>`;
  return html`<form class="bill" data-part="bill" data-labels="${look.labels}" data-none="${words['option.none']}" method="post" action="${path}/save" novalidate>
${blocks}<div class="buttons">${buttons}</div>${dialog}</form>`;
}

export function renderArrival(page: ArrivalPage): Html {
  const { arrival } = page;
  const status = String(arrival.status);
  return html`${renderNote(page.note)}<div class="desk">
<section class="document" aria-label="Document" data-part="viewer" data-file="/arrivals/${arrival.id as number}/file" aria-busy="true">
<div class="pages"><button type="button" class="quiet" data-turn="-1" disabled>Previous page</button><span data-part="page-number" aria-live="polite"></span>
<button type="button" class="quiet" data-turn="1" disabled>Next page</button></div>
<p data-part="viewer-status" role="status"></p><div class="sheet" data-part="sheet" hidden></div>
<noscript><a href="/arrivals/${arrival.id as number}/file">Open the PDF</a></noscript></section>
${status === 'new' ? billForm(page) : html`<p class="done">This arrival is ${status}.</p>`}</div>`;
}
