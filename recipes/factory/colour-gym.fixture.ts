/**
 * A gym so small that a network learns it in seconds: three colours on the screen, one of them is to be answered. Which ones are right is an
 * option, so that who was taught where all are right begins at a third where one is.
 */
import { defineGym, type LoadedGym } from '../../src/gym/index.ts';
import type { Screen, World } from '../../src/records/index.ts';

const COLOURS = ['red', 'green', 'blue'] as const;
export type Colour = (typeof COLOURS)[number];

export function colourGym(right: readonly Colour[]): LoadedGym {
  const gym = defineGym<readonly Colour[]>({
    manifest: {
      name: 'colours',
      version: '1',
      description: 'Answer with a colour.',
      actions: { answer: 'read', done: 'read' },
      limits: { steps: 3, seconds: 60 },
      invariants: {},
      slices: { base: { description: 'in any order' }, sorted: { description: 'red first' } },
    },
    generate: (random, slice) => (slice === 'sorted' ? COLOURS : random.shuffle(COLOURS)),
    goal: () => [{ text: 'Which colour?' }],
    open: async (colours): Promise<World> => {
      const screen: Screen = { elements: colours.map((name) => ({ key: name, role: '', name, row: true, offers: ['copy'] })) };
      return {
        look: async () => screen,
        perform: async () => screen,
        async score(ending) {
          const success = ending.kind === 'answered' && right.some((colour) => colour === ending.key);
          return { success, credit: success ? 1 : 0, broken: [], reasons: success ? [] : [`ended with ${ending.kind}`] };
        },
        close: async () => undefined,
      };
    },
  });
  return {
    module: {
      gym,
      expert: (_, { random }) => ({
        next({ targets }) {
          const chosen = random.pick(right);
          return { action: { kind: 'answer', source: targets.find(({ name }) => name === chosen)?.reference ?? 0 } };
        },
      }),
      proof: { impostors: [], lazy: [], vocabulary: () => [], differs: () => null },
    },
    manifest: gym.manifest,
    folder: '',
    proofPath: '',
  };
}
