import { describe, expect, it } from 'vitest';
import { randomModel } from '../../test/random-model.ts';
import { Random, TrainingError } from '../base/index.ts';
import { boundaryId, FIRST_REFERENCE } from '../grammar/index.ts';
import { initializeWeights, type ModelConfig, presetConfig, type Weights } from '../model/index.ts';
import type { Batch, Episode } from '../records/index.ts';
import { type BatchSize, packEpisodes } from './packing.ts';
import { Trainer, type TrainerOptions } from './trainer.ts';
import type { TrainState } from './updater.ts';

const small: Partial<ModelConfig> = {
  vocabularySize: 352,
  contextLength: 64,
  width: 32,
  layers: 2,
  heads: 4,
  keyValueHeads: 2,
  headWidth: 8,
  feedForwardWidth: 64,
  pointerWidth: 8,
};
const config = presetConfig('nano', small);

/** Text with references, the later ones chosen. */
function episode(seed: number | string, length = 16): Episode {
  const random = new Random(`trainer ${seed}`);
  const tokens = Int32Array.from({ length }, (_, i) => (i % 4 === 1 ? FIRST_REFERENCE + random.below(8) : 330 + random.below(20)));
  return {
    tokens,
    weights: Float32Array.from({ length }, () => random.uniform()),
    pointed: Uint8Array.from({ length }, (_, i) => (i > 8 && i % 4 === 1 ? 1 : 0)),
  };
}

const pack = (episodes: readonly Episode[], size: BatchSize): Batch => {
  const { batch, used } = packEpisodes(episodes, size);
  expect(used).toBe(episodes.length);
  return batch;
};

const copied = (weights: Weights): Map<string, Float32Array> => new Map([...weights].map(([name, values]) => [name, values.slice()]));
const fresh = (seed = 1): { weights: Weights } => ({ weights: initializeWeights(config, new Random(seed)) });

const size = { time: 16, lanes: 2 };
async function train(
  state: ConstructorParameters<typeof Trainer>[1],
  steps: readonly number[],
  options: Partial<TrainerOptions> = {},
): Promise<TrainState> {
  const trainer = new Trainer(config, state, { threads: 1, ...options });
  for (const step of steps) await trainer.step([pack([episode(`${step}a`), episode(`${step}b`)], size)], 1e-2);
  const { weights, moments, step } = trainer.state;
  await trainer.dispose();
  return { weights: copied(weights), moments: copied(moments), step };
}
const range = (from: number, to: number): number[] => Array.from({ length: to - from }, (_, i) => from + i);

