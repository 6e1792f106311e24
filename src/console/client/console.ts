/// <reference lib="dom" />
/// <reference lib="dom.iterable" />
/**
 * The console's beginning: who looks, which page is shown, and how it is kept up to date. The server tells that something has changed; then the state is
 * fetched, at most a few times a second, and every view changes what has become different.
 *
 * Invariant: an update moves the focus only where what had it is gone, and then to the heading of that part of the page.
 */
import type { Role } from '../../serve/index.ts';
import { get, listen, type Person, post, Refused, type State } from './api.ts';
import type { Desk } from './desk.ts';
import { button, element, setText, type View } from './dom.ts';
import { type JobPage, jobPage } from './job-page.ts';
import { logInForm } from './log-in.ts';
import { overview } from './overview.ts';
import { planPage } from './plan-page.ts';
import { preferencesPage } from './preferences-page.ts';
import { openReasonDialog } from './reason-dialog.ts';
import { releasesPage } from './releases-page.ts';
import { runPage } from './run-page.ts';
import { runsPage } from './runs-page.ts';
import { stopButton } from './stops-view.ts';
import { triagePage } from './triage-page.ts';
import { waitingOf } from './waiting-view.ts';
import { agentWords, plain } from './words.ts';

/** Between two fetches of the state. */
const PAUSE_MS = 300;
/** Between two looks at the clock: how much time is left for an answer. */
const TICK_MS = 20_000;
const ROLES: readonly Role[] = ['watcher', 'operator', 'signer'];

/** By address; others are the first one's. */
const PAGES: Readonly<Record<string, (desk: Desk) => View<State>>> = {
  '#/releases': releasesPage,
  '#/runs': runsPage,
  '#/compare': preferencesPage,
  '#/triage': triagePage,
  '#/approve': planPage,
};

/** The page that an address names; undefined for another's. */
function pageAt(hash: string, desk: Desk): View<State> | undefined {
  const job = /^#\/jobs\/([\w-]+)$/.exec(hash)?.[1];
  if (job !== undefined) return jobPage(job, desk);
  const run = /^#\/runs\/([^/]+)\/([^/]+)$/.exec(hash);
  if (run) return runPage(run.slice(1).map(decoded).join('/'), desk);
  return PAGES[hash]?.(desk);
}

/** An address is typed by people too. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

const part = (id: string): HTMLElement => document.getElementById(id) as HTMLElement;
const [top, main, notice, status, view] = [part('top'), part('main'), part('notice'), part('status'), part('view')];

/** Ends what the person before was shown. */
let leave = (): void => {};

const home = (): HTMLElement => element('a', { href: '#/', class: 'home' }, 'Journeyman');

function showLogIn(why: string): void {
  leave();
  for (const dialog of document.querySelectorAll('dialog')) dialog.remove();
  document.title = 'Log in – Journeyman';
  setText(notice, why);
  setText(status, '');
  top.replaceChildren(home());
  view.replaceChildren(logInForm(showConsole));
  view.querySelector('input')?.focus();
}

