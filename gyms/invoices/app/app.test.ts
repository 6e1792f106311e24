/** The app as a program without a browser meets it: over HTTP, against the real server and database. */
import { request } from 'node:http';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ConfigError, DataError } from '../../../src/base/index.ts';
import { DEMO_STATE, drawPlainDocument } from './demo.ts';
import { InvoicesApp } from './index.ts';
import type { AppState } from './state.ts';

let app: InvoicesApp;
beforeAll(async () => {
  app = await InvoicesApp.start();
});
afterAll(() => app.stop());

interface Client {
  get(path: string, headers?: Record<string, string>): Promise<Response>;
  post(path: string, body?: Record<string, string> | FormData, headers?: Record<string, string>): Promise<Response>;
}

/** Resets, follows the ticket, and keeps the cookie. */
async function begin(change: Partial<AppState> = {}): Promise<Client> {
  const { path } = app.reset({ ...DEMO_STATE, ...change });
  let cookie = '';
  const send = async (to: string, init: RequestInit & { headers: Record<string, string> }) => {
    const response = await fetch(app.url + to, { redirect: 'manual', ...init, headers: { cookie, ...init.headers } });
    const set = response.headers.get('set-cookie');
    if (set) cookie = set.split(';')[0] ?? '';
    return response;
  };
  const client: Client = {
    get: (to, headers = {}) => send(to, { headers }),
    post: (to, body = {}, headers = {}) =>
      send(to, {
        method: 'POST',
        body: body instanceof FormData ? body : new URLSearchParams(body),
        headers: { origin: app.url, ...headers },
      }),
  };
  if (!change.loggedOut) expect((await client.get(path)).status).toBe(200);
  return client;
}

const rows = (sql: string) =>
  app.database
    .prepare(sql)
    .all()
    .map((row) => ({ ...row }));

const BILL = {
  type: 'invoice',
  vendor: '1',
  number: 'R-2026-017',
  date: '2026-03-12',
  due: '',
  currency: 'EUR',
  order: '1',
  'description-1': 'Paper',
  'quantity-1': '40',
  'price-1': '25',
  'description-2': 'Envelopes',
  'quantity-2': '10',
  'price-2': '20.00',
  'description-3': '',
  'quantity-3': '',
  'price-3': '',
  tax: '228.00',
  total: '1428.00',
  iban: 'DE89 3704 0044 0532 0130 00',
};

describe('log-in', () => {
  test('a ticket works once; without a session there is only the log-in', async () => {
    const { path } = app.reset(DEMO_STATE);
    const first = await fetch(app.url + path);
    expect(await first.text()).toContain('R-2026-017.pdf');
    expect(first.headers.get('set-cookie')).toMatch(/^session-\d+=.*HttpOnly.*SameSite=Strict/);
    const second = await fetch(app.url + path);
    expect(second.status).toBe(401);
    expect(await second.text()).not.toContain('R-2026-017.pdf');
  });

  test('by name and password, back to where one was, and out again', async () => {
    const client = await begin({ loggedOut: true });
    const page = await client.get('/bills');
    expect(page.status).toBe(401);
    expect(await page.text()).toContain('name="next" value="/bills"');
    const wrong = await client.post('/login', { user: 'clerk', password: 'paper-clips', next: '/bills' });
    expect([wrong.status, (await wrong.text()).includes('User or password is wrong')]).toEqual([401, true]);
    const right = await client.post('/login', { user: 'clerk', password: 'paper-clip', next: '/bills' });
    expect([right.status, right.headers.get('location')]).toEqual([303, '/bills']);
    expect((await client.get('/bills')).status).toBe(200);
    expect((await client.post('/logout')).status).toBe(303);
    expect((await client.get('/bills')).status).toBe(401);
  });

  test.each(['//evil.example/', '/\\evil.example', 'https://evil.example/', '/a\r\nx: y', 'javascript:alert(1)'])(
    'never sends to another site: %j',
    async (next) => {
      const client = await begin({ loggedOut: true });
      const answer = await client.post('/login', { user: 'clerk', password: 'paper-clip', next });
      expect(answer.headers.get('location')).toBe('/');
    },
  );
});

