/// <reference lib="dom" />
/**
 * What waits for a person: actions to approve, and actions of which nobody knows whether they were done. The oldest question stands first.
 *
 * Nothing here is pressed by accident: no button has the focus unless a person put it there, a held key sends one answer, and a click just after cards
 * have moved does nothing, since it was meant for another one.
 */
import type { JobView } from '../../serve/index.ts';
import type { Desk } from './desk.ts';
import { arrange, button, element, freshId, keyedViews, setText, type View } from './dom.ts';
import { actionOf, agentWords, placeWords, plain, timeLeft, timeWords } from './words.ts';

const SETTLING_MS = 500;

export interface Waiting {
  readonly key: string;
  readonly job: JobView;
  /** In words. */
  readonly action: string;
  readonly because: readonly string[];
  /** null: the question is whether it was done. */
  readonly approval: { readonly id: string; readonly expiresAt: string } | null;
  readonly since: string;
}

export function waitingOf(jobs: readonly JobView[]): readonly Waiting[] {
  const found = jobs.flatMap((job): Waiting[] => [
    ...job.waiting.map((approval) => ({
      ...{ key: `approval ${approval.id}`, job, action: actionOf(job, approval.id), approval, since: approval.askedAt },
      because: (job.asked.find((asked) => asked.approval === approval.id)?.because ?? []).map(plain),
    })),
    ...(job.state === 'waits-for-certainty'
      ? [
          {
            ...{ key: `certainty ${job.id}`, job, action: plain(job.uncertain ?? ''), approval: null, since: job.receivedAt },
            because: ['The server died while this was under way. Look in the app, then say what you found.'],
          },
        ]
      : []),
  ]);
  return found.sort((a, b) => (a.since < b.since ? -1 : a.since > b.since ? 1 : 0));
}

export interface WaitingOptions {
  /** Whether each card says which job it belongs to. */
  readonly namesJob: boolean;
}

export function waitingView(desk: Desk, options: WaitingOptions): View<readonly Waiting[]> {
  const cards = element('ol', { class: 'cards' });
  const nothing = element('p', { class: 'muted' }, 'Nothing waits for an answer.');
  const title = element('h2', { tabindex: '-1', class: 'waiting-title' }, 'Waiting for an answer');
  let movedAtMs = Number.NEGATIVE_INFINITY;
  const isMeant = (event: MouseEvent): boolean => {
    // A key's press has no detail; it goes to what has the focus, wherever that moved.
    const meant = event.detail === 0 || performance.now() - movedAtMs > SETTLING_MS;
    if (!meant) desk.say('The list has just moved. Press again.');
    return meant;
  };
  const views = keyedViews((waiting: Waiting) => waitingCard(waiting, { desk, isMeant, ...options }));
  return {
    element: element('section', { 'data-refuge': '' }, title, nothing, cards),
    update(items) {
      if (arrange(cards, views(items.map((item) => [item.key, item])))) movedAtMs = performance.now();
      nothing.hidden = items.length > 0;
      setText(title, items.length === 0 ? 'Waiting for an answer' : `Waiting for an answer (${items.length})`);
    },
  };
}

interface CardOptions extends WaitingOptions {
  readonly desk: Desk;
  readonly isMeant: (event: MouseEvent) => boolean;
}

function waitingCard({ job, action, because, approval, since }: Waiting, { desk, isMeant, namesJob }: CardOptions): View<Waiting> {
  const id = freshId();
  let isUnderWay = false;
  const answer = (path: string, body: unknown) => async (event: MouseEvent) => {
    if (isUnderWay || !isMeant(event)) return;
    isUnderWay = true;
    // What was answered stays so until its card goes.
    isUnderWay = (await desk.act(path, body)) !== undefined;
  };
  const settle = `/api/jobs/${job.id}/settle`;
  const path = `/api/approvals/${approval?.id}`;
  const named = { 'aria-describedby': id };
  const buttons = approval
    ? [
        button('Approve', answer(path, { isApproved: true }), { class: 'main', ...named }),
        button('Refuse', answer(path, { isApproved: false }), named),
      ]
    : [
        button('Yes, it was done', answer(settle, { wasDone: true }), named),
        button('No, it was not', answer(settle, { wasDone: false }), named),
      ];
  const link = element('a', { href: `#/jobs/${encodeURIComponent(job.id)}` }, placeWords(job.request.place));
  const left = element('span', {});
  const card = element(
    'li',
    { class: 'card waiting' },
    element('p', { class: 'eyebrow' }, element('span', {}, approval ? 'May this be done?' : 'Was this done?'), left),
    element('h3', { id, class: 'action' }, element('bdi', {}, action)),
    element('ul', { class: 'because' }, ...because.map((sentence) => element('li', {}, element('bdi', {}, sentence)))),
    element(
      'p',
      { class: 'muted' },
      ...(namesJob ? [agentWords(job), ', ', link, ', '] : []),
      `${approval ? 'asked' : 'sent'} ${timeWords(since)}`,
    ),
    desk.may('operator')
      ? element('div', { class: 'buttons' }, ...buttons)
      : element('p', { class: 'muted' }, 'An operator has to answer.'),
  );
  return {
    element: card,
    update: ({ approval }) =>
      setText(left, approval ? `until ${timeWords(approval.expiresAt)} (${timeLeft(approval.expiresAt, Date.now())})` : ''),
  };
}
