/// <reference lib="dom" />
/** The factory's runs: what each is doing, and the best agent it has so far. */
import type { RunSummary } from '../../serve/index.ts';
import { get, type State } from './api.ts';
import type { Desk } from './desk.ts';
import { arrange, element, keyedViews, setText, type View } from './dom.ts';
import { saying, whileShown } from './timing.ts';
import { durationWords, percent, plain, RUN_STATES, STAGE_WORDS, timeWords } from './words.ts';

/** A run tells something every second. */
const AGAIN_MS = 2000;

export function runsPage(desk: Desk): View<State> {
  const list = element('ol', { class: 'jobs' });
  const nothing = element('p', { class: 'muted' }, 'Looking …');
  const views = keyedViews((run: RunSummary) => runLine(run));
  const page = element(
    'div',
    {},
    element('h1', { tabindex: '-1' }, 'Training'),
    element(
      'p',
      { class: 'muted' },
      'Success is counted on validation tasks, by which agents are chosen: what an agent is worth, its exam says.',
    ),
    element('section', { 'aria-label': 'Runs' }, nothing, list),
  );
  whileShown(page, AGAIN_MS, () =>
    saying(desk, async () => {
      const { runs } = await get<{ readonly runs: readonly RunSummary[] }>('/api/runs');
      arrange(list, views(runs.map((run) => [run.id, run])));
      nothing.hidden = runs.length > 0;
      setText(nothing, 'No run lies here. npx journeyman make GYM begins one.');
    }),
  );
  return { element: page, update: () => {} };
}

export const runHash = (id: string): string => `#/runs/${id.split('/').map(encodeURIComponent).join('/')}`;

export function setRunChip(chip: HTMLElement, { state }: Pick<RunSummary, 'state'>): void {
  setText(chip, RUN_STATES[state]);
  chip.dataset.kind = state === 'finished' ? 'done' : state === 'running' ? 'working' : state;
}

/** What it does now, and how long that takes. */
export function runWords({ state, stage, progress }: RunSummary): string {
  if (stage === null) return 'It has only begun.';
  const doing = `${STAGE_WORDS[stage.name]}${stage.note === '' ? '' : `: ${plain(stage.note)}`}`;
  if (state !== 'running' || progress === null) return doing;
  const done =
    progress.of === null ? `${progress.done} ${plain(progress.unit)}` : `${progress.done} of ${progress.of} ${plain(progress.unit)}`;
  return `${doing}; ${done}${progress.secondsLeft === null ? '' : `, ${durationWords(progress.secondsLeft)} left`}`;
}

function runLine({ id }: RunSummary): View<RunSummary> {
  const chip = element('span', { class: 'chip' });
  const words = element('p', {});
  const best = element('p', { class: 'muted' });
  return {
    element: element(
      'li',
      {},
      element('div', {}, chip),
      element('div', {}, element('a', { href: runHash(id) }, element('bdi', {}, plain(id))), words, best),
    ),
    update(run) {
      setRunChip(chip, run);
      setText(words, runWords(run));
      setText(
        best,
        `${run.best ? `Its best agent so far is right on ${percent(run.best.success)}` : 'No agent yet'}. Begun ${timeWords(run.begunAt)}, last heard of ${timeWords(run.lastAt)}.`,
      );
    },
  };
}