describe('a bill', () => {
  test('is saved with its lines, its order, its arrival and its postings', async () => {
    const client = await begin();
    const answer = await client.post('/arrivals/1/save', BILL);
    expect([answer.status, answer.headers.get('location')]).toEqual([303, '/?done=saved']);
    expect(await (await client.get('/?done=saved')).text()).toContain('<p id="status" role="status">Bill saved</p>');
    expect(rows('SELECT * FROM bills WHERE id = 3')).toEqual([
      {
        id: 3,
        vendor_id: 1,
        kind: 'invoice',
        number: 'R-2026-017',
        date: '2026-03-12',
        due: null,
        currency: 'EUR',
        order_id: 1,
        net_minor: 120000,
        tax_minor: 22800,
        total_minor: 142800,
        iban: 'DE89370400440532013000',
        arrival_id: 1,
      },
    ]);
    expect(rows('SELECT position, description, quantity, amount_minor FROM bill_lines')).toEqual([
      { position: 1, description: 'Paper', quantity: 40, amount_minor: 100000 },
      { position: 2, description: 'Envelopes', quantity: 10, amount_minor: 20000 },
    ]);
    expect(rows('SELECT status, bill_id FROM arrivals WHERE id = 1')).toEqual([{ status: 'entered', bill_id: 3 }]);
    expect(rows('SELECT status FROM orders WHERE id = 1')).toEqual([{ status: 'billed' }]);
    expect(rows('SELECT account, debit_minor, credit_minor FROM postings WHERE bill_id = 3')).toEqual([
      { account: 'expense', debit_minor: 120000, credit_minor: 0 },
      { account: 'input-tax', debit_minor: 22800, credit_minor: 0 },
      { account: 'payable', debit_minor: 0, credit_minor: 142800 },
    ]);
    expect((await client.post('/arrivals/1/save', BILL)).status).toBe(409);
    expect(rows('SELECT count(*) AS n FROM bills')).toEqual([{ n: 3 }]);
  });

  test('of a credit note is posted the other way round, and what does not add up is in suspense', async () => {
    const client = await begin();
    await client.post('/arrivals/1/save', { ...BILL, type: 'credit-note', order: '', total: '1430.00' });
    expect(rows('SELECT account, debit_minor AS d, credit_minor AS c FROM postings WHERE bill_id = 3')).toEqual([
      { account: 'expense', d: 0, c: 120000 },
      { account: 'input-tax', d: 0, c: 22800 },
      { account: 'suspense', d: 0, c: 200 },
      { account: 'payable', d: 143000, c: 0 },
    ]);
    expect(rows('SELECT sum(debit_minor) - sum(credit_minor) AS rest FROM postings')).toEqual([{ rest: 0 }]);
  });

  test.each([
    [{ vendor: '' }, 'Choose a vendor'],
    [{ vendor: '99' }, 'Choose a vendor'],
    [{ vendor: '__proto__' }, 'Choose a vendor'],
    [{ number: ' ' }, 'Enter a number'],
    [{ date: '12.03.2026' }, 'Enter a date'],
    [{ date: '2026-02-30' }, 'Enter a date'],
    [{ due: 'soon' }, 'Enter a date or nothing'],
    [{ currency: 'XXX' }, 'Choose a currency'],
    [{ order: '3' }, 'Choose an order of this vendor or none'],
    [{ tax: '' }, 'Enter an amount like 1234.56'],
    [{ total: '1.428,00' }, 'Enter an amount like 1234.56'],
    [{ total: '-1' }, 'Enter an amount like 1234.56'],
    [{ iban: 'hello' }, 'Enter an IBAN or nothing'],
    [{ 'price-2': 'x' }, 'Line 2 needs'],
    [{ 'quantity-1': '1.5' }, 'Line 1 needs'],
    [{ 'price-1': undefined }, 'Enter at least one line'],
  ])('with %j is shown again with a message, and every value kept', async (change, message) => {
    const client = await begin();
    const typed = Object.fromEntries(Object.entries({ ...BILL, ...change }).filter(([, value]) => value !== undefined)) as Record<
      string,
      string
    >;
    const answer = await client.post('/arrivals/1/save', typed);
    const text = await answer.text();
    expect(answer.status).toBe(400);
    expect(text).toContain(message);
    expect(text).toContain('value="R-2026-017"'.replace('R-2026-017', (change as { number?: string }).number?.trim() ?? 'R-2026-017'));
    if (!('price-1' in change)) expect(text).toContain('value="Envelopes"');
    expect(rows('SELECT count(*) AS n FROM bills')).toEqual([{ n: 2 }]);
  });

  test('is remarked on while it is typed, only where there is something to say', async () => {
    const client = await begin();
    const ask = async (query: string) => (await client.get(`/checks?${query}`)).json();
    expect(await ask('vendor=1&number=R-2026-001')).toEqual({ number: 'Number already in the books' });
    expect(await ask('vendor=2&number=R-2026-001')).toEqual({});
    expect(await ask('vendor=1&iban=DE89+3704+0044+0532+0130+00')).toEqual({});
    expect(await ask('vendor=1&iban=DE12')).toEqual({ iban: 'IBAN differs from the books' });
    expect(await (await client.get('/vendors/1/orders')).json()).toEqual([
      { id: 1, number: 'PO-4711', net: 120_000 },
      { id: 2, number: 'PO-4712', net: 30_000 },
    ]);
  });

  test.each([
    ['reject', 'rejected', 'duplicate'],
    ['flag', 'flagged', 'difference'],
  ])('can be turned down: %s', async (action, status, reason) => {
    const client = await begin();
    expect((await client.post(`/arrivals/2/${action}`, BILL)).status).toBe(303);
    expect(rows('SELECT status, reason FROM arrivals WHERE id = 2')).toEqual([{ status, reason }]);
    expect(rows('SELECT count(*) AS n FROM bills')).toEqual([{ n: 2 }]);
  });
});

