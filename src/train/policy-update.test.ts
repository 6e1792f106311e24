import { describe, expect, it } from 'vitest';
import { banditConfig, banditEpisode, banditSize, expectedReward, pull, schooledWeights, WORDS } from '../../test/bandit.ts';
import { Random } from '../base/index.ts';
import { initializeWeights } from '../model/index.ts';
import { actionAdvantages, criticTargets, normaliseAdvantages } from './advantages.ts';
import { PolicyTrainer, type PolicyTrainerOptions } from './policy-trainer.ts';
import { groupUpdate, policyUpdate, scoreGroups } from './policy-update.ts';
import { imitatedEpisode, type ScoredEpisode, withScores } from './scored-episode.ts';

const SEEDS = [1, 2, 3];
const ROUNDS = 80;
const begin = async (seed: number, options: Partial<PolicyTrainerOptions> = {}): Promise<PolicyTrainer> =>
  new PolicyTrainer(
    banditConfig,
    { weights: await schooledWeights(seed) },
    { ...banditSize, threads: 1, optimizer: { weightDecay: 0 }, ...options },
  );

/** Pulls with advantages from the critic. */
async function scored(trainer: PolicyTrainer, seed: string): Promise<ScoredEpisode[]> {
  const pulls = (await pull(trainer, 24, seed)).flat();
  const values = await trainer.episodeValues(pulls.map(({ episode }) => episode));
  const advantages = normaliseAdvantages(
    pulls.map(({ reward }, i) => actionAdvantages({ rewards: [reward], values: values[i] as number[] })),
  );
  return pulls.map(({ episode, reward }, i) =>
    withScores(episode, { advantages: advantages[i] as number[], returns: criticTargets(reward as 0 | 1, values[i] as number[]) }),
  );
}

describe('a policy that is rewarded for one word of four in each context', () => {
  it.each(SEEDS)('learns it with a critic (seed %d)', { timeout: 60_000 }, async (seed) => {
    const trainer = await begin(seed);
    expect(await expectedReward(trainer)).toBeCloseTo(0.25, 1);
    for (let round = 0; round < ROUNDS; round++)
      await policyUpdate({
        trainer,
        episodes: await scored(trainer, `${seed}/${round}`),
        learningRate: 1e-3,
        klLimitNats: 0.2,
        seed: round,
      });
    const reached = await expectedReward(trainer);
    const values = await trainer.episodeValues([banditEpisode(0, 0), banditEpisode(1, 0)]);
    await trainer.dispose();
    expect(reached).toBeGreaterThan(0.8);
    // It knows by now that it succeeds.
    for (const [value] of values) expect(value).toBeGreaterThan(0.6);
  });

  it.each(SEEDS)('learns it by groups, without a critic (seed %d)', { timeout: 60_000 }, async (seed) => {
    const trainer = await begin(seed, { valueWeight: 0 });
    expect(await expectedReward(trainer)).toBeCloseTo(0.25, 1);
    const head = trainer.state.weights.get('value.weight')?.slice();
    for (let round = 0; round < ROUNDS; round++) {
      const groups = await pull(trainer, 24, `${seed}/${round}`);
      if (scoreGroups(groups).length === 0) break;
      await groupUpdate({ trainer, groups, learningRate: 1e-3, klLimitNats: 0.2, seed: round });
    }
    const reached = await expectedReward(trainer);
    await trainer.dispose();
    expect(reached).toBeGreaterThan(0.8);
    expect(trainer.state.weights.get('value.weight')).toEqual(head);
  });

  it('keeps what the grammar allows probable, where advantages alone would drain it', { timeout: 60_000 }, async () => {
    const forbiddenNats = async (rounds: number, legalityWeight: number): Promise<number> => {
      const trainer = await begin(1, { legalityWeight, valueWeight: 0 });
      for (let round = 0; round < rounds; round++) {
        // A critic that expects too much everywhere: every action seems worse than expected.
        const episodes = (await pull(trainer, 8, `${round}`)).flat().map(({ episode }) => withScores(episode, { advantages: [-0.2] }));
        await policyUpdate({ trainer, episodes, learningRate: 3e-3, klLimitNats: 1e9, seed: round });
      }
      const words = Array.from({ length: WORDS }, (_, word) => banditEpisode(0, word));
      const chances = (await trainer.episodeLogprobs(words)).map((logprobs) => Math.exp(logprobs[3] as number));
      await trainer.dispose();
      return -Math.log(chances.reduce((sum, chance) => sum + chance, 0));
    };
    const before = await forbiddenNats(0, 0);
    expect(await forbiddenNats(10, 0)).toBeGreaterThan(before + 1);
    expect(await forbiddenNats(10, 0.3)).toBeLessThan(before);
  });

  it('learns from demonstrations among its own episodes', { timeout: 60_000 }, async () => {
    const trainer = await begin(1, { imitationWeight: 1, legalityWeight: 0 });
    const demonstrations = [0, 1, 2, 3].map((context) => {
      const { tokens, pointed } = banditEpisode(context, (3 * context + 1) % WORDS);
      return imitatedEpisode({ tokens, pointed, weights: Float32Array.of(0, 0, 0, 1, 1) });
    });
    // Its own episodes say nothing here: what is learned is what is shown.
    const own = (await pull(trainer, 8, 'own')).flat().map(({ episode }) => withScores(episode, { advantages: [0] }));
    for (let round = 0; round < 90; round++)
      await policyUpdate({
        trainer,
        episodes: [...own, ...demonstrations],
        learningRate: 3e-3,
        klLimitNats: 1e9,
        seed: round,
        epochs: 1,
        minibatch: 100,
      });
    expect(await expectedReward(trainer)).toBeGreaterThan(0.9);
    await trainer.dispose();
  });
});

