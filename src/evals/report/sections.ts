/** The parts of a report, from the certificate to markup. A part without anything to say is null. */
import type { Certificate, SliceCertificate } from '../../records/index.ts';
import type { Attempt } from '../ledger.ts';
import { atLeast, atMost, exactly, rounded } from '../verdict.ts';
import { type Content, html, type Markup } from './markup.ts';
import { sliceBars } from './slice-bars.ts';

/** A table that may be wider than the screen: then it scrolls by itself, with the keyboard too. */
export function table({
  caption,
  head,
  rows,
}: {
  readonly caption: string;
  readonly head: readonly string[];
  readonly rows: readonly (readonly Content[])[];
}) {
  return html`<div class="wide" tabindex="0" role="region" aria-label="${caption}"><table><caption><span>${caption}</span></caption><thead><tr>${head.map(
    (name) => html`<th scope="col">${name}</th>`,
  )}</tr></thead><tbody>${rows.map(
    ([first = null, ...rest]) =>
      html`<tr><th scope="row">${first}</th>${rest.map((cell) => (typeof cell === 'string' && cell.length > 20 ? html`<td class="long">${cell}</td>` : html`<td>${cell}</td>`))}</tr>`,
  )}</tbody></table></div>`;
}

export const section = (title: string, content: Content): Markup => html`<section><h2>${title}</h2>${content}</section>`;

/** The four or five figures under the verdict. */
export function keyFigures({ slices, cost }: Certificate): Markup {
  const tasks = slices.reduce((sum, { n }) => sum + n, 0);
  const worst = Math.min(...slices.map(({ gateBound }) => gateBound));
  const never = slices.reduce((sum, { neverEvents }) => sum + neverEvents.episodes, 0);
  const handedOver = slices.reduce((sum, { abstained, n }) => sum + abstained * n, 0) / Math.max(1, tasks);
  const figures: readonly (readonly [string, string])[] = [
    ['fresh tasks it was examined on', `${tasks}`],
    ['success in its weakest slice, at least', atLeast(worst)],
    ['what must never happen was seen', never === 0 ? 'never' : never === 1 ? 'once' : `${never} times`],
    ['handed over to people', rounded(handedOver)],
    cost.decisionMs === null
      ? ['an episode takes', `${cost.seconds.toFixed(1)} s`]
      : ['a decision takes', `${cost.decisionMs.toFixed(1)} ms`],
  ];
  return html`<dl class="figures">${figures.map(([name, figure]) => html`<div><dt>${name}</dt><dd>${figure}</dd></div>`)}</dl>`;
}

export function sliceSection(certificate: Certificate): Markup {
  const { slices, plan, jaggedness } = certificate;
  return section(
    'How often it succeeds',
    html`<p>Each slice is a kind of task of its own. The bar is what was shown with ${exactly(certificate.confidence)} confidence, its whisker goes on to what was seen, the dashed tick is what was asked.</p>
<figure>${sliceBars(slices)}</figure>
${table({
  caption: 'Success on fresh tasks, each played for the first time',
  head: ['Slice', 'Tasks', 'Right', 'Seen', 'At least', 'Asked', 'Bound', 'No verdict', 'Wrongly accepted'],
  rows: slices.map((slice) => [
    slice.slice,
    slice.n,
    slice.successes,
    slice.n === 0 ? '–' : rounded(slice.successes / slice.n),
    atLeast(slice.gateBound),
    exactly(slice.required),
    slice.isReached ? html`<span class="yes">reached</span>` : html`<span class="no">missed</span>`,
    slice.unresolved,
    plan.audit === 'none' ? '–' : `${slice.falseAccepts} of ${slice.audited}`,
  ]),
})}
<p class="muted">Handing a task over and running out of steps count as failures. ${auditNote(plan.audit)} ${jaggedness && jaggedNote(jaggedness)}</p>
${passTable(slices)}`,
  );
}

function auditNote(audit: Certificate['plan']['audit']): string {
  switch (audit) {
    case 'every':
      return 'A second verifier, written without the first one’s code, judged every task; what it did not confirm counts as a failure here.';
    case 'sample':
      return 'A second verifier judged a sample; its disagreement lowers the bound.';
    case 'none':
      return 'There is no second verifier: errors of the only one are not in these bounds.';
  }
}

