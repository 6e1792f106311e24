/** The statistics behind a certificate: exact and sequential bounds, comparisons, slices, calibration, abstention, drift. Pure functions. */
export { type AbstentionThreshold, abstentionThreshold, type ConfidentAct, impliedAbstention } from './abstention.ts';
export { attemptAlpha } from './attempts.ts';
export { type BetaShape, betaQuantile, logBeta, logGamma, logUpperBeta, regularizedBeta } from './beta.ts';
export { type BettingOptions, bettingLogWealth, bettingLowerBound } from './betting.ts';
export { binomialTail, lowerBound, trialsNeeded, upperBound } from './binomial.ts';
export {
  auroc,
  baseRateBrier,
  brier,
  type CalibrationBin,
  calibrationBins,
  expectedCalibrationError,
  type Prediction,
  type RiskCoveragePoint,
  riskCoverage,
} from './calibration.ts';
export { beginDrift, type DriftState, observeRun } from './drift.ts';
export { stopEvidence, stopThreshold } from './episode-stop.ts';
export { clusterStandardError, mcnemarP, type NonInferiority, nonInferiority } from './paired.ts';
export { passK } from './pass-k.ts';
export { fitRandomEffects, type RandomEffects, type SliceCount } from './random-effects.ts';
export { type RangeNoise, rangeNoise } from './range-noise.ts';
export { beginSequential, logEvidence, observeOutcome, type SequentialState, sequentialBound } from './sequential.ts';
export { type HolmResult, holm, type Jaggedness, jaggedness } from './slices.ts';
export { verifierAdjustedBound } from './verifier-error.ts';
