/**
 * An app with a till, small enough to check by hand: a field for an amount, two amounts to copy from, a button that saves (compensable) and one that pays
 * (irreversible). What was pressed outlives the session, as in an app that somebody else runs. And a clerk who follows a list of things to do.
 */
import { actSegment } from '../grammar/index.ts';
import { openSession } from '../gym/index.ts';
import type { Action, Command, GymManifest, Observation, Policy, Screen, Session, Target, World } from '../records/index.ts';

export const tillActions: GymManifest['actions'] = {
  ...{ click: 'reversible', fill: 'reversible', select: 'reversible', wait: 'read', done: 'read', abstain: 'read', ask: 'read' },
};

const manifest: GymManifest = {
  name: 'till',
  version: '1',
  description: 'Enter the amount and save.',
  actions: tillActions,
  limits: { steps: 30, seconds: 600 },
  invariants: {},
  slices: { base: { description: 'plain' } },
};

export class Till {
  /** In the order in which they were pressed, with the amount. */
  readonly pressed: string[] = [];
  /** Stands on the page for everybody to see. */
  note = 'nothing new';
  /** Called before a button is pressed and after. */
  onPress: (when: 'before' | 'after', name: string) => void = () => {};

  open(seed: string): Session {
    return openSession({
      manifest,
      task: { schemaVersion: 1, gym: 'till', gymVersion: '1', seed: { split: 'train', n: 0 }, slice: 'base', goal: [{ text: 'Pay.' }] },
      lane: { seed },
      world: new TillPage(this),
    });
  }
}

class TillPage implements World {
  readonly #till: Till;
  #amount = '';
  #drawer = 'first';

  constructor(till: Till) {
    this.#till = till;
  }

  async look(): Promise<Screen> {
    return {
      elements: [
        { key: 'note', role: '', name: this.#till.note, offers: ['copy'] },
        { key: 'small', role: '', name: '12.00', offers: ['copy'] },
        { key: 'large', role: '', name: '98000.00', offers: ['copy'] },
        { key: 'amount', role: 'field', name: 'Amount', value: this.#amount, offers: ['fill', 'copy'] },
        { key: 'till', role: 'list', name: 'Till', value: this.#drawer, offers: ['select', 'copy'] },
        { key: 'first', role: 'option', name: 'first', offers: ['option'] },
        { key: 'second', role: 'option', name: 'second', offers: ['option'] },
        { key: 'save', role: 'button', name: 'Save bill', offers: ['click'], risk: 'compensable' },
        { key: 'pay', role: 'button', name: 'Pay now', offers: ['click'], risk: 'irreversible' },
      ],
    };
  }

  async perform(command: Command): Promise<Screen> {
    if (command.kind === 'fill') this.#amount = command.text;
    if (command.kind === 'select') this.#drawer = 'text' in command.option ? command.option.text : command.option.key;
    if (command.kind === 'click') {
      const what = `${command.key} ${this.#amount}`;
      this.#till.onPress('before', what);
      this.#till.pressed.push(what);
      this.#till.onPress('after', what);
    }
    return this.look();
  }

  async score() {
    return { success: null, credit: null, broken: [], reasons: ['nobody knows'] };
  }

  async close(): Promise<void> {}
}

export type Wish =
  | 'fill 12.00'
  | 'fill 98000.00'
  | 'Save bill'
  | 'Pay now'
  | 'done'
  | 'abstain'
  | 'ask'
  | 'ask Amount'
  | 'ask Till'
  | 'ask 12.00';

/** Does what stands on the list; told to wait meanwhile, it goes on with the same line, or where it asked, with the next one. `value`: what its critic expects; `foresees`: its world model. */
export function clerk(
  wishes: readonly Wish[],
  { value = 0.99, surprise = 0.1, foresees }: { readonly value?: number; readonly surprise?: number; readonly foresees?: string } = {},
): Policy {
  return {
    async begin() {
      let next = 0;
      let hasAsked = false;
      return {
        read: async () => ({ surpriseNats: surprise }),
        async decide(observation) {
          const wish = wishes[next++] ?? 'done';
          hasAsked = wish.startsWith('ask');
          const action = actionFor(wish, observation);
          return { action, segment: actSegment(action, observation, false), value, logprobs: [-0.01] };
        },
        async force() {
          if (!hasAsked) next--;
        },
        close: async () => {},
        ...(foresees === undefined ? {} : { foresee: async () => foresees }),
      };
    },
  };
}

function actionFor(wish: Wish, { targets }: Observation): Action {
  const at = (isIt: (target: Target) => boolean): number => (targets.find(isIt) as Target).reference;
  if (wish === 'done' || wish === 'abstain' || wish === 'ask') return { kind: wish };
  if (wish.startsWith('ask ')) return { kind: 'ask', about: at(({ name }) => name === wish.slice('ask '.length)) };
  if (wish === 'Save bill' || wish === 'Pay now') return { kind: 'click', target: at(({ name }) => name === wish) };
  const amount = wish.slice('fill '.length);
  return { kind: 'fill', target: at(({ role }) => role === 'field'), source: at(({ role, name }) => role === '' && name === amount) };
}
