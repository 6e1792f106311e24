import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { planBudget } from './budget.ts';

const rate = (most: number) => fc.double({ min: 0.01, max: most, noNaN: true });
const speeds = fc.record({ trainedTokens: rate(1e6), expertEpisodes: rate(1e4), policyEpisodes: rate(1e4) });
const options = fc.record({
  seconds: fc.double({ min: 20, max: 7 * 24 * 3600, noNaN: true }),
  demonstrations: fc.integer({ min: 10, max: 100_000 }),
  examEpisodes: fc.integer({ min: 1, max: 5000 }),
});

describe('planBudget', () => {
  it('gives whole, positive numbers, and at most what was asked for', () => {
    fc.assert(
      fc.property(speeds, options, (speed, asked) => {
        const { totalSeconds, certifySeconds, ...counts } = planBudget(speed, asked);
        expect(totalSeconds).toBe(asked.seconds);
        expect(certifySeconds).toBeLessThanOrEqual(Math.ceil(asked.seconds / 3));
        for (const count of Object.values(counts)) expect(Number.isSafeInteger(count) && count >= 0).toBe(true);
        for (const count of [counts.demonstrations, counts.rounds, counts.roundEpisodes, counts.criticEpisodes])
          expect(count).toBeGreaterThan(0);
        expect(counts.demonstrations).toBeLessThanOrEqual(asked.demonstrations);
      }),
    );
  });

  it('spends more time on more of everything', () => {
    fc.assert(
      fc.property(speeds, options, (speed, asked) => {
        const less = planBudget(speed, asked);
        const more = planBudget(speed, { ...asked, seconds: 2 * asked.seconds });
        expect(more.demonstrations).toBeGreaterThanOrEqual(less.demonstrations);
        expect(more.sftTokens).toBeGreaterThanOrEqual(less.sftTokens);
        expect(more.rounds * more.roundEpisodes).toBeGreaterThanOrEqual(less.rounds * (less.roundEpisodes - 1));
      }),
    );
  });

  it('stays within the time, where there is enough of it', () => {
    const enough = fc.record({
      seconds: fc.double({ min: 600, max: 1e5, noNaN: true }),
      demonstrations: fc.integer({ min: 10, max: 1000 }),
      examEpisodes: fc.integer({ min: 100, max: 1000 }),
    });
    const usual = fc.record({
      trainedTokens: fc.double({ min: 1000, max: 1e5, noNaN: true }),
      expertEpisodes: fc.double({ min: 0.5, max: 100, noNaN: true }),
      policyEpisodes: fc.double({ min: 0.3, max: 100, noNaN: true }),
    });
    fc.assert(
      fc.property(usual, enough, (speed, asked) => {
        const plan = planBudget(speed, asked);
        const played = plan.rounds * plan.roundEpisodes + plan.criticEpisodes;
        const seconds =
          plan.demonstrations / speed.expertEpisodes +
          (plan.sftTokens + plan.rounds * plan.roundTokens) / speed.trainedTokens +
          played / speed.policyEpisodes +
          plan.certifySeconds;
        expect(seconds).toBeLessThan(1.1 * asked.seconds);
      }),
    );
  });
});