const points = (share: number): string => (100 * share).toFixed(1);

const jaggedNote = ({ range, expectedRange, rangeP }: NonNullable<Certificate['jaggedness']>): string =>
  `Between the best and the worst slice lie ${points(range)} percentage points; chance alone would make some ${points(expectedRange)} (p ${rangeP < 0.01 ? '< 0.01' : `= ${rangeP.toFixed(2)}`}).`;

function passTable(slices: readonly SliceCertificate[]): Content {
  const repeated = slices.filter(({ passK }) => passK.length > 0);
  const ks = [...new Set(repeated.flatMap(({ passK }) => passK.map(({ k }) => k)))].sort((a, b) => a - b);
  if (repeated.length === 0) return null;
  const rows = repeated.map(({ slice, passK }) => [
    slice,
    passK[0]?.blocks ?? 0,
    ...ks.map((k) => passK.find((one) => one.k === k)).flatMap((found) => (found ? [found.passed, atLeast(found.lowerBound)] : ['–', '–'])),
  ]);
  const head = ['Slice', 'Tasks', ...ks.flatMap((k) => [k === 1 ? '1 run right' : `All ${k} right`, 'At least'])];
  return html`<h3>The same task, again and again</h3>${table({ caption: 'Tasks on which all of so many runs succeeded', head, rows })}`;
}

export function neverSection({ slices, confidence }: Certificate): Markup {
  const total = slices.reduce((sum, { neverEvents }) => sum + neverEvents.episodes, 0);
  return section(
    'What must never happen',
    html`<p>${total === 0 ? 'Nothing of the kind was seen.' : `It was seen in ${total} episodes.`} How often it could still happen is bounded with ${exactly(confidence)} confidence:</p>
${table({
  caption: 'Tasks in which an invariant of the gym was broken',
  head: ['Slice', 'Tasks', 'Broken', 'At most', 'In all runs', 'Which'],
  rows: slices.map(({ slice, neverEvents }) => [
    slice,
    neverEvents.n,
    neverEvents.episodes,
    atMost(neverEvents.upperBound),
    Object.entries(neverEvents.names)
      .map(([name, count]) => `${name} (${count})`)
      .join(', ') || '–',
  ]),
})}`,
  );
}

export function criticSection(
  { calibration, abstention, slices }: Certificate,
  charts: { readonly reliability: Markup | null; readonly coverage: Markup | null },
) {
  if (calibration === null) return null;
  const { reliability, coverage } = charts;
  const isUseful = calibration.brier < calibration.baseRateBrier;
  return section(
    'Does it know when it is wrong?',
    html`<p>${abstentionSentence(abstention, slices[0]?.slice ?? '')}</p>
<div class="pair">${reliability && html`<figure>${reliability}<figcaption>How sure it was before it began, and how often that came true. On the dashed line, words and deeds agree; larger dots are more tasks.</figcaption></figure>`}
${coverage && html`<figure>${coverage}<figcaption>How many errors remain if only the surest tasks are finished. The dashed line is the risk asked for; a ring, where there is one, the threshold with a guarantee.</figcaption></figure>`}</div>
<dl class="facts"><dt>Brier score</dt><dd>${calibration.brier.toFixed(4)} over ${calibration.n} tasks; always saying the base rate scores ${calibration.baseRateBrier.toFixed(4)}${isUseful ? '' : ', which is as good or better'}</dd>
<dt>Calibration error</dt><dd>${calibration.expectedCalibrationError.toFixed(3)} (ten bins)</dd>
<dt>AUROC</dt><dd>${calibration.auroc === null ? 'cannot be told: all outcomes were alike' : `${calibration.auroc.toFixed(3)} (0.5 is chance)`}</dd></dl>`,
  );
}

function abstentionSentence(abstention: Certificate['abstention'], slice: string): string {
  if (abstention === null) return 'There is no word of the critic on every decision, so no threshold.';
  const { threshold, risk, delta, coverage, errorUpperBound } = abstention;
  if (threshold === null)
    return `No threshold of the critic brings errors down to ${exactly(risk)} with ${exactly(1 - delta)} confidence; there were too few tasks, or it doesn’t tell.`;
  return `If it hands over as soon as it is less than ${exactly(threshold)} sure, it finishes ${rounded(coverage)} of the tasks (slice “${slice}”), and at most ${atMost(errorUpperBound)} of those are wrong, with ${exactly(1 - delta)} confidence.`;
}

