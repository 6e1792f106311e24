/** The whole objective: its value against plain loops, its gradients against central differences in float64, its clip at the edges. */
import { describe, expect, it } from 'vitest';
import { expectCentralDifferences } from '../../test/central-differences.ts';
import { randomModel } from '../../test/random-model.ts';
import { withRandomTrail } from '../../test/random-trail.ts';
import { evaluateGraph, type NdArray } from '../../test/reference.ts';
import { Random } from '../base/index.ts';
import { FIRST_REFERENCE } from '../grammar/index.ts';
import type { ModelConfig } from '../model/index.ts';
import { differentiate, Session, type Tensor, type Value, type Values } from '../tensor/index.ts';
import { trainedParameters } from './language-model.ts';
import {
  type PolicyObjectiveOptions,
  policyFeeds,
  predictionFeeds,
  resolveObjective,
  stepTotals,
  tracePolicyObjective,
  tracePredictions,
  VALUE_PARAMETERS,
} from './policy-objective.ts';
import type { ScoredEpisode } from './scored-episode.ts';
import { packScoredEpisodes } from './scored-packing.ts';

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

/** Ids from 10 on are references; some own tokens are pointed at, some of them are none and yet from the mixture. */
function episode(length: number, seed: number): ScoredEpisode {
  const random = new Random(`scored ${seed}`);
  const floats = (draw: () => number): Float32Array => Float32Array.from({ length }, draw);
  const own = Uint8Array.from({ length }, (_, i) => (i > 1 && random.below(3) > 0 ? 1 : 0));
  const near = -2.5;
  return {
    tokens: Int32Array.from({ length }, (_, i) => (i % 3 === 0 ? random.below(FIRST_REFERENCE) : FIRST_REFERENCE + random.below(5))),
    weights: floats(() => random.below(2) * random.uniform()),
    pointed: own.map((mark) => mark * random.below(2)),
    own,
    behaviourLogprobs: floats(() => near + random.normal()),
    startLogprobs: floats(() => near + random.normal()),
    referenceLogprobs: floats(() => near + random.normal()),
    advantages: floats(() => random.normal()),
    decisions: floats(() => random.below(2)),
    returns: floats(() => random.uniform()),
  };
}

const size = { time: 8, lanes: 2, block: 3 };
const { batch: packed, used } = packScoredEpisodes([episode(7, 1), episode(8, 2)], size);
const batch = withRandomTrail(packed, 'objective');
const totals = stepTotals([batch]);

const arraysOf = (values: Values): Record<string, NdArray> =>
  Object.fromEntries(Object.entries(values).map(([name, { data, shape }]) => [name, { shape, data: Float64Array.from(data, Number) }]));

interface Setting {
  readonly config: ModelConfig;
  readonly feeds: Values;
  readonly options: ReturnType<typeof resolveObjective>;
}
function setting(name: string, changes: Partial<ModelConfig>, given: PolicyObjectiveOptions): Setting {
  const { config, weights } = randomModel(name, { ...tiny, ...changes });
  const options = resolveObjective(config, given);
  const { parameters } = tracePredictions(config, size);
  const shaped = [...weights].map(([key, data]): [string, Value] => [
    key,
    { data, shape: parameters.get(key)?.shape as readonly number[] },
  ]);
  return { config, options, feeds: { ...Object.fromEntries(shaped), ...policyFeeds(config, batch, totals, options) } };
}