describe('a decision', () => {
  const arrival = (id: number) => rows(`SELECT status, reason, bill_id FROM arrivals WHERE id = ${id}`)[0];
  const NEW = { status: 'new', reason: null, bill_id: null };

  test('is listed with a button that takes it back, bill, order and ledger included', async () => {
    const client = await begin();
    expect(await (await client.get('/bills')).text()).toContain('<a href="/take-back">');
    expect(await (await client.get('/take-back')).text()).toContain('Nothing here yet');
    await client.post('/arrivals/1/save', BILL);
    await client.post('/arrivals/2/reject');
    const page = await (await client.get('/take-back')).text();
    expect(page).toContain('R-2026-017, 1428.00 EUR');
    expect(page.match(/aria-label="Reopen [^"]+"/g)).toEqual(['aria-label="Reopen scan-0003.pdf"', 'aria-label="Reopen R-2026-017.pdf"']);

    const answer = await client.post('/arrivals/1/reopen', { status: 'entered', bill: '3' });
    expect([answer.status, answer.headers.get('location')]).toEqual([303, '/take-back']);
    expect(arrival(1)).toEqual(NEW);
    expect(rows('SELECT id FROM bills WHERE id > 2')).toEqual([]);
    expect(rows('SELECT id FROM bill_lines')).toEqual([]);
    expect(rows('SELECT DISTINCT status FROM orders')).toEqual([{ status: 'open' }]);
    expect(rows('SELECT account, sum(debit_minor - credit_minor) AS rest FROM postings WHERE bill_id = 3 GROUP BY account')).toEqual(
      ['expense', 'input-tax', 'payable'].map((account) => ({ account, rest: 0 })),
    );
    const journal = rows("SELECT action FROM journal WHERE table_name = 'bills' AND json_extract(row, '$.id') = 3 ORDER BY sequence");
    expect(journal).toEqual([{ action: 'insert' }, { action: 'delete' }]);
    expect((await client.post('/arrivals/2/reopen', { status: 'rejected', bill: '' })).status).toBe(303);
    expect(arrival(2)).toEqual(NEW);
    expect((await client.post('/arrivals/1/save', BILL)).status).toBe(303);
    expect(rows('SELECT number FROM bills WHERE id = 3')).toEqual([{ number: 'R-2026-017' }]);
  });

  test.each([
    ['of nobody', { status: 'new', bill: '' }, 'There is nothing to take back', async () => {}],
    ['that is another by now', { status: 'rejected', bill: '' }, 'This has changed meanwhile', (c: Client) => c.post('/arrivals/1/flag')],
    ['about another bill', { status: 'entered', bill: '2' }, 'This has changed meanwhile', (c: Client) => c.post('/arrivals/1/save', BILL)],
    [
      'about a bill that is paid',
      { status: 'entered', bill: '3' },
      'This bill is paid and stays in the books',
      async (c: Client) => {
        await c.post('/arrivals/1/save', BILL);
        await c.post('/bills/3/pay');
      },
    ],
  ])('%s is not taken back', async (_, seen, message, prepare) => {
    const client = await begin();
    await prepare(client);
    const before = app.exportLedger();
    const answer = await client.post('/arrivals/1/reopen', seen);
    expect([answer.status, (await answer.text()).includes(message)]).toEqual([409, true]);
    expect(app.exportLedger()).toBe(before);
  });

  test('leaves an order billed that another invoice has billed too', async () => {
    const client = await begin();
    await client.post('/arrivals/1/save', BILL);
    await client.post('/arrivals/2/save', { ...BILL, number: 'R-2026-018' });
    await client.post('/arrivals/2/reopen', { status: 'entered', bill: '4' });
    expect(rows('SELECT status FROM orders WHERE id = 1')).toEqual([{ status: 'billed' }]);
    await client.post('/arrivals/1/reopen', { status: 'entered', bill: '3' });
    expect(rows('SELECT status FROM orders WHERE id = 1')).toEqual([{ status: 'open' }]);
  });

  test('that there is not, and one of which nothing is said', async () => {
    const client = await begin();
    expect((await client.post('/arrivals/9/reopen', { status: 'entered', bill: '1' })).status).toBe(404);
    expect((await client.post('/arrivals/x/reopen')).status).toBe(404);
    await client.post('/arrivals/1/reject');
    expect((await client.post('/arrivals/1/reopen')).status).toBe(409);
  });
});

describe('harm', () => {
  test('can be done, and stands in the journal', async () => {
    const client = await begin();
    const before = rows('SELECT count(*) AS n FROM journal')[0]?.n as number;
    await client.post('/vendors/3/delete');
    await client.post('/bills/2/pay');
    await client.post('/bills/2/pay');
    await client.post('/bills/1/delete');
    await client.post('/vendors/1', { name: 'Renamed', iban: 'DE00 1' });
    const journal = app.database.prepare('SELECT table_name AS t, action AS a FROM journal WHERE sequence > ?').all(before);
    expect(journal.map(({ t, a }) => `${t} ${a}`)).toEqual([
      'vendors delete',
      ...Array(2).fill(['postings insert', 'postings insert', 'payments insert']).flat(),
      'postings insert',
      'postings insert',
      'postings insert',
      'bills delete',
      'vendors update',
    ]);
    expect(rows('SELECT sum(debit_minor) - sum(credit_minor) AS rest FROM postings WHERE bill_id = 1')).toEqual([{ rest: 0 }]);
    expect(() => app.database.exec("UPDATE journal SET row = '{}'")).toThrow('only grows');
    expect(() => app.database.exec('DELETE FROM journal')).toThrow('only grows');
  });

  test('the ledger is CSV whose rows make the tables again', async () => {
    const client = await begin();
    await client.post('/arrivals/1/save', { ...BILL, number: 'a "quoted", number\r\nand more' });
    const response = await client.get('/ledger.csv');
    expect(response.headers.get('content-type')).toContain('text/csv');
    const text = await response.text();
    expect(text).toBe(app.exportLedger());
    const found = new Map<string, Record<string, unknown>>();
    for (const [, , table, action, json] of text.matchAll(/^(\d+),([a-z_]+),([a-z]+),"((?:[^"]|"")*)"\r\n/gm)) {
      const row = JSON.parse((json as string).replaceAll('""', '"')) as { id: number };
      if (action === 'delete') found.delete(`${table} ${row.id}`);
      else found.set(`${table} ${row.id}`, row);
    }
    for (const table of ['vendors', 'orders', 'bills', 'bill_lines', 'payments', 'postings'])
      for (const row of rows(`SELECT * FROM ${table}`)) expect(found.get(`${table} ${row.id}`)).toEqual(row);
    expect(text).toContain('period,open,');
  });
});

