import { afterAll, describe, expect, it } from 'vitest';
import { tinyConfig, tinyEpisode, tinySource } from '../../test/tiny-run.ts';
import { ConfigError, Random } from '../base/index.ts';
import { initializeWeights } from '../model/index.ts';
import type { Episode } from '../records/index.ts';
import { generatedSource, listSource } from './episode-source.ts';
import { type EvaluationReport, evaluate } from './evaluation.ts';
import { Trainer } from './trainer.ts';

const size = { time: 32, lanes: 2 };
const trainer = new Trainer(tinyConfig, { weights: initializeWeights(tinyConfig, new Random(1)) }, { threads: 1 });
afterAll(() => trainer.dispose());
const mean = (values: readonly number[]): number => values.reduce((a, b) => a + b) / values.length;

describe('evaluation', () => {
  it('does not depend on how episodes are packed', async () => {
    const whole = await evaluate(trainer, tinySource(9), { size });
    const single: EvaluationReport[] = [];
    for (let i = 0; i < 9; i++) single.push(await evaluate(trainer, listSource([tinyEpisode(i)]), { size }));
    // Every tiny episode has 4 tokens of weight 1, 3 of them after `act`.
    expect(whole).toMatchObject({ tokens: 36, actTokens: 27 });
    expect(whole.nats).toBeCloseTo(mean(single.map(({ nats }) => nats as number)), 4);
    expect(whole.actNats).toBeCloseTo(mean(single.map(({ actNats }) => actNats as number)), 4);
    expect(whole.actNats).not.toBeCloseTo(whole.nats as number, 3);
  });

  it('counts a token once whatever its weight, and says null where there is no action', async () => {
    const half = (episode: Episode): Episode => ({ ...episode, weights: episode.weights.map((weight) => weight / 2) });
    const plain = await evaluate(trainer, listSource([tinyEpisode(0)]), { size });
    expect(await evaluate(trainer, listSource([half(tinyEpisode(0))]), { size })).toEqual(plain);
    const tokens = Int32Array.of(1, 325, 326);
    const text = { tokens, weights: Float32Array.of(0, 1, 1), pointed: new Uint8Array(3) };
    expect(await evaluate(trainer, listSource([text]), { size })).toMatchObject({ tokens: 2, actNats: null, actTokens: 0 });
  });

  it('stops after as many batches as it is told', async () => {
    const one = await evaluate(trainer, tinySource(40), { size, batches: 1 });
    expect(one.tokens).toBeLessThan(40 * 4);
    expect(one.tokens).toBeGreaterThan(0);
  });

  it('says null where there are no tokens to predict', async () => {
    const none = { tokens: Int32Array.of(1, 325), weights: new Float32Array(2), pointed: new Uint8Array(2) };
    expect(await evaluate(trainer, listSource([none]), { size })).toEqual({ nats: null, tokens: 0, actNats: null, actTokens: 0 });
  });

  it('refuses to evaluate without end', async () => {
    const endless = generatedSource(tinyEpisode, { name: 'tiny' });
    await expect(evaluate(trainer, endless, { size })).rejects.toThrow(ConfigError);
    expect((await evaluate(trainer, endless, { size, batches: 2 })).tokens).toBeGreaterThan(0);
  });
});