/** The objective from log-probabilities and value logits, in loops. */
function byHand({ config, feeds, options }: Setting): Record<string, number> {
  const { graph, logprobs, values, tokenNats, pointedNats } = tracePredictions(config, size);
  const wanted = [logprobs, tokenNats, ...(values ? [values] : []), ...(pointedNats ? [pointedNats] : [])];
  const [l, t, ...others] = evaluateGraph(graph, arraysOf(feeds), wanted).map(({ data }) => data) as Float64Array[];
  const [v, p] = values ? others : [undefined, ...others];
  const sums: Record<string, number> = {};
  const add = (name: string, x: number): void => {
    sums[name] = (sums[name] ?? 0) + x;
  };
  const limit = (x: number, low: number, high: number): number => Math.min(high, Math.max(low, x));
  for (const at of batch.own.keys()) {
    const m = batch.mixed[at] === 1 && p ? batch.pointing.deciding.indexOf(at) : -1;
    const logprob = -(m >= 0 ? (p?.[m] as number) : (t?.[at] as number));
    expect(l?.[at]).toBeCloseTo(logprob, 10);
    if (batch.own[at] === 1) {
      const start = batch.startLogprobs[at] as number;
      const ratio = Math.exp(logprob - start);
      const bonus = options.legalityWeight + options.entropyWeight * (-start - totals.startNats);
      const advantage = (batch.advantages[at] as number) + bonus;
      const rho = Math.min(options.importanceLimit, Math.exp(start - (batch.behaviourLogprobs[at] as number)));
      const held = limit(ratio, 1 - options.clip.below, 1 + options.clip.above);
      const d = (batch.referenceLogprobs[at] as number) - logprob;
      add('policyLoss', (-rho * Math.min(ratio * advantage, held * advantage)) / totals.own);
      add('referenceKlNats', (Math.exp(d) - d - 1) / totals.own);
      add('klNats', (ratio - 1 - Math.log(ratio)) / totals.own);
      add('meanRatio', ratio / totals.own);
      add('entropyNats', -logprob / totals.own);
      add('clipFraction', (ratio * advantage > held * advantage + 1e-12 ? 1 : 0) / totals.own);
    }
    if (v && batch.decisions[at] === 1) {
      const probability = 1 / (1 + Math.exp(-(v[at] as number)));
      const y = batch.returns[at] as number;
      add('valueLoss', -(y * Math.log(probability) + (1 - y) * Math.log(1 - probability)) / totals.decisions);
      add('brier', (probability - y) ** 2 / totals.decisions);
    }
    const predicted = (t?.[at] as number) * (batch.weights[at] as number);
    add('imitationLoss', predicted / totals.weight);
  }
  for (const [m, at] of batch.pointing.deciding.entries())
    add('imitationLoss', ((p?.[m] ?? (t?.[at] as number)) * (batch.pointing.weights[m] as number)) / totals.weight);
  const get = (name: string): number => sums[name] ?? 0;
  sums.loss =
    get('policyLoss') +
    options.referenceWeight * get('referenceKlNats') +
    options.imitationWeight * get('imitationLoss') +
    options.valueWeight * get('valueLoss');
  return sums;
}

const everything: PolicyObjectiveOptions = {
  referenceWeight: 0.3,
  entropyWeight: 0.1,
  importanceLimit: 1.5,
  imitationWeight: 0.7,
  legalityWeight: 0.2,
};
const settings: readonly (readonly [string, Setting])[] = [
  ['shared critic, pointer', setting('a', {}, { ...everything, criticReadsTrunk: 'shared' })],
  ['detached critic, pointer', setting('b', { tiedEmbeddings: false }, { ...everything, criticReadsTrunk: 'detached' })],
  ['no critic, no pointer', setting('c', { pointerWidth: 0, valueHead: false }, { clip: { below: 0.1, above: 0.5 } })],
];

describe.each(settings)('the policy objective: %s', (_, given) => {
  const { config, feeds, options } = given;
  const arrays = arraysOf(feeds);

  it('has the values that plain loops have, in float64 and in the runtime', async () => {
    expect(used).toBe(2);
    const { graph, sums } = tracePolicyObjective(config, size, options);
    const names = Object.keys(sums);
    const exact = evaluateGraph(graph, arrays, Object.values(sums)).map(({ data }) => data[0] as number);
    const expected = byHand(given);
    expect(names.sort()).toEqual(Object.keys(expected).sort());
    const session = await Session.create(graph, sums, { threads: 1 });
    const results = await session.run(feeds);
    await session.dispose();
    for (const [i, name] of Object.keys(sums).entries()) {
      // Feeds and constants are float32.
      expect(exact[i], name).toBeCloseTo(expected[name] as number, 6);
      expect(Math.abs((results[name]?.data[0] as number) - (exact[i] as number)), name).toBeLessThan(1e-4);
    }
    // Some tokens are clipped, some are not: otherwise this shows little.
    expect(expected.clipFraction).toBeGreaterThan(0);
    expect(expected.clipFraction).toBeLessThan(1);
  });

  it('has the gradients that central differences have, in float64', () => {
    const objective = tracePolicyObjective(config, size, options);
    const random = new Random('probes');
    for (const [number, { loss, trained }] of objective.terms.entries()) {
      const gradients = differentiate(
        loss,
        trained.map((name) => objective.parameters.get(name) as Tensor),
      );
      const exact = evaluateGraph(objective.graph, arrays, gradients);
      const forward = tracePolicyObjective(config, size, options);
      const target = forward.terms[number]?.loss as Tensor;
      const lossWith = (name: string, at: number, change: number): number => {
        const { shape, data } = arrays[name] as NdArray;
        const moved = { shape, data: data.with(at, (data[at] as number) + change) };
        return evaluateGraph(forward.graph, { ...arrays, [name]: moved }, [target])[0]?.data[0] as number;
      };
      const byName = Object.fromEntries(trained.map((name, i) => [name, exact[i] as NdArray]));
      expectCentralDifferences({ gradients: byName, lossWith, random, step: 1e-6, tolerance: 1e-6, steepest: 1e-6 });
    }
  });
});

