/** Where Chromium is. Nothing is ever downloaded. */
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { BrowserType } from 'playwright-core';
import { ConfigError } from '../../base/index.ts';

const USUAL_PATHS: Readonly<Partial<Record<NodeJS.Platform, readonly string[]>>> = {
  linux: [
    '/usr/bin/chromium',
    '/usr/bin/chromium-browser',
    '/usr/bin/google-chrome',
    '/usr/bin/google-chrome-stable',
    '/snap/bin/chromium',
    '/opt/google/chrome/chrome',
  ],
  darwin: ['/Applications/Chromium.app/Contents/MacOS/Chromium', '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome'],
  win32: ['C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe', 'C:\\Program Files (x86)\\Google\\Chrome\\Application\\chrome.exe'],
};

/** Playwright takes a fifth of a second to load: only what opens a browser pays for it. */
export function loadPlaywright(): BrowserType {
  const { chromium } = createRequire(import.meta.url)('playwright-core') as { readonly chromium: BrowserType };
  return chromium;
}

/** Path of the browser: JOURNEYMAN_CHROMIUM, else a usual place, else playwright-core's own download. */
export function findChromium(): string {
  const fix = 'install one with `apt-get install chromium` or `npx playwright-core install chromium`, or point JOURNEYMAN_CHROMIUM at one';
  const given = process.env.JOURNEYMAN_CHROMIUM;
  if (given !== undefined && given !== '') {
    if (existsSync(given)) return given;
    throw new ConfigError({
      operation: 'find Chromium',
      got: `JOURNEYMAN_CHROMIUM=${given}, where there is nothing`,
      expected: 'the path of a browser',
      fix,
    });
  }
  for (const path of [...(USUAL_PATHS[process.platform] ?? []), ownDownload()]) if (path !== '' && existsSync(path)) return path;
  throw new ConfigError({ operation: 'find Chromium', got: 'none in the usual places', expected: 'Chromium or Chrome', fix });
}

function ownDownload(): string {
  try {
    return loadPlaywright().executablePath();
  } catch {
    return '';
  }
}
