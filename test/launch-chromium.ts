/** A browser for tests that look at pages. */
import { createRequire } from 'node:module';
import type { Browser, BrowserType } from 'playwright-core';
import { findChromium } from '../src/gym/index.ts';

/** The caller closes it. */
export function launchChromium(): Promise<Browser> {
  const { chromium } = createRequire(import.meta.url)('playwright-core') as { readonly chromium: BrowserType };
  return chromium.launch({ executablePath: findChromium(), args: ['--no-sandbox'] });
}