describe('the critic', () => {
  it('that is detached is a term that trains nothing of the trunk; one that shares it has the same loss', () => {
    const { config } = randomModel('terms', tiny);
    const of = (criticReadsTrunk: 'detached' | 'shared') =>
      tracePolicyObjective(config, size, resolveObjective(config, { criticReadsTrunk })).terms.map(({ trained }) => trained);
    expect(of('detached')).toEqual([trainedParameters(config), VALUE_PARAMETERS]);
    expect(of('shared')).toEqual([[...trainedParameters(config), ...VALUE_PARAMETERS]]);
  });
});

describe('the clip', () => {
  /** dL/dℓ of a single own token whose ratio is `ratio`, in the model's own gradient: 0 where it is held. */
  function moves(ratio: number, advantage: number): boolean {
    const { config, weights } = randomModel('edges', { ...tiny, pointerWidth: 0 });
    const options = resolveObjective(config, { valueWeight: 0, legalityWeight: 0, clip: { below: 0.2, above: 0.3 } });
    const { graph, logprobs, parameters } = tracePredictions(config, size);
    const shaped: Values = Object.fromEntries(
      [...weights].map(([key, data]): [string, Value] => [key, { data, shape: parameters.get(key)?.shape as readonly number[] }]),
    );
    const own = new Uint8Array(7);
    own[4] = 1;
    const plain = { ...episode(7, 1), own, weights: new Float32Array(7), pointed: new Uint8Array(7) };
    const pack = (start: Float32Array) =>
      packScoredEpisodes(
        [
          {
            ...plain,
            startLogprobs: start,
            behaviourLogprobs: start,
            referenceLogprobs: start,
            advantages: new Float32Array(7).fill(advantage),
          },
        ],
        size,
      ).batch;
    const first = pack(new Float32Array(7));
    const place = first.own.indexOf(1);
    const l = evaluateGraph(graph, arraysOf({ ...shaped, ...predictionFeeds(config, first) }), [logprobs])[0]?.data[place] as number;
    const scored = pack(new Float32Array(7).fill(l - Math.log(ratio)));
    const objective = tracePolicyObjective(config, size, options);
    const [gradient] = differentiate(objective.sums.loss, [objective.parameters.get('embedding') as Tensor]);
    const feeds = { ...shaped, ...policyFeeds(config, scored, stepTotals([scored]), options) };
    return evaluateGraph(objective.graph, arraysOf(feeds), [gradient as Tensor])[0]?.data.some((x) => x !== 0) as boolean;
  }

  it.each([
    [1.29, 1, true],
    [1.31, 1, false],
    [0.5, 1, true],
    [1, 1, true],
    [0.81, -1, true],
    [0.79, -1, false],
    [2, -1, true],
    [1, -1, true],
  ])('at ratio %d and advantage %d: moves %s', (ratio, advantage, expected) => {
    expect(moves(ratio, advantage)).toBe(expected);
  });
});

describe('options', () => {
  it('that can not be are refused', () => {
    const { config } = randomModel('options', tiny);
    const resolve =
      (options: PolicyObjectiveOptions, changes: Partial<ModelConfig> = {}) =>
      () =>
        resolveObjective({ ...config, ...changes }, options);
    expect(resolve({ clip: { below: 1, above: 0.2 } })).toThrow(/a clip of 1 below/);
    expect(resolve({ referenceWeight: -1 })).toThrow(/referenceWeight = -1/);
    expect(resolve({ importanceLimit: 0 })).toThrow(/importance limit of 0/);
    expect(resolve({ valueWeight: 1 }, { valueHead: false })).toThrow(/without a value head/);
    expect(resolve({}, { valueHead: false })().valueWeight).toBe(0);
  });
});
