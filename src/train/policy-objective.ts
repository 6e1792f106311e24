/**
 * The reinforcement-learning objective over one batch shape, traced. With N = T·B places, own(i) the places whose target the policy drew
 * itself, n = Σ own, ℓ the log-probability of the target and r = exp(ℓ − ℓ_start):
 *
 *   L = − Σ_own ρ·min(r·Â, clip(r, 1−ε₋, 1+ε₊)·Â)/n + β·Σ_own (e^d − d − 1)/n + c_v·Σ_decisions BCE(v, y)/n_v + c_i·Σ w·nats/Σ w
 *
 * - The clipped ratio is a token's (Schulman et al. 2017, arXiv 1707.06347, eq. 7), its two bounds apart (Yu et al. 2025, arXiv 2503.14476, §3.1).
 *   Every own token of the step weighs the same, whichever episode it is of.
 * - ρ = min(ρ̄, π_start/π_behaviour) corrects for episodes of earlier weights (Espeholt et al. 2018, arXiv 1802.01561, §4.1), by token;
 *   it is a number that is fed, not differentiated.
 * - d = ℓ_reference − ℓ: Schulman's estimator k3 of the divergence from the reference policy (Shao et al. 2024, arXiv 2402.03300, eq. 4).
 * - The value head gives a logit v; the critic's expectation is σ(v), the probability of success. BCE is softplus(v) − y·v, a proper score
 *   that also moves a critic that is sure and wrong, where the squared error of σ(v) has no slope left.
 * - ℓ is the model's own, before grammar and temperature, with the pointer mixture where it took part: what the engine reports.
 *   With Z the probability of what the grammar allows, tokens are drawn from p/Z, and ∇ℓ = ∇log(p/Z) + ∇log Z: an advantage that is
 *   below 0 on the average of a state (the critic is wrong there) drives Z towards 0, after which ratios are noise. Since E[∇ℓ] = ∇log Z,
 *   a constant on every advantage, as any baseline, leaves the drawn distribution's gradient as it is in expectation and pays for Z: that is
 *   `legalityWeight`, which textbooks lack because their policies are not constrained.
 *
 * A detached critic is a term of its own that trains the value head's two parameters and so sends nothing into the trunk.
 */
import { ConfigError } from '../base/index.ts';
import { type ModelConfig, scalarHead, VALUE_HEAD } from '../model/index.ts';
import { type Graph, ops, type Tensor, type Values } from '../tensor/index.ts';
import { batchFeeds, batchWeight, type LanguageModelGraph, type LanguageModelOptions, traceLanguageModel } from './language-model.ts';
import type { ScoredBatch } from './scored-packing.ts';
import type { Objective, ObjectiveTerm } from './updater.ts';

export interface PolicyObjectiveOptions {
  /** ε₋ and ε₊: how far below and above 1 the ratio still counts. Default 0.2 and 0.28. */
  readonly clip?: { readonly below: number; readonly above: number };
  /** ρ̄: the largest importance weight of a token; default 1. */
  readonly importanceLimit?: number;
  /** β: weight of the divergence from the reference policy, nats; default 0. */
  readonly referenceWeight?: number;
  /** c_v: weight of the value loss; 0 leaves the value head alone. Default 0.5 with a value head. */
  readonly valueWeight?: number;
  /** Whether the value loss moves the trunk, or the value head alone. Default `detached`. */
  readonly criticReadsTrunk?: 'detached' | 'shared';
  /** c_i: weight of the language-model loss on tokens with a loss weight, such as demonstrations'; default 1. */
  readonly imitationWeight?: number;
  /**
   * Default 0. The entropy's gradient is E[−ℓ·∇ℓ], so a bonus of −ℓ_start on an own token's advantage, against its mean over the step, is an
   * estimate of it that counts what the grammar lets through and no more (Williams & Peng 1991).
   */
  readonly entropyWeight?: number;
  /** Added to each own token's advantage, so that what the grammar allows keeps its probability (see above); default 0.3 of a normalised advantage. */
  readonly legalityWeight?: number;
}

export type ResolvedObjective = Required<PolicyObjectiveOptions>;

/** The options with their defaults. Throws `ConfigError` for those that can't be. */
export function resolveObjective(config: ModelConfig, options: PolicyObjectiveOptions = {}): ResolvedObjective {
  const resolved: ResolvedObjective = {
    clip: { below: 0.2, above: 0.28 },
    importanceLimit: 1,
    referenceWeight: 0,
    valueWeight: config.valueHead ? 0.5 : 0,
    criticReadsTrunk: 'detached',
    imitationWeight: 1,
    entropyWeight: 0,
    legalityWeight: 0.3,
    ...options,
  };
  const wrong = (got: string, expected: string): ConfigError =>
    new ConfigError({ operation: 'set up the policy objective', got, expected });
  const { clip, importanceLimit, referenceWeight, valueWeight, imitationWeight, entropyWeight, legalityWeight } = resolved;
  if (!(clip.below > 0 && clip.below < 1 && clip.above > 0))
    throw wrong(`a clip of ${clip.below} below and ${clip.above} above`, 'more than 0, the lower one below 1');
  if (!(importanceLimit > 0)) throw wrong(`an importance limit of ${importanceLimit}`, 'more than 0');
  for (const [name, weight] of Object.entries({ referenceWeight, valueWeight, imitationWeight, entropyWeight, legalityWeight }))
    if (!(weight >= 0 && Number.isFinite(weight))) throw wrong(`${name} = ${weight}`, '0 or more');
  if (valueWeight > 0 && !config.valueHead) throw wrong('a value loss for a model without a value head', 'valueWeight 0');
  return resolved;
}

