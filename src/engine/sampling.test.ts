import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ConfigError, Random } from '../base/index.ts';
import { checkSampling, logSumExp, type SamplingOptions, sampleToken } from './sampling.ts';

const normalized = (logits: readonly number[]): Float64Array => {
  const total = logSumExp(Float32Array.from(logits));
  return Float64Array.from(logits, (logit) => logit - total);
};

/** Counts of 20 000 draws. */
function draw(logprobs: Float64Array, options: SamplingOptions, allowed?: Int32Array): number[] {
  const [random, checked] = [new Random('draws'), checkSampling(options)];
  const counts = new Array<number>(logprobs.length).fill(0);
  for (let i = 0; i < DRAWS; i++) {
    const { token } = sampleToken(logprobs, checked, random, allowed) as { token: number };
    counts[token] = (counts[token] as number) + 1;
  }
  return counts;
}
const DRAWS = 20_000;

/** Pearson's statistic; where nothing is expected, nothing may come. */
function chiSquared(counts: readonly number[], probabilities: readonly number[]): number {
  return counts.reduce((sum, count, i) => {
    const expected = DRAWS * (probabilities[i] as number);
    if (expected === 0) return count === 0 ? sum : Number.POSITIVE_INFINITY;
    return sum + (count - expected) ** 2 / expected;
  }, 0);
}
// scipy.stats.chi2.ppf(1 - 1e-5, 5) = 30.86: six tokens at most.
const LIMIT = 30.86;

const share = (weights: readonly number[]): number[] => weights.map((weight) => weight / weights.reduce((a, b) => a + b, 0));

describe('sampling', () => {
  const probabilities = [0.4, 0.05, 0.3, 0.1, 0.15];
  const logprobs = Float64Array.from(probabilities, Math.log);

  it.each<readonly [string, SamplingOptions, readonly number[]]>([
    ['the model itself', {}, probabilities],
    ['temperature 2: square roots', { temperature: 2 }, share(probabilities.map(Math.sqrt))],
    ['temperature ½: squares', { temperature: 0.5 }, share(probabilities.map((p) => p * p))],
    ['top-k', { topK: 2 }, share([0.4, 0, 0.3, 0, 0])],
    ['top-p, the token that reaches it included', { topP: 0.71 }, share([0.4, 0, 0.3, 0, 0.15])],
    ['top-p after top-k and temperature', { topK: 3, topP: 0.7, temperature: 0.5 }, share([0.16, 0, 0.09, 0, 0])],
  ])('follows %s', (_, options, expected) => {
    expect(chiSquared(draw(logprobs, options), expected)).toBeLessThan(LIMIT);
  });

  it('renormalises over what is allowed', () => {
    const counts = draw(logprobs, {}, Int32Array.of(-1, 0, 3, -1, 0));
    expect(chiSquared(counts, share([0, 0.05, 0.3, 0, 0.15]))).toBeLessThan(LIMIT);
  });

  it('gives the most probable allowed token when greedy, the first of equals, and draws nothing', () => {
    const [random, untouched] = [new Random(1), new Random(1)];
    const greedy = checkSampling({ temperature: 0 });
    expect(sampleToken(logprobs, greedy, random)).toEqual({ token: 0, logprob: Math.log(0.4), sampledLogprob: 0 });
    expect(sampleToken(logprobs, greedy, random, Int32Array.of(-1, 0, -1, 0, -1))?.token).toBe(3);
    expect(sampleToken(Float64Array.of(-2, -1, -1), greedy, random)?.token).toBe(1);
    expect(random.uint32()).toBe(untouched.uint32());
  });

  it('of equals beyond k keeps the lower ids', () => {
    const counts = draw(normalized([0, 0, 0, 0]), { topK: 2 });
    expect(counts.slice(2)).toEqual([0, 0]);
  });

  it('has nothing where nothing is allowed', () => {
    expect(sampleToken(logprobs, checkSampling({}), new Random(1), new Int32Array(5).fill(-1))).toBeUndefined();
  });

  it.each<SamplingOptions>([{ temperature: -1 }, { temperature: Number.NaN }, { topK: 0 }, { topP: 0 }, { topP: 1.1 }])(
    'refuses %j',
    (options) => {
      expect(() => checkSampling(options)).toThrow(ConfigError);
    },
  );

  it('never leaves the allowed set, and tells both log-probabilities right (property)', () => {
    const cases = fc.record({
      logits: fc.array(fc.double({ min: -20, max: 20, noNaN: true }), { minLength: 1, maxLength: 12 }),
      mask: fc.array(fc.boolean(), { minLength: 12, maxLength: 12 }),
      temperature: fc.constantFrom(0, 0.1, 1, 3),
      topK: fc.constantFrom(1, 2, 5, Number.POSITIVE_INFINITY),
      topP: fc.constantFrom(0.1, 0.5, 0.9, 1),
      seed: fc.nat(),
    });
    fc.assert(
      fc.property(cases, ({ logits, mask, seed, ...options }) => {
        const model = normalized(logits);
        const allowed = Int32Array.from(logits, (_, i) => (mask[i] ? i : -1));
        const sampled = sampleToken(model, options, new Random(seed), allowed);
        expect(sampleToken(model, options, new Random(seed), allowed)).toEqual(sampled);
        if (!sampled) return void expect(allowed.every((to) => to < 0)).toBe(true);
        expect(allowed[sampled.token]).toBe(sampled.token);
        expect(sampled.logprob).toBe(model[sampled.token]);
        if (options.temperature === 0) return void expect(sampled.sampledLogprob).toBe(0);

        // The same, written down: sort, cut at k, cut at p, renormalise.
        const ranked = [...allowed.keys()]
          .filter((token) => (allowed[token] as number) >= 0)
          .map((token) => ({ token, weight: Math.exp((model[token] as number) / options.temperature) }))
          .sort((a, b) => b.weight - a.weight || a.token - b.token)
          .slice(0, options.topK);
        const total = ranked.reduce((sum, { weight }) => sum + weight, 0);
        const at = ranked.findIndex(({ token }) => token === sampled.token);
        expect(at).toBeGreaterThanOrEqual(0);
        const before = ranked.slice(0, at).reduce((sum, { weight }) => sum + weight, 0);
        expect(before / total).toBeLessThan(options.topP + 1e-9);
        let kept = 0;
        for (const { weight } of ranked) {
          kept += weight;
          if (kept >= options.topP * total * (1 - 1e-12)) break;
        }
        expect(sampled.sampledLogprob).toBeCloseTo(Math.log((ranked[at] as { weight: number }).weight / kept), 6);
      }),
      { seed: 1, numRuns: 500 },
    );
  });

  it('adds what somebody else knows, and tells the model’s own log-probability', () => {
    const bias = { after: [], nats: new Map([[1, Math.log(0.9)]]), others: Math.log(0.1 / 4) };
    const counts = new Array<number>(5).fill(0);
    const random = new Random('bias');
    for (let i = 0; i < DRAWS; i++) {
      const sampled = sampleToken(logprobs, checkSampling({}), random, undefined, bias) as { token: number; logprob: number };
      counts[sampled.token] = (counts[sampled.token] as number) + 1;
      expect(sampled.logprob).toBe(logprobs[sampled.token]);
    }
    expect(chiSquared(counts, share(probabilities.map((p, i) => p * (i === 1 ? 0.9 : 0.025))))).toBeLessThan(LIMIT);
    const greedy = sampleToken(logprobs, checkSampling({ temperature: 0 }), random, undefined, bias);
    expect(greedy?.token).toBe(1);
  });
});
