/// <reference lib="dom" />
/** Two ways of working on one task, side by side: which a person finds better is what a reward is modelled on. Nothing here says who worked so. */
import type { Choice, ShownPair } from '../../serve/index.ts';
import { get, type State } from './api.ts';
import type { Desk } from './desk.ts';
import { button, element, setText, type View } from './dom.ts';
import { screenplay } from './screenplay.ts';
import { saying } from './timing.ts';
import { plain } from './words.ts';

interface Answer {
  readonly pair: ShownPair | null;
  readonly count: number;
}

export function preferencesPage(desk: Desk): View<State> {
  const title = element('h2', { tabindex: '-1' }, 'Which is better?');
  const count = element('p', { class: 'muted' });
  const body = element('div', {}, element('p', { class: 'muted' }, 'Looking …'));

  const look = (): Promise<void> =>
    saying(desk, async () => {
      const { pair, count: judged } = await get<Answer>('/api/preferences');
      setText(count, judged === 1 ? 'One pair was compared.' : `${judged} pairs were compared.`);
      body.replaceChildren(
        ...(pair
          ? [pairView(pair, desk, next)]
          : [element('p', { class: 'muted' }, 'Nothing to compare. Pairs come from practice, where one task was worked on twice.')]),
      );
    });
  async function next(): Promise<void> {
    await look();
    title.focus();
    window.scrollTo(0, 0);
  }
  void look();
  return {
    element: element(
      'div',
      {},
      element('h1', { tabindex: '-1' }, 'Compare'),
      element(
        'p',
        { class: 'muted' },
        'One task, worked on in two ways. What you prefer is kept for modelling a reward; it moves no exam and no release.',
      ),
      count,
      element('section', { 'data-refuge': '' }, title, body),
    ),
    // A pair stays until it is answered: nothing moves under somebody who reads.
    update: () => {},
  };
}

function pairView({ id, gym, slice, left, right }: ShownPair, desk: Desk, next: () => Promise<void>): HTMLElement {
  const reason = element('input', { id: 'why', maxlength: '2000', autocomplete: 'off' });
  let isUnderWay = false;
  const choose = (words: string, choice: Choice): HTMLElement =>
    button(words, async () => {
      if (isUnderWay) return;
      isUnderWay = true;
      if ((await desk.act(`/api/preferences/${id}`, { choice, reason: reason.value })) !== undefined) await next();
      isUnderWay = false;
    });
  const side = (name: string, segments: ShownPair['left']): HTMLElement => {
    const play = screenplay();
    play.show(segments.map((segment) => ({ ...segment, value: null, surpriseNats: null })));
    return element('section', { class: 'side', 'aria-label': name }, element('h3', {}, name), play.element);
  };
  return element(
    'div',
    {},
    element('p', { class: 'muted' }, `${plain(gym)}, ${plain(slice)}`),
    ...(desk.may('operator')
      ? [
          element('div', { class: 'answer' }, element('label', { for: 'why' }, 'Why (may stay empty)'), reason),
          element(
            'div',
            { class: 'buttons', role: 'group', 'aria-label': 'Which is better?' },
            choose('Left', 'left'),
            choose('Right', 'right'),
            choose('No difference', 'same'),
          ),
        ]
      : [element('p', { class: 'muted' }, 'An operator has to say.')]),
    element('div', { class: 'sides' }, side('Left', left), side('Right', right)),
  );
}
