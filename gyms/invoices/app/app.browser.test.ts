/** The app as people and agents meet it: in real Chromium. Every test ends without an error in the console and without a breach of the CSP. */
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { DEMO_STATE, drawPlainDocument } from './demo.ts';
import { InvoicesApp } from './index.ts';
import type { AppState } from './state.ts';

let app: InvoicesApp;
let browser: Browser;
let page: Page;
/** What went wrong in the page. */
let complaints: string[];

// One page for all tests, so that PDF.js comes from the cache: as in practice, where a page goes from episode to episode.
beforeAll(async () => {
  app = await InvoicesApp.start();
  browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox'] });
  page = await browser.newPage();
  page.setDefaultTimeout(5000);
  // An answer that is not 2xx is reported by Chromium itself; those are looked at by the tests.
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type()) && !message.text().startsWith('Failed to load resource'))
      complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(error.message));
});
afterAll(async () => {
  await browser?.close();
  await app?.stop();
});
beforeEach(() => {
  complaints = [];
});
afterEach(() => {
  expect(complaints).toEqual([]);
});

async function open(change: Partial<AppState> = {}): Promise<void> {
  const { path } = app.reset({ ...DEMO_STATE, paint: false, ...change });
  await page.goto(app.url + path);
}

const settled = () => page.waitForSelector('html:not([data-busy])', { state: 'attached' });
const rows = (sql: string) =>
  app.database
    .prepare(sql)
    .all()
    .map((row) => ({ ...row }));

async function openArrival(name = 'R-2026-017.pdf'): Promise<void> {
  await page.getByRole('link', { name }).click();
  await page.getByRole('button', { name: 'Next page' }).waitFor();
  await settled();
}

async function fillBill(): Promise<void> {
  await page.getByLabel('Vendor').selectOption({ label: 'Nordlicht Papier GmbH' });
  await settled();
  await page.getByLabel('Number').fill('R-2026-017');
  await page.getByLabel('Date', { exact: true }).fill('2026-03-12');
  await page.getByLabel('Order').selectOption({ label: 'PO-4711' });
  await page.getByLabel('Description 1').fill('Kopierpapier A4');
  await page.getByLabel('Quantity 1').fill('40');
  await page.getByLabel('Unit price 1').fill('25');
  await page.getByLabel('Description 2').fill('Umschläge C5');
  await page.getByLabel('Quantity 2').fill('10');
  await page.getByLabel('Unit price 2').fill('20.00');
  await page.getByLabel('Tax').fill('228.00');
  await page.getByLabel('Total').fill('1428.00');
  await page.getByLabel('IBAN').fill('DE89370400440532013000');
  await page.getByLabel('IBAN').blur();
  await settled();
}

const SAVED = [{ number: 'R-2026-017', net_minor: 120000, total_minor: 142800, order_id: 1 }];
const saved = () => rows('SELECT number, net_minor, total_minor, order_id FROM bills WHERE id = 3');

test('a bill is read, filled in, remarked on and saved, on one page load', async () => {
  await open({ paint: true });
  expect(new URL(page.url()).search).toBe('');
  let loads = 0;
  page.on('load', () => loads++);
  await openArrival();
  expect(await page.locator('.textLayer span').allInnerTexts()).toContain('Rechnung R-2026-017');
  await page.locator('.sheet canvas').waitFor();

  await fillBill();
  expect(await page.locator('[data-field=net]').innerText()).toBe('1200.00');
  expect(await page.getByLabel('Description 3').count()).toBe(1);
  const remarks = () => page.locator('[data-remark]').allInnerTexts();
  expect(await remarks()).toEqual(['', '', '', '']);
  await page.getByLabel('Number').fill('R-2026-001');
  await page.getByLabel('Unit price 2').fill('8');
  await page.getByLabel('IBAN').fill('DE00');
  await page.getByLabel('IBAN').blur();
  await settled();
  expect(await remarks()).toEqual([
    'Number already in the books',
    'Differs from order by 120.00',
    'Total does not add up',
    'IBAN differs from the books',
  ]);

  await fillBill();
  expect(await remarks()).toEqual(['', '', '', '']);
  await page.getByRole('button', { name: 'Save bill' }).click();
  await page.getByRole('heading', { name: 'Inbox' }).waitFor();
  expect(await page.locator('#status').innerText()).toBe('Bill saved');
  expect(saved()).toEqual(SAVED);
  expect(loads).toBe(0);
});

