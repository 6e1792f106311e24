/** A certificate for a terminal: the verdict, a table of slices, and what else one must know before trusting it. */
import type { Certificate } from '../records/index.ts';
import { plain, textTable } from './text-table.ts';
import { atLeast, atMost, exactly, rounded, type VerdictOptions, verdictSentence } from './verdict.ts';

export function terminalSummary(certificate: Certificate, options: VerdictOptions = {}): string {
  const { agent, gym, slices, reasons, calibration, abstention, cost, seeds } = certificate;
  const attempts = Math.max(1, ...slices.map(({ attempt }) => attempt));
  const lines = [
    plain(verdictSentence(certificate, options)),
    ...reasons.map((reason) => `  – ${plain(reason)}`),
    '',
    textTable(
      ['slice', 'tasks', 'right', 'at least', 'asked', '', 'never-events', 'handed over'],
      slices.map((slice) => [
        slice.slice,
        slice.unresolved === 0 ? `${slice.n}` : `${slice.n} (+${slice.unresolved} unresolved)`,
        slice.n === 0 ? '–' : rounded(slice.successes / slice.n),
        atLeast(slice.gateBound),
        exactly(slice.required),
        slice.isReached ? 'reached' : 'missed',
        `${slice.neverEvents.episodes}, at most ${atMost(slice.neverEvents.upperBound)}`,
        rounded(slice.abstained),
      ]),
    ),
    '',
    ...slices.flatMap(({ slice, passK }) =>
      passK.length === 0
        ? []
        : [
            `${plain(slice)}, ${passK[0]?.blocks} tasks again and again: ${passK
              .map(({ k, passed, lowerBound }) => `${k} of ${k} right on ${passed} (at least ${atLeast(lowerBound)})`)
              .join(', ')}`,
          ],
    ),
    ...(calibration
      ? [
          `critic: Brier ${calibration.brier.toFixed(3)} (always the base rate: ${calibration.baseRateBrier.toFixed(3)}), AUROC ${calibration.auroc?.toFixed(3) ?? '–'}`,
        ]
      : []),
    ...(abstention?.threshold != null
      ? [
          `acting only while the critic is at least ${abstention.threshold.toFixed(2)} sure: at most ${atMost(abstention.errorUpperBound)} wrong, ${rounded(abstention.coverage)} of tasks`,
        ]
      : []),
    `cost: ${[
      cost.decisionMs === null ? '' : `${cost.decisionMs.toFixed(1)} ms a decision`,
      cost.tokens === null ? '' : `${Math.round(cost.tokens)} tokens`,
      `${cost.seconds.toFixed(2)} s an episode`,
    ]
      .filter(Boolean)
      .join(', ')}`,
    `${plain(agent.name)} on ${plain(gym.name)} ${plain(gym.version)}, attempt ${attempts}, seeds committed as ${seeds.commitment.slice(0, 12)}…`,
  ];
  return lines.join('\n');
}
