import { describe, expect, it } from 'vitest';
import { Random } from '../base/index.ts';
import { modelLogprobs, natsOf, PointerMemory, type Prediction } from './prediction.ts';
import { logSumExp } from './sampling.ts';

const [V, P] = [40, 4];
const random = new Random('prediction');
const normals = (count: number): Float32Array => Float32Array.from({ length: count }, () => random.normal());

function predict(gate: number): Prediction {
  const logits = normals(V);
  return { logits, logSumExp: logSumExp(logits), value: 0, pointer: { query: normals(P), gate } };
}

const sum = (logprobs: Float64Array): number => logprobs.reduce((total, logprob) => total + Math.exp(logprob), 0);

describe('the distribution of a prediction', () => {
  it('sums to 1, with references and without, however many there are', () => {
    for (const gate of [0, 0.3, 1 - 1e-9]) {
      const prediction = predict(gate);
      const memory = new PointerMemory(P);
      // Beyond the memory's first allocation of 64 keys, ids more than once.
      for (let token = 0; token < 150; token++) memory.read(10 + (token % 30), token % 2 === 0, normals(4 * P));
      expect(sum(modelLogprobs(prediction, undefined))).toBeCloseTo(1, 6);
      expect(sum(modelLogprobs(prediction, memory))).toBeCloseTo(1, 6);
    }
  });

  it('leaves the pointed share empty where there is nothing to point at', () => {
    expect(sum(modelLogprobs(predict(0.3), new PointerMemory(P)))).toBeCloseTo(0.7, 6);
  });

  it('is the softmax where the head does not take part', () => {
    const prediction = predict(0.5);
    const logprobs = modelLogprobs(prediction, undefined);
    for (let token = 0; token < V; token++) expect(natsOf(prediction, token)).toBeCloseTo(-(logprobs[token] as number), 12);
  });

  it('by hand: keys and queries with the means of their spans, places of one reference summed', () => {
    const memory = new PointerMemory(1);
    // [query, span query, key, span key] of each token. Spans: (a, 5), (5), (b).
    memory.read(0, false, Float32Array.of(9, 9, 9, 1));
    memory.read(5, true, Float32Array.of(9, 9, 0.5, 3)); // key 0.5 + (1 + 3)/2 = 2.5
    memory.read(5, true, Float32Array.of(9, 9, -1, 2)); // key −1 + 2 = 1
    memory.read(6, true, Float32Array.of(9, 9, 0, 0.25)); // key 0.25
    const last = Float32Array.of(0.5, 0.25, 9, 9);
    memory.read(1, false, last);
    const query = memory.queryAfter(last);
    expect([...query]).toEqual([0.75]);
    const logits = new Float32Array(8); // uniform
    const logprobs = modelLogprobs({ logits, logSumExp: Math.log(8), value: 0, pointer: { query, gate: 0.6 } }, memory);
    const scores = [2.5, 1, 0.25].map((key) => Math.exp(0.75 * key));
    const total = scores.reduce((a, b) => a + b);
    expect(Math.exp(logprobs[5] as number)).toBeCloseTo(0.4 / 8 + (0.6 * ((scores[0] as number) + (scores[1] as number))) / total, 6);
    expect(Math.exp(logprobs[6] as number)).toBeCloseTo(0.4 / 8 + (0.6 * (scores[2] as number)) / total, 6);
    expect(Math.exp(logprobs[7] as number)).toBeCloseTo(0.4 / 8, 6);
  });
});