function showConsole(person: Person): void {
  leave();
  setText(notice, '');
  let state: State | undefined;
  let shown: { readonly hash: string; readonly page: View<State> } | undefined;
  let isFetching = false;
  let isStale = false;
  let hasLeft = false;
  /** What waited at the last look; undefined before the first. */
  let waited: ReadonlySet<string> | undefined;
  let homeScroll = 0;

  const desk: Desk = {
    may: (role) => ROLES.indexOf(person.role) >= ROLES.indexOf(role),
    async act<T>(path: string, body: unknown): Promise<T | undefined> {
      setText(notice, '');
      try {
        return await post<T>(path, body);
      } catch (error) {
        complain(error);
        return undefined;
      } finally {
        await refresh();
      }
    },
    askReason: (question) =>
      openReasonDialog(question, async (path, body) => {
        await post(path, body);
        void refresh();
      }),
    say: (sentence) => setText(notice, sentence),
  };

  const stop = stopButton(desk, { kind: 'everything' });
  const waits = element('a', { href: '#/', class: 'waits', hidden: '' });
  waits.addEventListener('click', (event) => {
    event.preventDefault();
    location.hash = '#/';
    render();
    view.querySelector<HTMLElement>('.waiting-title')?.focus();
  });
  top.replaceChildren(
    home(),
    element(
      'nav',
      { 'aria-label': 'Pages' },
      element('a', { href: '#/releases' }, 'Releases'),
      element('a', { href: '#/runs' }, 'Training'),
      element('a', { href: '#/compare' }, 'Compare'),
      element('a', { href: '#/triage' }, 'Triage'),
    ),
    waits,
    element(
      'div',
      { class: 'person' },
      element('span', { class: 'muted' }, `${plain(person.name)}, ${person.role}`),
      button('Log out', async () => {
        await post('/api/logout', {}).catch(() => {});
        showLogIn('');
      }),
    ),
    ...(desk.may('operator') ? [stop] : []),
  );
  const first = overview(desk);

  function complain(error: unknown): void {
    if (hasLeft) return;
    if (!(error instanceof Refused)) throw error;
    if (error.isLoggedOut) showLogIn('Your session is over. Log in again.');
    else setText(notice, error.message);
  }

  async function refresh(): Promise<void> {
    isStale = true;
    if (isFetching || hasLeft) return;
    isFetching = true;
    try {
      while (isStale && !hasLeft) {
        isStale = false;
        state = await get<State>('/api/state');
        render();
        await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
      }
    } catch (error) {
      complain(error);
    } finally {
      isFetching = false;
    }
  }

  function render(): void {
    if (state === undefined || hasLeft) return;
    route();
    const focused = document.activeElement;
    const refuge = focused?.closest('[data-refuge]')?.querySelector<HTMLElement>('h1, h2');
    shown?.page.update(state);
    const waiting = waitingOf(state.jobs);
    setText(waits, `${waiting.length} waiting`);
    waits.hidden = waiting.length === 0;
    stop.hidden = state.stops.some(({ scope }) => scope.kind === 'everything');
    document.title = `${waiting.length > 0 ? `(${waiting.length}) ` : ''}${view.querySelector('h1')?.textContent ?? ''} – Journeyman`;
    const before = waited;
    const fresh = waiting.filter(({ key }) => before && !before.has(key));
    if (fresh.length > 0)
      setText(
        status,
        fresh
          .map(
            ({ job, approval, question, action }) =>
              `${agentWords(job)} ${question ? 'lacks' : approval ? 'asks' : 'is unsure'}: ${action}`,
          )
          .join('. '),
      );
    waited = new Set(waiting.map(({ key }) => key));
    if (focused instanceof HTMLElement && focused !== document.body && document.activeElement !== focused) {
      const target =
        focused.isConnected && focused.getClientRects().length > 0
          ? focused
          : refuge?.getClientRects().length
            ? refuge
            : view.querySelector('h1');
      target?.focus({ preventScroll: true });
    }
  }

  /** Shows the page that the address names; nothing where it is shown already. */
  function route(): void {
    const { hash } = location;
    if (shown?.hash === hash) return;
    const isFirst = shown === undefined;
    if (shown?.page === first) homeScroll = window.scrollY;
    const page = pageAt(hash, desk) ?? first;
    shown = { hash, page };
    if (state) page.update(state);
    view.replaceChildren(page.element);
    window.scrollTo(0, page === first ? homeScroll : 0);
    if (!isFirst) setText(notice, '');
    view.querySelector('h1')?.focus({ preventScroll: true });
  }

  const job = (): JobPage | undefined => (shown && 'stepped' in shown.page ? (shown.page as JobPage) : undefined);
  let wasLost = false;
  const hangUp = listen({
    changed: () => void refresh(),
    stepped(step) {
      if (step.job === job()?.job) job()?.stepped(step);
    },
    connected(isConnected) {
      if (isConnected && wasLost) {
        setText(notice, '');
        job()?.reload();
      }
      if (!isConnected) {
        setText(notice, 'The line to the server is lost: what you see may be old. Trying again …');
        // A session that is over is told by its refusal.
        void refresh();
      }
      wasLost = !isConnected;
    },
  });
  const tick = window.setInterval(render, TICK_MS);
  window.addEventListener('hashchange', render);
  leave = () => {
    hasLeft = true;
    hangUp();
    window.clearInterval(tick);
    window.removeEventListener('hashchange', render);
  };
  void refresh();
}

document.querySelector('.skip')?.addEventListener('click', (event) => {
  // The address after # names a page of ours.
  event.preventDefault();
  main.focus();
});

try {
  showConsole(await get<Person>('/api/me'));
} catch (error) {
  if (!(error instanceof Refused)) throw error;
  showLogIn(error.isLoggedOut ? '' : error.message);
}