describe('training', () => {
  it('gives the same bytes from the same seed, after 20 steps, with one thread and with two', async () => {
    const [first, second] = [await train(fresh(), range(0, 20)), await train(fresh(), range(0, 20))];
    expect(second).toEqual(first);
    expect(first.step).toBe(20);
    expect((await train(fresh(2), range(0, 20))).weights).not.toEqual(first.weights);
    expect(await train(fresh(), range(0, 20), { threads: 2 })).toEqual(await train(fresh(), range(0, 20), { threads: 2 }));
  });

  it('that is interrupted and resumed equals training that is not', async () => {
    const half = await train(fresh(), range(0, 6));
    expect(await train(half, range(6, 12))).toEqual(await train(fresh(), range(0, 12)));
  });

  it('over two half batches is training over one batch of both', async () => {
    // Halves of different weight: each counts by what it weighs.
    const [a, b] = [episode('a', 16), episode('b', 9)];
    const run = async (batches: readonly Batch[]) => {
      const trainer = new Trainer(config, fresh(), { accumulate: batches.length, threads: 1, clipNorm: 0.5 });
      const report = await trainer.step(batches, 1e-3);
      const state = { weights: copied(trainer.state.weights), moments: copied(trainer.state.moments) };
      await trainer.dispose();
      return { ...report, ...state };
    };
    const whole = await run([pack([a, b], size)]);
    const halves = await run([pack([a], { time: 16, lanes: 1 }), pack([b], { time: 16, lanes: 1 })]);
    expect(halves.tokens).toBe(whole.tokens);
    expect(halves.loss).toBeCloseTo(whole.loss, 5);
    expect(halves.gradientNorm / whole.gradientNorm).toBeCloseTo(1, 5);
    for (const [name, moment] of whole.moments)
      for (const [i, x] of moment.entries()) expect(Math.abs((halves.moments.get(name)?.[i] as number) - x)).toBeLessThan(1e-7);
    // Adam divides by the gradient's size, so that rounding shows where the gradient is next to nothing.
    let [apart, count] = [0, 0];
    for (const [name, values] of whole.weights)
      for (const [i, x] of values.entries()) {
        count++;
        if (Math.abs((halves.weights.get(name)?.[i] as number) - x) > 1e-6) apart++;
      }
    expect(apart / count).toBeLessThan(1e-3);
  });

  it('clips the gradient, and tells its norm before', async () => {
    const moments = async (clipNorm: number) => {
      const trainer = new Trainer(config, fresh(), { threads: 1, clipNorm });
      const { gradientNorm } = await trainer.step([pack([episode(1), episode(2)], size)], 1e-3);
      let square = 0;
      for (const [name, values] of trainer.state.moments) if (name.endsWith(':m')) for (const m of values) square += (m / 0.1) ** 2;
      await trainer.dispose();
      return { gradientNorm, taken: Math.sqrt(square) };
    };
    const free = await moments(1e6);
    expect(free.taken / free.gradientNorm).toBeCloseTo(1, 4);
    const bound = await moments(free.gradientNorm / 4);
    expect(bound.gradientNorm).toBeCloseTo(free.gradientNorm, 5);
    expect(bound.taken / (free.gradientNorm / 4)).toBeCloseTo(1, 4);
  });

  it('leaves heads that the loss does not reach as they are, and everything when only evaluating', async () => {
    const before = copied(fresh().weights);
    const { weights, moments } = await train(fresh(), [1]);
    expect(weights.get('value.weight')).toEqual(before.get('value.weight'));
    expect(moments.has('value.weight:m')).toBe(false);
    // Nothing stands on these episodes' screens whose text stands elsewhere, and nothing was pointed at before: the trail says nothing of them.
    const isReached = (name: string): boolean => !name.startsWith('value.') && !/^pointer\.(trail|spanTrail)$/.test(name);
    for (const name of before.keys()) if (isReached(name)) expect(weights.get(name), name).not.toEqual(before.get(name));

    const state = fresh();
    const trainer = new Trainer(config, state, { threads: 1 });
    const batch = pack([episode(1)], size);
    const nats = await trainer.evaluate(batch);
    expect(copied(state.weights)).toEqual(before);
    const { loss } = await trainer.step([batch], 0);
    await trainer.dispose();
    let [sum, weight] = [0, 0];
    for (const [i, w] of batch.weights.entries()) [sum, weight] = [sum + w * (nats.tokenNats[i] as number), weight + w];
    for (const [m, w] of batch.pointing.weights.entries()) [sum, weight] = [sum + w * (nats.pointedNats[m] as number), weight + w];
    expect(loss).toBeCloseTo(sum / weight, 5);
  });

  it('that meets what is no number throws, and does not count the step', async () => {
    for (const accumulate of [1, 2]) {
      const { weights } = randomModel('spoilt', small);
      (weights.get('layers.0.down') as Float32Array)[3] = Number.NaN;
      const trainer = new Trainer(config, { weights }, { threads: 1, accumulate });
      const batches = new Array<Batch>(accumulate).fill(pack([episode(1)], size));
      const failed = trainer.step(batches, 1e-3);
      await expect(failed).rejects.toThrow(TrainingError);
      await expect(failed).rejects.toMatchObject({ code: 'training', details: { step: 1, loss: Number.NaN } });
      expect(trainer.state.step).toBe(0);
      await trainer.dispose();
    }
  });

  it('refuses another number of batches than it accumulates', async () => {
    const trainer = new Trainer(config, fresh(), { accumulate: 2, threads: 1 });
    await expect(trainer.step([pack([episode(1)], size)], 1e-3)).rejects.toThrow(/1 batches, expected 2/);
    await trainer.dispose();
  });
});

describe('learning', () => {
  /** What is to be copied, and which of four references stood before the asked symbol. */
  function lesson(number: number): Episode {
    const random = new Random(`lesson ${number}`);
    const symbols = random.shuffle(range(330, 340)).slice(0, 4);
    const references = random.shuffle(range(0, 16)).slice(0, 4);
    const asked = random.below(4);
    const shown = symbols.flatMap((symbol, i) => [symbol, FIRST_REFERENCE + (references[i] as number)]);
    const tokens = Int32Array.of(
      boundaryId('begin'),
      ...shown,
      boundaryId('act'),
      symbols[asked] as number,
      FIRST_REFERENCE + (references[asked] as number),
      symbols[asked] as number,
    );
    const weights = new Float32Array(tokens.length);
    const pointed = new Uint8Array(tokens.length);
    weights[11] = weights[12] = pointed[11] = 1;
    return { tokens, weights, pointed };
  }
  const shape = { time: 13, lanes: 32 };

  it('points at what was asked for and copies it, on episodes never seen', { timeout: 60_000 }, async () => {
    const trainer = new Trainer(config, fresh(), { threads: 1, optimizer: { weightDecay: 0.01 } });
    const exam = pack(range(1e6, 1e6 + 32).map(lesson), shape);
    const grade = async () => {
      const { tokenNats, pointedNats } = await trainer.evaluate(exam);
      const mean = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0) / values.length;
      return { point: mean([...pointedNats]), copy: mean([...tokenNats].filter((_, i) => exam.weights[i] === 1)) };
    };
    const before = await grade();
    expect(before.point).toBeGreaterThan(Math.log(4) - 0.3);
    expect(before.copy).toBeGreaterThan(Math.log(100));
    const steps = 300;
    for (let step = 0; step < steps; step++) {
      await trainer.step(
        [pack(range(32 * step, 32 * step + 32).map(lesson), shape)],
        5e-3 * Math.min(1, (step + 1) / 10, (steps - step) / 50),
      );
    }
    const after = await grade();
    await trainer.dispose();
    // Chance is ln 4 = 1.39 for the reference and, for one of the four symbols shown, the same.
    expect(after.point).toBeLessThan(0.2);
    expect(after.copy).toBeLessThan(0.2);
  });
});
