/** The charts of a report, each from the data it shows; null where there are too few points to show. */
import type { AbstentionCertificate, RunEvent } from '../../records/index.ts';
import { type ConfidentAct, calibrationBins, type Prediction, riskCoverage } from '../../stats/index.ts';
import { BINS } from '../critic.ts';
import { atMost, rounded } from '../verdict.ts';
import { html, type Markup } from './markup.ts';
import { type Axis, area, dot, line, type Point, plot, roundTicks, type Scale, whisker } from './plot.ts';

const tenths = (value: number): string => `${Number((100 * value).toFixed(1))} %`;
const whole = (value: number): string => `${Math.round(100 * value)} %`;
const SHARES: Omit<Axis, 'label'> = { from: 0, to: 1, ticks: [0, 0.25, 0.5, 0.75, 1], format: whole };

/** What the critic said beforehand against what happened, with exact bars. */
export function reliabilityChart(predictions: readonly Prediction[]): Markup | null {
  if (predictions.length < 20) return null;
  const bins = calibrationBins({ predictions, bins: BINS }).filter(({ count }) => count > 0);
  const largest = Math.max(...bins.map(({ count }) => count));
  const said = bins.map(
    ({ meanProbability, rate, count }) => `${whole(meanProbability ?? 0)} said, ${whole(rate ?? 0)} of ${count} came true`,
  );
  return plot({
    id: 'reliability',
    title: 'How sure the critic was, and how often it was right',
    description: `${said.join('; ')}. On the diagonal, words and deeds agree.`,
    x: { ...SHARES, label: 'said beforehand' },
    y: { ...SHARES, label: 'came true' },
    marks: ({ x, y }) => [
      line(
        [
          { x: x(0), y: y(0) },
          { x: x(1), y: y(1) },
        ],
        'ideal',
      ),
      bins.map((bin) => {
        const at = x(bin.meanProbability ?? 0);
        // The area of a dot is the number of its tasks.
        return [
          whisker(at, y(bin.rateLower), y(bin.rateUpper)),
          dot({ x: at, y: y(bin.rate ?? 0) }, 'dot', 2.5 + 5 * Math.sqrt(bin.count / largest)),
        ];
      }),
    ],
  });
}

/** Errors among what is finished, if only the surest share is; with the threshold that has a guarantee. */
export function coverageChart(acts: readonly ConfidentAct[], abstention: AbstentionCertificate | null): Markup | null {
  if (acts.length < 20) return null;
  const curve = riskCoverage(acts.map(({ confidence, correct }) => ({ probability: confidence, outcome: correct })));
  const highest = Math.max(0.05, abstention?.risk ?? 0, ...curve.filter(({ coverage }) => coverage >= 0.05).map(({ risk }) => risk));
  const ticks = roundTicks(highest);
  const top = ticks.at(-1) as number;
  const all = curve.at(-1);
  const chosen = abstention?.threshold == null ? null : abstention;
  return plot({
    id: 'coverage',
    title: 'Errors among what is finished, by how much is handed over',
    description: `Finishing everything, ${rounded(all?.risk ?? 0)} are wrong.${chosen ? ` Finishing the surest ${rounded(chosen.coverage)}, at most ${atMost(chosen.errorUpperBound)} are wrong.` : ''}`,
    x: { ...SHARES, label: 'share of tasks finished' },
    y: { from: 0, to: top, ticks, label: 'wrong among them', format: tenths },
    marks: ({ x, y, left, right, top: upper }) => [
      abstention &&
        line(
          [
            { x: left, y: y(abstention.risk) },
            { x: right, y: y(abstention.risk) },
          ],
          'ideal',
        ),
      line(steps(curve.map(({ coverage, risk }) => ({ x: x(coverage), y: y(Math.min(top, risk)) }))), 'curve s0'),
      chosen && [
        html`<path class="asked" d="M${x(chosen.coverage)} ${upper}V${y(0)}"/>`,
        dot({ x: x(chosen.coverage), y: y(chosen.errorUpperBound) }, 'dot ring', 4.5),
      ],
    ],
  });
}

/** Between two measured points the lower one's coverage is what can be had. */
const steps = (points: readonly Point[]): readonly Point[] =>
  points.flatMap((point, i) => (i === 0 ? [point] : [{ x: point.x, y: (points[i - 1] as Point).y }, point]));

export type Measured = Extract<RunEvent, { readonly kind: 'measured' }>;

