import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ConfigError, Random } from '../base/index.ts';
import { abstentionThreshold, type ConfidentAct, impliedAbstention } from './abstention.ts';
import { upperBound } from './binomial.ts';

const SEED = 27;
const acts = fc.array(fc.record({ confidence: fc.integer({ min: 0, max: 100 }).map((x) => x / 100), correct: fc.boolean() }), {
  maxLength: 200,
});

describe(`abstention (simulations with seed ${SEED})`, () => {
  it('keeps errors among acts below the stated risk in at least 1−δ of samples', () => {
    const random = new Random(SEED);
    const [risk, delta, runs] = [0.1, 0.1, 600];
    // Confidence uniform; the chance to be right at confidence c, and the error rate among confidences from λ on.
    const worlds: readonly { readonly right: (c: number) => number; readonly errorFrom: (threshold: number) => number }[] = [
      // Calibrated: errors (1−λ)/2.
      { right: (c) => c, errorFrom: (threshold) => (1 - threshold) / 2 },
      // Useless, and a hair too often wrong: every threshold is false. The worst case.
      { right: () => 0.8999, errorFrom: () => 0.1001 },
      // Best in the middle: sure of itself and always wrong from .97 on, right below.
      {
        right: (c) => (c >= 0.97 ? 0 : 1),
        errorFrom: (threshold) => (threshold >= 0.97 ? 1 : 0.03 / (1 - threshold)),
      },
    ];
    for (const { right, errorFrom } of worlds) {
      let broken = 0;
      for (let run = 0; run < runs; run++) {
        const predictions = Array.from({ length: 300 }, (): ConfidentAct => {
          const confidence = random.uniform();
          return { confidence, correct: random.uniform() < right(confidence) };
        });
        const { threshold } = abstentionThreshold({ predictions, risk, delta });
        if (threshold !== null && errorFrom(threshold) > risk + 1e-12) broken++;
      }
      expect(broken / runs).toBeLessThanOrEqual(delta + 2 * Math.sqrt((delta * (1 - delta)) / runs));
    }
  });

  it('mostly finds a threshold not much stricter than the best, .6, where it begins with plenty of acts', () => {
    const random = new Random(SEED).fork('power');
    const thresholds = [0.8, 0.75, 0.7, 0.65, 0.6, 0.55, 0.5];
    let close = 0;
    for (let run = 0; run < 200; run++) {
      const predictions = Array.from({ length: 500 }, (): ConfidentAct => {
        const confidence = random.uniform();
        return { confidence, correct: random.uniform() < confidence };
      });
      const { threshold } = abstentionThreshold({ predictions, risk: 0.2, delta: 0.1, thresholds });
      if (threshold !== null && threshold <= 0.75) close++;
    }
    expect(close / 200).toBeGreaterThan(0.7);
  });

  it('reports what counting finds at its threshold (property)', () => {
    fc.assert(
      fc.property(acts, (predictions) => {
        const { threshold, coverage, errorUpperBound } = abstentionThreshold({ predictions, risk: 0.4, delta: 0.1 });
        if (threshold === null) {
          expect([coverage, errorUpperBound]).toEqual([0, 1]);
          return;
        }
        const taken = predictions.filter(({ confidence }) => confidence >= threshold);
        const events = taken.filter(({ correct }) => !correct).length;
        expect(coverage).toBe(taken.length / predictions.length);
        expect(errorUpperBound).toBe(upperBound({ events, trials: taken.length, alpha: 0.1 }));
        expect(errorUpperBound).toBeLessThanOrEqual(0.4);
      }),
      { seed: 7, numRuns: 200 },
    );
  });

  it('stops at the first threshold that fails, even where a looser one would pass', () => {
    const block = (confidence: number, correct: boolean, count: number): ConfidentAct[] =>
      Array.from({ length: count }, () => ({ confidence, correct }));
    const predictions = [...block(0.9, true, 60), ...block(0.8, false, 20), ...block(0.5, true, 2000)];
    const found = abstentionThreshold({ predictions, risk: 0.05, delta: 0.05, thresholds: [0.9, 0.8, 0.5] });
    expect(found.threshold).toBe(0.9);
    expect(found.errorUpperBound).toBeCloseTo(1 - 0.05 ** (1 / 60), 12);
    expect(abstentionThreshold({ predictions, risk: 0.05, delta: 0.05, thresholds: [0.5] }).threshold).toBe(0.5);
    expect(abstentionThreshold({ predictions: [], risk: 0.05, delta: 0.05 }).threshold).toBeNull();
    expect(() => abstentionThreshold({ predictions, risk: 0.05, delta: 0.05, thresholds: [0.5, 0.9] })).toThrow(ConfigError);
    expect(() => abstentionThreshold({ predictions, risk: 0, delta: 0.05 })).toThrow(ConfigError);
  });

  it('costs at least what an oracle would abstain on', () => {
    expect(impliedAbstention({ error: 0.2, risk: 0.05 })).toBeCloseTo(0.15 / 0.95, 12);
    expect(impliedAbstention({ error: 0.01, risk: 0.05 })).toBe(0);
    // Of 100, 20 wrong: leaving out 15.8 wrong ones leaves 4.2 of 84.2, five percent.
    const out = impliedAbstention({ error: 0.2, risk: 0.05 });
    expect((0.2 - out) / (1 - out)).toBeCloseTo(0.05, 12);
  });
});
