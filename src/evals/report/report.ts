/**
 * The report: one HTML file that needs nothing else, for whoever decides whether the agent may work. The first screen is the verdict.
 *
 * Invariant: figures come from the certificate, curves from its raw scores; nothing is computed here that a certificate states.
 */
import type { Certificate, EpisodeRecord, RawScore, RunEvent } from '../../records/index.ts';
import { actsOf, predictionsOf } from '../critic.ts';
import type { Attempt } from '../ledger.ts';
import { type VerdictOptions, verdictAside, verdictSentence } from '../verdict.ts';
import { worstEpisodes } from '../worst-episodes.ts';
import { type ComputePoint, computeChart, coverageChart, learningChart, reliabilityChart } from './charts.ts';
import { episodeView } from './episode-view.ts';
import { type Content, html, type Markup } from './markup.ts';
import { page } from './page.ts';
import { attemptSection, costSection, criticSection, keyFigures, lineageSection, neverSection, section, sliceSection } from './sections.ts';

export interface ReportOptions extends VerdictOptions {
  readonly certificate: Certificate;
  readonly scores: readonly RawScore[];
  /** An episode by id, to be stepped through: a journal's `get`. Default: none are at hand. */
  readonly episode?: (id: string) => EpisodeRecord | undefined;
  /** Of the run that made the agent: its learning curves. */
  readonly events?: readonly RunEvent[];
  /** From the ledger, those on this gym. */
  readonly attempts?: readonly Attempt[];
  /** The agent with more or less time to think. */
  readonly compute?: readonly ComputePoint[];
  /** Episodes to click through, at most. Default 12. */
  readonly mostEpisodes?: number;
}

export function renderReport(options: ReportOptions): string {
  const { certificate, scores, attempts = [] } = options;
  const [first] = certificate.plan.slices;
  const charts = {
    reliability: reliabilityChart(predictionsOf(scores)),
    coverage: first ? coverageChart(actsOf(scores, first.slice), certificate.abstention) : null,
  };
  return page(`${certificate.agent.name} on ${certificate.gym.name}`, [
    head(options),
    sliceSection(certificate),
    neverSection(certificate),
    criticSection(certificate, charts),
    curveSection(
      'How it learned',
      learningChart(options.events ?? []),
      'Success on validation tasks, which are none of the exam’s. The shade reaches down to the lower bound.',
    ),
    curveSection(
      'Does thinking longer help?',
      computeChart(options.compute ?? []),
      'The same agent with more time a decision. Whiskers reach down to the lower bound.',
    ),
    episodesSection(options),
    costSection(certificate),
    attemptSection(certificate, attempts),
    lineageSection(certificate),
    foot(certificate),
  ]).toString();
}

function head(options: ReportOptions): Markup {
  const { certificate } = options;
  const { kind, reasons, gym, madeAt, agent } = certificate;
  const isCertified = kind === 'certificate';
  return html`<header><p class="eyebrow"><span class="state${isCertified ? '' : ' refused'}">${isCertified ? 'Certified' : 'No certificate'}</span><span>${agent.name}</span><span>${gym.name} ${gym.version}</span><time datetime="${madeAt}">${madeAt.slice(0, 10)}</time></p>
<h1>${verdictSentence(certificate, options)}</h1>
${isCertified ? html`<p class="lead">${verdictAside(certificate)}</p>` : html`<ul class="reasons">${reasons.map((reason) => html`<li>${reason}</li>`)}</ul>`}
${keyFigures(certificate)}</header>`;
}

const curveSection = (title: string, chart: Markup | null, caption: string): Content =>
  chart && section(title, html`<figure>${chart}<figcaption>${caption}</figcaption></figure>`);

function episodesSection({ scores, episode, mostEpisodes }: ReportOptions): Content {
  const suspects = worstEpisodes(scores, mostEpisodes);
  if (suspects.length === 0) return null;
  return section(
    'Episodes to look at',
    html`<p>The worst first. Open one and go through it: what was on the screen, what the agent did, what it pointed at («in guillemets»), how sure the critic was, how surprising the screen was. With the arrow keys, too.</p>
${suspects.map((suspect) => episodeView(suspect, episode?.(suspect.score.episode)))}`,
  );
}

const foot = ({
  scores,
  scoresHash,
  plan,
}: Certificate): Markup => html`<footer><p>Every bound here can be computed again from the raw scores, <code>${scores}</code>, SHA-256 <code>${scoresHash}</code>.
${
  plan.slices.some(({ method }) => method === 'sequential')
    ? 'A slice that was ended early has bounds that hold at every moment at once (a mixture e-process); the others have exact binomial ones (Clopper–Pearson).'
    : 'Bounds are exact binomial ones (Clopper–Pearson).'
} What is certified is this agent on this gym’s tasks, and on no others.</p></footer>`;
