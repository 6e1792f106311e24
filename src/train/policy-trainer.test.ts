import { describe, expect, it } from 'vitest';
import { banditConfig, banditEpisode, banditSize } from '../../test/bandit.ts';
import { randomModel } from '../../test/random-model.ts';
import { Random, TrainingError } from '../base/index.ts';
import { initializeWeights, type Weights } from '../model/index.ts';
import { VALUE_PARAMETERS } from './policy-objective.ts';
import { PolicyTrainer, type PolicyTrainerOptions } from './policy-trainer.ts';
import type { ScoredEpisode } from './scored-episode.ts';
import { packAllScored, type ScoredBatch } from './scored-packing.ts';
import { Trainer } from './trainer.ts';

const { weights: given } = randomModel('policy trainer', banditConfig);
const copied = (weights: Weights): Map<string, Float32Array> => new Map([...weights].map(([name, values]) => [name, values.slice()]));
const begin = (options: Partial<PolicyTrainerOptions> = {}): PolicyTrainer =>
  new PolicyTrainer(banditConfig, { weights: copied(given) }, { ...banditSize, threads: 1, legalityWeight: 0, ...options });

/** Own tokens with random advantages, and outcomes that depend on the context. */
function episode(n: number, changes: Partial<ScoredEpisode> = {}): ScoredEpisode {
  const random = new Random(n);
  const one = banditEpisode(n % 4, random.below(4));
  const advantage = random.normal();
  return {
    ...one,
    advantages: one.advantages.map((_, i) => (i > 2 ? advantage : 0)),
    returns: new Float32Array(5).fill(n % 2),
    ...changes,
  };
}
const episodes = Array.from({ length: 32 }, (_, n) => episode(n));

/** Batches of these episodes on which the ratio is 1. */
async function fresh(trainer: PolicyTrainer, some: readonly ScoredEpisode[] = episodes): Promise<ScoredBatch[]> {
  const logprobs = await trainer.episodeLogprobs(some);
  return packAllScored(
    some.map((one, i) => ({ ...one, behaviourLogprobs: logprobs[i] as Float32Array })),
    trainer.size,
  );
}

