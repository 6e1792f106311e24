/** The reinforcement-learning suite: what learning from the verifier adds to demonstrations, and what its parts are worth. Minutes, not seconds. */
import type { Bench } from '../row.ts';
import { againstDemonstrations, worthOfDemonstrations } from './after-demonstrations.ts';
import { criticsWorth } from './critics-worth.ts';

export const RL_SUITE: readonly Bench[] = [criticsWorth, againstDemonstrations, ...worthOfDemonstrations];
