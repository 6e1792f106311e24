import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hasChromium } from '../../../test/chromium.ts';
import { launchChromium } from '../../../test/launch-chromium.ts';
import { makeCertificate } from '../make-certificate.ts';
import { HOSTILE, pretendContext } from '../pretend-exam.fixture.ts';
import { atLeast, rounded } from '../verdict.ts';
import { type PretendReport, pretendReport } from './pretend-report.fixture.ts';
import { renderReport } from './report.ts';

const GOOD = { seed: 'good', success: { default: 0.985, base: 0.992 } };
const POOR = { seed: 'poor', success: { default: 0.85 }, broken: 0.3, falseAccepts: 0.05, unresolved: 0.02 };

describe('a report', () => {
  it('begins with the verdict', async () => {
    const { page } = await pretendReport(GOOD, { claim: 'enters at least {share} of invoices correctly' });
    expect(page).toMatch(/<h1>With 95\u00a0% confidence this agent enters at least 95\.\d\u00a0% of invoices correctly\.<\/h1>/);
    const refused = await pretendReport(POOR);
    expect(refused.page).toMatch(/<h1>This agent gets no certificate/);
    for (const reason of refused.options.certificate.reasons) expect(refused.page).toContain(`<li>${reason}</li>`);
  });

  it('is made of the figures that the raw scores give', async () => {
    const { page, options } = await pretendReport(POOR);
    const again = makeCertificate(options.scores, { ...pretendContext(), wallSeconds: 1 });
    for (const { slice, n, successes, gateBound, unresolved, falseAccepts, audited } of again.slices) {
      const row = [n, successes, rounded(successes / n), atLeast(gateBound)].map((cell) => `<td>${cell}</td>`).join('');
      expect(page).toContain(`<tr><th scope="row">${slice}</th>${row}`);
      expect(page).toContain(`<td>${unresolved}</td><td>${falseAccepts} of ${audited}</td></tr>`);
    }
    expect(page).toContain(again.calibration?.brier.toFixed(4));
    expect(page).toContain(again.scoresHash);
  });

  it('asks nothing of the network and holds no markup from outside', async () => {
    const { page } = await pretendReport(POOR);
    expect(page).not.toMatch(/\b(?:src|href|action|srcset)\s*=\s*["']?(?:https?:|\/\/)/i);
    expect(page).not.toMatch(/<(?:img|iframe|link|object|embed|form)\b/i);
    expect(page.match(/<script\b/g)).toHaveLength(1);
    expect(page).not.toMatch(/\sstyle\s*=/);
  });

  it('stands without critic, events, episodes and attempts', async () => {
    const { options } = await pretendReport(GOOD);
    const scores = options.scores.map((score) => ({ ...score, value: null, lowestValue: null }));
    const certificate = makeCertificate(scores, { ...pretendContext({ slices: ['base'] }), wallSeconds: 1 });
    const page = renderReport({ certificate, scores: [] });
    expect(page).toContain('<h1>');
    expect(page.slice(page.indexOf('<main>'), page.indexOf('</main>'))).not.toMatch(/undefined|NaN|null|\[object/);
  });
});

describe.skipIf(!hasChromium)('a report in Chromium (skipped where there is none)', () => {
  let browser: Browser;
  let folder: string;
  let poor: PretendReport;

  beforeAll(async () => {
    browser = await launchChromium();
    folder = mkdtempSync(join(tmpdir(), 'report-'));
    const clean = await pretendReport(POOR);
    // Everything that comes from outside, hostile.
    const { certificate } = clean.options;
    poor = await pretendReport(POOR, {
      certificate: {
        ...certificate,
        reasons: [HOSTILE],
        agent: { ...certificate.agent, name: HOSTILE, policy: HOSTILE },
        lineage: { ...certificate.lineage, madeBy: HOSTILE, compartment: HOSTILE, runtime: { [HOSTILE]: HOSTILE } },
      },
    });
    writeFileSync(join(folder, 'report.html'), poor.page);
  }, 60_000);
  afterAll(async () => {
    await browser?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  async function opened<Result>(use: (page: Page) => Promise<Result>, { width = 1280, javaScriptEnabled = true } = {}): Promise<Result> {
    const context = await browser.newContext({ viewport: { width, height: 800 }, javaScriptEnabled });
    try {
      const page = await context.newPage();
      await page.goto(pathToFileURL(join(folder, 'report.html')).href);
      return await use(page);
    } finally {
      await context.close();
    }
  }

  it('runs no script but its own, shows hostile text as text, and sends nothing', async () => {
    const requests: string[] = [];
    await opened(async (page) => {
      page.on('request', (request) => requests.push(request.url()));
      const errors: string[] = [];
      page.on('console', (message) => errors.push(message.text()));
      await page.reload();
      for (const summary of await page.locator('summary').all()) await summary.click();
      expect(await page.title()).toContain('</script>');
      expect(await page.title()).not.toBe('owned');
      expect(await page.locator('img, iframe, svg[onload]').count()).toBe(0);
      expect(await page.locator('script').count()).toBe(1);
      expect(await page.locator('.step').first().isVisible()).toBe(true);
      expect(errors).toEqual([]);
    });
    expect(requests.filter((url) => !url.startsWith('file:'))).toEqual([]);
  });

  it('would not run an injected script either', async () => {
    const injected = poor.page.replace(
      '<main>',
      '<main><script>document.title="owned"</script><b onclick="document.title=\'owned\'" id="b">b</b>',
    );
    writeFileSync(join(folder, 'injected.html'), injected);
    await opened(async (page) => {
      await page.goto(pathToFileURL(join(folder, 'injected.html')).href);
      await page.locator('#b').click();
      expect(await page.title()).not.toBe('owned');
    });
  });

  it('steps through an episode with keys and buttons', async () => {
    await opened(async (page) => {
      const episode = page.locator('.episode').first();
      await episode.locator('summary').focus();
      await page.keyboard.press('Enter');
      const position = episode.locator('.position');
      expect(await position.textContent()).toBe('1 of 3');
      await page.keyboard.press('ArrowRight');
      expect(await position.textContent()).toBe('2 of 3');
      expect(await episode.locator('.step:visible h3').allTextContents()).toEqual(['Step 2']);
      await episode.getByRole('button', { name: 'Back' }).click();
      expect(await position.textContent()).toBe('1 of 3');
      await episode.getByRole('button', { name: 'Show all' }).click();
      expect(await episode.locator('.step:visible').count()).toBe(3);
    });
  });

  it('shows all steps without scripts', async () => {
    const count = await opened(
      async (page) => {
        await page.locator('summary').first().click();
        expect(await page.locator('.stepper:visible').count()).toBe(0);
        return page.locator('.episode').first().locator('.step:visible').count();
      },
      { javaScriptEnabled: false },
    );
    expect(count).toBe(3);
  });

  it.each([360, 1280])('fits %i pixels, and everything has a name', async (width) => {
    await opened(
      async (page) => {
        for (const summary of await page.locator('summary').all()) await summary.click();
        expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(width);
        const images = await page.getByRole('img').count();
        expect(images).toBeGreaterThan(5);
        expect(await page.getByRole('img', { name: /\S/ }).count()).toBe(images);
        for (const role of ['table', 'region', 'button'] as const)
          expect(await page.getByRole(role, { name: /\S/ }).count()).toBe(await page.getByRole(role).count());
      },
      { width },
    );
  });
});
