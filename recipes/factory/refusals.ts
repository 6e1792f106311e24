/** What the factory says when it can't go on: what came, what was expected, what to do. */
import { ConfigError } from '../../src/base/index.ts';

export class TooFewDemonstrations extends ConfigError {
  constructor(got: number, least: number, asked: number) {
    super({
      operation: 'learn from demonstrations',
      got: `${got} that the verifier accepts, of ${asked} that were asked for`,
      expected: `${least} or more`,
      fix: `show ${Math.max(least - got, 1)} more (--demonstrations ${Math.max(asked + least - got, 30)}): some 30 teach the way through the app, some 300 the variety of its documents`,
    });
  }
}

export class NeverSucceeds extends ConfigError {
  constructor(gym: string, played: number) {
    super({
      operation: `practise in ${gym}`,
      got: `no success in ${played} episodes of the policy, the expert's help included`,
      expected: 'some success to learn from',
      fix: 'give it more demonstrations (--demonstrations) or time (--budget), begin from a base (--start warm), or make the first slice easier; npx journeyman gym show plays what it should learn',
    });
  }
}
