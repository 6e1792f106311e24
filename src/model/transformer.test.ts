/** The traced model on ONNX Runtime against plain loops in float64. */
import { describe, expect, it } from 'vitest';
import { dot, runPlainly } from '../../test/plain-llama.ts';
import { type RandomModel, randomModel } from '../../test/random-model.ts';
import { GraphError, Random } from '../base/index.ts';
import { Graph, Session } from '../tensor/index.ts';
import { causalAttention } from './causal-attention.ts';
import { type ModelConfig, parameterSpecs } from './config.ts';
import { logits, REWARD_HEAD, scalarHead, trunk, VALUE_HEAD } from './transformer.ts';

interface Batch {
  readonly time: number;
  readonly lanes: number;
  readonly block?: number;
  readonly tokens: Int32Array;
  readonly positions: Int32Array;
  readonly episodes: Float32Array;
}

async function run(
  { config, weights }: RandomModel,
  { tokens, positions, episodes, ...size }: Batch,
): Promise<Readonly<Record<string, Float32Array>>> {
  const N = tokens.length;
  const graph = new Graph();
  const parameters = new Map(
    parameterSpecs(config).map(({ name, shape }) => [name, graph.constant(weights.get(name) as Float32Array, shape, 'float32')]),
  );
  const attend = causalAttention(graph, config, graph.input('episodes', [N]), size);
  const hidden = trunk({
    graph,
    config,
    parameters,
    tokens: graph.input('tokens', [N], 'int32'),
    positions: graph.input('positions', [N], 'int32'),
    attend,
  });
  const heads = {
    ...(config.valueHead ? { value: scalarHead(parameters, hidden, VALUE_HEAD) } : {}),
    ...(config.rewardHead ? { reward: scalarHead(parameters, hidden, REWARD_HEAD) } : {}),
  };
  const session = await Session.create(graph, { hidden, logits: logits(config, parameters, hidden), ...heads }, { threads: 1 });
  const shape = [N];
  const results = await session.run({
    tokens: { data: tokens, shape },
    positions: { data: positions, shape },
    episodes: { data: episodes, shape },
  });
  await session.dispose();
  return Object.fromEntries(Object.entries(results).map(([name, { data }]) => [name, data as Float32Array]));
}

/** Lanes of one episode each. */
function sideBySide(config: ModelConfig, time: number, lanes: number): Batch {
  const random = new Random('tokens');
  return {
    time,
    lanes,
    tokens: Int32Array.from({ length: time * lanes }, () => random.below(config.vocabularySize)),
    positions: Int32Array.from({ length: time * lanes }, (_, i) => Math.floor(i / lanes)),
    episodes: Float32Array.from({ length: time * lanes }, (_, i) => i % lanes),
  };
}

const laneOf = (batch: Batch, lane: number): number[] => Array.from(batch.tokens).filter((_, i) => i % batch.lanes === lane);

const variants: readonly (readonly [string, Partial<ModelConfig>])[] = [
  ['grouped heads', {}],
  ['one key head, untied', { keyValueHeads: 1, tiedEmbeddings: false }],
  ['a key head each, other constants, all heads', { keyValueHeads: 4, ropeTheta: 500, normEpsilon: 1e-2, rewardHead: true, headWidth: 6 }],
];

describe('the transformer', () => {
  it.each(variants)('computes what the papers say: %s', async (name, changes) => {
    const model = randomModel(name, changes);
    const { config, weights } = model;
    const batch = { ...sideBySide(config, 11, 3), block: 4 };
    const results = await run(model, batch);
    for (let lane = 0; lane < batch.lanes; lane++) {
      const plain = runPlainly(config, weights, laneOf(batch, lane));
      for (let t = 0; t < batch.time; t++) {
        const row = t * batch.lanes + lane;
        for (const [v, logit] of (plain.logits[t] as number[]).entries())
          expect(Math.abs((results.logits?.[row * config.vocabularySize + v] as number) - logit)).toBeLessThan(1e-4);
        for (const head of ['value', 'reward'] as const) {
          if (!config[`${head}Head`]) continue;
          const expected =
            dot([...(weights.get(`${head}.weight`) as Float32Array)], plain.hidden[t] as number[]) +
            (weights.get(`${head}.bias`)?.[0] as number);
          expect(Math.abs((results[head]?.[row] as number) - expected)).toBeLessThan(1e-4);
        }
      }
    }
  });

  it('keeps episodes of one lane apart, wherever the blocks end', async () => {
    const model = randomModel('packed');
    const { config, weights } = model;
    const lengths = [5, 1, 7];
    const time = 13;
    const one = sideBySide(config, time, 1);
    const batch: Batch = {
      ...one,
      positions: Int32Array.from(lengths.flatMap((length) => Array.from({ length }, (_, i) => i))),
      episodes: Float32Array.from(lengths.flatMap((length, episode) => new Array<number>(length).fill(episode))),
    };
    for (const block of [3, 5, 128]) {
      const results = await run(model, { ...batch, block });
      let start = 0;
      for (const length of lengths) {
        const plain = runPlainly(config, weights, Array.from(batch.tokens.subarray(start, start + length)));
        const got = results.logits?.subarray(start * config.vocabularySize, (start + length) * config.vocabularySize) as Float32Array;
        for (const [i, logit] of plain.logits.flat().entries()) expect(Math.abs((got[i] as number) - logit)).toBeLessThan(1e-4);
        start += length;
      }
    }
  });

  it('hides the future and other episodes from the sharpest attention', async () => {
    const { config, weights } = randomModel('sharp', { layers: 1 });
    // Queries and keys 6 times as large: scores with a standard deviation of 36.
    const sharp = new Map(weights);
    const [rows, C] = [(config.heads + config.keyValueHeads) * config.headWidth, config.width];
    sharp.set(
      'layers.0.qkv',
      (weights.get('layers.0.qkv') as Float32Array).map((w, i) => (i < rows * C ? 6 * w : w)),
    );
    const one = sideBySide(config, 90, 1);
    const batch: Batch = {
      ...one,
      positions: one.positions.map((t) => t % 30),
      episodes: Float32Array.from(one.positions, (t) => Math.floor(t / 30)),
    };
    const got = (await run({ config, weights: sharp }, batch)).logits as Float32Array;
    for (let episode = 0; episode < 3; episode++) {
      const plain = runPlainly(config, sharp, Array.from(batch.tokens.subarray(30 * episode, 30 * episode + 30)));
      const start = 30 * episode * config.vocabularySize;
      for (const [i, logit] of plain.logits.flat().entries()) expect(Math.abs((got[start + i] as number) - logit)).toBeLessThan(1e-3);
    }
  });

  it('refuses a parameter that is not there', () => {
    const graph = new Graph();
    expect(() => logits(randomModel(1).config, new Map(), graph.input('hidden', [1, 32]))).toThrow(GraphError);
  });
});