test('what was decided is taken back by a button, on a page behind the bills', async () => {
  await open();
  const before = rows('SELECT id, status, bill_id FROM arrivals');
  await openArrival();
  await fillBill();
  await page.getByRole('button', { name: 'Save bill' }).click();
  await page.getByRole('link', { name: 'Bills' }).click();
  await page.getByRole('link', { name: 'Take something back' }).click();
  const row = page.getByRole('table', { name: 'Take back' }).getByRole('row').nth(1);
  // Asked for its texts, a list that is not there yet has none.
  await row.getByRole('cell').first().waitFor();
  expect(await row.getByRole('cell').allInnerTexts()).toEqual(['R-2026-017.pdf', 'entered', 'R-2026-017, 1428.00 EUR', 'Reopen']);
  await page.getByRole('button', { name: 'Reopen R-2026-017.pdf' }).click();
  await page.getByText('Nothing here yet').waitFor();
  expect(await page.locator('#status').innerText()).toBe('Reopened');
  expect(saved()).toEqual([]);
  expect(rows('SELECT id, status, bill_id FROM arrivals')).toEqual(before);
});

test('every text of the document lies where it is printed', async () => {
  await open();
  await openArrival();
  const place = await page.evaluate(() => {
    const sheet = document.querySelector('.sheet')?.getBoundingClientRect();
    const span = [...document.querySelectorAll('.textLayer span')].find((one) => one.textContent === 'Datum 12.03.2026');
    const box = span?.getBoundingClientRect();
    if (!sheet || !box) return null;
    return {
      x: ((box.left - sheet.left) / sheet.width) * 595,
      bottom: 842 - ((box.bottom - sheet.top) / sheet.height) * 842,
      width: (box.width / sheet.width) * 595,
    };
  });
  // Drawn at x = 60, baseline 770 - 48, 11 points high; Helvetica makes it 89 points wide.
  expect(place?.x).toBeCloseTo(60, 0);
  expect(place?.bottom).toBeGreaterThan(717);
  expect(place?.bottom).toBeLessThan(723);
  expect(Math.abs((place?.width ?? 0) - 89)).toBeLessThan(3);
});

test('pages of a document, pictures without text, and files that are no PDF', async () => {
  const arrivals = [
    ...DEMO_STATE.arrivals,
    { fileName: 'broken.pdf', received: '2026-03-15', bytes: new TextEncoder().encode('%PDF-1.7 nothing') },
    { fileName: 'mixed.pdf', received: '2026-03-15', bytes: () => drawPlainDocument([['first'], []]) },
  ];
  await open({ arrivals });
  await openArrival();
  const next = page.getByRole('button', { name: 'Next page' });
  const previous = page.getByRole('button', { name: 'Previous page' });
  expect([await next.isDisabled(), await previous.isDisabled()]).toEqual([false, true]);
  await next.click();
  await page.getByText('Page 2 of 2').waitFor();
  expect(await page.locator('.textLayer span').allInnerTexts()).toContain('Gesamt EUR 1.428,00');
  expect([await next.isDisabled(), await previous.isDisabled()]).toEqual([true, false]);

  // A form that is shown again leaves the document where it was.
  await page.getByRole('button', { name: 'Save bill' }).click();
  await page.getByText('Choose a vendor').waitFor();
  expect(await page.getByText('Page 2 of 2').count()).toBe(1);

  const told = async (name: string) => {
    await page.getByRole('link', { name: 'Inbox' }).click();
    await openArrival(name);
    return page.locator('[data-part=viewer-status]').innerText();
  };
  expect(await told('scan-0003.pdf')).toBe('This page is a picture without text.');
  expect(await told('broken.pdf')).toBe("This file can't be read.");
  expect(await told('mixed.pdf')).toBe('');
  await next.click();
  await page.getByText('This page is a picture without text.').waitFor();
  expect(await page.locator('.sheet canvas').count()).toBe(0);
});

