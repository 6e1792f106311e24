/**
 * One episode to step through: goal, then at each step what was on the screen, what was done, how sure the critic was, how surprising the screen
 * was. Without scripts all steps stand below one another. Transcripts come from hostile documents: every text goes through `html`.
 */
import type { EpisodeRecord, Piece, Score, Segment, StepRecord } from '../../records/index.ts';
import { pieceText, segmentLines } from '../segment-lines.ts';
import { exactly } from '../verdict.ts';
import type { Suspect } from '../worst-episodes.ts';
import { type Content, html, type Markup } from './markup.ts';
import { near } from './plot.ts';

/** Lines of one screen, at most: a report must stay a page. */
const MOST_LINES = 150;
const MOST_CHARACTERS = 600;

export function episodeView({ score, why }: Suspect, record: EpisodeRecord | undefined): Markup {
  const task = `${score.slice}, task ${score.n}${score.run > 0 ? `, run ${score.run + 1}` : ''}`;
  const sure = score.value === null ? '' : `, ${exactly(Math.round(100 * score.value) / 100)} sure`;
  return html`<details class="episode"><summary><span class="why">${why}</span> <span class="muted">${task}${sure}</span></summary>
${record ? transcriptView(record) : html`<p class="muted">Episode ${score.episode} is not at hand.</p>`}</details>`;
}

interface Step {
  readonly title: string;
  readonly screens: readonly Segment[];
  readonly act: Segment | null;
  readonly thought: readonly Segment[];
  readonly known: StepRecord | null;
}

/** The n-th act segment belongs to the n-th step record. */
function stepsOf({ transcript, steps }: EpisodeRecord): readonly Step[] {
  const found: Step[] = [];
  let screens: Segment[] = [];
  let thought: Segment[] = [];
  for (const segment of transcript.segments) {
    if (segment.kind === 'observe') screens.push(segment);
    else if (segment.kind === 'think') thought.push(segment);
    else if (segment.kind === 'act') {
      found.push({ title: `Step ${found.length + 1}`, screens, thought, act: segment, known: steps[found.length] ?? null });
      [screens, thought] = [[], []];
    }
  }
  if (screens.length > 0) found.push({ title: 'At the end', screens, thought, act: null, known: null });
  return found;
}

function transcriptView(record: EpisodeRecord): Markup {
  const steps = stepsOf(record);
  const goals = record.transcript.segments.filter(({ kind }) => kind === 'goal');
  return html`<div class="goal"><h3>Goal</h3>${goals.map((goal) => text(goal))}</div>
<div class="stepper" hidden><button type="button" data-go="-1">← Back</button><span class="position" aria-live="polite"></span><button type="button" data-go="1">Forward →</button><button type="button" data-all>Show all</button></div>
<ol class="steps">${steps.map(stepView)}</ol>
${verdict('Verifier', record.score)}${verdict('Second verifier', record.audit)}
${record.fault && html`<p><strong>Broke off</strong> (${record.fault.kind}): ${record.fault.message.slice(0, MOST_CHARACTERS)}</p>`}
<p class="muted">Ended: ${record.stop ?? 'broken off'}. ${record.seconds.toFixed(1)} s${record.tokens === null ? '' : `, ${record.tokens} tokens`}. Episode ${record.id}.</p>`;
}

const verdict = (name: string, score: Score | null): Content =>
  score &&
  html`<p><strong>${name}:</strong> ${score.success === null ? 'no verdict' : score.success ? 'right' : 'wrong'}${score.broken.length > 0 && `; broken: ${score.broken.join(', ')}`}${
    score.reasons.length > 0 && ` – ${score.reasons.join('; ').slice(0, MOST_CHARACTERS)}`
  }</p>`;

function stepView({ title, screens, thought, act, known }: Step): Markup {
  return html`<li class="step"><h3>${title}</h3><div class="step-parts">
<div class="screen" tabindex="0" role="group" aria-label="${title}: what was on the screen">${screens.length === 0 ? html`<p class="muted">nothing new</p>` : screens.map(text)}</div>
<div class="deed">${thought.map((one) => html`<div class="thought">${text(one)}</div>`)}${act && text(act)}${known && insight(known)}</div></div></li>`;
}

const insight = ({ value, surpriseNats, milliseconds }: StepRecord): Markup => html`<dl class="insight">
${value !== null && html`<div><dt>sure</dt><dd>${meter(value)}${Math.round(100 * value)} %</dd></div>`}
${surpriseNats !== null && html`<div><dt>surprise</dt><dd>${surpriseNats.toFixed(2)} nats a token</dd></div>`}
<div><dt>took</dt><dd>${milliseconds.toFixed(1)} ms</dd></div></dl>`;

const meter = (share: number): Markup =>
  html`<svg class="meter" viewBox="0 0 60 8" aria-hidden="true"><rect class="track" width="60" height="8" rx="2"/><rect class="fill" width="${near(60 * Math.min(1, Math.max(0, share)))}" height="8" rx="2"/></svg>`;

function text(segment: Segment): Markup {
  const lines = segmentLines(segment);
  const more = lines.length - MOST_LINES;
  return html`<div class="text">${lines.slice(0, MOST_LINES).map((line) => html`<p>${line.map(pieceView)}</p>`)}${more > 0 && html`<p class="muted">… ${more} more lines</p>`}</div>`;
}

function pieceView(piece: Piece): Markup {
  const shown = pieceText(piece).slice(0, MOST_CHARACTERS);
  switch (piece.kind) {
    case 'text':
      return html`<bdi>${shown}</bdi>`;
    case 'reference':
      return html` <span class="reference">${shown}</span> `;
    case 'word':
      return html` <b class="word">${shown}</b> `;
    case 'echo':
      return html` <bdi class="echo">${shown}</bdi> `;
  }
}
