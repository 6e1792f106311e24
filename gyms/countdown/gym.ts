/** The countdown gym: reach a number from given ones with + − × ÷. It shows that nothing in the contract is about browsers. */
import { defineGym, type GymModule } from '../../src/gym/index.ts';
import { openExpert } from './expert.ts';
import { generate, type Instance } from './instance.ts';
import { proofOf } from './proof.ts';
import { openTable } from './table.ts';
import { SOUND } from './verifier.ts';

const gym = defineGym<Instance>({
  manifest: {
    name: 'countdown',
    version: '1',
    description: 'Reach a target from 3 to 6 numbers with + − × ÷, each number used at most once, whole numbers above 0 only.',
    actions: { call: 'read', answer: 'read', abstain: 'read', done: 'read' },
    limits: { steps: 16, seconds: 600 },
    invariants: { [SOUND]: 'No number lies on the table that does not follow from the given ones.' },
    slices: {
      base: { description: 'Three or four numbers.' },
      five: { description: 'Five numbers.' },
      six: { description: 'Six numbers.' },
    },
  },
  generate,
  goal: ({ target }) => [{ text: 'Reach ' }, { text: String(target), key: 'target' }, { text: ' with + − × ÷' }],
  open: async (instance) => openTable(instance),
});

export const gymModule: GymModule = {
  gym,
  expert: (task, options) => openExpert(gym.instance(task), options),
  proof: proofOf((task) => gym.instance(task)),
};
