/** Begins the page: links and forms go through the router, documents and bill forms come to life when their page is shown. */
import { maySend, mountBill } from './bill.js';
import { navigate, send, whenShown } from './router.js';
import { loadPdf, mountViewer } from './viewer.js';

/** @param {Element} main @param {boolean} again */
function mount(main, again) {
  mountViewer(main);
  mountBill(main, again);
}

whenShown(mount);

document.addEventListener('click', (event) => {
  if (event.defaultPrevented || event.button !== 0 || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
  const link = /** @type {Element} */ (event.target).closest?.('a[href]');
  if (!(link instanceof HTMLAnchorElement) || link.target || link.hasAttribute('download') || link.origin !== location.origin) return;
  if (link.hash || link.pathname.endsWith('/file')) return;
  event.preventDefault();
  void navigate(link.pathname + link.search);
});

document.addEventListener('submit', (event) => {
  const form = /** @type {HTMLFormElement} */ (event.target);
  if (event.defaultPrevented || form.method !== 'post') return;
  event.preventDefault();
  const submitter = /** @type {HTMLElement | null} */ (event.submitter);
  if (maySend(form, submitter)) void send(form, submitter);
});

addEventListener('popstate', () => void navigate(location.pathname + location.search, { push: false }));

// A ticket is used up, and the message of a change is said.
if (location.search !== '') history.replaceState(null, '', location.pathname);

const first = document.querySelector('main');
if (first) mount(first, false);
(globalThis.requestIdleCallback ?? setTimeout)(() => void loadPdf());