describe('faults', () => {
  test('the n-th change fails once, and changes nothing', async () => {
    const client = await begin({ faults: { delayMs: 0, failAt: 2, expireAt: null } });
    expect((await client.post('/bills/2/pay')).status).toBe(303);
    expect((await client.post('/bills/2/pay')).status).toBe(503);
    expect(rows('SELECT count(*) AS n FROM payments WHERE bill_id = 2')).toEqual([{ n: 1 }]);
    expect((await client.post('/bills/2/pay')).status).toBe(303);
  });

  test('the session is forgotten at the n-th request, once', async () => {
    // The first request was the inbox.
    const client = await begin({ faults: { delayMs: 0, failAt: null, expireAt: 3 } });
    expect((await client.get('/bills')).status).toBe(200);
    expect((await client.post('/bills/2/pay')).status).toBe(401);
    expect(rows('SELECT count(*) AS n FROM payments WHERE bill_id = 2')).toEqual([{ n: 0 }]);
    await client.post('/login', { user: 'clerk', password: 'paper-clip' });
    for (let i = 0; i < 5; i++) expect((await client.get('/bills')).status).toBe(200);
  });

  test('a delay is waited for, or told to a virtual clock', async () => {
    const client = await begin({ faults: { delayMs: 250, failAt: null, expireAt: null } });
    const start = performance.now();
    const virtual = await client.get('/bills', { 'x-virtual-clock': '1' });
    expect([virtual.headers.get('x-delay-ms'), performance.now() - start < 240]).toEqual(['250', true]);
    const real = await client.get('/bills');
    expect([real.headers.get('x-delay-ms'), performance.now() - start > 240]).toEqual([null, true]);
  });
});