test('the keyboard is enough', async () => {
  await open({ loggedOut: true });
  await page.getByLabel('User').focus();
  await page.keyboard.type('clerk');
  await page.keyboard.press('Tab');
  await page.keyboard.type('paper-clip');
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: 'Inbox' }).waitFor();
  const tabTo = async (name: string) => {
    for (let i = 0; i < 40; i++) {
      await page.keyboard.press('Tab');
      const now = await page.evaluate(() => {
        const element = document.activeElement as HTMLInputElement;
        return element.getAttribute('aria-label') ?? element.labels?.[0]?.textContent ?? element.textContent;
      });
      if (now === name) return;
    }
    throw new Error(`${name} was not reached`);
  };
  await tabTo('R-2026-017.pdf');
  await page.keyboard.press('Enter');
  await page.getByText('Page 1 of 2').waitFor();
  const type = async (name: string, text: string) => {
    await tabTo(name);
    await page.keyboard.type(text);
  };
  await type('Vendor', 'Nord');
  await settled();
  await type('Number', 'R-2026-017');
  await page.keyboard.press('Enter');
  await type('Date', '03122026');
  await type('Order', 'PO-4711');
  await type('Description 1', 'Paper');
  await type('Quantity 1', '40');
  await type('Unit price 1', '30');
  await type('Tax', '228');
  await type('Total', '1428');
  await tabTo('Save bill');
  await settled();
  expect(rows('SELECT count(*) AS n FROM bills')).toEqual([{ n: 2 }]);
  await page.keyboard.press('Enter');
  await page.getByText('Bill saved').waitFor();
  expect(saved()).toEqual(SAVED);
  expect(rows('SELECT date FROM bills WHERE id = 3')).toEqual([{ date: '2026-03-12' }]);
});

test('a dialog asks before saving, and only No keeps the books as they are', async () => {
  await open({ interface: { drift: '', confirm: true } });
  await openArrival();
  await fillBill();
  const save = page.getByRole('button', { name: 'Save bill' });
  await save.click();
  const dialog = page.getByRole('dialog', { name: 'Save this bill?' });
  await dialog.getByRole('button', { name: 'No' }).click();
  await dialog.waitFor({ state: 'hidden' });
  expect(saved()).toEqual([]);
  await save.click();
  await dialog.getByRole('button', { name: 'Yes' }).click();
  await page.getByText('Bill saved').waitFor();
  expect(saved()).toEqual(SAVED);
});

test('a session that ends while a bill is typed costs a log-in and nothing else', async () => {
  // Inbox, arrival, orders, the check of the number, that of the IBAN: the fifth request.
  await open({ faults: { delayMs: 0, failAt: null, expireAt: 5 } });
  await openArrival();
  await page.getByRole('button', { name: 'Next page' }).click();
  await page.getByLabel('Vendor').selectOption('1');
  await settled();
  await page.getByLabel('Number').fill('R-2026-001');
  await page.getByLabel('Number').blur();
  await settled();
  await page.getByLabel('Order').selectOption({ label: 'PO-4711' });
  await page.getByLabel('Description 1').fill('Paper');
  await page.getByLabel('Quantity 1').fill('40');
  await page.getByLabel('Unit price 1').fill('30');
  await page.getByLabel('Tax').fill('228');
  await settled();
  await page.getByLabel('IBAN').fill('DE00');
  await page.getByLabel('IBAN').blur();
  await page.getByRole('heading', { name: 'Log in' }).waitFor();
  expect(await page.getByRole('navigation').count()).toBe(0);
  await page.getByLabel('User').fill('clerk');
  await page.getByLabel('Password').fill('wrong');
  await page.getByRole('button', { name: 'Log in' }).click();
  await page.getByText('User or password is wrong').waitFor();
  await page.getByLabel('User').fill('clerk');
  await page.getByLabel('Password').fill('paper-clip');
  await page.getByRole('button', { name: 'Log in' }).click();
  await page.getByRole('heading', { name: 'R-2026-017.pdf' }).waitFor();
  await settled();
  expect(await page.getByText('Page 2 of 2').count()).toBe(1);
  expect(await page.getByLabel('Tax').inputValue()).toBe('228');
  expect(await page.locator('[data-remark=number]').innerText()).toBe('Number already in the books');
  expect(await page.locator('[data-remark=iban]').innerText()).toBe('IBAN differs from the books');
  expect(await page.getByLabel('Order').inputValue()).toBe('1');
});

