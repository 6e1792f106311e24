import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Random } from '../../../src/base/index.ts';
import { InfrastructureError } from '../../../src/gym/index.ts';
import { DEMO_STATE } from '../app/demo.ts';
import { InvoicesApp } from '../app/index.ts';
import { BooksClient } from './books-client.ts';
import { holdingsInLedger, holdingsOf } from './holdings.ts';

let app: InvoicesApp;
beforeAll(async () => {
  app = await InvoicesApp.start();
});
afterAll(() => app.stop());

const clientOf = (change: { password?: string; url?: string } = {}): BooksClient =>
  new BooksClient({ url: `${app.url}/bills`, user: DEMO_STATE.user, password: DEMO_STATE.password, ...change });

const BILL = {
  ...{ type: 'invoice', vendor: '1', number: 'a "quoted", 1', date: '2026-03-12', due: '', currency: 'EUR', order: '1' },
  ...{ 'description-1': 'Paper', 'quantity-1': '40', 'price-1': '25', tax: '228.00', total: '1228.00', iban: '' },
};

describe('what the books hold', () => {
  it('is the same from the database and from the ledger, whatever is done', async () => {
    const random = new Random('holdings');
    const edits: readonly (readonly [string, Record<string, string>])[] = [
      ['/arrivals/1/save', BILL],
      ['/arrivals/1/save', { ...BILL, type: 'credit-note', total: '1300' }],
      ['/arrivals/1/reopen', { status: 'entered', bill: '3' }],
      ['/arrivals/2/reject', {}],
      ['/arrivals/2/flag', {}],
      ['/arrivals/2/reopen', { status: 'rejected', bill: '' }],
      ['/bills/2/pay', {}],
      ['/bills/1/delete', {}],
      ['/vendors/3', { name: 'Brook', iban: 'GB29' }],
      ['/vendors/2/delete', {}],
    ];
    for (let round = 0; round < 10; round++) {
      app.reset(DEMO_STATE);
      const client = clientOf();
      for (let step = 0; step < 12; step++) {
        await client.submit(...random.pick(edits));
        const held = holdingsOf(app.database);
        expect(holdingsInLedger(app.exportLedger())).toEqual(held);
        if (step === 11) expect(await client.holdings()).toEqual(held);
      }
    }
  });

  it('has balances, and leaves out those that are 0', () => {
    app.reset(DEMO_STATE);
    expect(holdingsOf(app.database).balances).toEqual({
      ...{ 'bill 1, expense, EUR': 50000, 'bill 1, input-tax, EUR': 9500, 'bill 1, bank, EUR': -59500 },
      ...{ 'bill 2, expense, EUR': 10000, 'bill 2, input-tax, EUR': 2200, 'bill 2, payable, EUR': -12200 },
    });
  });
});

describe('a user of the app without a browser', () => {
  it('logs in where it must, tries again what was not saved, and hears why not', async () => {
    app.reset({ ...DEMO_STATE, loggedOut: true, faults: { delayMs: 60_000, failAt: 1, expireAt: 1 } });
    const client = clientOf();
    expect(await client.submit('/arrivals/2/reject', {})).toBeNull();
    expect(holdingsOf(app.database).arrivals[2]?.status).toBe('rejected');
    expect(await client.submit('/arrivals/2/reopen', { status: 'flagged', bill: '' })).toBe('the app says: This has changed meanwhile');
    expect(await client.submit('/vendors/1', { name: '', iban: '' })).toBe('the app says: Enter a name and an IBAN');
    expect(await client.submit('/nowhere', {})).toBe('the app says: status 404');
    const sessions = (): unknown => app.database.prepare('SELECT count(*) AS n FROM sessions').get();
    expect(sessions()).toEqual({ n: 1 });
    await client.logOut();
    await client.logOut();
    expect(sessions()).toEqual({ n: 0 });
  });

  it('says what is wrong where nobody lets it in, nobody answers, or somebody else does', async () => {
    app.reset(DEMO_STATE);
    await expect(clientOf({ password: 'paper' }).holdings()).rejects.toThrow(/log in to http.* as clerk: got status 401/);
    await expect(clientOf({ url: 'http://127.0.0.1:9/' }).holdings()).rejects.toThrow(InfrastructureError);
    const other = createServer((request, response) => {
      if (request.url === '/login') response.writeHead(303, { 'set-cookie': 'a=b', location: '/' }).end();
      else response.writeHead(request.url === '/ledger.csv' ? 200 : 500).end('hello, "world');
    });
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    try {
      const client = clientOf({ url: `http://127.0.0.1:${(other.address() as AddressInfo).port}` });
      await expect(client.holdings()).rejects.toThrow(/read the ledger: got 13 characters that are none/);
      await expect(client.submit('/x', {})).rejects.toThrow(/got status 500, 4 times/);
    } finally {
      other.close();
    }
  });
});
