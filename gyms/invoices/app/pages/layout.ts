/**
 * The frame around every page: navigation, the line of messages, the main part. The client router swaps `<header>` and `<main>` and keeps
 * the rest, so a page is either whole or these two parts.
 */
import type { Asset } from '../assets.ts';
import { type Html, html } from '../html.ts';
import type { Look } from '../look.ts';

export interface Page {
  readonly title: string;
  readonly main: Html;
  /** Message above the page: `Bill saved`. */
  readonly status?: string;
  readonly code?: 200 | 400 | 401 | 403 | 404 | 409 | 413;
}

export interface Frame {
  readonly look: Look;
  readonly company: string;
  /** null: nobody is logged in, and there is no navigation. */
  readonly user: string | null;
  readonly path: string;
  readonly paint: boolean;
  readonly asset: (name: Asset) => string;
}

const PAGES = [
  ['/', 'page.inbox'],
  ['/vendors', 'page.vendors'],
  ['/orders', 'page.orders'],
  ['/bills', 'page.bills'],
  ['/payments', 'page.payments'],
] as const;

function renderHeader(frame: Frame): Html {
  const navigation =
    frame.user !== null &&
    html`<nav aria-label="Pages"><ul>${PAGES.map(
      ([path, word]) => html`<li><a href="${path}"${path === frame.path && html` aria-current="page"`}>${frame.look.words[word]}</a></li>`,
    )}</ul></nav><form method="post" action="/logout"><button class="quiet">Log out</button></form>`;
  return html`<header><span class="company">${frame.company}</span>${navigation}</header>`;
}

function renderMain(page: Page): Html {
  return html`<main id="main"><h1 tabindex="-1">${page.title}</h1>${page.main}</main>`;
}

/** What changes from page to page. */
export function renderParts(page: Page, frame: Frame): string {
  return renderHeader(frame).text + renderMain(page).text;
}

export function renderPage(page: Page, frame: Frame): string {
  const { asset } = frame;
  const preloads = (['client/router.js', 'client/bill.js', 'client/viewer.js', 'client/busy.js', 'client/amounts.js'] as const).map(
    (name) => html`<link rel="modulepreload" href="${asset(name)}">`,
  );
  return html`<!doctype html>
<html lang="en" data-paint="${frame.paint ? 'on' : 'off'}">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark"><title>${page.title} – ${frame.company}</title><link rel="icon" href="data:,">
<link rel="stylesheet" href="${asset('client/style.css')}">${preloads}
<script type="module" src="${asset('client/main.js')}"></script></head>
<body><a class="skip" href="#main">Skip to content</a>${renderHeader(frame)}<p id="status" role="status">${page.status ?? ''}</p>
${renderMain(page)}</body></html>`.text;
}

/** A vendor's note, or nothing. It is somebody else's text. */
export function renderNote(note: string): Html | false {
  return note !== '' && html`<aside class="note" aria-label="Vendor note"><p>${note}</p></aside>`;
}
