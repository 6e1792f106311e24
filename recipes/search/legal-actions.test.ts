import { describe, expect, it } from 'vitest';
import { gymModule as countdown } from '../../gyms/countdown/gym.ts';
import { ConfigError } from '../../src/base/index.ts';
import { formatAction, refusal } from '../../src/grammar/index.ts';
import type { Action, Observation, Target } from '../../src/records/index.ts';
import { legalActions } from './legal-actions.ts';

const target = (reference: number, offers: Target['offers']): Target => ({
  reference,
  role: '',
  name: `${reference}`,
  states: [],
  offers,
  text: 'x',
});
const seen = (...targets: readonly Target[]): Observation => ({ pieces: [], targets, stop: null });
const lines = (actions: readonly Action[]): readonly string[] => actions.map(formatAction).toSorted();

describe('legal actions', () => {
  it('are all that the grammar allows, without typed text', () => {
    const verbs = { click: 'read', fill: 'reversible', type: 'reversible', scroll: 'read', ask: 'read', done: 'read' } as const;
    const actions = lines(legalActions(verbs, seen(target(1, ['click']), target(2, ['fill']), target(3, ['copy']))));
    const fills = ['', ...['amount', 'date', 'integer', 'lower', 'trim', 'upper', 'us-date'].map((name) => ` as ${name}`)];
    expect(actions).toEqual(
      [
        ...['ask', 'ask ⟨1⟩', 'ask ⟨2⟩', 'ask ⟨3⟩', 'click ⟨1⟩', 'done', 'scroll down', 'scroll up'],
        ...fills.map((as) => `fill ⟨2⟩ from ⟨3⟩${as}`),
      ].toSorted(),
    );
  });

  it('are bounded in length, accepted, and no more than the limit', () => {
    const screen = seen(target(1, ['call']), target(2, ['copy']), target(3, ['copy']));
    const count = (longest: number): number => legalActions({ call: 'read' }, screen, { longest }).length;
    // Without arguments 1, and 2^k with k of them.
    expect([3, 5, 6, 7, 8].map(count)).toEqual([1, 3, 7, 15, 31]);
    const accept = (action: Action): boolean => action.kind === 'call' && action.arguments.length === 1;
    expect(lines(legalActions({ call: 'read' }, screen, { accept }))).toEqual(['call ⟨1⟩ with ⟨2⟩', 'call ⟨1⟩ with ⟨3⟩']);
    expect(() => legalActions({ call: 'read' }, screen, { limit: 10 })).toThrow(ConfigError);
  });

  it('are refused by no session', async () => {
    const { gym } = countdown;
    const session = await gym.open(gym.task({ split: 'train', n: 0 }), { seed: 'a' });
    const observation = await session.observe();
    const targets = new Map(observation.targets.map((each) => [each.reference, each]));
    const actions = legalActions(gym.manifest.actions, observation);
    expect(actions.length).toBeGreaterThan(100);
    for (const action of actions) expect(refusal(action, gym.manifest.actions, targets)).toBeNull();
    await session.close();
  });
});
