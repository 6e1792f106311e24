/// <reference lib="dom" />
/**
 * What is to be approved as a list, to be read through and answered at once. Nothing is ticked beforehand, and what comes while somebody reads stands at the
 * end, unticked; each approval is still for one exact action on one exact screen.
 */
import type { BatchAnswer } from '../../serve/index.ts';
import type { State } from './api.ts';
import type { Desk } from './desk.ts';
import { arrange, button, element, freshId, keyedViews, setText, type View } from './dom.ts';
import { movingList } from './timing.ts';
import { type Waiting, waitingOf } from './waiting-view.ts';
import { agentWords, placeWords, timeWords } from './words.ts';

/** As many as the server takes. */
const MOST = 200;

export function planPage(desk: Desk): View<State> {
  const list = element('ol', { class: 'plan' });
  const nothing = element('p', { class: 'muted' }, 'Nothing waits to be approved.');
  const moving = movingList(desk);
  const boxes = new Map<string, HTMLInputElement>();
  const views = keyedViews((waiting: Waiting) => planLine(waiting, { desk, boxes, ticked: count }));
  const [approve, refuse] = [
    button('', (event) => void answer(true, event), { class: 'main' }),
    button('', (event) => void answer(false, event)),
  ];
  const buttons = element('div', { class: 'buttons' }, approve, refuse);
  const title = element('h1', { tabindex: '-1' }, 'Approve as a list');
  let isUnderWay = false;

  const tickedIds = (): readonly string[] => [...boxes].flatMap(([id, box]) => (box.checked ? [id] : []));
  function count(): void {
    const { length } = tickedIds();
    setText(approve, length === 0 ? 'Approve what is ticked' : `Approve the ${length} ticked`);
    setText(refuse, length === 0 ? 'Refuse what is ticked' : `Refuse the ${length} ticked`);
    approve.disabled = refuse.disabled = length === 0;
  }
  async function answer(isApproved: boolean, event: MouseEvent): Promise<void> {
    if (isUnderWay || !moving.isMeant(event)) return;
    isUnderWay = true;
    const ids = tickedIds().slice(0, MOST);
    const told = await desk.act<{ readonly answers: readonly BatchAnswer[] }>('/api/approvals', { ids, isApproved });
    isUnderWay = false;
    if (told === undefined) return;
    const failed = told.answers.filter(({ problem }) => problem !== null);
    const [first] = failed;
    desk.say(first ? `${failed.length} of ${ids.length} could not be answered: ${first.problem}` : '');
    title.focus();
  }
  return {
    element: element(
      'div',
      {},
      title,
      element(
        'p',
        { class: 'muted' },
        'Read each, tick what may be done. An approval is void where its page has changed meanwhile; then it is asked for again.',
      ),
      element(
        'section',
        { 'data-refuge': '' },
        element('h2', { class: 'unseen', tabindex: '-1' }, 'What waits'),
        nothing,
        list,
        ...(desk.may('operator') ? [buttons] : []),
      ),
    ),
    update({ jobs }) {
      const items = waitingOf(jobs).filter(({ approval }) => approval !== null);
      const there = new Set(items.map(({ approval }) => approval?.id));
      for (const id of boxes.keys()) if (!there.has(id)) boxes.delete(id);
      if (arrange(list, views(items.map((item) => [item.key, item])))) moving.moved();
      nothing.hidden = items.length > 0;
      buttons.hidden = items.length === 0;
      count();
    },
  };
}

interface LineOptions {
  readonly desk: Desk;
  /** By approval. */
  readonly boxes: Map<string, HTMLInputElement>;
  readonly ticked: () => void;
}

function planLine({ job, action, because, approval, since }: Waiting, { desk, boxes, ticked }: LineOptions): View<Waiting> {
  const id = freshId();
  const box = element('input', { type: 'checkbox', id, 'aria-describedby': `${id}-why` });
  box.addEventListener('change', ticked);
  if (approval) boxes.set(approval.id, box);
  const words = element('bdi', {}, action);
  return {
    element: element(
      'li',
      {},
      ...(desk.may('operator') ? [box, element('label', { for: id, class: 'action' }, words)] : [element('p', { class: 'action' }, words)]),
      element(
        'div',
        { id: `${id}-why` },
        element('ul', { class: 'because' }, ...because.map((sentence) => element('li', {}, element('bdi', {}, sentence)))),
        element(
          'p',
          { class: 'muted' },
          `${agentWords(job)}, `,
          element('a', { href: `#/jobs/${encodeURIComponent(job.id)}` }, placeWords(job.request.place)),
          `, asked ${timeWords(since)}`,
        ),
      ),
    ),
    update: () => {},
  };
}
