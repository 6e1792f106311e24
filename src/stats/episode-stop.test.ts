import { describe, expect, it } from 'vitest';
import { ConfigError, Random } from '../base/index.ts';
import { stopEvidence, stopThreshold } from './episode-stop.ts';

const SEED = 28;

describe(`stopping inside an episode (simulation with seed ${SEED})`, () => {
  it('has evidence 1 before the first step, and stops where it is 1/α', () => {
    expect(stopEvidence({ failure: 0.2, baseFailure: 0.2 })).toBeCloseTo(1, 12);
    expect(stopEvidence({ failure: stopThreshold({ alpha: 0.05, baseFailure: 0.2 }), baseFailure: 0.2 })).toBeCloseTo(20, 9);
    expect(() => stopThreshold({ alpha: 0, baseFailure: 0.2 })).toThrow(ConfigError);
    expect(() => stopEvidence({ failure: 1, baseFailure: 0.2 })).toThrow(ConfigError);
  });

  it('stops at most α of the episodes that would succeed, with a critic that is calibrated', () => {
    const random = new Random(SEED);
    const [alpha, baseFailure] = [0.1, 0.3];
    const threshold = stopThreshold({ alpha, baseFailure });
    let successes = 0;
    let falseAlarms = 0;
    let failures = 0;
    let caught = 0;
    for (let episode = 0; episode < 3000; episode++) {
      const fails = random.uniform() < baseFailure;
      let logOdds = Math.log(baseFailure / (1 - baseFailure));
      let isStopped = false;
      for (let step = 0; step < 40; step++) {
        // A sign of trouble comes with probability .3 in episodes that fail, .2 in others; the critic knows both.
        const isSign = random.uniform() < (fails ? 0.3 : 0.2);
        logOdds += isSign ? Math.log(0.3 / 0.2) : Math.log(0.7 / 0.8);
        if (1 / (1 + Math.exp(-logOdds)) >= threshold) isStopped = true;
      }
      if (fails) {
        failures++;
        if (isStopped) caught++;
      } else {
        successes++;
        if (isStopped) falseAlarms++;
      }
    }
    expect(falseAlarms / successes).toBeLessThan(alpha);
    expect(caught / failures).toBeGreaterThan(2 * alpha);
  });
});
