import { describe, expect, it } from 'vitest';
import { banditConfig, banditEpisode, banditSize, CONTEXTS } from '../../test/bandit.ts';
import { randomModel } from '../../test/random-model.ts';
import { Random } from '../base/index.ts';
import { criticBeatsBaseRate, fitLogistic, type SeenDecision, trainCritic } from './critic-warmup.ts';
import { PolicyTrainer } from './policy-trainer.ts';
import type { ScoredEpisode } from './scored-episode.ts';

const begin = (): PolicyTrainer => {
  const { weights } = randomModel('critic', banditConfig);
  return new PolicyTrainer(banditConfig, { weights }, { ...banditSize, threads: 1 });
};
/** Episodes that end well in every other context with this chance, in the rest with its complement. */
function episodes(chance: number, count = 200): ScoredEpisode[] {
  const random = new Random(`episodes ${chance}`);
  return Array.from({ length: count }, (_, n) => {
    const context = n % CONTEXTS;
    const outcome = random.uniform() < (context % 2 === 0 ? chance : 1 - chance) ? 1 : 0;
    return { ...banditEpisode(context, random.below(4)), returns: new Float32Array(5).fill(outcome) };
  });
}

describe('the critic before it may reach the trunk', () => {
  it('learns what can be foreseen, and moves nothing but its head', async () => {
    const trainer = begin();
    const before = new Map([...trainer.state.weights].map(([name, values]) => [name, values.slice()]));
    const report = await trainCritic({ trainer, episodes: episodes(0.9), seed: 1 });
    const values = await trainer.episodeValues(Array.from({ length: CONTEXTS }, (_, context) => banditEpisode(context, 0)));
    await trainer.dispose();
    expect(report).toMatchObject({ fitted: 160, measured: 40 });
    expect(criticBeatsBaseRate(report)).toBe(true);
    // 0.9·0.1 is the best that anybody can do, 0.25 the base rate's.
    expect(report.brier).toBeLessThan(0.15);
    for (const [context, [value]] of values.entries())
      expect(Math.abs((value as number) - (context % 2 === 0 ? 0.9 : 0.1))).toBeLessThan(0.12);
    for (const [name, weights] of trainer.state.weights)
      if (name.startsWith('value.')) expect(weights).not.toEqual(before.get(name));
      else expect(weights).toEqual(before.get(name));
    for (const moment of trainer.state.moments.values()) expect(moment.every((x) => x === 0)).toBe(true);
  });

  it('does not beat the base rate where nothing can be foreseen, or where all ends alike', async () => {
    const trainer = begin();
    const chance = await trainCritic({ trainer, episodes: episodes(0.5), seed: 1 });
    expect(criticBeatsBaseRate(chance)).toBe(false);
    const alike = episodes(0.5).map((one) => ({ ...one, returns: new Float32Array(5).fill(1) }));
    const certain = await trainCritic({ trainer, episodes: alike, seed: 1 });
    expect(certain.baseRateBrier).toBe(0);
    expect(criticBeatsBaseRate(certain)).toBe(false);
    const [[value]] = (await trainer.episodeValues([banditEpisode(0, 0)])) as [[number]];
    await trainer.dispose();
    expect(value).toBeGreaterThan(0.95);
  });

  it('beats it by a margin or not at all', () => {
    expect(criticBeatsBaseRate({ brier: 0.18, baseRateBrier: 0.2 })).toBe(true);
    expect(criticBeatsBaseRate({ brier: 0.195, baseRateBrier: 0.2 })).toBe(false);
    expect(criticBeatsBaseRate({ brier: 0.195, baseRateBrier: 0.2 }, 0)).toBe(true);
    expect(criticBeatsBaseRate({ brier: null, baseRateBrier: 0.2 })).toBe(false);
    expect(criticBeatsBaseRate({ brier: 0, baseRateBrier: null })).toBe(false);
  });

  it('refuses episodes of which nothing can be learned', async () => {
    const trainer = begin();
    await expect(trainCritic({ trainer, episodes: [banditEpisode(0, 0)], seed: 1 })).rejects.toThrow(/1 episodes/);
    const silent = [0, 1].map((n) => ({ ...banditEpisode(n, 0), decisions: new Float32Array(5) }));
    await expect(trainCritic({ trainer, episodes: silent, seed: 1 })).rejects.toThrow(/episodes without decisions/);
    await trainer.dispose();
  });
});

describe('the fit', () => {
  const draw = (count: number): SeenDecision[] => {
    const random = new Random('decisions');
    return Array.from({ length: count }, () => {
      const state = Float32Array.from({ length: 3 }, () => random.normal());
      const logit = 1.5 * (state[0] as number) - (state[1] as number) + 0.5;
      return { state, target: random.uniform() < 1 / (1 + Math.exp(-logit)) ? 1 : 0 };
    });
  };

  it('finds where the gradient is 0', () => {
    const decisions = draw(500);
    const ridge = 0.01;
    const solution = fitLogistic(decisions, ridge);
    const gradient = [...solution].map((x, i) => (i < 3 ? ridge * x : 0));
    for (const { state, target } of decisions) {
      const row = [...state, 1];
      const error = 1 / (1 + Math.exp(-row.reduce((sum, x, i) => sum + x * (solution[i] as number), 0))) - target;
      for (const [i, x] of row.entries()) gradient[i] = (gradient[i] as number) + (error * x) / decisions.length;
    }
    for (const slope of gradient) expect(Math.abs(slope)).toBeLessThan(1e-5);
  });

  it('finds what the decisions were drawn from', () => {
    const solution = fitLogistic(draw(20_000), 1e-6);
    for (const [i, x] of [1.5, -1, 0, 0.5].entries()) expect(Math.abs((solution[i] as number) - x)).toBeLessThan(0.1);
  });
});
