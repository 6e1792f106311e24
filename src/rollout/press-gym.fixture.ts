/**
 * A gym in memory, by hand: the goal says how often the button is to be pressed. What goes wrong in it is scripted, by the number of the
 * session that is opened.
 */
import { JourneymanError } from '../base/index.ts';
import type { Action, Decision, Gym, Observation, Player, Policy, Score, Segment, Session, StopReason, Task } from '../records/index.ts';

export class PressError extends JourneymanError {
  constructor(code: string, cause?: unknown) {
    super(code, { operation: 'press', got: 'a broken button', expected: 'a whole one', cause });
  }
}

export interface PressFaults {
  /** Throws or waits before the session opens, acts, is scored, is audited. `session` counts from 0. */
  open?(session: number, task: Task): Promise<void> | void;
  act?(session: number, task: Task): Promise<void> | void;
  score?(session: number, task: Task): Promise<void> | void;
  audit?(session: number): Promise<void> | void;
  isWithoutScore?: boolean;
}

export class PressGym implements Gym {
  readonly manifest = {
    name: 'press',
    version: '1',
    description: 'Press the button as often as the goal says.',
    actions: { click: 'reversible', fill: 'reversible', done: 'read' },
    limits: { steps: 8, seconds: 60 },
    invariants: { 'never-nine': 'it is never pressed nine times' },
    slices: { base: { description: 'plain' }, more: { description: 'more often' } },
  } as const;
  opened = 0;
  closed = 0;
  mostOpen = 0;
  readonly #faults: PressFaults;

  constructor(faults: PressFaults = {}) {
    this.#faults = faults;
  }

  task(seed: Task['seed'], slice = 'base'): Task {
    const times = 1 + (seed.n % 3) + (slice === 'more' ? 3 : 0);
    return { schemaVersion: 1, gym: 'press', gymVersion: '1', seed, slice, goal: [{ text: `press ${times}` }] };
  }

  async open(task: Task): Promise<Session> {
    const number = this.opened++;
    this.mostOpen = Math.max(this.mostOpen, this.opened - this.closed);
    const faults = this.#faults;
    try {
      await faults.open?.(number, task);
    } catch (error) {
      this.closed++;
      throw error;
    }
    const wanted = Number(task.goal[0]?.text.split(' ')[1]);
    let pressed = 0;
    let stop: StopReason | null = null;
    const look = (): Observation => ({
      pieces: [
        { kind: 'text', text: `pressed ${pressed}` },
        { kind: 'reference', reference: 7 },
      ],
      targets: [{ reference: 7, role: 'button', name: 'Press', states: [], offers: ['click'], text: '' }],
      stop,
    });
    const judge = (): Score => {
      const success = pressed === wanted && stop === 'done';
      if (faults.isWithoutScore) return { success: null, credit: null, broken: [], reasons: ['nobody knows'] };
      return { success, credit: success ? 1 : 0, broken: [], reasons: success ? [] : [`pressed ${pressed} times`] };
    };
    return {
      task,
      goal: [{ kind: 'text', text: task.goal[0]?.text ?? '' }],
      observe: async () => look(),
      act: async (action: Action) => {
        await faults.act?.(number, task);
        if (action.kind === 'click') pressed++;
        if (action.kind === 'done') stop = 'done';
        return look();
      },
      score: async () => {
        await faults.score?.(number, task);
        return judge();
      },
      audit: async () => {
        await faults.audit?.(number);
        return judge();
      },
      close: async () => {
        this.closed++;
      },
    };
  }
}

export interface Script {
  /** Throws or waits before a decision; `step` counts from 0. */
  decide?(step: number, goal: string): Promise<void> | void;
  begin?(count: number): Promise<void> | void;
  /** Presses too many. Default 0. */
  more?: number;
  force?(segment: Segment): void;
  value?: number;
  /** Closing throws in the middle of a decision. */
  isClosedAtRest?: boolean;
}

/** Presses as often as it has read in the goal, and says that it is done. */
export class PressPolicy implements Policy {
  begun = 0;
  closed = 0;
  readonly seeds: string[] = [];
  readonly heard: Segment[] = [];
  readonly #script: Script;
  #asked = 0;

  constructor(script: Script = {}) {
    this.#script = script;
  }

  async begin({ seed }: { readonly seed: string }): Promise<Player> {
    const { decide, begin, force, more = 0, value = Number.NaN } = this.#script;
    await begin?.(this.#asked++);
    this.begun++;
    this.seeds.push(seed);
    let goal = '';
    let step = 0;
    let isDeciding = false;
    return {
      read: async (segment) => {
        this.heard.push(segment);
        const [piece] = segment.pieces;
        if (segment.kind === 'goal' && piece?.kind === 'text') goal = piece.text;
        return { surpriseNats: segment.kind === 'observe' ? 0.5 : Number.NaN };
      },
      decide: async (): Promise<Decision> => {
        isDeciding = true;
        await decide?.(step, goal);
        isDeciding = false;
        const action: Action = step++ < Number(goal.split(' ')[1]) + more ? { kind: 'click', target: 7 } : { kind: 'done' };
        return { action, segment: actOf(action), value, logprobs: [-0.1] };
      },
      ...(force ? { force: async (segment: Segment) => force(segment) } : {}),
      tokens: () => 10 * step,
      close: async () => {
        if (isDeciding && this.#script.isClosedAtRest) throw new PressError('runtime');
        this.closed++;
      },
    };
  }
}

const actOf = (action: Action): Segment => ({
  kind: 'act',
  pieces: [
    { kind: 'word', word: action.kind },
    ...('target' in action
      ? ([
          { kind: 'reference', reference: 7 },
          { kind: 'echo', text: 'Press' },
        ] as const)
      : []),
  ],
});