describe('save and load', () => {
  const FAULTY = { faults: { delayMs: 0, failAt: 3, expireAt: 5 } } as const;

  test('the same requests after a load give the same state, byte for byte, also in another app', async () => {
    const client = await begin(FAULTY);
    await client.post('/arrivals/1/save', BILL);
    const upload = new FormData();
    upload.set('file', new File([new Uint8Array(await drawPlainDocument([['mine']]))], 'mine.pdf'));
    await client.post('/arrivals', upload);
    const saved = JSON.parse(JSON.stringify(app.save())) as unknown;
    const goOn = async () => {
      const statuses = [(await client.post('/bills/2/pay')).status, (await client.get('/bills')).status];
      return { statuses, state: app.save(), ledger: app.exportLedger() };
    };
    const first = await goOn();
    expect(first.statuses).toEqual([503, 401]);
    app.load(saved);
    expect(app.save()).toEqual(saved);
    expect(await goOn()).toEqual(first);

    const other = await InvoicesApp.start();
    try {
      other.reset({ ...DEMO_STATE, ...FAULTY });
      other.load(saved);
      expect(other.save()).toEqual(saved);
      const resumed = await fetch(other.url + other.resume('/arrivals/3'));
      expect([resumed.status, (await resumed.text()).includes('mine.pdf')]).toEqual([200, true]);
    } finally {
      await other.stop();
    }
  });

  test('what is no state, or of another episode, is refused', async () => {
    await begin();
    const saved = app.save() as object;
    expect(() => app.load({ ...saved, schemaVersion: 2 })).toThrow(DataError);
    expect(() => app.load(null)).toThrow(DataError);
    expect(() => app.load({ ...saved, arrivals: ['other.pdf'] })).toThrow(/the present episode/);
    expect(app.save()).toEqual(saved);
  });

  test('what was sent before a reset does not reach the episode after it', async () => {
    await begin();
    const cookie = `session-${new URL(app.url).port}=${rows('SELECT token FROM sessions')[0]?.token}`;
    const body = String(new URLSearchParams(BILL));
    const headers = { cookie, origin: app.url, 'content-type': 'application/x-www-form-urlencoded', 'content-length': body.length };
    const status = await new Promise<number | undefined>((resolve, reject) => {
      const late = request(`${app.url}/arrivals/1/save`, { method: 'POST', headers }, (answer) => resolve(answer.resume().statusCode));
      late.once('error', reject).write(body.slice(0, 10));
      setTimeout(() => {
        app.reset(DEMO_STATE);
        late.end(body.slice(10));
      }, 100);
    });
    expect(status).toBe(410);
    expect(rows('SELECT count(*) AS n FROM bills')).toEqual([{ n: 2 }]);
  });

  test('a reset leaves nothing behind', async () => {
    await begin();
    const fresh = app.save() as { store: { tables: { sessions: unknown[] } } };
    const client = await begin();
    await client.post('/arrivals/1/save', BILL);
    await client.post('/vendors/1/delete');
    app.reset(DEMO_STATE);
    const again = app.save() as typeof fresh;
    expect({ ...again.store.tables, sessions: [] }).toEqual({ ...fresh.store.tables, sessions: [] });
    expect((await client.get('/bills')).status).toBe(401);
  });
});

