/**
 * Test support: one episode through the model in float64 and plain loops, written from the papers and not from the
 * graph (Touvron et al. 2023; Shazeer 2020, SwiGLU; Su et al. 2021, rotary; Ainslie et al. 2023, grouped queries).
 */
import type { ModelConfig, Weights } from '../src/model/index.ts';

export interface PlainRun {
  /** [T][C]: normalised last hidden states. */
  readonly hidden: readonly number[][];
  /** [T][V]. */
  readonly logits: readonly number[][];
}

export function runPlainly(config: ModelConfig, weights: Weights, tokens: readonly number[]): PlainRun {
  const { width: C, heads: H, keyValueHeads: K, headWidth: D, feedForwardWidth: F, ropeTheta, normEpsilon } = config;
  const get = (name: string): Float32Array => weights.get(name) as Float32Array;
  const norm = (x: readonly number[], name: string): number[] => {
    const rms = Math.sqrt(x.reduce((sum, v) => sum + v * v, 0) / C + normEpsilon);
    return x.map((v, i) => (v / rms) * (get(name)[i] as number));
  };
  const turn = (x: readonly number[], position: number): number[] =>
    x.map((value, i) => {
      const pair = i % (D / 2);
      const angle = position / ropeTheta ** ((2 * pair) / D);
      const other = (i < D / 2 ? -1 : 1) * (x[(i + D / 2) % D] as number);
      return value * Math.cos(angle) + other * Math.sin(angle);
    });

  let xs = tokens.map((token) => [...get('embedding').subarray(token * C, (token + 1) * C)]);
  for (let layer = 0; layer < config.layers; layer++) {
    const at = `layers.${layer}`;
    const qkv = xs.map((x) => times(get(`${at}.qkv`), norm(x, `${at}.attentionNorm`)));
    const head = (t: number, h: number): number[] => (qkv[t] as number[]).slice(h * D, (h + 1) * D);
    xs = xs.map((x, t) => {
      const mixed = Array.from({ length: H }, (_, h) => {
        const group = Math.floor(h / (H / K));
        const q = turn(head(t, h), t);
        const scores = Array.from({ length: t + 1 }, (_, s) => dot(q, turn(head(s, H + group), s)) / Math.sqrt(D));
        const weightsOf = softmax(scores);
        return Array.from({ length: D }, (_, d) => weightsOf.reduce((sum, w, s) => sum + w * (head(s, H + K + group)[d] as number), 0));
      });
      return plus(x, times(get(`${at}.attentionOut`), mixed.flat()));
    });
    xs = xs.map((x) => {
      const wide = times(get(`${at}.gateUp`), norm(x, `${at}.mlpNorm`));
      const inner = Array.from(
        { length: F },
        (_, f) => ((wide[f] as number) / (1 + Math.exp(-(wide[f] as number)))) * (wide[F + f] as number),
      );
      return plus(x, times(get(`${at}.down`), inner));
    });
  }
  const hidden = xs.map((x) => norm(x, 'finalNorm'));
  return { hidden, logits: hidden.map((x) => times(get(config.tiedEmbeddings ? 'embedding' : 'unembedding'), x)) };
}

/** matrix [out, in] · x. */
export function times(matrix: ArrayLike<number>, x: readonly number[]): number[] {
  return Array.from({ length: matrix.length / x.length }, (_, o) =>
    x.reduce((sum, v, i) => sum + v * (matrix[o * x.length + i] as number), 0),
  );
}

export function softmax(scores: readonly number[]): number[] {
  const largest = Math.max(...scores);
  const powers = scores.map((score) => Math.exp(score - largest));
  const total = powers.reduce((a, b) => a + b, 0);
  return powers.map((power) => power / total);
}

export const dot = (a: readonly number[], b: readonly number[]): number => a.reduce((sum, v, i) => sum + v * (b[i] as number), 0);
export const plus = (a: readonly number[], b: readonly number[]): number[] => a.map((v, i) => v + (b[i] as number));
