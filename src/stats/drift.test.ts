import { describe, expect, it } from 'vitest';
import { ConfigError, Random } from '../base/index.ts';
import { beginDrift, observeRun } from './drift.ts';

const SEED = 29;
const WATCH = { reference: 0.97, alternatives: [0.95, 0.9, 0.8, 0.5], alpha: 1e-4 } as const;

/** Runs until the alarm, or `most`: rate `before` for the first `change` runs, `after` from then on. */
function runsToAlarm(
  random: Random,
  { before, after, change, most }: { before: number; after: number; change: number; most: number },
): number {
  let state = beginDrift(WATCH);
  while (!state.isAlarm && state.runs < most) state = observeRun(state, random.uniform() < (state.runs < change ? before : after));
  return state.isAlarm ? state.runs : Infinity;
}

describe(`drift (simulations with seed ${SEED})`, () => {
  it('raises few false alarms: some 3.5 % within 10,000 runs at .98 over a reference of .97', () => {
    const random = new Random(SEED);
    let alarms = 0;
    for (let k = 0; k < 150; k++) if (runsToAlarm(random, { before: 0.98, after: 0.98, change: 0, most: 10_000 }) < Infinity) alarms++;
    expect(alarms / 150).toBeLessThan(0.09);
  });

  it('takes the published mean numbers of runs to notice: 645, 244, 109 and 32', () => {
    const random = new Random(SEED).fork('delay');
    for (const [after, published] of [
      [0.95, 645],
      [0.93, 244],
      [0.9, 109],
      [0.8, 32],
    ] as const) {
      let sum = 0;
      let count = 0;
      for (let k = 0; k < 200; k++) {
        const runs = runsToAlarm(random, { before: 0.98, after, change: 1000, most: 100_000 });
        if (runs <= 1000) continue;
        sum += runs - 1000;
        count++;
      }
      expect(Math.abs(sum / count / published - 1)).toBeLessThan(0.15);
    }
  });

  it('has a mean time to a false alarm of at least 1/α at the reference itself, the worst case', () => {
    const random = new Random(SEED).fork('reference');
    let sum = 0;
    for (let k = 0; k < 300; k++) {
      let state = beginDrift({ ...WATCH, alpha: 0.005 });
      while (!state.isAlarm) state = observeRun(state, random.uniform() < 0.97);
      sum += state.runs;
    }
    expect(sum / 300).toBeGreaterThan(200);
  });

  it('watches upwards too, and stays fired', () => {
    let state = beginDrift({ reference: 0.5, alternatives: [0.7, 0.9], alpha: 0.01 });
    for (let i = 0; i < 30; i++) state = observeRun(state, true);
    expect(state.isAlarm).toBe(true);
    expect(observeRun(state, false)).toBe(state);
    expect(state.runs).toBeLessThan(15);
  });

  it('refuses alternatives on both sides of the reference, or none', () => {
    expect(() => beginDrift({ reference: 0.5, alternatives: [0.4, 0.6], alpha: 0.01 })).toThrow(/one detector downwards/);
    expect(() => beginDrift({ reference: 0.5, alternatives: [0.5], alpha: 0.01 })).toThrow(ConfigError);
    expect(() => beginDrift({ reference: 0.5, alternatives: [], alpha: 0.01 })).toThrow(ConfigError);
  });
});
