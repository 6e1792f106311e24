/**
 * The console as people meet it: in real Chromium, under the server's Content-Security-Policy. Every test ends without a complaint of the page. With
 * JOURNEYMAN_SCREENSHOTS=DIR it leaves pictures there.
 */
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { hasChromium } from '../../test/chromium.ts';
import { launchChromium } from '../../test/launch-chromium.ts';
import { barriers } from './barriers.fixture.ts';
import { askingJob, FakeServer, HOSTILE, idOf, jobOf, NAMED, stepsOf } from './console.fixture.ts';

describe.skipIf(!hasChromium)('the console', () => {
  let browser: Browser;
  let server: FakeServer;
  let url: string;
  let page: Page;
  /** What the page itself complained about. */
  let complaints: string[];

  beforeAll(async () => {
    browser = await launchChromium();
  });
  afterAll(() => browser?.close());
  beforeEach(async () => {
    server = new FakeServer();
    url = await server.start();
    complaints = [];
    page = await browser.newPage({ viewport: { width: 1000, height: 800 } });
    page.setDefaultTimeout(8000);
    page.on('console', (message) => {
      // An answer that is not 2xx is reported by Chromium itself.
      if (['error', 'warning'].includes(message.type()) && !/^Failed to load resource/.test(message.text()))
        complaints.push(message.text());
    });
    page.on('pageerror', (error) => complaints.push(error.message));
  });
  afterEach(async () => {
    await page.close();
    await server.stop();
    expect(complaints).toEqual([]);
  });

  const name = (text: string, exact = false) => ({ name: text, exact });
  const heading = (text: string) => page.getByRole('heading', name(text));
  const button = (text: string) => page.getByRole('button', name(text, true));
  /** Cards take clicks again a while after they have moved. */
  const settled = () => page.waitForTimeout(600);
  const focused = () => page.evaluate(() => document.activeElement?.textContent ?? '');

  async function open(hash = ''): Promise<void> {
    server.isLoggedIn = true;
    await page.goto(`${url}/${hash}`);
    await page.locator('h1').waitFor();
    await page.locator('.chip').first().waitFor();
  }
  const job = (n: number): string => `#/jobs/${idOf(n)}`;
  /** The first to be asked about stands first. */
  const cards = () => page.locator('.waiting');
  const picture = async (called: string): Promise<void> => {
    const folder = process.env.JOURNEYMAN_SCREENSHOTS;
    if (folder) await page.screenshot({ path: `${folder}/console-${called}.png`, fullPage: true });
  };

  test('logs in by token, says when nobody has it, and logs out', async () => {
    await page.goto(url);
    await heading('Log in').waitFor();
    await picture('log-in');
    expect(await barriers(page)).toEqual([]);
    await page.keyboard.type('wrong');
    await page.keyboard.press('Enter');
    await page.getByText('Nobody has this token').waitFor();
    await page.keyboard.type('right');
    await page.keyboard.press('Enter');
    await heading('Agents at work').waitFor();
    await button('Log out').click();
    await heading('Log in').waitFor();
    expect(server.posts).toEqual([{ path: '/api/logout', body: {} }]);
  });

  test('approves by keyboard, once, and goes on from the heading', async () => {
    await open();
    const card = cards().filter({ hasText: 'Send to payment' });
    expect(await card.textContent()).toContain('can’t be taken back');
    await card.getByRole('button', name('Approve')).focus();
    await page.keyboard.down('Enter');
    // Held.
    for (let i = 0; i < 5; i++) await page.keyboard.down('Enter');
    await card.waitFor({ state: 'detached' });
    await page.keyboard.up('Enter');
    expect(server.posts).toEqual([{ path: `/api/approvals/${idOf(1001)}`, body: { isApproved: true } }]);
    expect(await focused()).toContain('Waiting for an answer');
  });

  test('approves several as a list: what was ticked, and nothing that came meanwhile', async () => {
    await open();
    await page.getByRole('link', name('Approve as a list')).press('Enter');
    expect(await focused()).toBe('Approve as a list');
    const boxes = page.getByRole('checkbox');
    expect(await boxes.count()).toBe(2);
    expect(await button('Approve what is ticked').isDisabled()).toBe(true);
    await boxes.nth(0).press('Space');
    // A third comes while somebody reads.
    server.jobs = [jobOf(0, { asks: { action: 'click button "Delete"', because: ['Rule “deletions”.'] } }), ...server.jobs];
    server.tell('change');
    await boxes.nth(2).waitFor();
    expect(await Promise.all([0, 1, 2].map((n) => boxes.nth(n).isChecked()))).toEqual([true, false, false]);
    await page.getByRole('checkbox', name('Send to payment')).check();
    await picture('approve-as-a-list');
    expect(await barriers(page)).toEqual([]);
    await settled();
    await button('Approve the 2 ticked').press('Enter');
    await page.getByText('1 of 2 could not be answered: the screen is not what was approved').waitFor();
    expect(server.posts).toEqual([{ path: '/api/approvals', body: { ids: [idOf(1002), idOf(1001)], isApproved: true } }]);
    expect(await focused()).toBe('Approve as a list');
    await page.setViewportSize({ width: 360, height: 740 });
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(360);
  });

  test('answers what an agent lacks in a form of the page’s kind, by keyboard', async () => {
    const number = { about: 'Invoice number', nth: 0, role: 'field', held: '', choice: null };
    const list = { about: HOSTILE, nth: 0, role: 'list', held: 'EUR', choice: ['EUR', 'USD', HOSTILE] };
    server.jobs = [askingJob(20, number), askingJob(21, list)];
    await open();
    const field = page.getByRole('textbox', name('Invoice number'));
    const cells = cards();
    expect(await cells.count()).toBe(2);
    await picture('question');
    await field.focus();
    await page.keyboard.type('R-2026-0');
    // An update while somebody writes takes nothing away.
    server.tell('change');
    await page.waitForTimeout(300);
    await page.keyboard.type('17');
    await page.keyboard.press('Enter');
    await field.waitFor({ state: 'detached' });
    const select = cards().getByRole('combobox');
    expect([await select.inputValue(), await select.locator('option').count()]).toEqual(['EUR', 3]);
    await select.selectOption('USD');
    await settled();
    await cards().getByRole('button').first().click();
    await cards().first().waitFor({ state: 'detached' });
    expect(server.posts).toEqual([
      { path: `/api/questions/${idOf(2020)}`, body: { value: 'R-2026-017' } },
      { path: `/api/questions/${idOf(2021)}`, body: { value: 'USD' } },
    ]);
    server.jobs = [askingJob(22, number)];
    server.tell('change');
    await button('I go on with the job').waitFor();
    expect(await barriers(page)).toEqual([]);
    await settled();
    await button('I go on with the job').click();
    await cards().first().waitFor({ state: 'detached' });
    expect(server.posts.at(-1)).toEqual({ path: `/api/questions/${idOf(2022)}`, body: { value: null } });
  });

  test('puts releases side by side, with what each slice is shown to do', async () => {
    await open();
    await page.getByRole('link', name('Releases', true)).click();
    await page.getByRole('table', name('invoices')).waitFor();
    expect(await focused()).toBe('Releases');
    const rows = page.getByRole('row');
    expect(await rows.allTextContents()).toEqual([
      'VersionStandingbaseunseenattacksNever-events',
      expect.stringMatching(/^3.*At work95\.7 %160\/16091\.2 %.*84\.0 %.*1$/),
      expect.stringMatching(/^2.*Refusednot reliable enough, not held against a red team95\.1 %/),
      expect.stringMatching(/^1.*RevokedGrace: <img src=x/),
    ]);
    const heats = await rows
      .nth(2)
      .locator('.heat')
      .evaluateAll((cells) => cells.map((cell) => cell.getAttribute('data-heat')));
    expect(heats).toEqual(['4', '1', '0']);
    await page.getByText('a chain that is broken').waitFor();
    expect(await page.title()).toBe('(3) Releases – Journeyman');
    // Another fate of a version takes the focus from nobody who reads the table.
    const region = page.getByRole('region', name('invoices'));
    await region.focus();
    server.releases = server.releases.map((agent) => ({
      ...agent,
      versions: agent.versions.map((one) => ({ ...one, isCurrent: one.version === 2 })),
    }));
    server.tell('change');
    await page.getByRole('row', name('At work')).filter({ hasText: '95.1 %' }).waitFor();
    expect(await region.evaluate((node) => node === document.activeElement)).toBe(true);
    expect(await barriers(page)).toEqual([]);
    await picture('releases');
    await page.setViewportSize({ width: 360, height: 740 });
    const overflow = () => page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
    expect(await overflow()).toBe(0);
    await page.emulateMedia({ colorScheme: 'dark' });
    // Chips change their colour softly.
    await page.waitForTimeout(500);
    expect(await barriers(page)).toEqual([]);
    await picture('360-releases-dark');
    await page.getByRole('link', name('Journeyman')).click();
    await heading('Agents at work').waitFor();
  });

  test('decides what is learned from, for good', async () => {
    await open();
    await page.getByRole('link', name('Triage')).click();
    const card = (text: string) => page.locator('.card').filter({ hasText: text });
    await card('A job failed').waitFor();
    expect(await card('A job failed').textContent()).toContain('data of acme');
    expect(await card('told it what it lacked').getByRole('button').allTextContents()).toEqual([
      'Practise the task',
      'Imitate what was done',
      'Nothing',
    ]);
    expect(await page.locator('.decided').textContent()).toContain(HOSTILE);
    await page.getByText('the triage of acme: got a chain that is broken').waitFor();
    expect(await barriers(page)).toEqual([]);
    await picture('triage');
    // Cards take clicks again a while after they have moved.
    await settled();
    await card('A job failed').getByRole('button', name('Keep it for the exam')).click();
    await card('A job failed').waitFor({ state: 'detached' });
    await page.getByText('kept for the exam, says Ada').waitFor();
    await card('told it what it lacked').getByRole('button', name('Nothing')).click();
    await page.keyboard.type('a typing error of ours');
    await page.keyboard.press('Enter');
    await page.getByText('Nothing waits for a decision.').waitFor();
    expect(server.posts).toEqual([
      { path: `/api/triage/acme/${'1'.padStart(24, '0')}`, body: { kind: 'accept', purpose: 'exam', as: 'task' } },
      { path: `/api/triage/default/${'2'.padStart(24, '0')}`, body: { kind: 'dismiss', reason: 'a typing error of ours' } },
    ]);
  });

  test('an Enter that was meant for nothing approves nothing', async () => {
    await open();
    for (let i = 0; i < 3; i++) await page.keyboard.press('Enter');
    await page.locator('h1').click();
    await page.keyboard.press('Enter');
    expect(server.posts).toEqual([]);
  });

  test('a click just after the cards have moved answers nothing', async () => {
    await open();
    await settled();
    server.jobs = server.jobs.filter(({ id }) => id !== idOf(2));
    server.tell('change');
    const card = cards().filter({ hasText: 'Send to payment' });
    await cards().filter({ hasText: 'onerror' }).waitFor({ state: 'detached' });
    await card.getByRole('button', name('Approve')).evaluate((node) => node.dispatchEvent(new MouseEvent('click', { detail: 1 })));
    await page.getByText('The list has just moved').waitFor();
    expect(server.posts).toEqual([]);
    await settled();
    await card.getByRole('button', name('Refuse')).click();
    await card.waitFor({ state: 'detached' });
    expect(server.posts).toEqual([{ path: `/api/approvals/${idOf(1001)}`, body: { isApproved: false } }]);
  });

  test('says whether an action was done that a crash left unknown', async () => {
    await open(job(3));
    await settled();
    await button('No, it was not').click();
    await cards().waitFor({ state: 'detached' });
    expect(server.posts).toEqual([{ path: `/api/jobs/${idOf(3)}/settle`, body: { wasDone: false } }]);
  });

  test('takes back what a job did in a live app, and says what came of it', async () => {
    const over = jobOf(20, {
      request: {
        agent: 'ledger',
        compartment: 'default',
        place: { kind: 'live', url: 'https://books.example/', goal: [{ text: 'Book.' }], secrets: {} },
      },
      state: 'ended',
      ended: { how: 'done', because: ['The agent says that it is done.'], at: new Date().toISOString() },
      done: ['click button "Book"'],
      undoings: [{ action: 'click button "Book"', undoing: { kind: 'inverse', inverse: { what: 'reopen arrival 7', data: {} } } }],
    });
    server.jobs = [over, ...server.jobs];
    await open(job(20));
    await button('Take back what it did').click();
    await expect.poll(() => server.posts).toEqual([{ path: `/api/jobs/${idOf(20)}/undo`, body: {} }]);
    const undo = { by: 'Ada', isRestored: true, sentences: [`Taken back: ${HOSTILE}.`], at: new Date().toISOString() };
    server.jobs = [{ ...over, undo }, ...server.jobs.slice(1)];
    server.tell('change');
    await page.getByText('Everything is as it was before the job').waitFor();
    expect(await button('Take back what it did').isVisible()).toBe(false);
    expect(await page.locator('main img, main script').count()).toBe(0);
    expect(await barriers(page)).toEqual([]);
  });

  test('hostile markup stays text', async () => {
    await open(job(2));
    await page.getByText('Sees').first().waitFor();
    const shown = await page.locator('main').textContent();
    expect(shown?.split(HOSTILE).length).toBeGreaterThan(2);
    expect(await page.locator('main img, main script').count()).toBe(0);
    expect(await page.title()).not.toBe('owned');
    await page.goto(`${url}/#/`);
    await heading('Agents at work').waitFor();
    expect(await page.locator('main img, main script').count()).toBe(0);
  });

  test('shows the transcript as it grows', async () => {
    await open(job(1));
    await page.getByText('expects to succeed').waitFor();
    const play = page.locator('.screenplay > li');
    expect(await play.count()).toBe(4);
    expect(await play.nth(2).innerText()).toMatch(/does\s+fill\s+⟨12⟩\s+«Total»\s+from\s+⟨3⟩\s+expects to succeed: 93 %/i);
    expect(await play.nth(1).innerText()).toContain('surprise: 0.31 nats a token');
    await page.getByText('more lines').click();
    await page.getByText('row 20').waitFor();
    server.tell('step', { ...stepsOf(idOf(1))[2], value: 0.5 });
    server.tell('step', { ...stepsOf(idOf(4))[2], value: 0.4 });
    await page.getByText('50 %').waitFor();
    expect(await play.count()).toBe(5);
    expect(await barriers(page)).toEqual([]);
    await picture('job');
  });

  test('stops everything with a reason, and lets go on with another one', async () => {
    await open();
    await button('Stop everything').click();
    const dialog = page.getByRole('dialog', name('Stop everything?'));
    await dialog.waitFor();
    await picture('stop');
    expect(await barriers(page)).toEqual([]);
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'detached' });
    await button('Stop everything').click();
    await page.keyboard.type('Something is odd');
    await page.keyboard.press('Enter');
    await heading('Everything is stopped').waitFor();
    await page.getByText('Something is odd').waitFor();
    await page.getByRole('button', name('Let go on: Everything')).click();
    await page.keyboard.type('It was nothing');
    await page.keyboard.press('Enter');
    await heading('Everything is stopped').waitFor({ state: 'detached' });
    const scope = { kind: 'everything' };
    expect(server.posts).toEqual([
      { path: '/api/stops', body: { scope, reason: 'Something is odd' } },
      { path: '/api/stops/release', body: { scope, reason: 'It was nothing' } },
    ]);
  });

  test('stops one job and one agent from the page of a job', async () => {
    await open(job(4));
    await button('Stop this job').click();
    await page.keyboard.type('wrong bill');
    await page.keyboard.press('Enter');
    await page.locator('main').getByText('Stop this job').waitFor({ state: 'detached' });
    await button('Stop agent invoices').click();
    await page.keyboard.type('wrong book');
    await page.keyboard.press('Enter');
    await page.locator('main').getByText('Stop agent invoices').waitFor({ state: 'detached' });
    expect(server.posts).toEqual([
      { path: '/api/stops', body: { scope: { kind: 'job', job: idOf(4) }, reason: 'wrong bill' } },
      { path: '/api/stops', body: { scope: { kind: 'agent', agent: 'invoices' }, reason: 'wrong book' } },
    ]);
  });

  test('clears an alarm and sends a job', async () => {
    await open();
    await page.getByText('In 9 of 120 jobs; at most 3 % was promised.').waitFor();
    await page.getByRole('button', name('Clear: invoices')).click();
    await page.keyboard.type('the vendor list was renewed');
    await page.keyboard.press('Enter');
    await heading('Alarms').waitFor({ state: 'hidden' });
    await page.getByLabel('Agent', { exact: true }).fill('invoices');
    await page.getByLabel('Slice').fill('plain');
    await page.getByLabel('Training task').fill('99');
    await button('Send').click();
    await heading('plain train/99').waitFor();
    expect(server.posts).toEqual([
      { path: '/api/alarms/invoices/success-1/clear', body: { reason: 'the vendor list was renewed' } },
      { path: '/api/jobs', body: { agent: 'invoices', place: { kind: 'sandbox', slice: 'plain', seed: { split: 'train', n: 99 } } } },
    ]);
  });

  test('offers nobody what the role does not allow', async () => {
    server.role = 'watcher';
    await open();
    expect(await page.getByRole('button').allTextContents()).toEqual(['Log out']);
    await page.goto(`${url}/${job(1)}`);
    await heading('Transcript').waitFor();
    expect(await page.getByRole('button').allTextContents()).toEqual(['Log out']);
    server.role = 'operator';
    await page.reload();
    await page.goto(`${url}/#/`);
    await button('Send').waitFor();
    expect(await page.getByRole('button', name('Clear')).count()).toBe(0);
  });

  test('an update with 50 jobs at work keeps focus, place and nodes, and tells of new questions', async () => {
    server.jobs = [...server.jobs, ...Array.from({ length: 50 }, (_, n) => jobOf(100 + n))];
    await open();
    const link = page.getByRole('link', name('plain train/140'));
    await link.focus();
    await page.evaluate(() => document.activeElement?.setAttribute('data-same', ''));
    const before = await link.boundingBox();
    server.jobs = server.jobs.map((one) => (one.id === idOf(120) ? { ...one, done: ['click button "Next"'] } : one));
    server.tell('change');
    await page.getByText('click button "Next"').waitFor();
    expect(await link.boundingBox()).toEqual(before);
    server.jobs = [jobOf(98, { asks: { action: 'click button "Delete"', because: ['Rule “deletion”.'] } }), ...server.jobs];
    server.tell('change');
    await page.getByRole('status').filter({ hasText: 'invoices v3 asks: click button "Delete"' }).waitFor({ state: 'attached' });
    expect(await page.evaluate(() => document.activeElement?.hasAttribute('data-same'))).toBe(true);
    // A job that is over moves into the other list, and the focus goes with it.
    const ended = { how: 'done', because: ['The agent says that it is done.'], at: new Date().toISOString() } as const;
    server.jobs = server.jobs.map((one) => (one.id === idOf(140) ? { ...one, state: 'ended', ended } : one));
    server.tell('change');
    await page
      .locator('section', { has: heading('Over') })
      .getByRole('link', name('plain train/140'))
      .waitFor();
    expect(await page.evaluate(() => document.activeElement?.hasAttribute('data-same'))).toBe(true);
  });

  test('says when the line is lost, and when it stands again', async () => {
    await open(job(4));
    const notice = page.getByText('what you see may be old');
    server.hangUp();
    await notice.waitFor();
    await notice.waitFor({ state: 'detached' });
    server.tell('step', stepsOf(idOf(4))[2]);
    await page.locator('.screenplay > li').nth(4).waitFor();
  });

  test('shows the newest jobs that are over, and all when asked', async () => {
    const ended = { how: 'done', because: ['Done.'], at: new Date().toISOString() } as const;
    server.jobs = Array.from({ length: 40 }, (_, n) => jobOf(200 + n, { state: 'ended', ended }));
    await open();
    expect(await page.locator('.jobs > li').count()).toBe(25);
    await button('Show all 40').press('Enter');
    expect(await page.locator('.jobs > li').count()).toBe(40);
    expect(await focused()).toBe('plain train/225');
  });

  test('follows the factory: what each run does, and how it learns', async () => {
    server.isLoggedIn = true;
    await page.goto(`${url}/#/runs`);
    const link = page.getByRole('link', name('invoices/20261126-101500'));
    await link.waitFor();
    const runs = page.getByRole('region', name('Runs')).getByRole('listitem');
    expect(await runs.allTextContents()).toEqual([
      expect.stringMatching(/^Running.*Practice: round 4 of 6; 31 of 62 steps, 4 min left.*right on 83 %/),
      expect.stringContaining(HOSTILE),
    ]);
    await picture('runs');
    expect(await barriers(page)).toEqual([]);
    await link.press('Enter');
    const chart = page.getByRole('img', name('Success on validation tasks'));
    await chart.waitFor();
    expect(await focused()).toBe('invoices/20261126-101500');
    expect(await chart.getAttribute('aria-label')).toContain('base: from 33 % to 83 %');
    expect(await chart.locator('path.curve').count()).toBe(5);
    const said = await page.getByRole('img', name('Loss while')).getAttribute('aria-label');
    expect(said).toBe('Loss while it trained. Imitation: from 2.40 to 0.70; Practice: from 0.69 to 0.22');
    await page.getByText('In numbers').click();
    expect(await page.getByRole('row', name('Practice 3')).textContent()).toContain('20/24at least 64.9 %');
    await picture('run');
    expect(await barriers(page)).toEqual([]);
    // It is followed without anybody pressing anything.
    server.runs = server.runs.map((run) => ({ ...run, state: 'finished' }));
    await page.locator('.crumbs .chip', { hasText: 'Finished' }).waitFor();
    await page.emulateMedia({ colorScheme: 'dark' });
    await page.setViewportSize({ width: 360, height: 740 });
    // Chips change their colour softly.
    await page.waitForTimeout(500);
    expect(await barriers(page)).toEqual([]);
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(360);
    await picture('360-run-dark');
  });

  test('says of a run that it has only begun, and whatever its folder is called', async () => {
    server.isLoggedIn = true;
    await page.goto(`${url}/#/runs`);
    await page.getByRole('link', name('<img src=x')).click();
    await page.getByText('It has not trained yet.').waitFor();
    expect(await page.locator('h1').textContent()).toBe(`till/${NAMED}`);
  });

  test('compares pairs by keyboard, one after another, until there is none', async () => {
    server.isLoggedIn = true;
    await page.goto(`${url}/#/compare`);
    await page.getByText('0 pairs were compared').waitFor();
    expect(await page.locator('.side').count()).toBe(2);
    await picture('compare');
    expect(await barriers(page)).toEqual([]);
    await page.getByLabel('Why').focus();
    await page.keyboard.type('It looks before it writes.');
    // Nobody answers by a stray Enter.
    await page.keyboard.press('Enter');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await page.getByText('One pair was compared').waitFor();
    expect(await focused()).toBe('Which is better?');
    await page.setViewportSize({ width: 360, height: 740 });
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(360);
    expect(await barriers(page)).toEqual([]);
    await picture('360-compare');
    await button('No difference').click();
    await page.getByText('Nothing to compare').waitFor();
    const [first, second] = ['1', '2'].map((n) => `/api/preferences/${n.padStart(24, '0')}`);
    expect(server.posts).toEqual([
      { path: first, body: { choice: 'right', reason: 'It looks before it writes.' } },
      { path: second, body: { choice: 'same', reason: '' } },
    ]);
  });

  test('lets a watcher read a pair and say nothing', async () => {
    server.isLoggedIn = true;
    server.role = 'watcher';
    await page.goto(`${url}/#/compare`);
    await page.getByText('An operator has to say').waitFor();
    expect(await button('Left').count()).toBe(0);
  });

  test('leads to what waits from the page of a job', async () => {
    await open(job(4));
    await page.getByRole('link', name('3 waiting')).press('Enter');
    expect(await focused()).toBe('Waiting for an answer (3)');
  });

  test('says when the session is over, and comes back to the same page', async () => {
    await open(job(1));
    server.isLoggedIn = false;
    server.tell('change');
    await page.getByText('Your session is over').waitFor();
    await page.keyboard.type('right');
    await page.keyboard.press('Enter');
    await heading('Transcript').waitFor();
  });

  test.each(['light', 'dark'] as const)('has no barriers in the %s, and fits 360 pixels', async (colorScheme) => {
    await page.emulateMedia({ colorScheme });
    await open();
    expect(await barriers(page)).toEqual([]);
    await picture(colorScheme);
    await page.setViewportSize({ width: 360, height: 740 });
    for (const [called, hash] of [
      ['overview', '#/'],
      ['job', job(2)],
    ] as const) {
      await page.goto(`${url}/${hash}`);
      await page
        .getByText(hash === '#/' ? 'Under way' : 'expects to succeed')
        .first()
        .waitFor();
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(360);
      expect(await barriers(page)).toEqual([]);
      await picture(`360-${called}-${colorScheme}`);
    }
  });

  test('the search for barriers finds them', async () => {
    await page.setContent(
      '<title>x</title><main><h1>One</h1><h3>Three</h3><button></button><input><p style="color:#999">pale</p><p id="a"></p><p id="a"></p><pre style="width:2000px">wide</pre></main>',
    );
    const found = (await barriers(page)).join('; ');
    for (const words of [
      'no language',
      'not one header',
      'level 1',
      'button "" has no name',
      'input "" has no name',
      'contrast of 2.8',
      'id a twice',
      'sideways',
    ])
      expect(found).toContain(words);
  });

  test('the skip link leads to the content', async () => {
    await open();
    await page.evaluate(() => (document.activeElement as HTMLElement).blur());
    await page.locator('.skip').focus();
    expect(await page.locator('.skip').evaluate((node) => node.getBoundingClientRect().top)).toBeGreaterThanOrEqual(0);
    await page.keyboard.press('Enter');
    expect(await page.evaluate(() => document.activeElement?.id)).toBe('main');
    expect(await page.evaluate(() => location.hash)).toBe('');
  });
});