test('a save that fails says so and keeps the form; an expired one goes on after the log-in', async () => {
  await open({ faults: { delayMs: 0, failAt: 1, expireAt: null } });
  await openArrival();
  await fillBill();
  await page.getByRole('button', { name: 'Save bill' }).click();
  await page.getByText('Could not be saved, try again').waitFor();
  expect(saved()).toEqual([]);
  app.database.exec('DELETE FROM sessions');
  await page.getByRole('button', { name: 'Save bill' }).click();
  await page.getByLabel('User').fill('clerk');
  await page.getByLabel('Password').fill('paper-clip');
  await page.getByRole('button', { name: 'Log in' }).click();
  await page.getByRole('button', { name: 'Save bill' }).click();
  await page.getByText('Bill saved').waitFor();
  expect(saved()).toEqual(SAVED);
});

test('drifted interfaces work the same way', async () => {
  for (const drift of ['train/9', 'exam/2']) {
    await open({ interface: { drift, confirm: false } });
    await openArrival();
    const fill = (name: string, value: string) => page.locator(`[data-field=${name}]`).fill(value);
    await page.locator('[data-field=vendor]').selectOption('1');
    await settled();
    await page.locator('[data-field=order]').selectOption('1');
    await fill('number', 'R-2026-017');
    await fill('date', '2026-03-12');
    for (const [i, price] of ['25', '5'].entries()) {
      const line = (name: string) => page.locator(`[data-line=${name}]`).nth(i);
      await line('description').fill('Paper');
      await line('quantity').fill('40');
      await line('price').fill(price);
    }
    await fill('tax', '228');
    await fill('total', '1428.00');
    await settled();
    expect(await page.locator('[data-remark]').allInnerTexts()).toEqual(['', '', '', '']);
    await page.locator('[data-part=save]').click();
    await page.locator('form.upload').waitFor();
    expect(saved()).toEqual(SAVED);
  }
});

test('a person adds a document; back and forward; without programs in the page', async () => {
  await open();
  const buffer = Buffer.from(await drawPlainDocument([['Own document']]));
  await page.getByLabel('Add a PDF').setInputFiles({ name: 'own.pdf', mimeType: 'application/pdf', buffer });
  await page.getByRole('button', { name: 'Upload' }).click();
  await openArrival('own.pdf');
  expect(await page.locator('.textLayer').innerText()).toContain('Own document');
  await page.goBack();
  await page.getByRole('heading', { name: 'Inbox' }).waitFor();
  await page.goForward();
  await page.getByRole('heading', { name: 'own.pdf' }).waitFor();
  await settled();

  const plain = await browser.newContext({ javaScriptEnabled: false });
  const bare = await plain.newPage();
  bare.setDefaultTimeout(5000);
  const { path } = app.reset(DEMO_STATE);
  await bare.goto(app.url + path);
  await bare.getByRole('link', { name: 'scan-0003.pdf' }).click();
  await bare.getByRole('button', { name: 'Reject duplicate' }).click();
  await bare.getByText('Rejected as duplicate').waitFor();
  await plain.close();
  expect(rows('SELECT status FROM arrivals WHERE id = 2')).toEqual([{ status: 'rejected' }]);
});

test('360 pixels are enough', async () => {
  await page.setViewportSize({ width: 360, height: 640 });
  for (const drift of ['', 'train/9']) {
    await open({ interface: { drift, confirm: false } });
    await openArrival();
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(360);
  }
});
