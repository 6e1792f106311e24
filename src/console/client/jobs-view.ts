/// <reference lib="dom" />
/** Jobs, newest first: those that are not over, and below them those that are. */
import type { JobView } from '../../serve/index.ts';
import { arrange, button, element, keyedViews, setText, type View } from './dom.ts';
import { addressWords, agentWords, placeWords, situation, stateWord, timeWords } from './words.ts';

/** Of those that are over; more are shown when asked for. */
const SHOWN_AT_FIRST = 25;

export function jobsView(): View<readonly JobView[]> {
  const live = element('ul', { class: 'jobs' });
  const over = element('ul', { class: 'jobs' });
  const [noneLive, noneOver] = [element('p', { class: 'muted' }, 'No agent is at work.'), element('p', { class: 'muted' }, 'None yet.')];
  const title = element('h2', { tabindex: '-1' }, 'Under way');
  let most = SHOWN_AT_FIRST;
  let jobs: readonly JobView[] = [];
  const more = button('', () => {
    most = Number.POSITIVE_INFINITY;
    update();
    (over.children[SHOWN_AT_FIRST]?.querySelector('a') as HTMLElement | null)?.focus();
  });
  const views = keyedViews(jobRow);
  function update(): void {
    const ended = jobs.filter(({ state }) => state === 'ended');
    const shown = [...jobs.filter(({ state }) => state !== 'ended'), ...ended.slice(0, most)];
    const rows = views(shown.map((job) => [job.id, job]));
    const lives = shown.filter(({ state }) => state !== 'ended').length;
    arrange(live, rows.slice(0, lives));
    arrange(over, rows.slice(lives));
    noneLive.hidden = lives > 0;
    noneOver.hidden = ended.length > 0;
    more.hidden = ended.length <= most;
    setText(title, lives === 0 ? 'Under way' : `Under way (${lives})`);
    setText(more, `Show all ${ended.length}`);
  }
  return {
    element: element(
      'div',
      {},
      element('section', { 'data-refuge': '' }, title, noneLive, live),
      element('section', { 'data-refuge': '' }, element('h2', { tabindex: '-1' }, 'Over'), noneOver, over, more),
    ),
    update(now) {
      jobs = now;
      update();
    },
  };
}

function jobRow(job: JobView): View<JobView> {
  const chip = element('span', { class: 'chip' });
  const agent = element('span', {});
  const words = element('p', { class: 'muted clamp' });
  const row = element(
    'li',
    {},
    chip,
    element(
      'div',
      {},
      element('a', { href: `#/jobs/${encodeURIComponent(job.id)}`, class: 'title' }, element('bdi', {}, placeWords(job.request.place))),
      element('p', { class: 'muted' }, agent, ` · ${addressWords(job.request.place)} · ${timeWords(job.receivedAt)}`),
      words,
    ),
  );
  return {
    element: row,
    update(now) {
      setText(chip, stateWord(now));
      setChipKind(chip, now);
      setText(agent, agentWords(now));
      setText(words, situation(now));
    },
  };
}

/** Its colour; the word says the same. */
export function setChipKind(chip: HTMLElement, { state, ended, waiting }: JobView): void {
  const kind = state === 'ended' ? (ended?.how ?? '') : waiting.length > 0 ? 'waits-for-approval' : state;
  if (chip.dataset.kind !== kind) chip.dataset.kind = kind;
}