/** The parameters that the objective trains, each once. */
export function policyParameters(trained: readonly string[], { valueWeight }: ResolvedObjective): readonly string[] {
  return valueWeight > 0 ? [...trained, ...VALUE_PARAMETERS] : trained;
}

export const VALUE_PARAMETERS: readonly string[] = [VALUE_HEAD.weight, VALUE_HEAD.bias];

export interface PolicyPredictions extends LanguageModelGraph {
  /** [N]: ℓ, the log-probability of each target. */
  readonly logprobs: Tensor;
  /** [N]: v, a logit at every place; absent without a value head. */
  readonly values: Tensor | undefined;
}

/** What the model says of a batch. Inputs beside those of `traceLanguageModel`: with a pointer head `mixed` [N] and `pointedDecisions` [M]. */
export function tracePredictions(config: ModelConfig, options: LanguageModelOptions): PolicyPredictions {
  const model = traceLanguageModel(config, options);
  const { graph, parameters, hidden, tokenNats, pointedNats, deciding } = model;
  const N = options.time * options.lanes;
  let nats = tokenNats;
  if (pointedNats && deciding) {
    const alone = ops.subtract(1, graph.input('mixed', [N]));
    const pointed = ops.multiply(pointedNats, graph.input('pointedDecisions', ['M']));
    nats = ops.add(ops.multiply(tokenNats, alone), ops.scatterAddRows(ops.cast(deciding, 'int64'), pointed, N));
  }
  const values = config.valueHead ? scalarHead(parameters, hidden, VALUE_HEAD) : undefined;
  return { ...model, logprobs: ops.negate(nats), values };
}

/** Exponents are cut off here, so that one absurd ratio makes no infinity. */
const LARGEST_EXPONENT = 20;

/**
 * Traces L. Inputs beside those of `tracePredictions`, float32: `own`, `advantages`, `importance`, `startLogprobs`, `referenceLogprobs`,
 * `decisions`, `returns` [N]; `inverseOwn` = 1/n and `inverseDecisions` = 1/n_v []. `policyFeeds` makes them.
 */
export function tracePolicyObjective(config: ModelConfig, options: LanguageModelOptions, objective: ResolvedObjective): Objective {
  const { graph, parameters, logprobs, values, loss: imitation, trained } = tracePredictions(config, options);
  const { clip, referenceWeight, valueWeight, criticReadsTrunk, imitationWeight } = objective;
  const N = options.time * options.lanes;
  const own = graph.input('own', [N]);
  const advantages = graph.input('advantages', [N]);
  const inverseOwn = graph.input('inverseOwn', []);
  const overOwn = (x: Tensor): Tensor => ops.multiply(ops.sum(ops.multiply(x, own)), inverseOwn);
  const bounded = (x: Tensor): Tensor => ops.minimum(x, LARGEST_EXPONENT);

  const logRatios = ops.multiply(ops.subtract(logprobs, graph.input('startLogprobs', [N])), own);
  const ratios = ops.exp(bounded(logRatios));
  const free = ops.multiply(ratios, advantages);
  const held = ops.multiply(ops.minimum(ops.maximum(ratios, 1 - clip.below), 1 + clip.above), advantages);
  // Where both are equal the gradient goes to the second.
  const surrogate = ops.multiply(ops.minimum(held, free), graph.input('importance', [N]));
  const policyLoss = ops.negate(overOwn(surrogate));

  const away = ops.multiply(ops.subtract(graph.input('referenceLogprobs', [N]), logprobs), own);
  const referenceNats = overOwn(ops.subtract(ops.exp(bounded(away)), ops.add(away, 1)));

  let total = ops.add(policyLoss, ops.multiply(imitation, imitationWeight));
  if (referenceWeight > 0) total = ops.add(total, ops.multiply(referenceNats, referenceWeight));
  const sums: Record<string, Tensor> = {
    policyLoss,
    imitationLoss: imitation,
    referenceKlNats: referenceNats,
    // Of the present policy from that at the beginning of the update, k3 with tokens of the latter.
    klNats: overOwn(ops.subtract(ops.subtract(ratios, 1), logRatios)),
    clipFraction: overOwn(ops.cast(ops.greater(free, held), 'float32')),
    meanRatio: overOwn(ratios),
    entropyNats: ops.negate(overOwn(logprobs)),
  };

  const terms: ObjectiveTerm[] = [];
  if (valueWeight > 0 && values) {
    const { loss, squares } = traceValueLoss(graph, values, N);
    sums.valueLoss = loss;
    sums.brier = squares;
    const weighted = ops.multiply(loss, valueWeight);
    if (criticReadsTrunk === 'shared') terms.push({ loss: ops.add(total, weighted), trained: [...trained, ...VALUE_PARAMETERS] });
    else terms.push({ loss: total, trained }, { loss: weighted, trained: VALUE_PARAMETERS });
    total = ops.add(total, weighted);
  } else terms.push({ loss: total, trained });
  return { graph, parameters, terms, sums: { ...sums, loss: total } };
}

