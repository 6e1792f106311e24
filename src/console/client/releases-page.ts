/// <reference lib="dom" />
/**
 * Every version of every agent, side by side: what the gate said, and how far each slice is shown to succeed. A cell's shade says the same as its number.
 */
import type { AgentStanding, VersionStanding } from '../../release/index.ts';
import { get, type State } from './api.ts';
import type { Desk } from './desk.ts';
import { arrange, element, freshId, keyedViews, setText, type View } from './dom.ts';
import { saying, seldom } from './timing.ts';
import { heatOf, plain, shownAtLeast, standingWord, timeWords, unmetWords } from './words.ts';

/** Between two looks at the registry. */
const AGAIN_MS = 1000;

export function releasesPage(desk: Desk): View<State> {
  const agents = element('div', {});
  const nothing = element('p', { class: 'muted' }, 'Looking …');
  const views = keyedViews((agent: AgentStanding) => agentView(agent));

  const look = (): Promise<void> =>
    saying(desk, async () => {
      const { releases } = await get<{ readonly releases: readonly AgentStanding[] }>('/api/releases');
      arrange(agents, views(releases.map((agent) => [agent.name, agent])));
      nothing.hidden = releases.length > 0;
      setText(nothing, 'No agent was judged yet.');
    });
  return {
    element: element(
      'div',
      {},
      element('h1', { tabindex: '-1' }, 'Releases'),
      element(
        'p',
        { class: 'muted' },
        'A number is what the exam shows at least, with the confidence that was asked for; behind it tasks passed, of tasks played.',
      ),
      nothing,
      agents,
    ),
    update: seldom(() => void look(), AGAIN_MS),
  };
}

function agentView({ name }: AgentStanding): View<AgentStanding> {
  const id = freshId();
  const [head, body] = [element('tr', {}), element('tbody', {})];
  // Wider than a telephone: it is moved by itself, by keys as well.
  const table = element(
    'div',
    { class: 'wide', tabindex: '0', role: 'region', 'aria-labelledby': id },
    element('table', { class: 'versions', 'aria-labelledby': id }, element('thead', {}, head), body),
  );
  const unread = element('p', { class: 'because' });
  let shown = '';
  return {
    element: element('section', {}, element('h2', { id }, element('bdi', {}, plain(name))), table, unread),
    update(agent) {
      const { versions, problem } = agent;
      if (JSON.stringify(agent) === shown) return;
      shown = JSON.stringify(agent);
      table.hidden = problem !== null;
      unread.hidden = problem === null;
      setText(unread, plain(problem ?? ''));
      const slices = [...new Set(versions.flatMap(({ exam }) => exam?.slices.map(({ slice }) => slice) ?? []))];
      const titles = ['Version', 'Standing', ...slices.map(plain), 'Never-events'];
      head.replaceChildren(...titles.map((title) => element('th', { scope: 'col' }, title)));
      body.replaceChildren(...versions.map((one) => versionRow(one, slices)));
    },
  };
}

function versionRow(standing: VersionStanding, slices: readonly string[]): HTMLElement {
  const { version, judgedAt, unmet, revoked, exam } = standing;
  const neverEvents = exam?.slices.reduce((sum, slice) => sum + slice.neverEvents, 0);
  return element(
    'tr',
    {},
    element('th', { scope: 'row' }, `${version}`, element('span', { class: 'when' }, timeWords(judgedAt))),
    element(
      'td',
      {},
      element(
        'span',
        { class: 'chip', 'data-kind': standing.isCurrent ? 'done' : standing.isAllowed ? 'queued' : 'failed' },
        standingWord(standing),
      ),
      ...(unmet.length > 0 ? [element('span', { class: 'when' }, unmetWords(unmet))] : []),
      ...(revoked ? [element('span', { class: 'when' }, `${plain(revoked.by)}: ${plain(revoked.reason)}`)] : []),
    ),
    ...slices.map((name) => {
      const slice = exam?.slices.find((one) => one.slice === name);
      if (slice === undefined) return element('td', { class: 'heat' }, '–');
      return element(
        'td',
        { class: 'heat', 'data-heat': `${heatOf(slice.lowerBound)}` },
        shownAtLeast(slice.lowerBound),
        element('span', { class: 'when' }, `${slice.passes}/${slice.trials}`),
      );
    }),
    element('td', {}, neverEvents === undefined ? '–' : `${neverEvents}`),
  );
}
