/// <reference lib="dom" />
/** One run of the factory: where it is, and how it learns. */
import type { ServedRun } from '../../serve/index.ts';
import { get, type State } from './api.ts';
import { type Curve, chart, legend } from './chart.ts';
import type { Desk } from './desk.ts';
import { element, setText, type View } from './dom.ts';
import { runWords, setRunChip } from './runs-page.ts';
import { saying, whileShown } from './timing.ts';
import { percent, plain, STAGE_WORDS, shownAtLeast, timeWords } from './words.ts';

const AGAIN_MS = 2000;
const TOKENS = { label: 'million tokens trained on', format: (value: number) => `${Number((value / 1e6).toPrecision(2))}` };

export function runPage(id: string, desk: Desk): View<State> {
  const chip = element('span', { class: 'chip' });
  const words = element('p', {}, 'Looking …');
  const bar = element('progress', { max: '1', 'aria-label': 'Progress of this stage', hidden: '' });
  const facts = element('p', { class: 'muted' });
  const [success, loss] = [element('div', {}), element('div', {})];
  let shown = '';
  const page = element(
    'div',
    {},
    element('div', { class: 'crumbs' }, element('a', { href: '#/runs' }, 'Training'), chip),
    element('h1', { tabindex: '-1' }, element('bdi', {}, plain(id))),
    words,
    bar,
    facts,
    element('section', {}, element('h2', {}, 'Success on validation tasks'), success),
    element('section', {}, element('h2', {}, 'Loss'), loss),
  );
  whileShown(page, AGAIN_MS, () =>
    saying(desk, async () => {
      const { run } = await get<{ readonly run: ServedRun }>(`/api/runs/${id.split('/').map(encodeURIComponent).join('/')}`);
      setRunChip(chip, run);
      setText(words, runWords(run));
      setText(facts, factsOf(run));
      bar.hidden = run.state !== 'running' || run.progress?.of == null;
      if (run.progress?.of != null) bar.value = run.progress.done / Math.max(1, run.progress.of);
      const curves = JSON.stringify([run.measured, run.losses]);
      if (curves === shown) return;
      shown = curves;
      success.replaceChildren(...successOf(run));
      loss.replaceChildren(...lossOf(run));
    }),
  );
  return { element: page, update: () => {} };
}

function factsOf({ gym, best, begunAt, lastAt, certificate }: ServedRun): string {
  const agent = best
    ? `Its best agent so far is right on ${percent(best.success)} of validation tasks: ${plain(best.agent)}.`
    : 'No agent yet.';
  const exam = certificate === null ? '' : ` Examined: ${plain(certificate)}.`;
  return `Gym ${plain(gym)}. ${agent}${exam} Begun ${timeWords(begunAt)}, last heard of ${timeWords(lastAt)}.`;
}

function successOf({ measured }: ServedRun): readonly Node[] {
  if (measured.length === 0) return [element('p', { class: 'muted' }, 'Nothing measured yet.')];
  const slices = [...Map.groupBy(measured, ({ slice }) => slice)];
  const curves = slices.map(
    ([slice, points]): Curve => ({
      name: plain(slice),
      points: points.map(({ trainedTokens, successes, n }) => ({ x: trainedTokens, y: successes / Math.max(1, n) })),
    }),
  );
  const points = [...Map.groupBy(measured, ({ stage, round }) => (round === 0 ? STAGE_WORDS[stage] : `${STAGE_WORDS[stage]} ${round}`))];
  return [
    chart({
      title: 'Success on validation tasks while it learned',
      description: curves
        .map(({ name, points: [...seen] }) => `${name}: from ${percent(seen[0]?.y ?? 0)} to ${percent(seen.at(-1)?.y ?? 0)}`)
        .join('; '),
      ...{ x: TOKENS, curves },
      y: { label: 'success', format: percent, top: 1 },
    }),
    legend(curves),
    element(
      'details',
      {},
      element('summary', {}, 'In numbers'),
      element(
        'div',
        { class: 'wide', tabindex: '0', role: 'region', 'aria-label': 'Success in numbers' },
        element(
          'table',
          { class: 'versions figures' },
          element(
            'thead',
            {},
            element(
              'tr',
              {},
              ...['After', ...slices.map(([slice]) => plain(slice))].map((title) => element('th', { scope: 'col' }, title)),
            ),
          ),
          element(
            'tbody',
            {},
            ...points.map(([name, some]) =>
              element(
                'tr',
                {},
                element('th', { scope: 'row' }, name),
                ...slices.map(([slice]) => {
                  const point = some.find((one) => one.slice === slice);
                  if (point === undefined) return element('td', {}, '–');
                  return element(
                    'td',
                    {},
                    `${point.successes}/${point.n}`,
                    element('span', { class: 'when' }, `at least ${shownAtLeast(point.lowerBound)}`),
                  );
                }),
              ),
            ),
          ),
        ),
      ),
    ),
  ];
}

function lossOf({ losses }: ServedRun): readonly Node[] {
  if (losses.length === 0) return [element('p', { class: 'muted' }, 'It has not trained yet.')];
  const curves = [...Map.groupBy(losses, ({ stage }) => stage)].map(
    ([stage, points]): Curve => ({ name: STAGE_WORDS[stage], points: points.map(({ tokens, loss }) => ({ x: tokens, y: loss })) }),
  );
  return [
    chart({
      title: 'Loss while it trained',
      description: curves
        .map(({ name, points: [...seen] }) => `${name}: from ${(seen[0]?.y ?? 0).toFixed(2)} to ${(seen.at(-1)?.y ?? 0).toFixed(2)}`)
        .join('; '),
      ...{ x: TOKENS, curves },
      y: { label: 'nats a token', format: (value) => `${Number(value.toPrecision(2))}` },
    }),
    legend(curves),
  ];
}
