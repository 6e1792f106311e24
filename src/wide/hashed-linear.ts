/**
 * A linear model over hashed features that chooses among candidates: softmax of Σ w, trained by AdaGrad (Duchi, Hazan and Singer 2011, JMLR 12, §1.3).
 * A feature that is seen seldom moves far when it is: what a transformer takes twenty passes for, this one learns in one or two.
 */
import { cross } from './hash.ts';

/** A candidate: what it is, crossed with what it was found by, and with the words of the screen, which are many and count a tenth each. */
export interface Candidate {
  /** Crossed already. */
  readonly features: readonly number[];
  /** Crossed with each of `shared` and of `bag`, which many candidates have in common. */
  readonly key: number;
  readonly shared: Int32Array;
  readonly bag: Int32Array;
  /** Whether few words of the bag tell, as where a title says which option is right. */
  readonly isSparse?: boolean;
}

/** What a word of the screen counts: many speak at once. */
const BAG_VALUE = 0.1;
/** Where one word must be found that tells: it counts more, and what doesn't tell goes back to nothing. */
const SPARSE = { value: 0.3, shrinkage: 0.03 } as const;
const LEARNING_RATE = 0.3;
/** Σ g² begins here, so that the first step is not a whole one. */
const FIRST_SQUARES = 0.01;
/** Below this a gradient is no news. */
const LEAST_GRADIENT = 1e-4;

export class HashedLinear {
  readonly weights: Float32Array;
  readonly #mask: number;
  #squares: Float32Array | undefined;

  /** 2^`bits` weights, zero at first. */
  constructor(bits: number, weights: Float32Array = new Float32Array(2 ** bits)) {
    this.weights = weights;
    this.#mask = 2 ** bits - 1;
  }

  score({ features, key, shared, bag, isSparse }: Candidate): number {
    const { weights } = this;
    const mask = this.#mask;
    let whole = 0;
    for (let i = 0; i < features.length; i++) whole += weights[(features[i] as number) & mask] as number;
    for (let i = 0; i < shared.length; i++) whole += weights[cross(key, shared[i] as number) & mask] as number;
    let part = 0;
    for (let i = 0; i < bag.length; i++) part += weights[cross(key, bag[i] as number) & mask] as number;
    return whole + (isSparse ? SPARSE.value : BAG_VALUE) * part;
  }

  /** One step towards `chosen`; returns −log p before it, in nats. */
  learn(candidates: readonly Candidate[], chosen: number): number {
    const logprobs = logSoftmax(candidates.map((candidate) => this.score(candidate)));
    for (const [i, candidate] of candidates.entries()) {
      const gradient = (i === chosen ? 1 : 0) - Math.exp(logprobs[i] as number);
      if (Math.abs(gradient) > LEAST_GRADIENT) this.#step(candidate, gradient);
    }
    return -(logprobs[chosen] as number);
  }

  /** Forgets what only learning needs, and rounds to steps of the largest weight / 32,767: what is saved is what is used. */
  finish(): void {
    this.#squares = undefined;
    const step = this.step;
    for (let i = 0; i < this.weights.length; i++) this.weights[i] = Math.round((this.weights[i] as number) / step) * step;
  }

  /** The largest weight / 32,767, as a float32; 1 where all are zero. */
  get step(): number {
    let largest = 0;
    for (const weight of this.weights) largest = Math.max(largest, Math.abs(weight));
    return largest === 0 ? 1 : Math.fround(largest / 32_767);
  }

  #step({ features, key, shared, bag, isSparse }: Candidate, gradient: number): void {
    this.#squares ??= new Float32Array(this.weights.length).fill(FIRST_SQUARES);
    const { weights } = this;
    const squares = this.#squares;
    const move = (at: number, g: number): void => {
      squares[at] = (squares[at] as number) + g * g;
      weights[at] = (weights[at] as number) + (LEARNING_RATE * g) / Math.sqrt(squares[at] as number);
    };
    // Composite mirror descent with the l1 norm (§5 there).
    const moveAndShrink = (at: number, g: number): void => {
      move(at, g);
      const weight = weights[at] as number;
      const most = (LEARNING_RATE * SPARSE.shrinkage) / Math.sqrt(squares[at] as number);
      weights[at] = Math.sign(weight) * Math.max(0, Math.abs(weight) - most);
    };
    for (let i = 0; i < features.length; i++) move((features[i] as number) & this.#mask, gradient);
    for (let i = 0; i < shared.length; i++) move(cross(key, shared[i] as number) & this.#mask, gradient);
    for (let i = 0; i < bag.length; i++) {
      const at = cross(key, bag[i] as number) & this.#mask;
      if (isSparse) moveAndShrink(at, SPARSE.value * gradient);
      else move(at, BAG_VALUE * gradient);
    }
  }
}

/** log softmax of scores; empty for none. */
export function logSoftmax(scores: readonly number[]): readonly number[] {
  const largest = scores.reduce((most, score) => Math.max(most, score), Number.NEGATIVE_INFINITY);
  const logSum = largest + Math.log(scores.reduce((sum, score) => sum + Math.exp(score - largest), 0));
  return scores.map((score) => score - logSum);
}
