/**
 * What a lane predicts after the last token that it has read: the ordinary distribution, and where to point.
 */
import { SMALLEST_PROBABILITY } from '../model/index.ts';

/** What the engine knows after the last token it has read. */
export interface Prediction {
  /** [V], a copy. */
  readonly logits: Float32Array;
  /** log Σ exp of them. */
  readonly logSumExp: number;
  /** The value head's output; NaN without one. */
  readonly value: number;
  /** [P], and the probability of pointing; absent without a pointer head. */
  readonly pointer: { readonly query: Float32Array; readonly gate: number } | undefined;
}

/** The references that a lane has read, and their pointer keys, P floats each. */
export class ReferenceKeys {
  readonly #width: number;
  #keys: Float32Array;
  #ids: number[] = [];

  constructor(width: number) {
    this.#width = width;
    this.#keys = new Float32Array(64 * width);
  }

  push(id: number, key: Float32Array): void {
    const at = this.#ids.length * this.#width;
    if (at === this.#keys.length) {
      const grown = new Float32Array(2 * at);
      grown.set(this.#keys);
      this.#keys = grown;
    }
    this.#keys.set(key, at);
    this.#ids.push(id);
  }

  /** Adds `gate` · softmax(query · keys) to `probabilities` at each reference's id. Without references nothing is added. */
  mixInto(probabilities: Float64Array, query: Float32Array, gate: number): void {
    const width = this.#width;
    let largest = Number.NEGATIVE_INFINITY;
    const scores = Float64Array.from(this.#ids, (_, r) => {
      let score = 0;
      for (let p = 0; p < width; p++) score += (query[p] as number) * (this.#keys[r * width + p] as number);
      largest = Math.max(largest, score);
      return score;
    });
    let sum = 0;
    for (let r = 0; r < scores.length; r++) {
      scores[r] = Math.exp((scores[r] as number) - largest);
      sum += scores[r] as number;
    }
    for (let r = 0; r < scores.length; r++) {
      const id = this.#ids[r] as number;
      probabilities[id] = (probabilities[id] as number) + (gate * (scores[r] as number)) / sum;
    }
  }
}

/** −log softmax(logits)[token]. */
export function natsOf({ logits, logSumExp }: Prediction, token: number): number {
  return logSumExp - (logits[token] as number);
}

/** The model's distribution [V] in nats: softmax, mixed with the pointer head over `references` where these are given. */
export function modelLogprobs({ logits, logSumExp, pointer }: Prediction, references: ReferenceKeys | undefined): Float64Array {
  const logprobs = Float64Array.from(logits, (logit) => logit - logSumExp);
  if (!references || !pointer) return logprobs;
  const probabilities = logprobs.map((logprob) => (1 - pointer.gate) * Math.exp(logprob));
  references.mixInto(probabilities, pointer.query, pointer.gate);
  return probabilities.map((probability) => Math.log(Math.max(probability, SMALLEST_PROBABILITY)));
}
