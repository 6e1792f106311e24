/// <reference lib="dom" />
/**
 * What waits for a person: actions to approve, what an agent lacks, and actions of which nobody knows whether they were done. The oldest stands first.
 *
 * Nothing here is pressed by accident: no button has the focus unless a person put it there, a held key sends one answer, and a click just after cards
 * have moved does nothing, since it was meant for another one.
 */
import type { JobView, Question } from '../../serve/index.ts';
import type { Desk } from './desk.ts';
import { arrange, button, element, freshId, keyedViews, setText, type View } from './dom.ts';
import { movingList } from './timing.ts';
import { actionOf, agentWords, placeWords, plain, timeLeft, timeWords } from './words.ts';

export interface Waiting {
  readonly key: string;
  readonly job: JobView;
  /** In words. */
  readonly action: string;
  readonly because: readonly string[];
  /** What the agent lacks, as a form; null for the others. */
  readonly question: Question | null;
  /** Where it is an action that is asked about. With neither the question is whether it was done. */
  readonly approval: { readonly id: string; readonly expiresAt: string } | null;
  readonly since: string;
}

export function waitingOf(jobs: readonly JobView[]): readonly Waiting[] {
  const found = jobs.flatMap((job): Waiting[] => [
    ...job.waiting.map((approval) => ({
      ...{ key: `approval ${approval.id}`, job, action: actionOf(job, approval.id), approval, question: null, since: approval.askedAt },
      because: (job.asked.find((asked) => asked.approval === approval.id)?.because ?? []).map(plain),
    })),
    ...job.forms.map((question) => ({
      ...{ key: `question ${question.id}`, job, action: plain(question.form.about), approval: null, question, since: question.askedAt },
      because: [
        question.form.held === '' ? 'The field is empty.' : `The field holds: ${plain(question.form.held)}`,
        'What you write is kept with the job: no passwords.',
      ],
    })),
    ...(job.state === 'waits-for-certainty'
      ? [
          {
            ...{
              key: `certainty ${job.id}`,
              job,
              action: plain(job.uncertain ?? ''),
              approval: null,
              question: null,
              since: job.receivedAt,
            },
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
  // Of several jobs: one page, one answer.
  const asList = element('p', {}, element('a', { href: '#/approve' }, 'Approve as a list'));
  const list = movingList(desk);
  const views = keyedViews((waiting: Waiting) => waitingCard(waiting, { desk, isMeant: list.isMeant, ...options }));
  return {
    element: element('section', { 'data-refuge': '' }, title, asList, nothing, cards),
    update(items) {
      if (arrange(cards, views(items.map((item) => [item.key, item])))) list.moved();
      nothing.hidden = items.length > 0;
      asList.hidden = !options.namesJob || items.filter(({ approval }) => approval !== null).length < 2;
      setText(title, items.length === 0 ? 'Waiting for an answer' : `Waiting for an answer (${items.length})`);
    },
  };
}

interface CardOptions extends WaitingOptions {
  readonly desk: Desk;
  readonly isMeant: (event: MouseEvent) => boolean;
}

function waitingCard(
  { job, action, because, approval, question, since }: Waiting,
  { desk, isMeant, namesJob }: CardOptions,
): View<Waiting> {
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
  const buttons = question
    ? []
    : approval
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
    element(
      'p',
      { class: 'eyebrow' },
      element('span', {}, question ? 'What is this to be?' : approval ? 'May this be done?' : 'Was this done?'),
      left,
    ),
    element('h3', { id, class: 'action' }, element('bdi', {}, action)),
    element('ul', { class: 'because' }, ...because.map((sentence) => element('li', {}, element('bdi', {}, sentence)))),
    element(
      'p',
      { class: 'muted' },
      ...(namesJob ? [agentWords(job), ', ', link, ', '] : []),
      `${approval || question ? 'asked' : 'sent'} ${timeWords(since)}`,
    ),
    desk.may('operator')
      ? question
        ? answerForm(question, { id, send: answer })
        : element('div', { class: 'buttons' }, ...buttons)
      : element('p', { class: 'muted' }, 'An operator has to answer.'),
  );
  return {
    element: card,
    update({ approval, question }) {
      const until = (approval ?? question)?.expiresAt;
      setText(left, until === undefined ? '' : `until ${timeWords(until)} (${timeLeft(until, Date.now())})`);
    },
  };
}

interface AnswerOptions {
  /** Of the heading that says what is asked for. */
  readonly id: string;
  readonly send: (path: string, body: unknown) => (event: MouseEvent) => Promise<void>;
}

/** A field of the kind that the page has, and two ways to go on: with its value, or without the agent. */
function answerForm({ id: question, form: { choice, held } }: Question, { id, send }: AnswerOptions): HTMLElement {
  const path = `/api/questions/${question}`;
  const input =
    choice === null
      ? element('input', { 'aria-labelledby': id, maxlength: '2000', autocomplete: 'off' })
      : element('select', { 'aria-labelledby': id }, ...choice.map((option) => element('option', { value: option }, plain(option) || '–')));
  input.value = held;
  const enter = button('Enter this', (event) => void send(path, { value: input.value })(event), { class: 'main', 'aria-describedby': id });
  const form = element(
    'form',
    { class: 'answer' },
    input,
    element('div', { class: 'buttons' }, enter, button('I go on with the job', send(path, { value: null }), { 'aria-describedby': id })),
  );
  // Enter in the field presses the button, once for each press of the key.
  form.addEventListener('submit', (event) => event.preventDefault());
  input.addEventListener('keydown', (event) => {
    if (
      (event as KeyboardEvent).key === 'Enter' &&
      !(event as KeyboardEvent).repeat &&
      !(event as KeyboardEvent).isComposing &&
      choice === null
    )
      enter.click();
  });
  return form;
}
