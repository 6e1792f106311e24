import { describe, expect, it } from 'vitest';
import { ConfigError } from './errors.ts';
import { Random } from './random.ts';

function draw<T>(count: number, next: () => T): T[] {
  return Array.from({ length: count }, next);
}

/** Pearson's chi-squared statistic against equal expected counts. */
function chiSquared(counts: readonly number[]): number {
  const expected = counts.reduce((a, b) => a + b, 0) / counts.length;
  return counts.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
}

describe('Random', () => {
  it('gives the same numbers everywhere', () => {
    // From a second implementation of sfc32 (Python integers, masked to 32 bits; the state is
    // hashlib.sha256(seed).hexdigest()[:32] in four words, 12 draws thrown away; a fork's seed is sha256(seed).hex + '/' + name).
    const random = new Random('golden');
    expect(draw(6, () => random.uint32())).toEqual([3256848319, 543371994, 4162296529, 1690447530, 3518440366, 616437578]);
    const fork = random.fork('a');
    expect(draw(2, () => fork.uint32())).toEqual([4033848912, 287756247]);
    expect(new Random(1).uint32()).toBe(1330950172);
  });

  it('forks streams that do not depend on what was drawn, and that differ by name', () => {
    const fresh = new Random('seed');
    const used = new Random('seed');
    draw(1000, () => used.normal());
    expect(used.fork('x').uint32()).toBe(fresh.fork('x').uint32());
    expect(fresh.fork('x').uint32()).not.toBe(fresh.fork('y').uint32());
    expect(fresh.fork('x').fork('y').uint32()).not.toBe(fresh.fork('x/y').uint32());
    expect(new Random('a/b').uint32()).not.toBe(new Random('a').fork('b').uint32());
  });

  it('forks 200 000 streams of which no two meet, uncorrelated with their parent', () => {
    // With 32 bits of seed some 4.7 pairs would meet.
    const parent = new Random('many');
    const starts = new Set<number>();
    let product = 0;
    for (let i = 0; i < 200_000; i++) {
      const fork = parent.fork(i);
      const start = fork.uniform();
      starts.add(start);
      product += (start - 0.5) * (parent.uniform() - 0.5);
    }
    expect(starts.size).toBe(200_000);
    // The mean product of two independent uniforms has standard deviation 1/12/sqrt(n); 5 of them.
    expect(Math.abs(product / 200_000)).toBeLessThan(((5 / 12) * 1) / Math.sqrt(200_000));
  });

  it('is uniform', () => {
    const random = new Random('uniform');
    const numbers = draw(100_000, () => random.uniform());
    expect(numbers.every((x) => x >= 0 && x < 1)).toBe(true);
    const counts = new Array<number>(100).fill(0);
    for (const x of numbers) counts[Math.floor(x * 100)] = (counts[Math.floor(x * 100)] ?? 0) + 1;
    // scipy.stats.chi2.ppf([1e-5, 1 - 1e-5], 99) = [49.7, 168.3]; both tails, for too even is wrong too.
    expect(chiSquared(counts)).toBeGreaterThan(49);
    expect(chiSquared(counts)).toBeLessThan(169);
    // Every bit of the 32 is set half of the time.
    const words = draw(20_000, () => random.uint32());
    for (let bit = 0; bit < 32; bit++) {
      const share = words.filter((word) => (word >>> bit) & 1).length / words.length;
      expect(Math.abs(share - 0.5)).toBeLessThan((5 * 0.5) / Math.sqrt(words.length));
    }
  });

  it('is standard normal', () => {
    const random = new Random('normal');
    const n = 100_000;
    const numbers = draw(n, () => random.normal());
    const moment = (power: number): number => numbers.reduce((sum, x) => sum + x ** power, 0) / n;
    // Within 5 standard errors: Var x = 1, Var x^2 = 2, Var x^3 = 15, Var x^4 = 96.
    expect(Math.abs(moment(1))).toBeLessThan(5 / Math.sqrt(n));
    expect(Math.abs(moment(2) - 1)).toBeLessThan((5 * Math.sqrt(2)) / Math.sqrt(n));
    expect(Math.abs(moment(3))).toBeLessThan((5 * Math.sqrt(15)) / Math.sqrt(n));
    expect(Math.abs(moment(4) - 3)).toBeLessThan((5 * Math.sqrt(96)) / Math.sqrt(n));
    // Phi(1.96) = 0.9750021
    const below = numbers.filter((x) => x < 1.96).length / n;
    expect(Math.abs(below - 0.9750021)).toBeLessThan(5 * Math.sqrt((0.975 * 0.025) / n));
  });

  it.each([1, 2, 3, 7, 10, 64, 1000])('draws below %i uniformly', (n) => {
    const random = new Random(`below ${n}`);
    const counts = new Array<number>(n).fill(0);
    for (let i = 0; i < 100 * n; i++) {
      const x = random.below(n);
      counts[x] = (counts[x] ?? Number.NaN) + 1; // NaN where x is no index.
    }
    expect(Object.keys(counts)).toHaveLength(n);
    // Mean n - 1, variance 2 (n - 1): 6 standard deviations and some room for the skewed small ones.
    expect(chiSquared(counts)).toBeLessThanOrEqual(n - 1 + 6 * Math.sqrt(2 * (n - 1)) + 10 * Number(n > 1));
  });

  it('draws below a bound that does not divide 2^32 without bias', () => {
    // Without rejection, x % n would fall into the lower half of [0, n) with probability 2/3.
    const n = 3 * 2 ** 30;
    const random = new Random('bias');
    const low = draw(20_000, () => random.below(n)).filter((x) => x < n / 2).length / 20_000;
    expect(Math.abs(low - 0.5)).toBeLessThan((5 * 0.5) / Math.sqrt(20_000));
    expect(random.below(2 ** 32)).toBeLessThan(2 ** 32);
  });

  it.each([0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 32 + 1])('refuses the bound %d', (n) => {
    expect(() => new Random(0).below(n)).toThrow(ConfigError);
  });

  it('refuses to pick from nothing', () => {
    expect(() => new Random(0).pick([])).toThrow(/Random.pick: got no items/);
    expect(new Random(0).pick(['only'])).toBe('only');
  });

  it('shuffles a copy, every order equally often', () => {
    const random = new Random('shuffle');
    const items = [0, 1, 2, 3];
    const orders = new Map<string, number>();
    for (let i = 0; i < 24_000; i++) {
      const order = random.shuffle(items).join('');
      orders.set(order, (orders.get(order) ?? 0) + 1);
    }
    expect(items).toEqual([0, 1, 2, 3]);
    expect(orders.size).toBe(24);
    // scipy.stats.chi2.ppf(1 - 1e-5, 23) = 65.0
    expect(chiSquared([...orders.values()])).toBeLessThan(65);
  });
});
