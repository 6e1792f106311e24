/**
 * What the critic's word is worth: calibration over all scored tasks, and a threshold with a guarantee from the tasks of the first slice.
 *
 * The threshold is on an episode's lowest value: at work the agent hands over as soon as the critic falls below it, and an episode that never
 * does goes on as it went here. Handing over counts as an error there, so the guarantee errs on the careful side.
 */
import type { AbstentionCertificate, Certificate, CertificationPlan, RawScore } from '../records/index.ts';
import {
  abstentionThreshold,
  auroc,
  baseRateBrier,
  brier,
  type ConfidentAct,
  expectedCalibrationError,
  type Prediction,
  sequentialBound,
} from '../stats/index.ts';

/** Bins of the reliability diagram and of its error. */
export const BINS = 10;

/** The critic's first word on each scored task, and what came of it. */
export const predictionsOf = (scores: readonly RawScore[]): readonly Prediction[] =>
  scores.flatMap(({ run, value, success }) =>
    run === 0 && value !== null && success !== null ? [{ probability: value, outcome: success }] : [],
  );

/** The critic's lowest word on each scored task of `slice`. */
export const actsOf = (scores: readonly RawScore[], slice: string): readonly ConfidentAct[] =>
  scores.flatMap((score) =>
    score.run === 0 && score.slice === slice && score.lowestValue !== null && score.success !== null
      ? [{ confidence: score.lowestValue, correct: score.success }]
      : [],
  );

export function calibrationOf(scores: readonly RawScore[]): Certificate['calibration'] {
  const predictions = predictionsOf(scores);
  if (predictions.length === 0) return null;
  return {
    n: predictions.length,
    brier: brier(predictions),
    baseRateBrier: baseRateBrier(predictions),
    expectedCalibrationError: expectedCalibrationError({ predictions, bins: BINS }),
    auroc: auroc(predictions),
  };
}

/** null without a critic. A slice that was ended early gets error bounds that hold whenever it was ended. */
export function abstentionOf(scores: readonly RawScore[], plan: CertificationPlan): AbstentionCertificate | null {
  const [first] = plan.slices;
  if (first === undefined) return null;
  const acts = actsOf(scores, first.slice);
  if (acts.length === 0) return null;
  const { risk, delta } = plan.abstention;
  const found =
    first.method === 'fixed' ? abstentionThreshold({ predictions: acts, risk, delta }) : sequentialThreshold(acts, { risk, delta });
  return { threshold: found.threshold, risk, delta, coverage: found.coverage, errorUpperBound: found.errorUpperBound };
}

/**
 * Fixed-sequence testing as `abstentionThreshold` does it, with time-uniform bounds in place of Clopper–Pearson: `acts` in the order in which
 * they were played, their number allowed to depend on them. Thresholds 1.00, 0.99, … 0.00.
 */
function sequentialThreshold(acts: readonly ConfidentAct[], { risk, delta }: { readonly risk: number; readonly delta: number }) {
  let chosen: Pick<AbstentionCertificate, 'threshold' | 'coverage' | 'errorUpperBound'> = {
    threshold: null,
    coverage: 0,
    errorUpperBound: 1,
  };
  let known = { count: -1, errorUpperBound: 1, canPass: false };
  for (let hundredths = 100; hundredths >= 0; hundredths--) {
    const threshold = hundredths / 100;
    const outcomes = acts.filter(({ confidence }) => confidence >= threshold).map(({ correct }) => correct);
    if (outcomes.length !== known.count) {
      const bound = (of: readonly boolean[]): number => 1 - sequentialBound({ outcomes: of, alpha: delta });
      known = { count: outcomes.length, errorUpperBound: bound(outcomes), canPass: bound(outcomes.map(() => true)) <= risk };
    }
    // Too few acts for any answer but no: the test is passed over, not failed.
    if (!known.canPass) continue;
    if (known.errorUpperBound > risk) break;
    chosen = { threshold, coverage: outcomes.length / acts.length, errorUpperBound: known.errorUpperBound };
  }
  return chosen;
}
