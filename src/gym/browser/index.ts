/** Real Chromium as a world's eyes and hands. */
export { InfrastructureError } from '../errors.ts';
export { type AttachOptions, attachBrowser } from './attach.ts';
export { Browser } from './browser.ts';
export { ACTION_MS, BrowserPage, type PageOptions, WAIT_MS } from './browser-page.ts';
export { BrowserPool, type PoolOptions } from './browser-pool.ts';
export { findChromium } from './chromium.ts';
export { mergeRuns, type TextCell, type TextRun } from './page/cells.ts';
