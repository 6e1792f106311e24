/**
 * A world small enough to check by hand: a field, a list, a button that says in a text how often it was pressed and shows a lamp on every
 * odd press, and a document of two lines. Its gym wants the day of the document in the field.
 */
import type { Command, GymManifest, Screen, ScreenElement, World } from '../records/index.ts';
import type { DefinedGym } from './define-gym.ts';
import { defineGym } from './define-gym.ts';
import type { GymModule } from './expert.ts';

export interface Lamps {
  readonly day: string;
}

export const lampManifest: GymManifest = {
  name: 'lamps',
  version: '1',
  description: 'Put the day of the document into the field.',
  actions: {
    click: 'reversible',
    fill: 'reversible',
    type: 'reversible',
    select: 'read',
    answer: 'read',
    ask: 'read',
    abstain: 'read',
    done: 'read',
    wait: 'read',
    note: 'read',
  },
  limits: { steps: 12, seconds: 60 },
  invariants: { 'never-thrice': 'the button is never pressed three times' },
  slices: { base: { description: 'plain' }, late: { description: 'days of the second half of the year' } },
};

export class LampWorld implements World {
  readonly secrets = { password: 'open sesame' };
  closed = 0;
  readonly #day: string;
  #field = '';
  #list = 'red';
  #presses = 0;

  constructor(day: string) {
    this.#day = day;
  }

  async look(): Promise<Screen> {
    const lamp: ScreenElement[] = this.#presses % 2 === 1 ? [{ key: 'lamp', role: 'image', name: 'lamp', offers: ['click'] }] : [];
    return {
      elements: [
        { key: 'field', role: 'field', name: 'Due', value: this.#field, offers: ['fill', 'copy'] },
        { key: 'list', role: 'list', name: 'Colour', value: this.#list, offers: ['select'] },
        { key: 'red', role: 'option', name: 'red', offers: ['option', 'copy'] },
        { key: 'blue', role: 'option', name: 'blue', offers: ['option', 'copy'] },
        { key: 'button', role: 'button', name: 'Press', offers: ['click'] },
        { key: 'count', role: '', name: `pressed ${this.#presses}`, offers: [] },
        ...lamp,
        { key: 'line-1', role: '', name: 'Fällig', row: true, offers: ['copy'] },
        { key: 'line-2', role: '', name: this.#day.split('-').reverse().join('.'), offers: ['copy'] },
      ],
    };
  }

  async perform(command: Command): Promise<Screen> {
    if (command.kind === 'click' && command.key === 'button') this.#presses++;
    if (command.kind === 'fill') this.#field = command.text;
    if (command.kind === 'select') this.#list = 'key' in command.option ? command.option.key : command.option.text;
    return this.look();
  }

  async score(): ReturnType<World['score']> {
    const broken = this.#presses >= 3 ? ['never-thrice'] : [];
    const success = broken.length === 0 && this.#field === this.#day;
    return { success, credit: success ? 1 : 0, broken, reasons: success ? [] : [`the field holds ${this.#field}`] };
  }

  async save(): Promise<unknown> {
    return [this.#field, this.#list, this.#presses];
  }

  async load(state: unknown): Promise<void> {
    [this.#field, this.#list, this.#presses] = state as [string, string, number];
  }

  async close(): Promise<void> {
    this.closed++;
  }
}

export const lampGym: DefinedGym<Lamps> = defineGym<Lamps>({
  manifest: lampManifest,
  generate: (random, slice, split) => {
    const month = (slice === 'late' ? 7 : 1) + random.below(6);
    // Training knows the first half of each month, the exam the second.
    const date = 1 + random.below(14) + (split === 'exam' ? 14 : 0);
    return { day: `2026-${String(month).padStart(2, '0')}-${String(date).padStart(2, '0')}` };
  },
  goal: () => [{ text: 'Enter the day. Word: ' }, { text: 'password', key: 'password', secret: true }],
  open: async ({ day }) => new LampWorld(day),
});

/** The gym with an expert that succeeds and impostors that don't. */
export const lampModule: GymModule = {
  gym: lampGym,
  expert: (_, { random, mistakes = 0 }) => {
    let isRight = false;
    return {
      next({ targets }) {
        const at = (test: (name: string, role: string) => boolean): number =>
          targets.find(({ name, role }) => test(name, role))?.reference ?? 0;
        if (isRight) return { action: { kind: 'done' } };
        const field = at((name) => name === 'Due');
        if (random.uniform() < mistakes) return { action: { kind: 'type', target: field, text: 'x' }, mistake: true };
        isRight = true;
        return { action: { kind: 'fill', target: field, source: at((name) => /^\d\d\.\d\d\.\d{4}$/.test(name)), as: 'date' } };
      },
    };
  },
  proof: {
    impostors: [{ name: 'idle', description: 'does nothing', play: () => ({ next: () => ({ action: { kind: 'done' } }) }) }],
    lazy: [
      { name: 'abstains', description: 'always abstains', atMost: 0, play: () => ({ next: () => ({ action: { kind: 'abstain' } }) }) },
    ],
    vocabulary: () => [{ kind: 'days', train: ['01', '14'], exam: ['15', '28'] }],
    differs: (task) => (Number(lampGym.instance(task).day.slice(5, 7)) >= 7 ? null : 'a day of the first half'),
  },
};
