import { describe, expect, it } from 'vitest';
import { Random } from '../base/index.ts';
import { boundaryId, FIRST_REFERENCE, SPECIAL_TOKENS } from '../grammar/index.ts';
import { TRAIL_BUCKETS, TRAIL_WIDTH } from '../model/index.ts';
import { modelLogprobs, natsOf, PointerMemory, type Prediction } from './prediction.ts';
import { logSumExp } from './sampling.ts';

const [V, P] = [40, 4];
const random = new Random('prediction');
const normals = (count: number): Float32Array => Float32Array.from({ length: count }, () => random.normal());

function predict(gate: number): Prediction {
  const logits = normals(V);
  return {
    logits,
    logSumExp: logSumExp(logits),
    value: 0,
    pointer: { query: normals(P), steps: normals(TRAIL_WIDTH), anchors: [-1, 0, 1], gate },
  };
}

/** The head's own four projections; those of the trail are 0. */
function projected(...four: readonly number[]): Float32Array {
  const all = new Float32Array(4 + 2 * TRAIL_WIDTH);
  all.set(four);
  return all;
}

const sum = (logprobs: Float64Array): number => logprobs.reduce((total, logprob) => total + Math.exp(logprob), 0);

describe('the distribution of a prediction', () => {
  it('sums to 1, with references and without, however many there are', () => {
    for (const gate of [0, 0.3, 1 - 1e-9]) {
      const prediction = predict(gate);
      const memory = new PointerMemory(P);
      // Beyond the memory's first allocation of 64 keys, ids more than once.
      for (let token = 0; token < 150; token++)
        memory.read(token % 2 === 0 ? FIRST_REFERENCE + (token % 30) : 3, normals(4 * P + 2 * TRAIL_WIDTH));
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
    const [five, six] = [FIRST_REFERENCE + 5, FIRST_REFERENCE + 6];
    memory.read(0, projected(9, 9, 9, 1));
    memory.read(five, projected(9, 9, 0.5, 3)); // key 0.5 + (1 + 3)/2 = 2.5
    memory.read(five, projected(9, 9, -1, 2)); // key −1 + 2 = 1
    memory.read(six, projected(9, 9, 0, 0.25)); // key 0.25
    const last = projected(0.5, 0.25, 9, 9);
    memory.read(1, last);
    const pointed = memory.queryAfter(last);
    expect([...pointed.query]).toEqual([0.75]);
    const logits = new Float32Array(20); // uniform
    const logprobs = modelLogprobs({ logits, logSumExp: Math.log(20), value: 0, pointer: { ...pointed, gate: 0.6 } }, memory);
    const scores = [2.5, 1, 0.25].map((key) => Math.exp(0.75 * key));
    const total = scores.reduce((a, b) => a + b);
    expect(Math.exp(logprobs[five] as number)).toBeCloseTo(0.4 / 20 + (0.6 * ((scores[0] as number) + (scores[1] as number))) / total, 6);
    expect(Math.exp(logprobs[six] as number)).toBeCloseTo(0.4 / 20 + (0.6 * (scores[2] as number)) / total, 6);
    expect(Math.exp(logprobs[7] as number)).toBeCloseTo(0.4 / 20, 6);
  });

  it('by hand: a step along the trail counts where the element stands so far from the anchor', () => {
    const memory = new PointerMemory(1);
    const text = SPECIAL_TOKENS.length;
    const silent = projected(0, 0, 0, 0);
    // Two elements on the screen, then an action that begins.
    for (const token of [boundaryId('observe'), text, FIRST_REFERENCE, text + 1, FIRST_REFERENCE + 1, boundaryId('act')])
      memory.read(token, silent);
    const steps = new Float32Array(TRAIL_WIDTH);
    // Bucket 8 is the anchor's own place, 9 the next one.
    steps[9] = 2;
    const pointer = { query: Float32Array.of(0), steps, anchors: [0, -1, -1] as const, gate: 1 };
    const logprobs = modelLogprobs({ logits: new Float32Array(V), logSumExp: Math.log(V), value: 0, pointer }, memory);
    expect(Math.exp(logprobs[FIRST_REFERENCE + 1] as number)).toBeCloseTo(Math.exp(2) / (1 + Math.exp(2)), 6);
    expect(TRAIL_BUCKETS).toBe(29);
  });
});
