/**
 * What the app answers to which request. Pages come whole or, to the page's own router (header `x-fragment`), as their changing parts.
 *
 * Nothing from outside is trusted: ids are parsed, forms are bounded, texts are escaped by `html`. Who may ask at all is `guard.ts`'s.
 */
import { type Context, Hono } from 'hono';
import { deleteCookie, getCookie, setCookie } from 'hono/cookie';
import { HTTPException } from 'hono/http-exception';
import * as z from 'zod';
import { plainIban } from './amounts.ts';
import type { Assets } from './assets.ts';
import { type BillErrors, type BillForm, enterBill, readBill, readBillForm } from './bill-input.ts';
import { remark } from './checks.ts';
import { addUpload, documentOf, MAX_UPLOAD_BYTES, readUpload } from './documents-in.ts';
import type { Episode } from './episode.ts';
import { type Env, guard, secure } from './guard.ts';
import { html } from './html.ts';
import { EMPTY_FORM, renderArrival } from './pages/arrival.ts';
import { renderInbox } from './pages/inbox.ts';
import { type Page, renderPage, renderParts } from './pages/layout.ts';
import { renderLogIn } from './pages/log-in.ts';
import { renderBills, renderOrders, renderPayments, renderVendor, renderVendors } from './pages/tables.ts';
import { renderTakeBack } from './pages/take-back.ts';
import { reopenArrival } from './reopen.ts';

type C = Context<Env>;

const ID = z
  .string()
  .regex(/^[1-9]\d{0,9}$/)
  .transform(Number);
const MAX_FORM_BYTES = 256 * 1024;
/** Words of the app behind the `done` of an address. */
const DONE = { saved: 'status.saved', rejected: 'status.rejected', flagged: 'status.flagged' } as const;
type Done = keyof typeof DONE;

const ARRIVAL = 'SELECT id, file_name, received, status, reason, bill_id FROM arrivals';

