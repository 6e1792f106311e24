/// <reference lib="dom" />
/** What agents met at work that may be worth learning from, and what a person makes of it: for training, for the exam, or nothing. A decision is final. */
import type { TriageItem, TriageList } from '../../serve/index.ts';
import { get, type State } from './api.ts';
import type { Desk } from './desk.ts';
import { arrange, button, element, freshId, keyedViews, setText, type View } from './dom.ts';
import { movingList, saying, seldom } from './timing.ts';
import { decisionWords, plain, TRIAGE_WORDS, timeWords } from './words.ts';

/** Between two looks at the books. */
const AGAIN_MS = 1000;

export function triagePage(desk: Desk): View<State> {
  const [open, decided] = [element('ol', { class: 'cards' }), element('ol', { class: 'decided' })];
  const title = element('h2', { tabindex: '-1' }, 'To be decided');
  const nothing = element('p', { class: 'muted' }, 'Looking …');
  const unread = element('div', { class: 'because' });
  const notes = keyedViews((problem: string) => ({ element: element('p', {}, plain(problem)), update: () => {} }));
  const none = element('p', { class: 'muted' }, 'Nothing yet.');

  let looks = 0;
  const list = movingList(desk);

  async function look(): Promise<void> {
    const mine = ++looks;
    await saying(desk, async () => {
      const { entries, problems } = await get<TriageList>('/api/triage');
      // A later look has the word.
      if (mine !== looks) return;
      const waiting = entries.filter(({ decision }) => decision === null);
      const others = entries.filter(({ decision }) => decision !== null).toReversed();
      const hadFocus = open.contains(document.activeElement);
      if (arrange(open, cards(waiting.map((item) => [keyOf(item), item])))) list.moved();
      if (hadFocus && !open.contains(document.activeElement)) title.focus();
      arrange(decided, lines(others.map((item) => [keyOf(item), item])));
      setText(title, waiting.length === 0 ? 'To be decided' : `To be decided (${waiting.length})`);
      arrange(unread, notes(problems.map((problem) => [problem, problem])));
      nothing.hidden = waiting.length > 0;
      none.hidden = others.length > 0;
      setText(nothing, 'Nothing waits for a decision.');
    });
  }
  const decide = async (item: TriageItem, body: unknown, event: MouseEvent): Promise<void> => {
    if (!list.isMeant(event)) return;
    await desk.act(pathOf(item), body);
    await look();
  };
  // What stays open for a purpose changes when something like it is decided.
  const cards = keyedViews((item: TriageItem) => triageCard(item, { desk, decide }));
  const lines = keyedViews((item: TriageItem) => decidedLine(item));
  return {
    element: element(
      'div',
      {},
      element('h1', { tabindex: '-1' }, 'Worth learning from'),
      element('p', { class: 'muted' }, 'What is learned from is never examined on, and what is examined on is never learned from.'),
      element('section', { 'data-refuge': '' }, title, unread, nothing, open),
      element('section', {}, element('h2', {}, 'Decided'), none, decided),
    ),
    update: seldom(() => void look(), AGAIN_MS),
  };
}

const keyOf = ({ compartment, id, open }: TriageItem): string => `${compartment} ${id} ${open.join()}`;
const pathOf = ({ compartment, id }: TriageItem): string => `/api/triage/${encodeURIComponent(compartment)}/${encodeURIComponent(id)}`;

function facts({ agent, job, compartment, at }: TriageItem): HTMLElement {
  return element(
    'p',
    { class: 'muted' },
    `${plain(agent.name)} v${agent.version}, `,
    element('a', { href: `#/jobs/${encodeURIComponent(job)}` }, `job ${plain(job).slice(0, 8)}`),
    `, ${timeWords(at)}${compartment === 'default' ? '' : `, data of ${plain(compartment)}`}`,
  );
}

interface CardOptions {
  readonly desk: Desk;
  readonly decide: (item: TriageItem, body: unknown, event: MouseEvent) => Promise<void>;
}

function triageCard(item: TriageItem, { desk, decide }: CardOptions): View<TriageItem> {
  const id = freshId();
  let isUnderWay = false;
  const choice = (words: string, purpose: 'train' | 'exam', as: 'task' | 'demonstration'): HTMLElement[] => {
    if (!item.open.includes(purpose)) return [];
    const press = async (event: MouseEvent): Promise<void> => {
      if (isUnderWay) return;
      isUnderWay = true;
      await decide(item, { kind: 'accept', purpose, as }, event);
      isUnderWay = false;
    };
    return [button(words, (event) => void press(event), { 'aria-describedby': id })];
  };
  const dismissal = {
    ...{ title: 'Learn nothing from it?', verb: 'Learn nothing', isGrave: false, body: { kind: 'dismiss' } },
    consequence: 'Nothing of this job is trained on or examined on. This is final.',
    path: pathOf(item),
  };
  const card = element(
    'li',
    { class: 'card waiting' },
    element('h3', { id }, TRIAGE_WORDS[item.kind]),
    facts(item),
    desk.may('operator')
      ? element(
          'div',
          { class: 'buttons' },
          ...choice('Practise the task', 'train', 'task'),
          ...choice('Imitate what was done', 'train', 'demonstration'),
          ...choice('Keep it for the exam', 'exam', 'task'),
          button('Nothing', () => desk.askReason(dismissal), { 'aria-describedby': id }),
        )
      : element('p', { class: 'muted' }, 'An operator has to decide.'),
  );
  return { element: card, update: () => {} };
}

function decidedLine(item: TriageItem): View<TriageItem> {
  const words = item.decision === null ? '' : decisionWords(item.decision);
  return {
    element: element('li', {}, element('p', {}, `${TRIAGE_WORDS[item.kind]}: `, element('bdi', {}, words)), facts(item)),
    update: () => {},
  };
}
