/// <reference lib="dom" />
/**
 * A transcript as a screenplay: who speaks stands in the margin. It grows at its end; where the server tells another beginning, what follows the first
 * difference is written anew. Whoever looks at the end of the page stays there.
 */
import type { Piece } from '../../records/index.ts';
import type { ShownStep } from '../../serve/index.ts';
import { element } from './dom.ts';
import { percent, pieceWords, SPEAKERS } from './words.ts';

/** Of a screen; the others are a press away. */
const SHOWN_LINES = 14;
/** So near to the end of the page counts as its end. */
const NEAR_PIXELS = 60;

/** Of a job, or of a transcript alone. */
export type SpokenStep = Omit<ShownStep, 'job'>;

export interface Screenplay {
  readonly element: HTMLElement;
  /** All steps that there are. */
  show(steps: readonly SpokenStep[]): void;
  /** One more. */
  add(step: SpokenStep): void;
}

export function screenplay(): Screenplay {
  const list = element('ol', { class: 'screenplay' });
  /** Of the steps that stand there, as JSON. */
  const shown: string[] = [];
  function change(write: () => void): void {
    const page = document.documentElement;
    const isAtEnd = page.scrollTop > 0 && page.scrollHeight - page.scrollTop - page.clientHeight < NEAR_PIXELS;
    write();
    if (isAtEnd) page.scrollTop = page.scrollHeight;
  }
  function append(step: SpokenStep): void {
    shown.push(JSON.stringify(step));
    list.append(viewOf(step));
  }
  return {
    element: list,
    show: (steps) =>
      change(() => {
        const differs = steps.findIndex((step, n) => JSON.stringify(step) !== shown[n]);
        const same = differs === -1 ? steps.length : differs;
        shown.length = Math.min(shown.length, same);
        while (list.children.length > same) list.lastElementChild?.remove();
        for (const step of steps.slice(same)) append(step);
      }),
    add: (step) => change(() => append(step)),
  };
}

function viewOf({ kind, lines: said, value, surpriseNats }: SpokenStep): HTMLElement {
  const lines = said.map((line) => element('p', {}, ...line.flatMap(pieceView)));
  const [first, rest] = [lines.slice(0, SHOWN_LINES), lines.slice(SHOWN_LINES)];
  const more =
    rest.length === 0
      ? []
      : [element('details', {}, element('summary', {}, `${rest.length} more line${rest.length === 1 ? '' : 's'}`), ...rest)];
  return element(
    'li',
    { 'data-kind': kind },
    element('span', { class: 'speaker' }, SPEAKERS[kind]),
    element('div', { class: 'lines' }, ...(lines.length === 0 ? [element('p', { class: 'muted' }, 'nothing new')] : first), ...more),
    ...(value === null ? [] : [element('p', { class: 'insight' }, 'expects to succeed: ', element('b', {}, percent(value)), meter(value))]),
    ...(surpriseNats === null
      ? []
      : [element('p', { class: 'insight' }, 'surprise: ', element('b', {}, surpriseNats.toFixed(2)), ' nats a token')]),
  );
}

/** Outside text is set apart, so that it can't turn around or pass for what stands beside it. */
function pieceView(piece: Piece): readonly Node[] {
  const words = pieceWords(piece);
  const apart = document.createTextNode(' ');
  switch (piece.kind) {
    case 'text':
      return [element('bdi', {}, words)];
    case 'reference':
      return [apart, element('span', { class: 'reference' }, words), document.createTextNode(' ')];
    case 'word':
      return [element('b', { class: 'word' }, words), document.createTextNode(' ')];
    case 'echo':
      return [element('bdi', { class: 'echo' }, words), document.createTextNode(' ')];
  }
}

const SVG = 'http://www.w3.org/2000/svg';
const METER_PIXELS = 60;

/** The number beside it says the same. */
function meter(share: number): SVGSVGElement {
  const svg = document.createElementNS(SVG, 'svg');
  svg.setAttribute('class', 'meter');
  svg.setAttribute('viewBox', `0 0 ${METER_PIXELS} 6`);
  svg.setAttribute('aria-hidden', 'true');
  for (const [name, width] of [
    ['track', 1],
    ['fill', Math.min(1, Math.max(0, share))],
  ] as const) {
    const bar = document.createElementNS(SVG, 'rect');
    bar.setAttribute('class', name);
    bar.setAttribute('width', String(METER_PIXELS * width));
    bar.setAttribute('height', '6');
    bar.setAttribute('rx', '3');
    svg.append(bar);
  }
  return svg;
}
