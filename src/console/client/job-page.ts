/// <reference lib="dom" />
/** One job: what it is about, what it waits for, how it ended and why, and its transcript as it grows. */
import type { JobView, ShownStep, StopScope } from '../../serve/index.ts';
import { get, type JobAndSteps, Refused, type State } from './api.ts';
import type { Desk } from './desk.ts';
import { arrange, button, element, keyedViews, setText, type View } from './dom.ts';
import { setChipKind } from './jobs-view.ts';
import { screenplay } from './screenplay.ts';
import { keyOfScope, stopButton, stopsView } from './stops-view.ts';
import { waitingOf, waitingView } from './waiting-view.ts';
import { addressWords, agentWords, placeWords, plain, stateWord, timeWords } from './words.ts';

export interface JobPage extends View<State> {
  readonly job: string;
  stepped(step: ShownStep): void;
  /** Fetches the transcript again: after the line to the server was lost. */
  reload(): void;
}

export function jobPage(id: string, desk: Desk): JobPage {
  const title = element('h1', { tabindex: '-1' }, `Job ${plain(id).slice(0, 8)}`);
  const chip = element('span', { class: 'chip' });
  const missing = element('p', { class: 'muted' }, 'The server knows no such job.');
  const facts = element('dl', { class: 'facts' });
  const fact = keyedViews(([name]: readonly [string, string]): View<readonly [string, string]> => {
    const value = element('dd', {});
    return { element: element('div', {}, element('dt', {}, name), value), update: ([, words]) => setText(value, words) };
  });
  const stops = stopsView(desk);
  const waiting = waitingView(desk, { namesJob: false });
  const controls = element('div', { class: 'buttons' });
  const stopButtons = keyedViews((scope: StopScope): View<StopScope> => ({ element: stopButton(desk, scope), update: () => {} }));
  const end = sentences('How it ended');
  const done = sentences('What it did that lasts');
  const takeBack = takeBackView(id, desk);
  const undone = sentences('What came of taking it back');
  const play = screenplay();
  const empty = element('p', { class: 'muted' }, 'Nothing yet.');
  const body = element(
    'div',
    {},
    facts,
    controls,
    ...[stops, waiting, end, done].map((view) => view.element),
    takeBack.element,
    undone.element,
    element('section', {}, element('h2', {}, 'Transcript'), empty, play.element),
  );
  let isLoading = false;
  let isStale = true;
  let known = '';

  async function load(): Promise<void> {
    isStale = true;
    if (isLoading) return;
    isLoading = true;
    try {
      while (isStale) {
        isStale = false;
        const { steps } = await get<JobAndSteps>(`/api/jobs/${encodeURIComponent(id)}`);
        play.show(steps);
        empty.hidden = steps.length > 0;
      }
    } catch (error) {
      // That the session is over, or the server away, is noticed by whoever fetches the state.
      if (!(error instanceof Refused)) throw error;
    } finally {
      isLoading = false;
    }
  }

  function update(state: State): void {
    const job = state.jobs.find((one) => one.id === id);
    body.hidden = chip.hidden = job === undefined;
    missing.hidden = job !== undefined;
    if (job === undefined) return;
    const { request } = job;
    setText(title, placeWords(request.place));
    setText(chip, stateWord(job));
    setChipKind(chip, job);
    arrange(facts, fact(factsOf(job).map((one) => [one[0], one])));
    const scopes: StopScope[] = [
      { kind: 'job', job: id },
      { kind: 'agent', agent: request.agent },
    ];
    const stopped = new Set(state.stops.map(({ scope }) => keyOfScope(scope)));
    const offered = scopes.filter((scope) => !stopped.has(keyOfScope(scope)) && !(scope.kind === 'job' && job.ended));
    arrange(controls, stopButtons(desk.may('operator') ? offered.map((scope) => [keyOfScope(scope), scope]) : []));
    stops.update(
      state.stops.filter(({ scope }) => scope.kind === 'everything' || scopes.some((one) => keyOfScope(one) === keyOfScope(scope))),
    );
    const waits = waitingOf([job]);
    waiting.update(waits);
    waiting.element.hidden = waits.length === 0;
    end.update(job.ended?.because ?? []);
    done.update(job.done);
    takeBack.update(job);
    undone.update(undoWords(job));
    const now = JSON.stringify(job);
    if (now !== known) void load();
    known = now;
  }

  return {
    job: id,
    element: element(
      'div',
      { 'data-refuge': '' },
      element('p', { class: 'crumbs' }, element('a', { href: '#/' }, '← All jobs'), chip),
      title,
      missing,
      body,
    ),
    update,
    reload: () => void load(),
    stepped(step) {
      // While it is loaded, a step may be in what comes: then it is fetched once more.
      if (isLoading) isStale = true;
      else {
        play.add(step);
        empty.hidden = true;
      }
    },
  };
}

/** For a job that is over and left something in an app that somebody runs. */
function takeBackView(id: string, desk: Desk): View<JobView> {
  let isUnderWay = false;
  const press = button('Take back what it did', async () => {
    if (isUnderWay) return;
    isUnderWay = true;
    desk.say('Taking it back …');
    await desk.act(`/api/jobs/${encodeURIComponent(id)}/undo`, {});
    isUnderWay = false;
  });
  const row = element('div', { class: 'buttons' });
  return {
    element: row,
    update({ request, ended, undoings, undo }) {
      const isOffered = desk.may('operator') && ended && request.place.kind === 'live' && undoings.length > 0 && undo?.isRestored !== true;
      arrange(row, isOffered ? [press] : []);
    },
  };
}

function undoWords({ undo }: JobView): readonly string[] {
  if (undo === null) return [];
  const verdict = undo.isRestored
    ? 'Everything is as it was before the job, which a comparison of the books has shown.'
    : 'Not everything is as it was before the job.';
  return [`${verdict} ${plain(undo.by)}, ${timeWords(undo.at)}`, ...undo.sentences];
}

function factsOf(job: JobView): readonly (readonly [string, string])[] {
  const { request, by, receivedAt, attempts, ended } = job;
  return [
    ['Agent', agentWords(job)],
    ['Place', addressWords(request.place)],
    ['Sent', `by ${plain(by)}, ${timeWords(receivedAt)}`],
    ['Data of', plain(request.compartment)],
    ...(attempts > 1 ? ([['Attempts', String(attempts)]] as const) : []),
    ...(ended ? ([['Ended', timeWords(ended.at)]] as const) : []),
  ];
}

/** A section with a list of sentences; nothing where there are none. */
function sentences(title: string): View<readonly string[]> {
  const list = element('ul', { class: 'because' });
  const section = element('section', { hidden: '' }, element('h2', {}, title), list);
  return {
    element: section,
    update(items) {
      section.hidden = items.length === 0;
      while (list.children.length > items.length) list.lastElementChild?.remove();
      for (const [n, item] of items.entries()) {
        const line = list.children[n] ?? list.appendChild(element('li', {}, element('bdi', {})));
        setText(line.firstElementChild as Element, plain(item));
      }
    },
  };
}