/** Mean BCE and mean squared error of σ(v) at the decisions. values [N]. */
function traceValueLoss(graph: Graph, values: Tensor, N: number): { readonly loss: Tensor; readonly squares: Tensor } {
  const decisions = graph.input('decisions', [N]);
  const returns = graph.input('returns', [N]);
  const inverse = graph.input('inverseDecisions', []);
  const over = (x: Tensor): Tensor => ops.multiply(ops.sum(ops.multiply(x, decisions)), inverse);
  const errors = ops.subtract(ops.sigmoid(values), returns);
  return { loss: over(ops.subtract(ops.softplus(values), ops.multiply(returns, values))), squares: over(ops.multiply(errors, errors)) };
}

/** What the batches of one step are divided by, and what its critic is measured against. */
export interface StepTotals {
  /** Σ of the imitation weights. */
  readonly weight: number;
  /** n. */
  readonly own: number;
  /** n_v. */
  readonly decisions: number;
  /** Mean −ℓ_start of own tokens. */
  readonly startNats: number;
  /** Variance of the returns: the Brier score of who always says their mean; null without decisions. */
  readonly baseRateBrier: number | null;
}

export function stepTotals(batches: readonly ScoredBatch[]): StepTotals {
  let [weight, own, nats, decisions, returns, squares] = [0, 0, 0, 0, 0, 0];
  for (const batch of batches) {
    weight += batchWeight(batch);
    for (const [at, isOwn] of batch.own.entries()) {
      own += isOwn;
      nats -= isOwn * (batch.startLogprobs[at] as number);
      const decision = batch.decisions[at] as number;
      const target = batch.returns[at] as number;
      decisions += decision;
      returns += decision * target;
      squares += decision * target * target;
    }
  }
  const baseRateBrier = decisions === 0 ? null : Math.max(0, squares / decisions - (returns / decisions) ** 2);
  return { weight, own, decisions, startNats: nats / Math.max(1, own), baseRateBrier };
}

/** The batch as feeds of `tracePredictions`. */
export function predictionFeeds(config: ModelConfig, batch: ScoredBatch, totalWeight?: number): Values {
  const { mixed, pointedDecisions } = batch;
  const feeds = batchFeeds(config, batch, totalWeight);
  if (config.pointerWidth === 0) return feeds;
  return {
    ...feeds,
    mixed: { data: mixed, shape: [mixed.length] },
    pointedDecisions: { data: pointedDecisions, shape: [pointedDecisions.length] },
  };
}

/** The batch as feeds of `tracePolicyObjective`; `totals` are of all batches of the step. */
export function policyFeeds(config: ModelConfig, batch: ScoredBatch, totals: StepTotals, objective: ResolvedObjective): Values {
  const { own, startLogprobs, behaviourLogprobs, referenceLogprobs, decisions, returns } = batch;
  const shape = [own.length];
  const { entropyWeight, legalityWeight, importanceLimit } = objective;
  const bonus = (at: number): number => legalityWeight + entropyWeight * (-(startLogprobs[at] as number) - totals.startNats);
  const advantages = batch.advantages.map((advantage, at) => (own[at] === 1 ? advantage + bonus(at) : 0));
  const importance = own.map((isOwn, at) =>
    isOwn === 1 ? Math.min(importanceLimit, Math.exp((startLogprobs[at] as number) - (behaviourLogprobs[at] as number))) : 0,
  );
  const scalar = (value: number): Values[string] => ({ data: Float32Array.of(value), shape: [] });
  return {
    ...predictionFeeds(config, batch, totals.weight),
    own: { data: own, shape },
    advantages: { data: advantages, shape },
    importance: { data: importance, shape },
    startLogprobs: { data: startLogprobs, shape },
    referenceLogprobs: { data: referenceLogprobs, shape },
    decisions: { data: decisions, shape },
    returns: { data: returns, shape },
    inverseOwn: scalar(1 / Math.max(1, totals.own)),
    inverseDecisions: scalar(totals.decisions > 0 ? 1 / totals.decisions : 0),
  };
}
