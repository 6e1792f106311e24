/**
 * The critic before it may reach the trunk: the value head alone, fitted to the policy's own episodes, failures included, on hidden states
 * that stay as they are.
 *
 * On frozen states the value head is a logistic regression, so it is solved as one, by Newton's method with a ridge (Hastie, Tibshirani &
 * Friedman 2009, §4.4.1), in float64 and without a learning rate. What it is worth is measured on episodes that were kept out.
 */
import { ConfigError, DataError, Random } from '../base/index.ts';
import { VALUE_HEAD } from '../model/index.ts';
import type { PolicyTrainer } from './policy-trainer.ts';
import type { ScoredEpisode } from './scored-episode.ts';
import { packAllScored } from './scored-packing.ts';

export interface CriticReport {
  /** Mean squared error of the critic's probabilities (Brier 1950); null without decisions. */
  readonly brier: number | null;
  /** That of the best constant, known afterwards: the variance of the returns. */
  readonly baseRateBrier: number | null;
}

/**
 * Whether a critic knows more than how often episodes end well: only then may it shape the trunk. `margin`: the share of the base rate's score by
 * which it must be better, default 0.05. False where all episodes end alike, of which nothing can be learned.
 */
export function criticBeatsBaseRate({ brier, baseRateBrier }: CriticReport, margin = 0.05): boolean {
  return brier !== null && baseRateBrier !== null && brier < (1 - margin) * baseRateBrier;
}

export interface TrainCriticOptions {
  readonly trainer: PolicyTrainer;
  /** With `returns`; split by episode. */
  readonly episodes: readonly ScoredEpisode[];
  /** Share of the episodes on which it is measured, default 0.2; at least one and not all. */
  readonly heldOut?: number;
  /** Pull of the weights towards 0, default 0.001, beside a mean loss a decision. */
  readonly ridge?: number;
  readonly seed: number | string;
}

export interface TrainCriticReport extends CriticReport {
  /** Mean nats on the held-out decisions. */
  readonly valueLoss: number;
  /** Decisions that it was fitted to, and those it was measured on. */
  readonly fitted: number;
  readonly measured: number;
}

/** Fits the value head of the trainer's weights, in place; the rest of them and all moments stay. Brier scores are of the held-out episodes. */
export async function trainCritic({
  trainer,
  episodes,
  heldOut = 0.2,
  ridge = 1e-3,
  seed,
}: TrainCriticOptions): Promise<TrainCriticReport> {
  const operation = 'train the critic';
  if (episodes.length < 2 || !(heldOut > 0 && heldOut < 1 && ridge > 0))
    throw new ConfigError({
      operation,
      got: `${episodes.length} episodes, ${heldOut} of them held out, a ridge of ${ridge}`,
      expected: 'at least 2 episodes, a share between 0 and 1, a positive ridge',
    });
  const { weights } = trainer.state;
  const [weight, bias] = [weights.get(VALUE_HEAD.weight), weights.get(VALUE_HEAD.bias)];
  if (!weight || !bias) throw new ConfigError({ operation, got: 'a model without a value head', expected: 'one with it' });

  const shuffled = new Random(seed).fork('critic').shuffle(episodes);
  const kept = Math.min(episodes.length - 1, Math.max(1, Math.round(heldOut * episodes.length)));
  const exam = await decisionsOf(trainer, shuffled.slice(0, kept));
  const lesson = await decisionsOf(trainer, shuffled.slice(kept));
  if (exam.length === 0 || lesson.length === 0)
    throw new DataError({ operation, got: 'episodes without decisions', expected: 'returns at their act boundaries' });

  const fitted = fitLogistic(lesson, ridge);
  weight.set(fitted.subarray(0, -1));
  bias[0] = fitted.at(-1) as number;
  const { brier, loss } = measure(exam, fitted);
  const mean = exam.reduce((sum, { target }) => sum + target, 0) / exam.length;
  const baseRateBrier = exam.reduce((sum, { target }) => sum + (target - mean) ** 2, 0) / exam.length;
  return { brier, baseRateBrier, valueLoss: loss, fitted: lesson.length, measured: exam.length };
}

/** A decision as the value head sees it. */
export interface SeenDecision {
  /** [C]. */
  readonly state: Float32Array;
  /** 0 … 1. */
  readonly target: number;
}

async function decisionsOf(trainer: PolicyTrainer, episodes: readonly ScoredEpisode[]): Promise<SeenDecision[]> {
  const { width } = trainer.config;
  const found: SeenDecision[] = [];
  for (const batch of packAllScored(episodes, trainer.size)) {
    if (batch.decisions.every((decision) => decision === 0)) continue;
    const hidden = await trainer.hiddenStates(batch);
    for (const [at, decision] of batch.decisions.entries())
      if (decision > 0) found.push({ state: hidden.slice(at * width, (at + 1) * width), target: batch.returns[at] as number });
  }
  return found;
}