describe('the policy trainer', () => {
  it('reads what the trainer of the language model reads', async () => {
    const [policy, plain] = [begin(), new Trainer(banditConfig, { weights: copied(given) }, { threads: 1 })];
    const [batch] = packAllScored(episodes, banditSize) as [ScoredBatch];
    const { tokenNats } = await plain.evaluate(batch);
    for (const [i, logprob] of (await policy.logprobs(batch)).entries()) expect(logprob).toBeCloseTo(-(tokenNats[i] as number), 5);
    for (const value of await policy.values(batch)) expect(value > 0 && value < 1).toBe(true);
    const other = copied(given);
    other.get('embedding')?.fill(0);
    expect(await policy.logprobs(batch, other)).not.toEqual(await policy.logprobs(batch));
    for (const [name, values] of policy.state.weights) expect(values).toEqual(given.get(name));
    await Promise.all([policy.dispose(), plain.dispose()]);
  });

  it('reports a first step at ratio 1, with the critic against the base rate', async () => {
    const trainer = begin();
    const report = await trainer.step(await fresh(trainer), 1e-3);
    await trainer.dispose();
    expect(report.meanRatio).toBeCloseTo(1, 5);
    expect(report.klNats).toBeCloseTo(0, 6);
    expect(report).toMatchObject({ step: 1, clipFraction: 0, ownTokens: 64, tokens: 160 });
    expect(report.baseRateBrier).toBeCloseTo(0.25, 6);
    expect(report.brier).toBeGreaterThan(0);
    const mean = episodes.reduce((sum, { advantages }) => sum + (advantages[3] as number), 0) / 32;
    expect(report.policyLoss).toBeCloseTo(-mean, 5);
  });

  it('takes the same step over several batches as over one', async () => {
    const run = async (size: typeof banditSize) => {
      const trainer = begin({ ...size, entropyWeight: 0.1, referenceWeight: 0.1 });
      const report = await trainer.step(await fresh(trainer), 1e-3);
      await trainer.dispose();
      return { report, moments: trainer.state.moments };
    };
    const [whole, parts] = [await run(banditSize), await run({ time: 6, lanes: 12 })];
    for (const [name, x] of Object.entries(whole.report)) {
      const other = parts.report[name as keyof typeof parts.report] as number;
      expect(Math.abs(other - x), name).toBeLessThan(1e-5 * Math.max(1, Math.abs(x)));
    }
    for (const [name, moment] of whole.moments)
      for (const [i, x] of moment.entries()) expect(Math.abs((parts.moments.get(name)?.[i] as number) - x)).toBeLessThan(1e-6);
  });

  it.each(['detached', 'shared'] as const)('a critic that is %s moves the trunk or leaves it to the bit', async (criticReadsTrunk) => {
    const trainer = begin({ criticReadsTrunk, optimizer: { weightDecay: 0 } });
    const quiet = episodes.map((one) => ({ ...one, advantages: new Float32Array(5) }));
    for (let step = 0; step < 3; step++) await trainer.step(await fresh(trainer, quiet), 1e-2);
    const moved = [...trainer.state.weights]
      .filter(([name, values]) => values.some((x, i) => x !== given.get(name)?.[i]))
      .map(([name]) => name);
    await trainer.dispose();
    if (criticReadsTrunk === 'detached') {
      expect(moved.sort()).toEqual([...VALUE_PARAMETERS].sort());
      for (const [name, moment] of trainer.state.moments)
        if (!name.startsWith('value.'))
          expect(
            moment.every((x) => x === 0),
            name,
          ).toBe(true);
    } else expect(moved.length).toBe(given.size);
  });

  it('learns to foresee: the Brier score falls below the base rate', async () => {
    const trainer = begin({ valueWeight: 1, optimizer: { weightDecay: 0 } });
    const quiet = episodes.map((one) => ({ ...one, advantages: new Float32Array(5) }));
    for (let step = 0; step < 60; step++) await trainer.step(await fresh(trainer, quiet), 3e-2);
    const { brier, baseRateBrier } = await trainer.step(await fresh(trainer, quiet), 0);
    await trainer.dispose();
    expect(brier).toBeLessThan(0.2 * (baseRateBrier as number));
  });

  it('weighs tokens of earlier weights by no more than its limit', async () => {
    const lossWith = async (shift: number, importanceLimit: number): Promise<number> => {
      const trainer = begin({ importanceLimit, valueWeight: 0 });
      const start = await trainer.episodeLogprobs(episodes);
      const stale = episodes.map((one, e) => {
        const startLogprobs = start[e] as Float32Array;
        return { ...one, startLogprobs, behaviourLogprobs: startLogprobs.map((x) => x - shift) };
      });
      const { policyLoss } = await trainer.step(packAllScored(stale, banditSize), 0);
      await trainer.dispose();
      return policyLoss;
    };
    const plain = await lossWith(0, 1);
    expect((await lossWith(Math.log(0.5), 1)) / plain).toBeCloseTo(0.5, 4);
    expect((await lossWith(Math.log(3), 1)) / plain).toBeCloseTo(1, 4);
    expect((await lossWith(Math.log(3), 2)) / plain).toBeCloseTo(2, 4);
  });

  it('goes on with the moments of another trainer only if given them', async () => {
    const plain = new Trainer(banditConfig, { weights: copied(given) }, { threads: 1 });
    const demonstrated = packAllScored(
      episodes.map((one) => ({ ...one, weights: new Float32Array(5).fill(1) })),
      banditSize,
    );
    await plain.step(demonstrated, 1e-3);
    const { weights, moments, step } = plain.state;
    const carried = new PolicyTrainer(banditConfig, plain.state, { ...banditSize, threads: 1 });
    const anew = new PolicyTrainer(banditConfig, { weights }, { ...banditSize, threads: 1 });
    expect(carried.state.step).toBe(step);
    expect(carried.state.moments.get('embedding:m')).toBe(moments.get('embedding:m'));
    expect(carried.state.moments.get('value.weight:m')?.every((x) => x === 0)).toBe(true);
    expect(anew.state.step).toBe(0);
    expect(anew.state.moments.get('embedding:m')?.every((x) => x === 0)).toBe(true);
    await Promise.all([plain.dispose(), carried.dispose(), anew.dispose()]);
  });

  it('is the language-model trainer on episodes that are only imitated', async () => {
    const weights = (): Weights => initializeWeights(banditConfig, new Random(1));
    const policy = new PolicyTrainer(banditConfig, { weights: weights() }, { ...banditSize, threads: 1, valueWeight: 0 });
    const plain = new Trainer(banditConfig, { weights: weights() }, { threads: 1 });
    const shown = packAllScored(
      episodes.map((one) => ({
        ...one,
        own: new Uint8Array(5),
        decisions: new Float32Array(5),
        weights: Float32Array.of(0, 1, 0, 1, 0.5),
      })),
      banditSize,
    );
    const [a, b] = [await policy.step(shown, 1e-3), await plain.step(shown, 1e-3)];
    await Promise.all([policy.dispose(), plain.dispose()]);
    expect(a.loss).toBeCloseTo(b.loss, 6);
    expect(a.gradientNorm / b.gradientNorm).toBeCloseTo(1, 5);
    expect([a.valueLoss, a.brier, a.baseRateBrier, a.ownTokens]).toEqual([null, null, null, 0]);
  });

  it('refuses to ask a critic that is not there, and throws where a number is none', async () => {
    const config = { ...banditConfig, valueHead: false };
    const blind = new PolicyTrainer(config, { weights: initializeWeights(config, new Random(1)) }, { ...banditSize, threads: 1 });
    await expect(blind.episodeValues(episodes)).rejects.toThrow(/without a value head/);
    const trainer = begin();
    const batches = await fresh(trainer);
    (trainer.state.weights.get('layers.0.down') as Float32Array)[3] = Number.NaN;
    await expect(trainer.step(batches, 1e-3)).rejects.toThrow(TrainingError);
    await expect(trainer.step([], 1e-3)).rejects.toThrow(/no batches/);
    await Promise.all([blind.dispose(), trainer.dispose()]);
  });
});
