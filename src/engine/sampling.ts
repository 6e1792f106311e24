/**
 * From logits to a token. The model's own distribution is softmax(logits), mixed with the pointer head where a reference
 * is expected; `logprob` always speaks of that one. What is drawn from is the same distribution after the grammar,
 * temperature, top-k and top-p (Holtzman et al. 2020, arXiv 1904.09751, §3.1); `sampledLogprob` speaks of that.
 */
import { ConfigError, type Random } from '../base/index.ts';

export interface SamplingOptions {
  /** 0: greedy. Default 1. */
  readonly temperature?: number;
  /** Keep the k most probable; default all. */
  readonly topK?: number;
  /** Keep the smallest set with this much probability; default 1. */
  readonly topP?: number;
}

/** What somebody else knows of the next token: nats that are added to the model's own, by token; those that it does not name get `others`. */
export interface TokenBias {
  /** Holds where just these were sampled since the decode began. */
  readonly after: readonly number[];
  readonly nats: ReadonlyMap<number, number>;
  readonly others: number;
}

export interface Sampled {
  readonly token: number;
  /** Nats under the model. */
  readonly logprob: number;
  /** Nats under what was drawn from; 0 when greedy. */
  readonly sampledLogprob: number;
}

/** The options with their defaults: temperature ≥ 0 and finite, topK ≥ 1, topP within (0, 1]. Throws `ConfigError` outside. */
export function checkSampling({ temperature = 1, topK = Number.POSITIVE_INFINITY, topP = 1 }: SamplingOptions): Required<SamplingOptions> {
  const wrong = (got: string, expected: string): ConfigError => new ConfigError({ operation: 'sampling', got, expected });
  if (!(temperature >= 0 && Number.isFinite(temperature))) throw wrong(`temperature ${temperature}`, '0 or more');
  if (!(topK >= 1)) throw wrong(`topK ${topK}`, '1 or more');
  if (!(topP > 0 && topP <= 1)) throw wrong(`topP ${topP}`, 'more than 0, at most 1');
  return { temperature, topK, topP };
}

/** log Σ exp over a row, in float64. */
export function logSumExp(values: ArrayLike<number>): number {
  let largest = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < values.length; i++) largest = Math.max(largest, values[i] as number);
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += Math.exp((values[i] as number) - largest);
  return largest + Math.log(sum);
}

/**
 * Draws from `logprobs` [V], the model's distribution in nats, among the tokens with `allowed[token] ≥ 0` (all without
 * `allowed`), each made likelier or less likely by `bias`. Undefined where nothing is allowed.
 */
export function sampleToken(
  logprobs: Float64Array,
  options: Required<SamplingOptions>,
  random: Random,
  allowed?: Int32Array,
  bias?: TokenBias,
): Sampled | undefined {
  const natsOf = (token: number): number => (logprobs[token] as number) + (bias ? (bias.nats.get(token) ?? bias.others) : 0);
  let best = -1;
  for (let token = 0; token < logprobs.length; token++)
    if (!(allowed && (allowed[token] as number) < 0) && (best < 0 || natsOf(token) > natsOf(best))) best = token;
  if (best < 0) return undefined;
  const highest = natsOf(best);
  if (options.temperature === 0) return { token: best, logprob: logprobs[best] as number, sampledLogprob: 0 };

  const candidates: number[] = [];
  for (let token = 0; token < logprobs.length; token++) if (!(allowed && (allowed[token] as number) < 0)) candidates.push(token);
  const weightOf = (token: number): number => Math.exp((natsOf(token) - highest) / options.temperature);
  const kept = keepMostProbable(candidates, weightOf, options);
  const weights = kept.map(weightOf);
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  let left = random.uniform() * total;
  let at = 0;
  while (at + 1 < kept.length && left >= (weights[at] as number)) left -= weights[at++] as number;
  const token = kept[at] as number;
  return { token, logprob: logprobs[token] as number, sampledLogprob: Math.log((weights[at] as number) / total) };
}

function keepMostProbable(
  candidates: readonly number[],
  weightOf: (token: number) => number,
  { topK, topP }: Required<SamplingOptions>,
): readonly number[] {
  if (topK >= candidates.length && topP >= 1) return candidates;
  // Of equal weights the lower id comes first, so that the result does not depend on the sort.
  const sorted = candidates.map((token) => ({ token, weight: weightOf(token) })).sort((a, b) => b.weight - a.weight || a.token - b.token);
  const firsts = sorted.slice(0, Math.min(sorted.length, topK));
  const goal = topP * firsts.reduce((sum, { weight }) => sum + weight, 0);
  let mass = 0;
  const enough = firsts.findIndex(({ weight }) => {
    mass += weight;
    return mass >= goal;
  });
  return firsts.slice(0, enough < 0 ? firsts.length : enough + 1).map(({ token }) => token);
}