/** argmin of mean BCE + ridge/2·‖w‖² over [w, b], [C + 1]. Starts at 0; the same decisions give the same result. */
export function fitLogistic(decisions: readonly SeenDecision[], ridge: number): Float64Array {
  const size = (decisions[0] as SeenDecision).state.length + 1;
  let solution = new Float64Array(size);
  let best = penalised(decisions, solution, ridge);
  for (let iteration = 0; iteration < 30; iteration++) {
    const { gradient, hessian } = derivatives(decisions, solution, ridge);
    const step = solveSymmetric(hessian, gradient);
    let scale = 1;
    let next = solution;
    let loss = Number.POSITIVE_INFINITY;
    // Halved until it helps; what no longer helps at all has converged.
    for (; scale > 1e-4; scale /= 2) {
      next = solution.map((x, i) => x - scale * (step[i] as number));
      loss = penalised(decisions, next, ridge);
      if (loss < best) break;
    }
    if (!(best - loss > 1e-10)) break;
    [solution, best] = [next, loss];
  }
  return solution;
}

function logitOf({ state }: SeenDecision, solution: Float64Array): number {
  let logit = solution[state.length] as number;
  for (let c = 0; c < state.length; c++) logit += (state[c] as number) * (solution[c] as number);
  return logit;
}

function measure(decisions: readonly SeenDecision[], solution: Float64Array): { readonly brier: number; readonly loss: number } {
  let [brier, loss] = [0, 0];
  for (const decision of decisions) {
    const logit = logitOf(decision, solution);
    brier += (1 / (1 + Math.exp(-logit)) - decision.target) ** 2;
    loss += Math.max(logit, 0) + Math.log1p(Math.exp(-Math.abs(logit))) - decision.target * logit;
  }
  return { brier: brier / decisions.length, loss: loss / decisions.length };
}

function penalised(decisions: readonly SeenDecision[], solution: Float64Array, ridge: number): number {
  const squares = solution.subarray(0, -1).reduce((sum, x) => sum + x * x, 0);
  return measure(decisions, solution).loss + (ridge / 2) * squares;
}

/** Gradient [C + 1] and Hessian [C + 1, C + 1], of which the lower triangle is filled. */
function derivatives(
  decisions: readonly SeenDecision[],
  solution: Float64Array,
  ridge: number,
): { readonly gradient: Float64Array; readonly hessian: Float64Array } {
  const size = solution.length;
  const gradient = solution.map((x, i) => (i + 1 < size ? ridge * x : 0));
  const hessian = new Float64Array(size * size);
  // The bias is not pulled; the least of a ridge keeps its row solvable where every answer is certain.
  for (let i = 0; i < size; i++) hessian[i * size + i] = i + 1 < size ? ridge : 1e-9;
  const row = new Float64Array(size).fill(1);
  for (const decision of decisions) {
    row.set(decision.state);
    const probability = 1 / (1 + Math.exp(-logitOf(decision, solution)));
    const error = (probability - decision.target) / decisions.length;
    const curvature = (probability * (1 - probability)) / decisions.length;
    for (let i = 0; i < size; i++) {
      const x = row[i] as number;
      gradient[i] = (gradient[i] as number) + error * x;
      const scaled = curvature * x;
      for (let j = 0; j <= i; j++) hessian[i * size + j] = (hessian[i * size + j] as number) + scaled * (row[j] as number);
    }
  }
  return { gradient, hessian };
}

/** x with A·x = b for a positive definite A [n, n] whose lower triangle is given and overwritten by its Cholesky factor. */
function solveSymmetric(a: Float64Array, b: Float64Array): Float64Array {
  const n = b.length;
  const at = (i: number, j: number): number => a[i * n + j] as number;
  for (let i = 0; i < n; i++)
    for (let j = 0; j <= i; j++) {
      let sum = at(i, j);
      for (let k = 0; k < j; k++) sum -= at(i, k) * at(j, k);
      a[i * n + j] = i === j ? Math.sqrt(Math.max(sum, 1e-12)) : sum / at(j, j);
    }
  const x = b.slice();
  for (let i = 0; i < n; i++) {
    for (let k = 0; k < i; k++) x[i] = (x[i] as number) - at(i, k) * (x[k] as number);
    x[i] = (x[i] as number) / at(i, i);
  }
  for (let i = n - 1; i >= 0; i--) {
    for (let k = i + 1; k < n; k++) x[i] = (x[i] as number) - at(k, i) * (x[k] as number);
    x[i] = (x[i] as number) / at(i, i);
  }
  return x;
}
