/**
 * What a lane predicts after the last token that it has read: the ordinary distribution, and where to point.
 */
import { isReferenceId } from '../grammar/index.ts';
import {
  ANCHORS,
  type Anchors,
  MARKS,
  PointerTrail,
  SMALLEST_PROBABILITY,
  TRAIL_BUCKETS,
  TRAIL_WIDTH,
  type TrailPlace,
  trailBucket,
} from '../model/index.ts';

/** What the engine knows after the last token it has read. */
export interface Prediction {
  /** [V], a copy. */
  readonly logits: Float32Array;
  /** log Σ exp of them. */
  readonly logSumExp: number;
  /** The value head's output; NaN without one. */
  readonly value: number;
  /** [P], and the probability of pointing; absent without a pointer head. */
  readonly pointer: (PointerQuery & { readonly gate: number }) | undefined;
}

export interface PointerQuery {
  /** [P], scaled already. */
  readonly query: Float32Array;
  /** [T]: what is thought of each step along the trail. */
  readonly steps: Float32Array;
  readonly anchors: Anchors;
}

export interface PointerState {
  readonly trail: PointerTrail;
  readonly places: readonly TrailPlace[];
  readonly ids: readonly number[];
  readonly keys: Float32Array;
  readonly spanQuery: Float64Array;
  readonly spanKey: Float64Array;
  readonly spanSteps: Float64Array;
  readonly spanLength: number;
  readonly closed: boolean;
}

/**
 * The pointer head's memory of a lane: the key of each reference that it has read, and the running means over the span
 * since the last one.
 */
export class PointerMemory {
  readonly #width: number;
  /** P floats for each reference. */
  #keys: Float32Array;
  readonly #ids: number[] = [];
  /** Sums of the span's projections, and how many tokens they hold. */
  readonly #spanQuery: Float64Array;
  readonly #spanKey: Float64Array;
  readonly #spanSteps = new Float64Array(TRAIL_WIDTH);
  /** Of each of `#ids`. */
  readonly #places: TrailPlace[] = [];
  #trail = new PointerTrail();
  #spanLength = 0;
  #closed = false;

  constructor(width: number) {
    this.#width = width;
    this.#keys = new Float32Array(64 * width);
    this.#spanQuery = new Float64Array(width);
    this.#spanKey = new Float64Array(width);
  }

  /** Takes in one token with its projections [4·P + 2·T], in the order of `POINTER_PROJECTIONS` and `TRAIL_PROJECTIONS`. */
  read(token: number, projections: Float32Array): void {
    const P = this.#width;
    const isReference = isReferenceId(token);
    const place = this.#trail.read(token);
    if (this.#closed) {
      this.#spanSteps.fill(0);
      this.#spanQuery.fill(0);
      this.#spanKey.fill(0);
      this.#spanLength = 0;
    }
    this.#closed = isReference;
    this.#spanLength++;
    for (let p = 0; p < P; p++) {
      this.#spanQuery[p] = (this.#spanQuery[p] as number) + (projections[P + p] as number);
      this.#spanKey[p] = (this.#spanKey[p] as number) + (projections[3 * P + p] as number);
    }
    for (let t = 0; t < TRAIL_WIDTH; t++)
      this.#spanSteps[t] = (this.#spanSteps[t] as number) + (projections[4 * P + TRAIL_WIDTH + t] as number);
    if (!isReference) return;
    this.#places.push(place as TrailPlace);
    const at = this.#ids.length * P;
    if (at === this.#keys.length) {
      const grown = new Float32Array(2 * at);
      grown.set(this.#keys);
      this.#keys = grown;
    }
    for (let p = 0; p < P; p++) this.#keys[at + p] = (projections[2 * P + p] as number) + (this.#spanKey[p] as number) / this.#spanLength;
    this.#ids.push(token);
  }

  /** Everything read so far, as data: to come back to, or to begin another lane with. */
  save(): PointerState {
    return {
      trail: this.#trail.clone(),
      places: [...this.#places],
      spanSteps: this.#spanSteps.slice(),
      ids: [...this.#ids],
      keys: this.#keys.slice(0, this.#ids.length * this.#width),
      spanQuery: this.#spanQuery.slice(),
      spanKey: this.#spanKey.slice(),
      spanLength: this.#spanLength,
      closed: this.#closed,
    };
  }

  load({ trail, places, ids, keys, spanQuery, spanKey, spanSteps, spanLength, closed }: PointerState): void {
    this.#trail = trail.clone();
    this.#places.splice(0, this.#places.length, ...places);
    this.#spanSteps.set(spanSteps);
    this.#ids.splice(0, this.#ids.length, ...ids);
    if (this.#keys.length < keys.length) this.#keys = new Float32Array(2 * keys.length);
    this.#keys.set(keys);
    this.#spanQuery.set(spanQuery);
    this.#spanKey.set(spanKey);
    this.#spanLength = spanLength;
    this.#closed = closed;
  }

  /** The query of a decision after the token read last, whose projections are given. */
  queryAfter(projections: Float32Array): PointerQuery {
    const own = 4 * this.#width;
    return {
      query: Float32Array.from(this.#spanQuery, (sum, p) => (projections[p] as number) + sum / this.#spanLength),
      steps: Float32Array.from(this.#spanSteps, (sum, t) => (projections[own + t] as number) + sum / this.#spanLength),
      anchors: this.#trail.anchors,
    };
  }

  /**
   * Adds `gate` · softmax(query · keys + steps along the trail) to `probabilities` [V], in place, at each reference's id; a reference read twice counts
   * twice. `gate` within 0 … 1. Without references nothing is added.
   */
  mixInto(probabilities: Float64Array, { query, steps, anchors }: PointerQuery, gate: number): void {
    const width = this.#width;
    let largest = Number.NEGATIVE_INFINITY;
    const scores = Float64Array.from(this.#ids, (_, r) => {
      let score = 0;
      for (let p = 0; p < width; p++) score += (query[p] as number) * (this.#keys[r * width + p] as number);
      const { home, marks } = this.#places[r] as TrailPlace;
      for (let a = 0; a < ANCHORS.length; a++) score += steps[a * TRAIL_BUCKETS + trailBucket(home, anchors[a] as number)] as number;
      for (let g = 0; g < MARKS; g++) score += (steps[ANCHORS.length * TRAIL_BUCKETS + g] as number) * (marks[g] as number);
      largest = Math.max(largest, score);
      return score;
    }).map((score) => Math.exp(score - largest));
    const sum = scores.reduce((a, b) => a + b, 0);
    for (const [r, id] of this.#ids.entries()) probabilities[id] = (probabilities[id] as number) + (gate * (scores[r] as number)) / sum;
  }
}

/** −log softmax(logits)[token], in nats. */
export function natsOf({ logits, logSumExp }: Prediction, token: number): number {
  return logSumExp - (logits[token] as number);
}

/** The model's distribution [V] in nats: softmax, mixed with the pointer head over the references in `memory` where that is given. */
export function modelLogprobs({ logits, logSumExp, pointer }: Prediction, memory: PointerMemory | undefined): Float64Array {
  const logprobs = new Float64Array(logits.length);
  for (let token = 0; token < logits.length; token++) logprobs[token] = (logits[token] as number) - logSumExp;
  if (!memory || !pointer) return logprobs;
  const probabilities = logprobs.map((logprob) => (1 - pointer.gate) * Math.exp(logprob));
  memory.mixInto(probabilities, pointer, pointer.gate);
  return probabilities.map((probability) => Math.log(Math.max(probability, SMALLEST_PROBABILITY)));
}
