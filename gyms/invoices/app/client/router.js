/**
 * Moves between pages without loading them whole: fetches the changing parts of a page and puts them in place. Everything works as plain links
 * and forms, too.
 *
 * If the session has ended, the log-in appears in place; what was on the page is kept aside and put back after it.
 */
import { track } from './busy.js';

const UNREACHABLE = "The server can't be reached, try again";
const NOT_SAVED = 'Could not be saved, try again';

/** @type {{ header: Element, main: Element, title: string } | null} */
let keptAside = null;
/** @type {(main: Element, again: boolean) => void} */
let shown = () => {};
/** Number of the latest navigation; answers of earlier ones are dropped. */
let latest = 0;
let sending = false;

class NoAnswer extends Error {}

/** @param {string} text */
export function say(text) {
  const status = document.getElementById('status');
  if (status && status.textContent !== text) status.textContent = text;
}

/** No answer, or none that is a page: `ask` and `partsOf` throw a NoAnswer. @param {unknown} error */
function blame(error) {
  if (!(error instanceof NoAnswer)) throw error;
  say(UNREACHABLE);
}

/** @param {(main: Element, again: boolean) => void} listener called with each new main part; `again` if it was put back. */
export function whenShown(listener) {
  shown = listener;
}

const main = () => /** @type {HTMLElement} */ (document.querySelector('main'));

/** @param {{ header: Element, main: Element, title: string }} parts */
function putInPlace(parts) {
  // A document that is on the screen stays there, on its page, when its form is shown again.
  const viewer = /** @type {HTMLElement | null} */ (main().querySelector('[data-part="viewer"]'));
  const place = /** @type {HTMLElement | null} */ (parts.main.querySelector('[data-part="viewer"]'));
  if (viewer && place && viewer.dataset.file === place.dataset.file) place.replaceWith(viewer);
  document.querySelector('header')?.replaceWith(parts.header);
  main().replaceWith(parts.main);
  document.title = parts.title;
}

/** @param {Response} response */
async function partsOf(response) {
  const template = document.createElement('template');
  template.innerHTML = await response.text().catch(() => '');
  const header = template.content.querySelector('header');
  const newMain = template.content.querySelector('main');
  if (!header || !newMain) throw new NoAnswer('no page in the answer');
  return { header, main: newMain, title: decodeURIComponent(response.headers.get('x-title') ?? '') };
}

function focusNewPage() {
  const target = main().querySelector('[aria-invalid], form.log-in input:not([type=hidden])') ?? main().querySelector('h1');
  /** @type {HTMLElement | null} */ (target)?.focus({ preventScroll: target?.tagName === 'H1' });
  if (target?.tagName === 'H1') scrollTo(0, 0);
}

/**
 * Shows the page in an answer.
 * @param {Response} response
 * @param {{ push: boolean, keep: boolean }} options `keep`: the page before comes back after a log-in
 */
async function show(response, options) {
  const parts = await partsOf(response);
  const expired = response.status === 401 && new URL(response.url).pathname !== '/login';
  if (expired && options.keep) {
    const header = document.querySelector('header');
    if (header && !keptAside) keptAside = { header, main: main(), title: document.title };
  } else if (!expired && response.status !== 401) keptAside = null;
  const path = response.headers.get('x-location');
  if (path && options.push && !expired && path !== location.pathname + location.search) history.pushState(null, '', path);
  putInPlace(parts);
  say(decodeURIComponent(response.headers.get('x-status') ?? ''));
  focusNewPage();
  shown(main(), false);
}

/**
 * @param {string} url
 * @param {RequestInit} [options]
 */
async function ask(url, options = {}) {
  try {
    return await fetch(url, { ...options, headers: { ...options.headers, 'x-fragment': '1' } });
  } catch (error) {
    throw new NoAnswer('no answer', { cause: error });
  }
}

/**
 * @param {string} url
 * @param {{ push?: boolean }} [options]
 */
export function navigate(url, { push = true } = {}) {
  const mine = ++latest;
  return track(
    (async () => {
      main().setAttribute('aria-busy', 'true');
      try {
        const response = await ask(url);
        if (mine === latest) await show(response, { push, keep: false });
      } catch (error) {
        if (mine === latest) blame(error);
      } finally {
        main().removeAttribute('aria-busy');
      }
    })(),
  );
}

/**
 * @param {HTMLFormElement} form
 * @param {HTMLElement | null} submitter
 */
export function send(form, submitter) {
  // A second press while the first is under way is no second request.
  if (sending) return Promise.resolve();
  sending = true;
  const mine = ++latest;
  const action = submitter?.getAttribute('formaction') ?? form.getAttribute('action') ?? location.pathname;
  const data = new FormData(form, submitter);
  const body = form.enctype === 'multipart/form-data' ? data : new URLSearchParams(/** @type {any} */ (data));
  return track(
    (async () => {
      main().setAttribute('aria-busy', 'true');
      try {
        const response = await ask(action, { method: 'POST', body });
        if (mine !== latest) return;
        if (response.status === 204) await afterLogIn(response.headers.get('x-location') ?? '/');
        else if (response.status >= 500) say(NOT_SAVED);
        else await show(response, { push: true, keep: true });
      } catch (error) {
        blame(error);
      } finally {
        sending = false;
        main().removeAttribute('aria-busy');
      }
    })(),
  );
}

/** @param {string} path */
async function afterLogIn(path) {
  if (!keptAside) {
    await show(await ask(path), { push: true, keep: false });
    return;
  }
  const parts = keptAside;
  keptAside = null;
  parts.main.removeAttribute('aria-busy');
  putInPlace(parts);
  say('');
  focusNewPage();
  shown(main(), true);
}

/**
 * Asks for data while a page is shown; null if there is none, after telling the person why.
 * @param {string} url
 * @returns {Promise<Response | null>}
 */
export function askInBackground(url) {
  return track(
    (async () => {
      try {
        const response = await ask(url);
        if (response.ok) return response;
        if (response.status === 401 && response.headers.has('x-title')) await show(response, { push: false, keep: true });
        else if (response.status >= 500) say(UNREACHABLE);
      } catch (error) {
        blame(error);
      }
      return null;
    })(),
  );
}
