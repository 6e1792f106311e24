/**
 * Seeded random numbers. A `Random` is a deterministic stream: same seed, same numbers on every machine.
 * Streams are derived by name (`fork`), so that adding a consumer does not shift another's numbers.
 *
 * Generator: sfc32 (C. Doty-Humphrey, PractRand). Its 128-bit state is the head of a SHA-256 of the seed, so that millions of
 * forks don't meet, as they would after some 2^16 with a 32-bit hash. Not for secrets.
 */
import { ConfigError } from './errors.ts';
import { hashBytes } from './hash.ts';

export class Random {
  readonly #state: Uint32Array;
  readonly #key: string;

  constructor(seed: number | string) {
    this.#key = hashBytes(String(seed));
    this.#state = Uint32Array.from({ length: 4 }, (_, i) => Number.parseInt(this.#key.slice(8 * i, 8 * i + 8), 16));
    for (let i = 0; i < 12; i++) this.uint32();
  }

  /** A stream of its own, fixed by this stream's seed and `name`, independent of how much this one has drawn. */
  fork(name: number | string): Random {
    return new Random(`${this.#key}/${name}`);
  }

  /** Uniform in [0, 2^32). */
  uint32(): number {
    const s = this.#state as Uint32Array & { 0: number; 1: number; 2: number; 3: number };
    const t = (s[0] + s[1] + s[3]) >>> 0;
    s[3] += 1;
    s[0] = s[1] ^ (s[1] >>> 9);
    s[1] = s[2] + (s[2] << 3);
    s[2] = ((s[2] << 21) | (s[2] >>> 11)) + t;
    return t;
  }

  /** Uniform in [0, 1), 53 bits. */
  uniform(): number {
    return ((this.uint32() >>> 5) * 67108864 + (this.uint32() >>> 6)) / 9007199254740992;
  }

  /** Uniform integer in [0, n). */
  below(n: number): number {
    if (!(Number.isInteger(n) && n > 0 && n <= 0x100000000))
      throw new ConfigError({ operation: 'Random.below', got: String(n), expected: 'an integer from 1 to 2^32' });
    // Rejection keeps it exactly uniform.
    const limit = 0x100000000 - (0x100000000 % n);
    for (;;) {
      const x = this.uint32();
      if (x < limit) return x % n;
    }
  }

  /** Standard normal (Box and Muller 1958). */
  normal(): number {
    const u = 1 - this.uniform();
    return Math.sqrt(-2 * Math.log(u)) * Math.cos(2 * Math.PI * this.uniform());
  }

  /** One of `items`, uniformly. */
  pick<T>(items: readonly T[]): T {
    if (items.length === 0) throw new ConfigError({ operation: 'Random.pick', got: 'no items', expected: 'at least one' });
    return items[this.below(items.length)] as T;
  }

  /** A new array with the same items in random order (Fisher and Yates). */
  shuffle<T>(items: readonly T[]): T[] {
    const out = items.slice();
    for (let i = out.length - 1; i > 0; i--) {
      const j = this.below(i + 1);
      const swap = out[i] as T;
      out[i] = out[j] as T;
      out[j] = swap;
    }
    return out;
  }
}
