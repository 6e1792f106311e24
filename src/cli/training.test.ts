import { describe, expect, it } from 'vitest';
import { Options } from './options.ts';
import { TRAINING_ARGS, trainingOptions, tryIt } from './training.ts';

const optionsOf = (...words: string[]) => trainingOptions(new Options(words, { command: 'pretrain', args: TRAINING_ARGS }));

describe('options of training', () => {
  it('leave the threads to the session, which asks the environment, unless they are given', () => {
    expect('threads' in optionsOf('--out', 'x')).toBe(false);
    expect(optionsOf('--out', 'x', '--threads', '3').threads).toBe(3);
  });

  it('name a command that works in a checkout', () => {
    expect(tryIt('my run')).toBe(`To try it: npx journeyman sample --from 'my run' --prompt "…"`);
  });
});