describe('an update', () => {
  it('starts at ratio 1, is a function of episodes, state and seed, and tells each step', { timeout: 60_000 }, async () => {
    const run = async (seed: number) => {
      const trainer = await begin(4);
      const result = await policyUpdate({
        trainer,
        episodes: await scored(trainer, 'x'),
        epochs: 3,
        minibatch: 24,
        learningRate: 1e-3,
        klLimitNats: 1,
        seed,
      });
      const weights = trainer.state.weights.get('layers.0.down')?.slice();
      await trainer.dispose();
      return { result, weights };
    };
    const first = await run(1);
    expect(first.result).toMatchObject({ reason: 'finished', epochs: 3 });
    expect(first.result.steps.map(({ step }) => step)).toEqual(Array.from({ length: 12 }, (_, i) => i + 1));
    const [step] = first.result.steps;
    expect(step?.meanRatio).toBeCloseTo(1, 5);
    expect(step?.klNats).toBeLessThan(1e-6);
    expect(step?.clipFraction).toBe(0);
    expect(first.result.steps[1]?.klNats).toBeGreaterThan(1e-6);
    expect(await run(1)).toEqual(first);
    expect((await run(2)).weights).not.toEqual(first.weights);
  });

  it('ends where the policy has moved too far, and where it is told to', { timeout: 60_000 }, async () => {
    const trainer = await begin(5);
    const episodes = await scored(trainer, 'x');
    const far = await policyUpdate({ trainer, episodes, epochs: 50, learningRate: 1e-2, klLimitNats: 0.01, seed: 1 });
    expect(far.reason).toBe('kl');
    expect(far.steps.length).toBeLessThan(20);
    expect(far.steps.at(-1)?.klNats).toBeGreaterThan(0.01);
    for (const { klNats } of far.steps.slice(0, -1)) expect(klNats).toBeLessThanOrEqual(0.01);
    const stopping = new AbortController();
    const onStep = (): void => stopping.abort();
    const told = await policyUpdate({ trainer, episodes, learningRate: 1e-4, seed: 1, onStep, signal: stopping.signal });
    expect(told).toMatchObject({ reason: 'interrupted', steps: [{}] });
    await trainer.dispose();
  });

  it('keeps near a reference policy that is not its own', { timeout: 60_000 }, async () => {
    const distance = async (referenceWeight: number): Promise<number> => {
      const trainer = await begin(6, { referenceWeight, valueWeight: 0 });
      const reference = initializeWeights(banditConfig, new Random(7));
      const episodes = (await scored(trainer, 'x')).map((episode) => ({ ...episode, advantages: new Float32Array(5) }));
      let nats = 0;
      for (let round = 0; round < 15; round++) {
        const { steps } = await policyUpdate({
          trainer,
          episodes,
          reference,
          epochs: 1,
          learningRate: 3e-3,
          klLimitNats: 1e9,
          seed: round,
        });
        if (referenceWeight > 0) nats = steps.at(-1)?.referenceKlNats as number;
      }
      if (referenceWeight === 0) {
        const [own, other] = [await trainer.episodeLogprobs(episodes), await trainer.episodeLogprobs(episodes, reference)];
        const apart = episodes.flatMap((_, e) => [3, 4].map((i) => (other[e]?.[i] as number) - (own[e]?.[i] as number)));
        nats = apart.reduce((sum, d) => sum + Math.exp(d) - d - 1, 0) / apart.length;
      }
      await trainer.dispose();
      return nats;
    };
    expect(await distance(1)).toBeLessThan(0.2 * (await distance(0)));
  });

  it('by groups refuses a value loss and groups that all end alike', async () => {
    const group = [0, 1].map((word) => ({ episode: banditEpisode(0, word), reward: 1 }));
    const [critic, none] = [await begin(1), await begin(1, { valueWeight: 0 })];
    const options = { learningRate: 1e-3, seed: 1 };
    await expect(groupUpdate({ trainer: critic, groups: [group], ...options })).rejects.toThrow(/valueWeight 0/);
    await expect(groupUpdate({ trainer: none, groups: [group], ...options })).rejects.toThrow(/no group whose episodes end differently/);
    await expect(policyUpdate({ trainer: none, episodes: [], epochs: 0, ...options })).rejects.toThrow(/epochs = 0/);
  });
});
