/**
 * The report of a run that has not come to its exam: what it has, what was measured of it, and that nobody should trust it yet.
 *
 * Invariant: no figure here is called reliability. Validation tasks chose the agent, so they flatter it; only an exam on fresh tasks could say more.
 */
import type { RunEvent } from '../../records/index.ts';
import { atLeast, rounded } from '../verdict.ts';
import { learningChart, type Measured } from './charts.ts';
import { type Content, html, type Markup } from './markup.ts';
import { page } from './page.ts';
import { section, table } from './sections.ts';

export interface ProgressReportOptions {
  /** The run's folder, for people. */
  readonly run: string;
  readonly events: readonly RunEvent[];
}

export function renderProgressReport({ run, events }: ProgressReportOptions): string {
  const gym = events.find(({ kind }) => kind === 'begun') as Extract<RunEvent, { kind: 'begun' }> | undefined;
  const best = bestSoFar(events);
  const name = gym?.gym ?? 'an unknown gym';
  return page(`${name}: not examined`, [
    html`<header><p class="eyebrow"><span class="state refused">Not examined</span><span>${name}</span><span>${run}</span><time>${(events.at(-1)?.at ?? '').slice(0, 10)}</time></p>
<h1>${best ? 'There is an agent; how reliable it is, no exam has shown.' : 'There is no agent yet.'}</h1>
<ul class="reasons"><li>${stateOf(events)}</li>${best && html`<li>The best agent so far lies in ${best.folder}. It was right on ${rounded(best.success)} of the validation tasks, by which it was chosen among others: that flatters it.</li>`}</ul></header>`,
    best && best.measured.length > 0 && measuredSection(best.measured),
    curve(learningChart(events)),
    html`<footer><p>To go on: the same command again. To examine the agent as it is: <code>npx journeyman certify ${best?.folder ?? 'AGENT'}</code>.</p></footer>`,
  ]).toString();
}

interface Best {
  readonly folder: string;
  readonly success: number;
  /** Its own point of the learning curve. */
  readonly measured: readonly Measured[];
}

function bestSoFar(events: readonly RunEvent[]): Best | null {
  let best: Best | null = null;
  let point: Measured[] = [];
  for (const event of events)
    if (event.kind === 'measured') {
      const isOther = point[0]?.stage !== event.stage || point[0]?.round !== event.round;
      // A slice that comes again begins the point anew: it was measured again.
      point = [...(isOther ? [] : point.filter(({ slice }) => slice !== event.slice)), event];
    } else if (event.kind === 'best') best = { folder: event.agent, success: event.success, measured: point };
  return best;
}

function stateOf(events: readonly RunEvent[]): string {
  const last = events.findLast(({ kind }) => kind === 'ended' || kind === 'begun' || kind === 'stage');
  if (last?.kind === 'stage') return `It was last at the stage “${last.stage}” (${last.state}).`;
  if (last?.kind !== 'ended') return 'It has only begun.';
  switch (last.reason) {
    case 'finished':
      return 'It paused before its exam, as it was told to.';
    case 'interrupted':
      return 'It was stopped before its exam.';
    case 'failed':
      return 'It failed before its exam.';
  }
}

const measuredSection = (measured: readonly Measured[]): Markup =>
  section(
    'What was measured',
    html`${table({
      caption: 'The best agent so far on validation tasks',
      head: ['Slice', 'Tasks', 'Right', 'Seen', 'At least'],
      rows: measured.map(({ slice, n, successes, lowerBound }) => [
        slice,
        n,
        successes,
        n === 0 ? '–' : rounded(successes / n),
        atLeast(lowerBound),
      ]),
    })}
<p class="muted">“At least” is an exact binomial bound at 95 % for one look at one agent. The agent was picked by these tasks, so it is no promise.</p>`,
  );

const curve = (chart: Markup | null): Content =>
  chart &&
  section(
    'How it learned',
    html`<figure>${chart}<figcaption>Success on validation tasks. The shade reaches down to the lower bound.</figcaption></figure>`,
  );
