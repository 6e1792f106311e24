import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Random } from '../base/index.ts';
import { cross, hashText } from './hash.ts';
import { type Candidate, HashedLinear, logSoftmax } from './hashed-linear.ts';

const EMPTY = new Int32Array(0);
const candidate = (...features: readonly number[]): Candidate => ({ features, key: 0, shared: EMPTY, bag: EMPTY });

describe('HashedLinear', () => {
  it('knows nothing at first', () => {
    const model = new HashedLinear(8);
    expect(model.learn([candidate(1), candidate(2), candidate(3), candidate(4)], 0)).toBeCloseTo(Math.log(4), 12);
  });

  it('takes the step that AdaGrad takes', () => {
    const model = new HashedLinear(8);
    model.learn([candidate(1), candidate(2)], 0);
    // Both gradients are ±½; Σ g² began at 0.01.
    const step = (0.3 * 0.5) / Math.sqrt(0.01 + 0.25);
    expect(model.weights[1]).toBeCloseTo(step, 6);
    expect(model.weights[2]).toBeCloseTo(-step, 6);
    model.learn([candidate(1), candidate(2)], 0);
    const gradient = 1 - 1 / (1 + Math.exp(-2 * step));
    expect(model.weights[1]).toBeCloseTo(step + (0.3 * gradient) / Math.sqrt(0.26 + gradient ** 2), 6);
  });

  it('counts what is shared whole and the words of the screen a tenth', () => {
    const model = new HashedLinear(16);
    const [key, shared, word] = [hashText('key'), hashText('shared'), hashText('word')];
    model.weights[cross(key, shared) & 0xffff] = 2;
    model.weights[cross(key, word) & 0xffff] = 30;
    expect(model.score({ features: [], key, shared: Int32Array.of(shared), bag: Int32Array.of(word) })).toBeCloseTo(5, 5);
  });

  it('learns which of several features tells', () => {
    const random = new Random('features');
    const model = new HashedLinear(12);
    const pose = (): { readonly candidates: readonly Candidate[]; readonly chosen: number } => {
      const chosen = random.below(4);
      return {
        candidates: [0, 1, 2, 3].map((i) => candidate(i === chosen ? 7 : 8, 20 + random.below(50), 100 + random.below(50))),
        chosen,
      };
    };
    for (let i = 0; i < 200; i++) {
      const { candidates, chosen } = pose();
      model.learn(candidates, chosen);
    }
    for (let i = 0; i < 50; i++) {
      const { candidates, chosen } = pose();
      const scores = candidates.map((one) => model.score(one));
      expect(scores.indexOf(Math.max(...scores))).toBe(chosen);
    }
  });

  it('ends in whole steps of its largest weight', () => {
    fc.assert(
      fc.property(
        fc.array(fc.float({ noNaN: true, noDefaultInfinity: true, min: -50, max: 50 }), { minLength: 16, maxLength: 16 }),
        (values) => {
          const model = new HashedLinear(4, Float32Array.from(values));
          const step = model.step;
          model.finish();
          for (const [i, weight] of model.weights.entries()) {
            expect(Math.abs(weight - (values[i] as number))).toBeLessThanOrEqual(step);
            expect(Math.abs(Math.round(weight / step))).toBeLessThanOrEqual(32_767);
            expect(Math.abs(weight / step - Math.round(weight / step))).toBeLessThan(0.01);
          }
        },
      ),
    );
  });
});

describe('logSoftmax', () => {
  it('sums to one, however large the scores are', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: -1e4, max: 1e4, noNaN: true }), { minLength: 1, maxLength: 20 }), (scores) => {
        expect(logSoftmax(scores).reduce((sum, logprob) => sum + Math.exp(logprob), 0)).toBeCloseTo(1, 9);
      }),
    );
  });
});

describe('cross', () => {
  it('is another number in the other order, and spreads over few bits', () => {
    const [a, b] = [hashText('Datum'), hashText('field Date')];
    expect(cross(a, b)).not.toBe(cross(b, a));
    const places = new Set(Array.from({ length: 4096 }, (_, i) => cross(a, hashText(String(i))) & 0xffff));
    // 4,096 balls into 65,536 places leave 3,971 ± 11 of them with one or more.
    expect(places.size).toBeGreaterThan(3971 - 60);
  });
});