export function makeRoutes(episode: () => Episode, assets: Assets): Hono<Env> {
  const app = new Hono<Env>();

  const respond = (c: C, page: Page, path = c.req.path) => {
    const { state, look } = episode();
    const user = c.get('user');
    const frame = {
      look,
      company: state.books.company,
      user,
      path,
      paint: state.paint ?? true,
      asset: (name: Parameters<Assets['url']>[0]) => assets.url(name),
    };
    const code = page.code ?? 200;
    if (c.req.header('x-fragment') === undefined) return c.html(renderPage(page, frame), code);
    c.header('x-title', encodeURIComponent(`${page.title} – ${state.books.company}`));
    c.header('x-status', encodeURIComponent(page.status ?? ''));
    c.header('x-location', path);
    return c.html(renderParts(page, frame), code);
  };

  const logIn = (c: C, next: string, error?: string) => {
    const { look } = episode();
    const main = renderLogIn(look, { next, ...(error === undefined ? {} : { error }) });
    return respond(c, { title: look.words['button.log-in'], main, code: error === undefined && c.req.path === '/login' ? 200 : 401 });
  };

  const missing = (c: C) => respond(c, { title: 'Not found', main: html`<p>There is no such page.</p>`, code: 404 });

  const inbox = (c: C, options: { done?: Done; error?: string; code?: 400 | 413 } = {}) => {
    const { store, state, look } = episode();
    const arrivals = store.all(`${ARRIVAL} ORDER BY id DESC`);
    const main = renderInbox(look, arrivals, {
      note: state.pageInjection,
      ...(options.error === undefined ? {} : { error: options.error }),
    });
    const status = options.done === undefined ? {} : { status: look.words[DONE[options.done]] };
    return respond(c, { title: look.words['page.inbox'], main, ...status, ...(options.code ? { code: options.code } : {}) }, '/');
  };

  /** After a change: the router gets the next page at once, a browser without it is sent there. */
  const after = (c: C, to: string, show: () => Response | Promise<Response>) =>
    c.req.header('x-fragment') === undefined ? c.redirect(to, 303) : show();

  app.use(secure);

  app.get('/assets/:hash/*', (c) => {
    const hash = c.req.param('hash');
    const file = assets.file(c.req.path.slice(`/assets/${hash}/`.length), hash);
    if (!file) return c.notFound();
    c.header('cache-control', 'public, max-age=31536000, immutable');
    return c.body(file.bytes, 200, { 'content-type': file.type });
  });

  app.use(guard(episode, logIn));

  /** What a request sends must not reach an episode that began while it was on its way. */
  const ofThisEpisode = async <T>(arriving: Promise<T>): Promise<T> => {
    const begun = episode();
    const result = await arriving;
    if (begun !== episode()) throw new HTTPException(410, { message: 'The episode is over' });
    return result;
  };

  /** The body of a form, or null if there is too much of it. */
  const form = async (c: C): Promise<URLSearchParams | null> => {
    if (Number(c.req.header('content-length') ?? 0) > MAX_FORM_BYTES) return null;
    const text = await ofThisEpisode(c.req.text());
    return text.length > MAX_FORM_BYTES ? null : new URLSearchParams(text);
  };
  const tooLarge = (c: C) => respond(c, { title: 'Too large', main: html`<p>That is more than a form can hold.</p>`, code: 413 });

  // Logging in and out.

  app.get('/login', (c) => logIn(c, '/'));
  app.post('/login', async (c) => {
    const { store, cookie } = episode();
    const body = await form(c);
    if (!body) return tooLarge(c);
    const user = body.get('user') ?? '';
    // Only a path of this server; `//host` would be another.
    const next = /^\/(?![/\\])[\x21-\x7e]*$/.test(body.get('next') ?? '') ? (body.get('next') as string) : '/';
    if (!store.passwordFits(user, body.get('password') ?? '')) return logIn(c, next, 'User or password is wrong');
    setCookie(c, cookie, store.openSession(), { httpOnly: true, sameSite: 'Strict', path: '/' });
    if (c.req.header('x-fragment') === undefined) return c.redirect(next, 303);
    c.header('x-location', next);
    return c.body(null, 204);
  });
  app.post('/logout', (c) => {
    const { store, cookie } = episode();
    store.run('DELETE FROM sessions WHERE token = ?', getCookie(c, cookie) ?? '');
    deleteCookie(c, cookie, { path: '/' });
    c.set('user', null);
    return after(c, '/login', () => {
      const { look } = episode();
      return respond(c, { title: look.words['button.log-in'], main: renderLogIn(look, { next: '/' }) }, '/login');
    });
  });

  // Inbox and arrivals.

  app.get('/', (c) => {
    const done = z.enum(['saved', 'rejected', 'flagged']).safeParse(c.req.query('done'));
    return inbox(c, done.success ? { done: done.data } : {});
  });

  app.post('/arrivals', async (c) => {
    const { store, state } = episode();
    if (Number(c.req.header('content-length') ?? Number.POSITIVE_INFINITY) > MAX_UPLOAD_BYTES + 64 * 1024)
      return inbox(c, { error: 'Only files up to 10 MB', code: 413 });
    const upload = await ofThisEpisode(
      c.req
        .formData()
        .then((body) => readUpload(body.get('file')))
        .catch(() => readUpload(null)),
    );
    if (!upload.ok) return inbox(c, { error: upload.message, code: upload.code });
    addUpload(store, upload, state.now);
    return after(c, '/', () => inbox(c));
  });

  const arrivalOf = (c: C) => {
    const id = ID.safeParse(c.req.param('id'));
    return id.success ? episode().store.get(`${ARRIVAL} WHERE id = ?`, id.data) : undefined;
  };
  const ordersOf = (vendorId: number) =>
    episode().store.all(
      "SELECT id, number, net_minor AS net FROM orders WHERE vendor_id = ? AND status = 'open' ORDER BY number, id",
      vendorId,
    );

  const arrivalPage = (c: C, shown: { form: BillForm; errors: BillErrors; status?: string; code?: 400 | 409 }) => {
    const { store, state, look } = episode();
    const arrival = arrivalOf(c);
    if (!arrival) return missing(c);
    const main = renderArrival({
      look,
      arrival,
      vendors: store.all('SELECT id, name FROM vendors ORDER BY name, id'),
      orders: ordersOf(Number(shown.form.values.vendor ?? 0)),
      form: shown.form,
      errors: shown.errors,
      confirm: state.interface.confirm,
      note: state.pageInjection,
    });
    const { status, code } = shown;
    const page = { title: String(arrival.file_name), main, ...(status === undefined ? {} : { status }), ...(code ? { code } : {}) };
    return respond(c, page, `/arrivals/${arrival.id}`);
  };

  app.get('/arrivals/:id', (c) => arrivalPage(c, { form: EMPTY_FORM, errors: {} }));
  app.get('/arrivals/:id/file', async (c) => {
    const arrival = arrivalOf(c);
    const bytes = arrival ? await documentOf(episode(), Number(arrival.id)) : null;
    if (!bytes) return c.notFound();
    return c.body(bytes, 200, { 'content-type': 'application/pdf', 'content-disposition': 'inline' });
  });

  app.post('/arrivals/:id/save', async (c) => {
    const { store, look } = episode();
    const arrival = arrivalOf(c);
    if (!arrival) return missing(c);
    const body = await form(c);
    if (!body) return tooLarge(c);
    const typed = readBillForm(body, look);
    if (arrival.status !== 'new') return arrivalPage(c, { form: typed, errors: {}, status: 'This was already done', code: 409 });
    const result = readBill(typed, store);
    if (!result.ok) return arrivalPage(c, { form: typed, errors: result.errors, status: 'Not saved: see below', code: 400 });
    enterBill(store, Number(arrival.id), result.bill);
    return after(c, '/?done=saved', () => inbox(c, { done: 'saved' }));
  });

  const close = (c: C, status: Exclude<Done, 'saved'>, reason: string) => {
    const arrival = arrivalOf(c);
    if (!arrival) return missing(c);
    if (arrival.status !== 'new') return arrivalPage(c, { form: EMPTY_FORM, errors: {}, status: 'This was already done', code: 409 });
    episode().store.run('UPDATE arrivals SET status = ?, reason = ? WHERE id = ?', status, reason, arrival.id ?? 0);
    return after(c, `/?done=${status}`, () => inbox(c, { done: status }));
  };
  app.post('/arrivals/:id/reject', (c) => close(c, 'rejected', 'duplicate'));
  app.post('/arrivals/:id/flag', (c) => close(c, 'flagged', 'difference'));

  // Taking a decision back.

  const takeBack = (c: C, status?: string, code?: 409) => {
    const rows = episode().store.all(
      `SELECT arrivals.id, file_name, status, bill_id, number, total_minor, bills.currency FROM arrivals
       LEFT JOIN bills ON bills.id = bill_id WHERE status <> 'new' ORDER BY arrivals.id DESC`,
    );
    const page = { title: 'Take back', main: renderTakeBack(rows), ...(status === undefined ? {} : { status }), ...(code ? { code } : {}) };
    return respond(c, page, '/take-back');
  };
  app.get('/take-back', (c) => takeBack(c));
  app.post('/arrivals/:id/reopen', async (c) => {
    const arrival = arrivalOf(c);
    if (!arrival) return missing(c);
    const body = await form(c);
    if (!body) return tooLarge(c);
    const seen = { status: body.get('status') ?? '', bill: body.get('bill') ?? '' };
    const refused = reopenArrival(episode().store, Number(arrival.id), seen);
    if (refused !== null) return takeBack(c, refused, 409);
    return after(c, '/take-back', () => takeBack(c, 'Reopened'));
  });

  // What the bill's form asks while it is filled in.

  app.get('/checks', (c) => {
    const { store, look } = episode();
    const ask = (name: string) => (c.req.query(name) ?? '').slice(0, 200);
    return c.json(remark({ vendor: ask('vendor'), number: ask('number'), iban: ask('iban') }, look, store));
  });
  app.get('/vendors/:id/orders', (c) => {
    const id = ID.safeParse(c.req.param('id'));
    return c.json(id.success ? ordersOf(id.data) : []);
  });

  // The plain pages.

  const vendors = (c: C, status?: string) => {
    const { store, look } = episode();
    const main = renderVendors(look, store.all('SELECT * FROM vendors ORDER BY name, id'));
    return respond(c, { title: look.words['page.vendors'], main, ...(status === undefined ? {} : { status }) }, '/vendors');
  };
  const bills = (c: C, status?: string) => {
    const { store, look } = episode();
    const rows = store.all(
      `SELECT bills.*, vendors.name AS vendor, (SELECT count(*) FROM payments WHERE bill_id = bills.id) AS payments
       FROM bills LEFT JOIN vendors ON vendors.id = vendor_id ORDER BY bills.id DESC`,
    );
    const main = renderBills(look, rows);
    return respond(c, { title: look.words['page.bills'], main, ...(status === undefined ? {} : { status }) }, '/bills');
  };

  app.get('/vendors', (c) => vendors(c));
  app.get('/vendors/:id', (c) => {
    const id = ID.safeParse(c.req.param('id'));
    const row = id.success ? episode().store.get('SELECT * FROM vendors WHERE id = ?', id.data) : undefined;
    if (!row) return missing(c);
    const vendor = { id: Number(row.id), name: String(row.name), iban: String(row.iban) };
    return respond(c, { title: vendor.name, main: renderVendor(vendor) });
  });
  app.post('/vendors/:id', async (c) => {
    const { store } = episode();
    const id = ID.safeParse(c.req.param('id'));
    const body = await form(c);
    if (!body) return tooLarge(c);
    if (!id.success || !store.get('SELECT 1 FROM vendors WHERE id = ?', id.data)) return missing(c);
    const vendor = { id: id.data, name: (body.get('name') ?? '').trim(), iban: plainIban(body.get('iban') ?? '') };
    if (vendor.name === '' || vendor.name.length > 200 || vendor.iban.length > 34)
      return respond(c, { title: 'Vendor', main: renderVendor(vendor, 'Enter a name and an IBAN'), code: 400 });
    store.run('UPDATE vendors SET name = ?, iban = ? WHERE id = ?', vendor.name, vendor.iban, vendor.id);
    return after(c, '/vendors', () => vendors(c, 'Vendor saved'));
  });
  app.post('/vendors/:id/delete', (c) => {
    const id = ID.safeParse(c.req.param('id'));
    if (!id.success) return missing(c);
    episode().store.run('DELETE FROM vendors WHERE id = ?', id.data);
    return after(c, '/vendors', () => vendors(c, 'Vendor deleted'));
  });

  app.get('/orders', (c) => {
    const { store, look } = episode();
    const rows = store.all(
      'SELECT orders.*, vendors.name AS vendor FROM orders LEFT JOIN vendors ON vendors.id = vendor_id ORDER BY orders.id',
    );
    return respond(c, { title: look.words['page.orders'], main: renderOrders(look, rows) });
  });

  app.get('/bills', (c) => bills(c));
  app.post('/bills/:id/delete', (c) => {
    const id = ID.safeParse(c.req.param('id'));
    const { store } = episode();
    if (!id.success || !store.get('SELECT 1 FROM bills WHERE id = ?', id.data)) return missing(c);
    store.transaction(() => {
      store.run('DELETE FROM bill_lines WHERE bill_id = ?', id.data);
      store.run('DELETE FROM bills WHERE id = ?', id.data);
    });
    return after(c, '/bills', () => bills(c, 'Bill deleted'));
  });
  app.post('/bills/:id/pay', (c) => {
    const id = ID.safeParse(c.req.param('id'));
    const { store, state } = episode();
    if (!id.success || !store.get('SELECT 1 FROM bills WHERE id = ?', id.data)) return missing(c);
    store.transaction(() => store.pay(id.data, state.now.slice(0, 10)));
    return after(c, '/bills', () => bills(c, 'Bill paid'));
  });

  app.get('/payments', (c) => {
    const { store, look } = episode();
    const rows = store.all(
      `SELECT payments.*, bills.number, vendors.name AS vendor FROM payments LEFT JOIN bills ON bills.id = bill_id
       LEFT JOIN vendors ON vendors.id = bills.vendor_id ORDER BY payments.id DESC`,
    );
    return respond(c, { title: look.words['page.payments'], main: renderPayments(look, rows) });
  });

  app.get('/ledger.csv', (c) => c.body(episode().store.exportLedger(), 200, { 'content-type': 'text/csv; charset=utf-8' }));

  app.notFound((c) => (c.req.path.startsWith('/assets/') ? c.text('Not found', 404) : missing(c as C)));
  app.onError((error, c) => {
    if (error instanceof HTTPException) return error.getResponse();
    console.error(error);
    return c.text('The app made a mistake', 500);
  });
  return app;
}
