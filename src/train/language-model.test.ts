/** The whole training graph: its values and gradients against the float64 interpreter, and what packing must not change. */
import { describe, expect, it } from 'vitest';
import { expectCentralDifferences } from '../../test/central-differences.ts';
import { randomModel } from '../../test/random-model.ts';
import { withRandomTrail } from '../../test/random-trail.ts';
import { evaluateGraph, type NdArray } from '../../test/reference.ts';
import { Random } from '../base/index.ts';
import { FIRST_REFERENCE } from '../grammar/index.ts';
import type { ModelConfig } from '../model/index.ts';
import type { Batch, Episode } from '../records/index.ts';
import { differentiate, Session, type Tensor, type Value, type Values } from '../tensor/index.ts';
import { batchFeeds, batchWeight, traceLanguageModel } from './language-model.ts';
import { packEpisodes } from './packing.ts';
import { Trainer } from './trainer.ts';

const tiny: Partial<ModelConfig> = {
  vocabularySize: 24,
  contextLength: 16,
  width: 8,
  heads: 2,
  keyValueHeads: 1,
  headWidth: 4,
  feedForwardWidth: 10,
  pointerWidth: 4,
};

/** Ids from 10 on are references; about a third of them, once one has stood before, is chosen. */
function episode(length: number, seed: number | string): Episode {
  const random = new Random(`episode ${seed}`);
  const tokens = Int32Array.from({ length }, (_, i) => (i % 3 === 0 ? random.below(FIRST_REFERENCE) : FIRST_REFERENCE + random.below(5)));
  return {
    tokens,
    weights: Float32Array.from({ length }, () => random.uniform()),
    pointed: Uint8Array.from({ length }, (_, i) => (i > 2 && i % 3 === 2 ? 1 : 0)),
  };
}

const size = { time: 8, lanes: 2, block: 3 };
const batch = withRandomTrail(packEpisodes([episode(5, 1), episode(7, 2), episode(3, 3)], size).batch, 'language model');

const asArrays = (values: Values): Record<string, NdArray> =>
  Object.fromEntries(Object.entries(values).map(([name, { data, shape }]) => [name, { shape, data: Float64Array.from(data, Number) }]));

describe.each<readonly [string, Partial<ModelConfig>]>([
  ['grouped heads, pointer, tied', {}],
  ['untied, all heads', { tiedEmbeddings: false, keyValueHeads: 2, layers: 1 }],
  ['no pointer', { pointerWidth: 0 }],
])('the training graph: %s', (name, changes) => {
  const { config, weights } = randomModel(name, { ...tiny, ...changes });
  const traced = traceLanguageModel(config, size);
  const parameters: Values = Object.fromEntries(
    [...weights].map(([key, data]) => [key, { data, shape: traced.parameters.get(key)?.shape as readonly number[] }]),
  );
  const feeds: Values = { ...parameters, ...batchFeeds(config, batch) };
  const gradients = differentiate(
    traced.loss,
    traced.trained.map((key) => traced.parameters.get(key) as Tensor),
  );

  it('has the loss and the gradients of the same graph in float64', async () => {
    const outputs = { loss: traced.loss, ...Object.fromEntries(gradients.map((gradient, i) => [`gradient.${i}`, gradient])) };
    const session = await Session.create(traced.graph, outputs, { threads: 1 });
    const results = await session.run(feeds);
    await session.dispose();
    const exact = evaluateGraph(traced.graph, asArrays(feeds), Object.values(outputs));
    for (const [i, key] of Object.keys(outputs).entries()) {
      const got = results[key]?.data as Float32Array;
      for (const [j, x] of (exact[i] as NdArray).data.entries())
        expect(Math.abs((got[j] as number) - x), `${key}[${j}]`).toBeLessThan(1e-4 * Math.max(1, Math.abs(x)));
    }
  });

  it('has the gradients that central differences of the loss have, in float64', () => {
    const arrays = asArrays(feeds);
    const exact = evaluateGraph(traced.graph, arrays, gradients);
    const random = new Random('probes');
    const forward = traceLanguageModel(config, size);
    const lossWith = (key: string, at: number, change: number): number => {
      const { shape, data } = arrays[key] as NdArray;
      const moved = data.with(at, (data[at] as number) + change);
      return evaluateGraph(forward.graph, { ...arrays, [key]: { shape, data: moved } }, [forward.loss])[0]?.data[0] as number;
    };
    const byName = Object.fromEntries(traced.trained.map((key, i) => [key, exact[i] as NdArray]));
    expectCentralDifferences({ gradients: byName, lossWith, random, step: 1e-5, tolerance: 1e-7, steepest: 1e-5 });
  });
});

describe('packing', () => {
  it('changes no nats: an episode is read as if alone, in whatever company', async () => {
    const { config, weights } = randomModel('company', tiny);
    const episodes = [episode(5, 'a'), episode(8, 'b'), episode(3, 'c'), episode(6, 'd'), episode(1, 'e')];
    const natsOf = async (given: readonly Episode[], shape: { time: number; lanes: number }): Promise<number[][]> => {
      const trainer = new Trainer(config, { weights }, { block: 5, threads: 1 });
      const packed = packEpisodes(given, shape);
      expect(packed.used).toBe(given.length);
      const { tokenNats, pointedNats } = await trainer.evaluate(packed.batch);
      await trainer.dispose();
      return given.map((_, number) => natsOfEpisode(packed.batch, number, tokenNats, pointedNats));
    };
    const together = await natsOf(episodes, { time: 24, lanes: 1 });
    const spread = await natsOf(episodes, { time: 9, lanes: 3 });
    for (const [i, one] of episodes.entries()) {
      const [alone] = await natsOf([one], { time: 8, lanes: 1 });
      for (const other of [together[i], spread[i]]) {
        expect(other?.length).toBe(alone?.length);
        for (const [t, nats] of (alone as number[]).entries())
          expect(Math.abs(((other as number[])[t] as number) - nats)).toBeLessThan(1e-5);
      }
    }
  });

  it('of chosen references: a model without a pointer head learns them as tokens', () => {
    const { config } = randomModel('plain', { ...tiny, pointerWidth: 0 });
    const weights = batchFeeds(config, batch).weights as Value;
    const total = (weights.data as Float32Array).reduce((sum, weight) => sum + weight, 0);
    expect(batch.pointing.weights.reduce((sum, weight) => sum + weight, 0)).toBeGreaterThan(0.1);
    expect(total).toBeCloseTo(batchWeight(batch), 5);
  });
});

/** Nats of the second token, the third … of an episode. */
function natsOfEpisode(packed: Batch, number: number, tokenNats: Float32Array, pointedNats: Float32Array): number[] {
  const places = Array.from(packed.episodes.keys()).filter((place) => packed.episodes[place] === number);
  const pointed = new Map(
    packed.pointing.weights.some((weight) => weight > 0)
      ? [...packed.pointing.deciding].map((place, m) => [place, pointedNats[m] as number])
      : [],
  );
  return places.slice(0, -1).map((place) => pointed.get(place) ?? (tokenNats[place] as number));
}