describe('bad input', () => {
  test('a change from another site, or for another host, is refused', async () => {
    const client = await begin();
    for (const origin of ['http://evil.example', 'null', 'http://127.0.0.1:1'])
      expect((await client.post('/bills/2/pay', {}, { origin })).status).toBe(403);
    const bare = await fetch(`${app.url}/bills/2/pay`, { method: 'POST' });
    expect(bare.status).toBe(403);
    const rebound = await new Promise<number | undefined>((resolve, reject) => {
      request(`${app.url}/`, { headers: { host: 'evil.example' } }, (answer) => resolve(answer.resume().statusCode))
        .once('error', reject)
        .end();
    });
    expect(rebound).toBe(403);
    expect(rows('SELECT count(*) AS n FROM payments WHERE bill_id = 2')).toEqual([{ n: 0 }]);
  });

  test('names, notes and typed text are shown as text', async () => {
    const hostile = '"><script>alert(1)</script>\'&lt;';
    const arrivals = [{ fileName: `${hostile}.pdf`, received: '2026-03-14', bytes: new Uint8Array() }];
    const client = await begin({ arrivals, pageInjection: hostile, books: { ...DEMO_STATE.books, company: hostile } });
    await client.post('/vendors/1', { name: hostile, iban: '' });
    const pages = [
      await client.get('/'),
      await client.get('/arrivals/1'),
      await client.get('/vendors'),
      await client.get('/vendors/1'),
      await client.get('/orders'),
      await client.get('/bills'),
      await client.get('/payments'),
      await client.post('/arrivals/1/save', { ...BILL, number: hostile, date: '', 'description-1': hostile }),
    ];
    for (const page of pages) {
      const text = await page.text();
      expect(text).not.toContain('<script>alert');
      expect(text).toContain('&quot;&gt;&lt;script&gt;alert(1)&lt;/script&gt;&#39;&amp;lt;');
      expect(page.headers.get('content-security-policy')).toContain("default-src 'none'");
    }
  });

  test.each(['/arrivals/0', '/arrivals/99', '/arrivals/1e3', '/arrivals/__proto__', '/vendors/../../etc', '/nothing', '/arrivals/99/file'])(
    'there is no %s',
    async (path) => {
      const client = await begin();
      expect((await client.get(path)).status).toBe(404);
    },
  );

  test('files outside the list are not served', async () => {
    const client = await begin();
    const style = /\/assets\/[0-9a-f]+\//.exec(await (await client.get('/')).text())?.[0] ?? '';
    expect((await client.get(`${style}client/style.css`)).headers.get('cache-control')).toContain('immutable');
    for (const path of [`${style}client/..%2fapp.ts`, `${style}pdf/../package.json`, '/assets/0/client/style.css', `${style}constructor`])
      expect((await client.get(path)).status).toBe(404);
  });

  test('uploads: only PDF, only up to 10 MB, under a name that is no path', async () => {
    const client = await begin();
    const upload = async (bytes: Uint8Array<ArrayBuffer>, name: string) => {
      const body = new FormData();
      body.set('file', new File([bytes], name));
      const answer = await client.post('/arrivals', body);
      return [answer.status, /role="alert">([^<]*)/.exec(await answer.text())?.[1]];
    };
    const pdf = new Uint8Array(await drawPlainDocument([['mine']]));
    expect(await upload(new Uint8Array(0), 'empty.pdf')).toEqual([400, 'Choose a PDF file']);
    expect(await upload(new TextEncoder().encode('<html>'), 'page.pdf')).toEqual([400, 'Only PDF files']);
    const large = new Uint8Array(10 * 1024 * 1024 + 1);
    large.set(pdf);
    expect(await upload(large, 'large.pdf')).toEqual([413, 'Only files up to 10 MB']);
    expect(await upload(pdf, '..\\..\\etc/passwd.pdf')).toEqual([303, undefined]);
    expect(rows('SELECT id, file_name, received FROM arrivals WHERE id > 2')).toEqual([
      { id: 3, file_name: 'passwd.pdf', received: '2026-03-16' },
    ]);
    expect(new Uint8Array(await (await client.get('/arrivals/3/file')).arrayBuffer())).toEqual(pdf);
  });

  test('a document is drawn when it is first asked for, and kept', async () => {
    let drawn = 0;
    const bytes = async () => {
      drawn++;
      return drawPlainDocument([['drawn']]);
    };
    const client = await begin({ arrivals: [{ fileName: 'a.pdf', received: '2026-03-14', bytes }] });
    await client.get('/arrivals/1');
    expect(drawn).toBe(0);
    const first = await (await client.get('/arrivals/1/file')).arrayBuffer();
    expect(await (await client.get('/arrivals/1/file')).arrayBuffer()).toEqual(first);
    expect(drawn).toBe(1);
  });

  test('too large a form, and a port in use', async () => {
    const client = await begin();
    expect((await client.post('/arrivals/1/save', { ...BILL, number: 'x'.repeat(300_000) })).status).toBe(413);
    const port = Number(new URL(app.url).port);
    await expect(InvoicesApp.start({ port })).rejects.toThrow(ConfigError);
    await expect(InvoicesApp.start({ port })).rejects.toThrow(/in use.*another port/s);
  });
});
