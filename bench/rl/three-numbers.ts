/**
 * Countdown with three small numbers: the gym's puzzles of that size, its table, its verifier, its expert. Small enough for a model of a quarter of a
 * million parameters to learn a part of them in a minute, so that there is room above and a footing below.
 */
import { openExpert } from '../../gyms/countdown/expert.ts';
import { gymModule as countdown } from '../../gyms/countdown/gym.ts';
import { generate, type Instance } from '../../gyms/countdown/instance.ts';
import { proofOf } from '../../gyms/countdown/proof.ts';
import { openTable } from '../../gyms/countdown/table.ts';
import { defineGym, type LoadedGym } from '../../src/gym/index.ts';

const LARGEST_NUMBER = 16;
const LARGEST_TARGET = 60;

const gym = defineGym<Instance>({
  manifest: {
    ...countdown.gym.manifest,
    name: 'countdown-three',
    slices: { base: { description: 'Three small numbers.' } },
  },
  generate(random, _, split) {
    for (;;) {
      const instance = generate(random, 'base', split);
      if (
        instance.numbers.length === 3 &&
        instance.target <= LARGEST_TARGET &&
        instance.numbers.every((number) => number <= LARGEST_NUMBER)
      )
        return instance;
    }
  },
  goal: ({ target }) => [{ text: 'Reach ' }, { text: String(target), key: 'target' }, { text: ' with + − × ÷' }],
  open: async (instance) => openTable(instance),
});

export const threeNumbers: LoadedGym = {
  module: { gym, expert: (task, options) => openExpert(gym.instance(task), options), proof: proofOf((task) => gym.instance(task)) },
  manifest: gym.manifest,
  folder: '',
  proofPath: '',
};
