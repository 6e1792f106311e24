/**
 * Is a slice worse than it once was? One e-value a slice against "it is at most δ below the best ever", and e-BH over the slices.
 *
 * Sources: Ville 1939 and Robbins 1970 (mixtures of likelihood ratios); Vovk & Wang 2021 (e-values); Wang & Ramdas 2022, "False discovery rate
 * control with e-values", arXiv 2009.02824 (e-BH). Not for paired tasks: agents on common seeds are compared by `compareAgents`.
 */
import { ConfigError } from '../base/index.ts';
import { logEvidence } from '../stats/index.ts';
import { bestVersion, type Exam } from './history.ts';

/**
 * ln e against H0: p ≥ `nullRate`, from passes of trials; nats. With p0 = nullRate and θ uniform on (0, p0):
 * `E = (1/p0) ∫_0^p0 θ^S (1−θ)^F dθ / (p0^S (1−p0)^F)`, S passes, F failures.
 *
 * Why it is an e-value: one trial multiplies the likelihood ratio of θ < p0 by θ/p0 or (1−θ)/(1−p0), whose mean under p is
 * p·θ/p0 + (1−p)(1−θ)/(1−p0): exactly 1 at p = p0 and falling in p. So for every p ≥ p0 each ratio is a supermartingale that starts at 1, and so is
 * their mixture. Its mean is at most 1 for a fixed number of trials, and also where the exam was stopped by its own outcomes, as sequential slices
 * are. It is `logEvidence` with passes and failures exchanged. 0 (no evidence) where p0 ≤ 0: nothing is worse than that.
 */
export function regressionEvidence({
  passes,
  trials,
  nullRate,
}: {
  readonly passes: number;
  readonly trials: number;
  readonly nullRate: number;
}): number {
  if (nullRate <= 0) return 0;
  return logEvidence({ successes: trials - passes, failures: passes, floor: 1 - nullRate });
}

/**
 * e-BH: sort descending, reject the k largest for the greatest k with e_(k) ≥ m/(αk). The expected share of false rejections is at most α, however
 * the e-values depend on each other (Wang & Ramdas 2022). Takes logarithms; answers in the order given.
 * Throws `ConfigError` for α outside (0, 1) or a logarithm that is not a number.
 */
export function rejectByEBH(logEvalues: readonly number[], alpha: number): readonly boolean[] {
  const operation = 'reject by e-BH';
  if (!(alpha > 0 && alpha < 1))
    throw new ConfigError({ operation, got: `alpha = ${alpha}`, expected: 'a number strictly between 0 and 1' });
  if (logEvalues.some(Number.isNaN)) throw new ConfigError({ operation, got: 'NaN', expected: 'logarithms of e-values' });
  const m = logEvalues.length;
  const sorted = logEvalues.toSorted((a, b) => b - a);
  const threshold = sorted.findLast((logE, i) => logE >= Math.log(m / (alpha * (i + 1))));
  return logEvalues.map((logE) => threshold !== undefined && logE >= threshold);
}

export interface RegressionTest {
  readonly slice: string;
  readonly best: { readonly version: number; readonly lowerBound: number };
  readonly passes: number;
  readonly trials: number;
  /** Nats. */
  readonly logEvidence: number;
  readonly isRegression: boolean;
}

export interface RegressionOptions {
  /** δ. Default 0.02. */
  readonly margin?: number;
  /** Default 0.05. */
  readonly alpha?: number;
}

/**
 * Tests every slice of `exam` that an earlier exam had, too. The null rate is the best version's lower bound less the margin.
 *
 * The bound stands for the best version's unknown rate: where it holds, p_new ≥ p_best − δ implies p_new ≥ bound − δ, so whoever rejects the second
 * rejects the first, and the uncertainty of the best version causes no alarm. That the best of many was chosen doesn't either: attempt j spends α_j,
 * whose sum is at most α, so all versions' bounds hold at once. What is paid is power: a loss smaller than the bound is loose goes unnoticed here,
 * and only the bound that is asked for stands in its way. After 60 of 60, among five slices, 14 failures in 60 raise the alarm, after 300 of 300 it is
 * 24 in 300.
 */
export function findRegressions(
  exam: Exam,
  earlier: readonly (Exam & { readonly of: number })[],
  { margin = 0.02, alpha = 0.05 }: RegressionOptions = {},
): readonly RegressionTest[] {
  const tests = exam.slices.flatMap(({ slice, passes, trials }) => {
    const best = bestVersion(slice, earlier);
    if (best === undefined) return [];
    return [{ slice, best, passes, trials, logEvidence: regressionEvidence({ passes, trials, nullRate: best.lowerBound - margin }) }];
  });
  const isRegression = rejectByEBH(
    tests.map((test) => test.logEvidence),
    alpha,
  );
  return tests.map((test, i) => ({ ...test, isRegression: isRegression[i] as boolean }));
}
