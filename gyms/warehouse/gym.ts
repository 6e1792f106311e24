/** The warehouse gym: push goods onto goals on a grid. The place for looking ahead: snapshots are exact and small, and the best is known. */
import { defineGym, type GymModule } from '../../src/gym/index.ts';
import { openExpert } from './expert.ts';
import { openFloor } from './floor.ts';
import { generate, type Instance } from './instance.ts';
import { proofOf } from './proof.ts';
import { CONSERVED, UNTOUCHED } from './verifier.ts';

const gym = defineGym<Instance>({
  manifest: {
    name: 'warehouse',
    version: '1',
    description: 'Push every good onto a goal square. The worker walks by itself; goods can be pushed, never pulled.',
    actions: { call: 'irreversible', abstain: 'read', done: 'read' },
    limits: { steps: 80, seconds: 600 },
    invariants: {
      [CONSERVED]: 'Every good is on the floor exactly once.',
      [UNTOUCHED]: 'Every wall stands where it stood.',
    },
    slices: {
      base: { description: '8 × 8 squares, 4 goods.' },
      small: { description: '6 × 6 squares, 2 goods.' },
      large: { description: '10 × 10 squares, 5 goods.' },
    },
  },
  generate,
  goal: () => [{ text: 'Push every good onto a goal (o)' }],
  open: async (instance) => openFloor(instance),
});

export const gymModule: GymModule = {
  gym,
  expert: (task, options) => openExpert(gym.instance(task), options),
  proof: proofOf((task) => gym.instance(task)),
};