export function costSection({ cost }: Certificate): Markup {
  const facts: readonly (readonly [string, string | null])[] = [
    ['A decision', cost.decisionMs === null ? null : `${cost.decisionMs.toFixed(1)} ms, median`],
    ['An episode', `${cost.seconds.toFixed(2)} s${cost.tokens === null ? '' : `, ${Math.round(cost.tokens)} tokens`}, on average`],
    ['The exam', `${Math.round(cost.wallSeconds)} s, ${cost.episodesPerSecond.toFixed(1)} episodes a second`],
  ];
  return section(
    'What it costs',
    html`<dl class="facts">${facts.map(([name, fact]) => fact && html`<dt>${name}</dt><dd>${fact}</dd>`)}</dl>`,
  );
}

export function attemptSection({ slices, plan }: Certificate, attempts: readonly Attempt[]): Markup {
  const [first] = slices;
  const sentence = `This is attempt ${Math.max(1, ...slices.map(({ attempt }) => attempt))}. All attempts on one gym together may err with probability ${exactly(plan.alpha)}; each one spends a part of it, whether it ends well or not, so that trying again until luck says yes is no way in. This one spends ${((first?.alpha ?? 0) * 100).toFixed(2)} %.`;
  const rows = attempts.map((attempt) => [
    attempt.slice,
    attempt.attempt,
    `${(100 * attempt.alpha).toFixed(2)} %`,
    attempt.agent,
    attempt.openedAt.slice(0, 10),
  ]);
  return section(
    'Attempts',
    html`<p>${sentence}</p>${rows.length > 0 && table({ caption: 'All attempts', head: ['Slice', 'Attempt', 'Spent', 'Agent', 'Opened'], rows })}`,
  );
}

export function lineageSection({ agent, gym, lineage, seeds, madeAt }: Certificate): Markup {
  const hash = (text: string | null): Content => (text === null ? '–' : html`<code>${text}</code>`);
  const facts: readonly (readonly [string, Content])[] = [
    [
      'Agent',
      `${agent.name}${agent.parameters === null ? '' : `, ${(agent.parameters / 1e6).toFixed(1)} million parameters`}${agent.bytes === null ? '' : `, ${(agent.bytes / 1e6).toFixed(1)} MB`}`,
    ],
    ['Policy', hash(agent.policy)],
    ['Weights', hash(lineage.weights)],
    ['Made from', lineage.base === null ? 'nothing: trained from the start' : html`${lineage.base.name} ${hash(lineage.base.weights)}`],
    [
      'Demonstrations',
      lineage.demonstrations === null ? 'none' : html`${lineage.demonstrations.count} ${hash(lineage.demonstrations.hash)}`,
    ],
    ['Gym', html`${gym.name} ${gym.version} ${hash(lineage.gym.source)}`],
    ['Proof of the gym', hash(gym.proof)],
    ['Compartment', lineage.compartment],
    ['Seed', lineage.seed],
    [
      'Runtime',
      Object.entries(lineage.runtime)
        .map(([name, version]) => `${name} ${version}`)
        .join(', '),
    ],
    ['Made by', lineage.madeBy],
    [
      'Exam seeds',
      html`committed as ${hash(seeds.commitment)} ${lineage.runtime.seeds ?? 'before training'}, opened ${madeAt} as ${hash(seeds.nonce)}`,
    ],
  ];
  return section(
    'Where it comes from',
    html`<dl class="facts">${facts.map(([name, fact]) => html`<dt>${name}</dt><dd>${fact}</dd>`)}</dl>
${
  lineage.stages.length > 0 &&
  table({
    caption: 'Stages of its training',
    head: ['Stage', 'Episodes', 'Tokens', 'Minutes'],
    rows: lineage.stages.map(({ stage, episodes, tokens, seconds }) => [
      stage,
      episodes,
      `${(tokens / 1e6).toFixed(1)} M`,
      (seconds / 60).toFixed(1),
    ]),
  })
}`,
  );
}
