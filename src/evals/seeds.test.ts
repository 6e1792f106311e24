import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { assertUnseen, commitNonce, examNumbers, isRevealed } from './seeds.ts';

const of = (nonce: string, slice = 'base', count = 50) => examNumbers({ nonce, gym: 'g', version: '1', slice, count });

describe('commit and reveal', () => {
  it('commits to the SHA-256 of the nonce', () => {
    // printf '%064d' 0 | xxd -r -p | sha256sum
    const { nonce, commitment } = commitNonce(new Uint8Array(32));
    expect(commitment).toBe('66687aadf862bd776c8fc18b8e9f8e20089714856ee233b3902a591d0d5f2925');
    expect(isRevealed({ nonce, commitment })).toBe(true);
    expect(isRevealed({ nonce: nonce.replace('0', '1'), commitment })).toBe(false);
    expect(isRevealed({ nonce: '', commitment })).toBe(false);
    expect(commitNonce().nonce).not.toBe(commitNonce().nonce);
    expect(() => commitNonce(new Uint8Array(8))).toThrow(/32 random bytes/);
  });

  it('draws numbers below 2^53, each once, more of which begin alike, and others for another slice, gym or nonce', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 32, maxLength: 32 }), fc.integer({ min: 0, max: 300 }), (bytes, count) => {
        const { nonce } = commitNonce(bytes);
        const numbers = of(nonce, 'base', count);
        expect(new Set(numbers).size).toBe(count);
        expect(numbers.every((n) => Number.isSafeInteger(n) && n >= 0)).toBe(true);
        expect(of(nonce, 'base', count + 5).slice(0, count)).toEqual(numbers);
      }),
      { seed: 5, numRuns: 50 },
    );
    const { nonce } = commitNonce(new Uint8Array(32));
    expect(of(nonce)).not.toEqual(of(nonce, 'drift'));
    expect(of(nonce)).not.toEqual(examNumbers({ nonce, gym: 'g', version: '2', slice: 'base', count: 50 }));
    expect(Math.max(...of(nonce))).toBeGreaterThan(2 ** 52);
  });
});

describe('what training saw', () => {
  it('may not be of the exam split', () => {
    const exam = [{ split: 'exam', n: 5 }] as const;
    expect(() =>
      assertUnseen(exam, [
        { split: 'train', n: 5 },
        { split: 'validate', n: 5 },
      ]),
    ).not.toThrow();
    expect(() => assertUnseen(exam, [{ split: 'exam', n: 5 }])).toThrow(/1 of them of this very exam/);
    expect(() => assertUnseen(exam, [{ split: 'exam', n: 6 }])).toThrow(/0 of them of this very exam/);
  });
});