/** Success on validation tasks against what was trained on, the first slice with its lower bounds. */
export function learningChart(events: readonly RunEvent[]): Markup | null {
  const measured = events.filter((event): event is Measured => event.kind === 'measured' && event.n > 0);
  if (measured.length < 2) return null;
  const slices = [...Map.groupBy(measured, ({ slice }) => slice)];
  const largest = Math.max(...measured.map(({ trainedTokens }) => trainedTokens));
  const ticks = roundTicks(largest / 1e6);
  const last = slices.map(
    ([slice, points]) => `${slice}: from ${rounded(rateOf(points[0] as Measured))} to ${rounded(rateOf(points.at(-1) as Measured))}`,
  );
  return plot({
    id: 'learning',
    title: 'Success on validation tasks while it learned',
    description: `${last.join('; ')}, over ${(largest / 1e6).toFixed(1)} million tokens.`,
    width: 720,
    x: { from: 0, to: Math.max(...ticks), ticks, label: 'million tokens trained on', format: (value) => `${Number(value.toFixed(2))}` },
    y: { ...SHARES, label: 'success' },
    marks: (scale) => [stageMarks(measured, scale), slices.map(([slice, points], i) => curveOf(points, { slice, i, scale }))],
  });
}

const rateOf = ({ successes, n }: Measured): number => successes / n;

function stageMarks(measured: readonly Measured[], { x, y, top }: Scale) {
  return measured.flatMap((event, i) => {
    const before = measured[i - 1];
    if (before?.stage === event.stage) return [];
    const at = before === undefined ? x(0) : x((before.trainedTokens + event.trainedTokens) / 2 / 1e6);
    return [
      before !== undefined && html`<path class="ideal" d="M${at} ${top}V${y(0)}"/>`,
      html`<text class="tick" x="${at + 6}" y="${top + 10}">${event.stage}</text>`,
    ];
  });
}

function curveOf(
  points: readonly Measured[],
  { slice, i, scale: { x, y } }: { readonly slice: string; readonly i: number; readonly scale: Scale },
) {
  const at = (point: Measured, share: number): Point => ({ x: x(point.trainedTokens / 1e6), y: y(share) });
  const bounds = points.map((point) => at(point, point.lowerBound));
  const rates = points.map((point) => at(point, rateOf(point)));
  const end = rates.at(-1) as Point;
  return [
    i === 0 && area([...rates, ...bounds.toReversed()], 'band'),
    line(rates, `curve s${i % 6}`),
    rates.map((point) => dot(point, `dot s${i % 6}`, 2.5)),
    html`<text class="tick" x="${end.x - 4}" y="${end.y - 8}" text-anchor="end">${slice}</text>`,
  ];
}

/** One way of running the agent: greedy, or with search. */
export interface ComputePoint {
  readonly name: string;
  readonly decisionMs: number;
  readonly successes: number;
  readonly n: number;
  readonly lowerBound: number;
}

/** Success against time a decision. */
export function computeChart(points: readonly ComputePoint[]): Markup | null {
  if (points.length < 2) return null;
  const ticks = roundTicks(Math.max(...points.map(({ decisionMs }) => decisionMs)));
  const sorted = points.toSorted((a, b) => a.decisionMs - b.decisionMs);
  const rate = ({ successes, n }: ComputePoint): number => successes / Math.max(1, n);
  // Dots need no zero: the differences are what is to be seen.
  const lowest = Math.max(0, Math.floor(10 * Math.min(...points.map(({ lowerBound }) => lowerBound)) - 0.5) / 10);
  return plot({
    id: 'compute',
    title: 'Success against time a decision',
    description: sorted.map((point) => `${point.name}: ${rounded(rate(point))} at ${point.decisionMs.toFixed(1)} ms`).join('; '),
    width: 720,
    x: { from: 0, to: Math.max(...ticks), ticks, label: 'milliseconds a decision', format: (value) => `${Number(value.toFixed(2))}` },
    y: { from: lowest, to: 1, ticks: [0, 1, 2, 3, 4].map((step) => lowest + (step * (1 - lowest)) / 4), label: 'success', format: tenths },
    marks: ({ x, y }) => [
      line(
        sorted.map((point) => ({ x: x(point.decisionMs), y: y(rate(point)) })),
        'curve s0',
      ),
      sorted.map((point) => [
        whisker(x(point.decisionMs), y(point.lowerBound), y(rate(point))),
        dot({ x: x(point.decisionMs), y: y(rate(point)) }, 'dot'),
        html`<text class="tick" x="${x(point.decisionMs)}" y="${y(rate(point)) - 10}" text-anchor="middle">${point.name}</text>`,
      ]),
    ],
  });
}
