/// <reference lib="dom" />
/** What was stopped, by whom and why, and the buttons that stop. A stop ends jobs; letting go on lets the next ones begin. */
import type { Stop, StopScope } from '../../serve/index.ts';
import type { Desk } from './desk.ts';
import { arrange, button, element, keyedViews, setText, type View } from './dom.ts';
import { plain, scopeWords, timeWords } from './words.ts';

const CONSEQUENCES: Readonly<Record<StopScope['kind'], string>> = {
  everything: 'Every job ends before its next action, and every new one at once, until somebody lets agents go on.',
  agent: 'Every job of this agent ends before its next action, and every new one at once, until somebody lets it go on.',
  job: 'This job ends before its next action.',
};

const verbOf = (scope: StopScope): string =>
  scope.kind === 'everything' ? 'Stop everything' : scope.kind === 'agent' ? `Stop agent ${plain(scope.agent)}` : 'Stop this job';

/** A button that stops `scope` once a reason was given. */
export function stopButton(desk: Desk, scope: StopScope): HTMLButtonElement {
  const verb = verbOf(scope);
  const question = { title: `${verb}?`, consequence: CONSEQUENCES[scope.kind], verb, isGrave: true, path: '/api/stops', body: { scope } };
  return button(verb, () => desk.askReason(question), { class: 'grave' });
}

export const keyOfScope = (scope: StopScope): string =>
  scope.kind === 'everything' ? 'everything' : scope.kind === 'agent' ? `agent ${scope.agent}` : `job ${scope.job}`;

/** Nothing where nothing is stopped. */
export function stopsView(desk: Desk): View<readonly Stop[]> {
  const list = element('ul', { class: 'cards' });
  const views = keyedViews((stop: Stop) => stopCard(stop, desk));
  const section = element('section', { 'data-refuge': '' }, element('h2', { tabindex: '-1' }, 'Stopped'), list);
  return {
    element: section,
    update(stops) {
      arrange(list, views(stops.map((stop) => [keyOfScope(stop.scope), stop])));
      section.hidden = stops.length === 0;
    },
  };
}

function stopCard({ scope }: Stop, desk: Desk): View<Stop> {
  const name = scopeWords(scope);
  const question = {
    ...{ title: `Let ${scope.kind === 'everything' ? 'agents' : name.toLowerCase()} go on?`, verb: 'Let go on', isGrave: false },
    ...{
      consequence: 'Jobs that were stopped have ended and stay so; new ones may begin again.',
      path: '/api/stops/release',
      body: { scope },
    },
  };
  const reason = element('bdi', {});
  const who = element('p', { class: 'muted' });
  const title = scope.kind === 'job' ? element('a', { href: `#/jobs/${encodeURIComponent(scope.job)}` }, name) : element('bdi', {}, name);
  const card = element(
    'li',
    { class: 'card stopped' },
    element('div', {}, element('h3', {}, title, ' is stopped'), element('p', {}, reason), who),
    // A job that was stopped has ended: there is nothing to let go on.
    ...(desk.may('operator') && scope.kind !== 'job'
      ? [
          element(
            'div',
            { class: 'buttons' },
            button('Let go on', () => desk.askReason(question), { 'aria-label': `Let go on: ${name}` }),
          ),
        ]
      : []),
  );
  return {
    element: card,
    update(stop) {
      setText(reason, plain(stop.reason));
      setText(who, `${plain(stop.by)}, ${timeWords(stop.at)}`);
    },
  };
}
