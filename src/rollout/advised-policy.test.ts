import { describe, expect, it } from 'vitest';
import { ConfigError } from '../base/index.ts';
import { actSegment } from '../grammar/index.ts';
import type { Action, EpisodeRecord, Observation, Segment } from '../records/index.ts';
import { type Adviser, advisedPolicy } from './advised-policy.ts';
import { playPolicy } from './play-policy.ts';
import { PressError, PressGym, PressPolicy, type Script } from './press-gym.fixture.ts';

const CLICK: Action = { kind: 'click', target: 7 };
const DONE: Action = { kind: 'done' };

/** Presses until the screen shows `wanted`. */
function presser(wanted: number, told: Action[] = [], mistakeAt = -1): Adviser {
  return {
    next({ pieces }: Observation) {
      const [piece] = pieces;
      const pressed = Number(piece?.kind === 'text' ? piece.text.split(' ')[1] : 0);
      if (pressed === mistakeAt) return { action: CLICK, mistake: true };
      return { action: pressed < wanted ? CLICK : DONE };
    },
    instead: (action) => told.push(action),
  };
}

interface Setting {
  readonly script?: Script;
  readonly adviser?: Adviser;
  readonly letThrough?: number;
  readonly gym?: PressGym;
  readonly lane?: string;
}

/** The goal is to press twice. */
async function play({ script = {}, adviser = presser(2), letThrough = 0, gym = new PressGym(), lane = 'l' }: Setting) {
  const forced: Segment[] = [];
  const own = new PressPolicy({ force: (segment) => forced.push(segment), value: 0.5, ...script });
  const policy = advisedPolicy({ policy: own, adviser: () => adviser, letThrough });
  const task = gym.task({ split: 'train', n: 1 });
  const record = await playPolicy({ gym, task, lane: { seed: lane }, policy, policyId: 'p' });
  expect([own.closed, gym.closed]).toEqual([own.begun, gym.opened]);
  return { record, forced };
}

const acts = ({ transcript }: EpisodeRecord): string[] =>
  transcript.segments.flatMap(({ kind, pieces, imitate = true }) =>
    kind === 'act' && pieces[0]?.kind === 'word' ? [`${pieces[0].word}${imitate ? '' : '*'}`] : [],
  );
const on7: Observation = {
  pieces: [],
  targets: [{ reference: 7, role: 'button', name: 'Press', states: [], offers: ['click'], text: '' }],
  stop: null,
};

describe('an advised policy', () => {
  it('goes its own way where that is right', async () => {
    const { record, forced } = await play({});
    expect(acts(record)).toEqual(['click', 'click', 'done']);
    expect(forced).toEqual([]);
    expect(record.score?.success).toBe(true);
    expect(record.steps.map(({ logprobs }) => logprobs)).toEqual([[-0.1], [-0.1], [-0.1]]);
    expect(record.steps.map(({ advice }) => advice)).toEqual([CLICK, CLICK, DONE].map((action) => actSegment(action, on7)));
    expect(record.tokens).toBe(30);
  });

  it('does what it is advised where it is wrong, and has read that it did', async () => {
    // The policy would stop too early.
    const { record, forced } = await play({ script: { more: -1 } });
    expect(acts(record)).toEqual(['click', 'click', 'done']);
    expect(forced).toEqual([actSegment(CLICK, on7)]);
    expect(record.score?.success).toBe(true);
    expect(record.steps[1]).toMatchObject({ value: 0.5, logprobs: [], advice: forced[0] });
  });

  it('lets what can be repaired through, not to be imitated, and tells the adviser', async () => {
    const told: Action[] = [];
    const adviser: Adviser = { ...presser(2, told), next: () => ({ action: DONE }) };
    const { record, forced } = await play({ adviser, letThrough: 1 });
    expect(acts(record)).toEqual(['click*', 'click*', 'done']);
    expect(told).toEqual([CLICK, CLICK]);
    expect(forced).toEqual([]);
    expect(record.steps[0]?.advice).toEqual(actSegment(DONE, on7));
    // An end can't be repaired.
    const early = await play({ script: { more: -2 }, letThrough: 1 });
    expect(acts(early.record)).toEqual(['click', 'click', 'done']);
    expect(early.forced).toHaveLength(2);
  });

  it('lets nothing irreversible through', async () => {
    const gym = new PressGym();
    Object.assign(gym, { manifest: { ...gym.manifest, actions: { ...gym.manifest.actions, click: 'irreversible' } } });
    const { record } = await play({ gym, adviser: { next: () => ({ action: DONE }) }, letThrough: 1 });
    expect(acts(record)).toEqual(['done']);
  });

  it('draws what is let through from the seed of the episode', async () => {
    const wrong: Adviser = { next: () => ({ action: { kind: 'fill', target: 7, source: 7 } }) };
    const runs = [];
    for (const lane of ['a', 'a', 'b', 'c', 'd'])
      runs.push(acts((await play({ script: { more: 100 }, adviser: wrong, letThrough: 0.5, lane })).record).join());
    expect(runs[0]).toBe(runs[1]);
    expect(new Set(runs).size).toBeGreaterThan(2);
    expect(runs.join()).toMatch(/click\*/);
    expect(runs.join()).toMatch(/fill/);
  });

  it('is advised where it comes to no decision', async () => {
    const decide = (step: number): void => {
      if (step === 0) throw new PressError('runtime');
    };
    const { record, forced } = await play({ script: { decide } });
    expect(acts(record)).toEqual(['click', 'click', 'done']);
    expect(forced).toHaveLength(3);
    expect(record.steps[0]?.value).toBeNull();
    expect(record.score?.success).toBe(true);
  });

  it("does not learn the adviser's mistakes, not even its own that agree", async () => {
    const { record, forced } = await play({ adviser: presser(3, [], 0) });
    expect(acts(record)).toEqual(['click*', 'click', 'click', 'done']);
    expect(forced).toHaveLength(1);
  });

  it('must be able to go on with what it did not choose', async () => {
    const policy = new PressPolicy();
    const advised = advisedPolicy({ policy, adviser: () => presser(2) });
    await expect(advised.begin({ seed: 's', verbs: {} })).rejects.toThrow(ConfigError);
    expect(policy.closed).toBe(1);
  });
});
