/**
 * The form of a bill while it is filled in: orders of the chosen vendor, amounts and sum of the lines, a fresh line when the last one is
 * used, remarks on it (asked from the books, or reckoned), and the question before saving. Fields are found by `data-` attributes; names and ids may be any.
 */
import { formatAmount, parseAmount } from './amounts.js';
import { askInBackground } from './router.js';

/** @typedef {HTMLInputElement & HTMLSelectElement} Field */

/** What was last asked, by form, so that the same is not asked twice. @type {WeakMap<Element, string>} */
const asked = new WeakMap();
/** Forms whose saving was confirmed. @type {WeakSet<Element>} */
const confirmed = new WeakSet();

/** @param {Element} form @param {string} name @returns {Field} */
const field = (form, name) => /** @type {Field} */ (form.querySelector(`[data-field="${name}"]`));
/** @param {Element} line @param {string} name @returns {Field} */
const part = (line, name) => /** @type {Field} */ (line.querySelector(`[data-line="${name}"]`));
/** @param {Element} form */
const lines = (form) => [...form.querySelectorAll('[data-part="line"]')];

/** Writes the amounts of the lines and their sum; returns the sum as text, '' without any amount. @param {Element} form */
function reckon(form) {
  /** @type {number | null} */
  let net = null;
  for (const line of lines(form)) {
    const price = parseAmount(part(line, 'price').value);
    const quantity = /^[1-9]\d{0,5}$/.exec(part(line, 'quantity').value.trim());
    const amount = price === null || quantity === null ? null : price * Number(quantity[0]);
    if (amount !== null) net = (net ?? 0) + amount;
    write(part(line, 'amount'), amount === null ? '' : formatAmount(amount));
  }
  const text = net === null ? '' : formatAmount(net);
  write(field(form, 'net'), text);
  return text;
}

/** @param {Element} element @param {string} text */
function write(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

/** @param {Element} form */
function addLineIfUsed(form) {
  const rows = lines(form);
  const last = rows.at(-1);
  if (!last || part(last, 'price').value.trim() === '') return;
  const template = /** @type {HTMLTemplateElement} */ (form.querySelector('[data-part="line-template"]'));
  const holder = document.createElement('template');
  holder.innerHTML = template.innerHTML.replaceAll('{n}', String(rows.length + 1));
  form.querySelector('[data-part="lines"]')?.append(holder.content);
}

/** @param {Element} form */
async function loadOrders(form) {
  const vendor = field(form, 'vendor').value;
  const list = field(form, 'order');
  const chosen = list.value;
  const response = vendor === '' ? null : await askInBackground(`/vendors/${vendor}/orders`);
  if (vendor !== '' && !response) return;
  if (field(form, 'vendor').value !== vendor) return;
  /** @type {{ id: number, number: string, net: number }[]} */
  const orders = response ? await response.json() : [];
  list.replaceChildren(
    new Option(/** @type {HTMLElement} */ (form).dataset.none, ''),
    ...orders.map((order) => {
      const option = new Option(order.number, String(order.id));
      option.dataset.net = String(order.net);
      return option;
    }),
  );
  list.value = orders.some((order) => String(order.id) === chosen) ? chosen : '';
}

/** Remarks on what the page itself can reckon: the sum against the order, and net and tax against the total. @param {Element} form */
function compare(form) {
  const net = parseAmount(reckon(form));
  const [tax, total] = ['tax', 'total'].map((name) => parseAmount(field(form, name).value));
  const ordered = field(form, 'order').selectedOptions[0]?.dataset.net;
  const difference = net === null || ordered === undefined ? 0 : net - Number(ordered);
  const adds = net === null || tax === null || total === null || net + tax === total;
  say(form, 'order', difference === 0 ? '' : (words) => words.replace('{amount}', formatAmount(Math.abs(difference))));
  say(form, 'total', adds ? '' : (words) => words);
}

/** @param {Element} form @param {string} name @param {string | ((words: string) => string)} remark its text, or what makes it from the field's own words */
function say(form, name, remark) {
  const element = /** @type {HTMLElement | null} */ (form.querySelector(`[data-remark="${name}"]`));
  if (element) write(element, typeof remark === 'string' ? remark : remark(element.dataset.words ?? ''));
}

/** Asks the books for remarks, if there is something that they could remark on. @param {Element} form */
async function check(form) {
  compare(form);
  const [vendor, number, iban] = ['vendor', 'number', 'iban'].map((name) => field(form, name).value.trim());
  /** @type {Record<string, string>} */
  const question = vendor && (number || iban) ? { vendor, ...(number && { number }), ...(iban && { iban }) } : {};
  const query = String(new URLSearchParams(question));
  if (asked.get(form) === query) return;
  asked.set(form, query);
  const response = query === '' ? null : await askInBackground(`/checks?${query}`);
  if (asked.get(form) !== query) return;
  if (query !== '' && !response) {
    asked.delete(form);
    return;
  }
  /** @type {Record<string, string>} */
  const remarks = response ? await response.json() : {};
  for (const name of ['number', 'iban']) say(form, name, remarks[name] ?? '');
}

/** @param {Element} root @param {boolean} again */
export function mountBill(root, again) {
  const form = root.querySelector('form[data-part="bill"]');
  if (!form) return;
  if (again) {
    asked.delete(form);
    // What was under way when the session ended was lost.
    if (field(form, 'vendor').value !== '') void loadOrders(form);
  }
  void check(form);
}

/** @param {Event} event */
const billOf = (event) => /** @type {Element} */ (event.target).closest?.('form[data-part="bill"]') ?? null;

document.addEventListener('input', (event) => {
  const form = billOf(event);
  if (!form || !(/** @type {HTMLElement} */ (event.target).dataset.line)) return;
  reckon(form);
  addLineIfUsed(form);
});

document.addEventListener('change', (event) => {
  const form = billOf(event);
  if (!form) return;
  if (/** @type {HTMLElement} */ (event.target).dataset.field !== 'vendor') void check(form);
  else void loadOrders(form).then(() => check(form));
});

// Enter in a field moves nothing and saves nothing: a bill is saved by its button.
document.addEventListener('keydown', (event) => {
  if (event.key === 'Enter' && /** @type {Element} */ (event.target).tagName === 'INPUT' && billOf(event)) event.preventDefault();
});

document.addEventListener('click', (event) => {
  const button = /** @type {Element} */ (event.target).closest?.('[data-answer]');
  const form = billOf(event);
  if (!button || !form) return;
  button.closest('dialog')?.close();
  if (/** @type {HTMLElement} */ (button).dataset.answer !== 'yes') return;
  confirmed.add(form);
  /** @type {HTMLFormElement} */ (form).requestSubmit(/** @type {HTMLElement} */ (form.querySelector('[data-part="save"]')));
});

/**
 * Whether a form may be sent now; if it must be confirmed first, asks.
 * @param {HTMLFormElement} form
 * @param {HTMLElement | null} submitter
 */
export function maySend(form, submitter) {
  const dialog = /** @type {HTMLDialogElement | null} */ (form.querySelector('dialog[data-part="confirm"]'));
  if (!dialog || submitter?.dataset.part !== 'save' || confirmed.delete(form)) return true;
  dialog.showModal();
  return false;
}
