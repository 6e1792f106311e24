/**
 * Turns a world into a session: references, observation text, checks, copied text, limits, endings, snapshots. What every gym shares.
 *
 * Invariant: an action that can't be meant changes nothing in the world, costs a step, and is told in the next observation.
 */
import { hashJson, type Json } from '../base/index.ts';
import { normalise, refusal } from '../grammar/index.ts';
import type {
  Action,
  Command,
  Ending,
  GoalPart,
  GymManifest,
  Lane,
  Observation,
  Piece,
  Score,
  Screen,
  ScreenElement,
  Session,
  Snapshot,
  StopReason,
  Target,
  Task,
  UndoAdapter,
  Undoing,
  World,
} from '../records/index.ts';
import { SessionError, VerifierError } from './errors.ts';
import { Observer, type ObserverState } from './observer.ts';
import { cleanText } from './outside-text.ts';

export interface SessionOptions {
  readonly manifest: GymManifest;
  readonly task: Task;
  readonly lane: Lane;
  readonly world: World;
}

/** A session over `world`, which it closes when it is closed. */
export function openSession(options: SessionOptions): Session {
  const { world } = options;
  const session = new ScreenSession(options);
  return {
    task: options.task,
    goal: session.goal,
    observe: () => session.observe(),
    act: (action) => session.act(action),
    score: () => session.score(),
    close: () => session.close(),
    put: (reference, text) => session.put(reference, text),
    ...(world.audit ? { audit: () => session.audit() } : {}),
    ...(world.save && world.load ? { snapshot: () => session.snapshot(), restore: (snapshot: Snapshot) => session.restore(snapshot) } : {}),
    ...(world.undo ? { undo: session.undoBy(world.undo) } : {}),
  };
}

/** Identity of a task: what a snapshot belongs to. */
export const taskHash = (task: Task): string => hashJson(task as unknown as Json).slice(0, 16);

interface SessionState {
  readonly world: unknown;
  readonly observer: ObserverState;
  readonly steps: number;
  readonly ending: Ending;
  readonly screen: string;
}

class ScreenSession {
  readonly goal: readonly Piece[];
  readonly #task: Task;
  readonly #manifest: GymManifest;
  readonly #world: World;
  readonly #observer: Observer;
  readonly #startedMs = performance.now();
  #targets = new Map<number, Target>();
  #shown: Observation | null = null;
  #steps = 0;
  #ending: Ending = { kind: 'open' };
  #isClosed = false;
  /** How far the last action came: not to the world, through it, or nobody knows. */
  #reached: 'nothing' | 'world' | 'unknown' = 'nothing';

  constructor({ manifest, task, lane, world }: SessionOptions) {
    this.#task = task;
    this.#manifest = manifest;
    this.#world = world;
    const pinned = task.goal.flatMap(goalElement);
    this.#observer = new Observer(`${taskHash(task)}/${lane.seed}`, pinned, Object.values(world.secrets ?? {}));
    // Writing an empty screen deals the goal's references.
    const { targets } = this.#observer.write({ elements: [] });
    const referenceOf = new Map(pinned.map(({ key }, i) => [key, targets[i]?.reference]));
    this.goal = task.goal.flatMap(({ text, key }): Piece[] => {
      const reference = key === undefined ? undefined : referenceOf.get(goalKey(key));
      return [{ kind: 'text', text }, ...(reference === undefined ? [] : [{ kind: 'reference', reference } as const])];
    });
  }

  async observe(): Promise<Observation> {
    this.#assertOpen('observe');
    return this.#shown ?? this.#show(await this.#world.look());
  }

  async act(action: Action): Promise<Observation> {
    this.#assertOpen('act');
    if (this.#shown === null) await this.observe();
    if (this.#ending.kind !== 'open')
      throw new SessionError({
        operation: 'act',
        got: `'${action.kind}' after the episode ended (${this.#ending.kind})`,
        expected: 'no action after a stop',
        fix: 'look at the observation’s stop',
      });
    this.#steps++;
    this.#reached = 'nothing';
    const refused = refusal(action, this.#manifest.actions, this.#targets);
    if (refused !== null) return this.#notice(refused);
    const ending = this.#endingOf(action);
    if (ending) {
      this.#ending = ending;
      return this.#notice();
    }
    if (action.kind === 'note') return this.#notice(`noted: ${'source' in action ? this.#target(action.source).text : action.text}`);
    const command = this.#commandOf(action);
    if (typeof command === 'string') return this.#notice(command);
    const put = command.kind === 'fill' ? { key: command.key, text: cleanText(command.text) } : putBySelect(command, action, this.#targets);
    this.#reached = 'unknown';
    const screen = await this.#world.perform(command);
    this.#reached = 'world';
    return this.#show(screen, put);
  }

  async put(reference: number, text: string): Promise<Observation> {
    this.#assertOpen('put');
    if (this.#shown === null) await this.observe();
    const target = this.#targets.get(reference);
    if (this.#ending.kind !== 'open' || target === undefined)
      throw new SessionError({
        operation: 'put a value',
        got:
          target === undefined ? `reference ${reference}, which nothing on the screen has` : `an episode that ended (${this.#ending.kind})`,
        expected: 'something on the screen of an open episode',
      });
    const key = this.#key(reference);
    const { offers, name, role } = target;
    if (!offers.includes('fill') && !offers.includes('select')) return this.#notice(`${role} ${JSON.stringify(name)} takes no value`);
    this.#reached = 'unknown';
    const screen = await this.#world.perform(
      offers.includes('fill') ? { kind: 'fill', key, text } : { kind: 'select', key, option: { text } },
    );
    this.#reached = 'world';
    return this.#show(screen);
  }

  async score(): Promise<Score> {
    this.#assertOpen('score');
    return this.#verdict('score', () => this.#world.score(this.#ending));
  }

  async audit(): Promise<Score> {
    this.#assertOpen('audit');
    return this.#verdict('audit', () => (this.#world.audit as NonNullable<World['audit']>)(this.#ending));
  }

  undoBy(adapter: UndoAdapter): UndoAdapter {
    return {
      inverse: async () => {
        this.#assertOpen('inverse');
        if (this.#reached === 'nothing') return { kind: 'nothing' };
        if (this.#reached === 'unknown')
          return { kind: 'impossible', why: 'the app broke while it was done, and nobody knows what came of it' };
        return withoutSecrets(await adapter.inverse(), Object.values(this.#world.secrets ?? {}));
      },
      apply: async (inverse) => {
        this.#assertOpen('take back');
        return adapter.apply(inverse);
      },
      state: async () => {
        this.#assertOpen('read the state');
        return adapter.state();
      },
      volatile: adapter.volatile,
    };
  }

  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    await this.#world.close();
  }

  async snapshot(): Promise<Snapshot> {
    this.#assertOpen('snapshot');
    await this.observe();
    const state: SessionState = {
      world: await this.#world.save?.(),
      observer: this.#observer.save(),
      steps: this.#steps,
      ending: this.#ending,
      screen: screenHash(await this.#world.look()),
    };
    return { schemaVersion: 1, task: taskHash(this.#task), state };
  }

  async restore(snapshot: Snapshot): Promise<Observation> {
    this.#assertOpen('restore');
    if (snapshot.schemaVersion !== 1 || snapshot.task !== taskHash(this.#task))
      throw new SessionError({
        operation: 'restore snapshot',
        got: `a snapshot of task ${snapshot.task}`,
        expected: `one of task ${taskHash(this.#task)}`,
      });
    const state = snapshot.state as SessionState;
    await this.#world.load?.(state.world);
    const screen = await this.#world.look();
    if (screenHash(screen) !== state.screen)
      throw new SessionError({
        operation: 'restore snapshot',
        got: 'a screen that differs from the saved one',
        expected: 'the same screen',
        fix: 'the world’s save and load must be exact',
      });
    this.#observer.load(state.observer);
    this.#steps = state.steps;
    this.#ending = state.ending;
    this.#reached = 'nothing';
    return this.#show(screen, undefined, false);
  }

  #endingOf(action: Action): Ending | undefined {
    switch (action.kind) {
      case 'done':
        return { kind: 'done' };
      case 'abstain':
        return { kind: 'abstained' };
      case 'answer':
        return 'source' in action
          ? { kind: 'answered', text: this.#target(action.source).text, key: this.#key(action.source) }
          : { kind: 'answered', text: action.text, key: null };
      case 'ask': {
        if (action.about === undefined) return { kind: 'asked', about: null };
        const { name, text } = this.#target(action.about);
        return { kind: 'asked', about: { key: this.#key(action.about), name, text } };
      }
      default:
        return undefined;
    }
  }

  /** The action with keys and text, or why its text can't be copied. */
  #commandOf(action: Action): Command | string {
    switch (action.kind) {
      case 'click':
      case 'clear':
      case 'hover':
        return { kind: action.kind, key: this.#key(action.target) };
      case 'fill': {
        const key = this.#key(action.target);
        const source = this.#key(action.source);
        const secret = source.startsWith(GOAL) ? this.#world.secrets?.[source.slice(GOAL.length)] : undefined;
        if (secret !== undefined) return { kind: 'fill', key, text: secret, secret: true };
        const { text } = this.#target(action.source);
        if (action.as === undefined) return { kind: 'fill', key, text };
        const normalised = normalise(text, action.as);
        return normalised.ok ? { kind: 'fill', key, text: normalised.text } : normalised.reason;
      }
      case 'type':
        return { kind: 'fill', key: this.#key(action.target), text: action.text };
      case 'select': {
        const source = this.#target(action.source);
        const option = source.offers.includes('option') ? { key: this.#key(action.source) } : { text: source.text };
        return { kind: 'select', key: this.#key(action.target), option };
      }
      case 'press':
        return { kind: 'press', pressed: action.key };
      case 'scroll':
        return { kind: 'scroll', direction: action.direction, ...(action.target === undefined ? {} : { key: this.#key(action.target) }) };
      case 'drag':
        return { kind: 'drag', key: this.#key(action.target), to: this.#key(action.to) };
      case 'call':
        return {
          kind: 'call',
          key: this.#key(action.tool),
          arguments: action.arguments.map((argument) => ({ key: this.#key(argument), text: this.#target(argument).text })),
        };
      case 'wait':
        return { kind: 'wait' };
      default:
        throw new SessionError({ operation: 'act', got: `'${action.kind}'`, expected: 'an action that reaches the world' });
    }
  }

  /** The same screen as before, with a remark. */
  #notice(remark?: string): Observation {
    const targets = this.#shown?.targets ?? [];
    const pieces: Piece[] =
      remark === undefined
        ? []
        : [
            { kind: 'word', word: 'notice' },
            { kind: 'text', text: `${cleanText(remark, Object.values(this.#world.secrets ?? {}))}\n` },
          ];
    this.#shown = { pieces, targets, stop: this.#stop() };
    return this.#shown;
  }

  #show(screen: Screen, put?: { readonly key: string; readonly text: string }, isNew = true): Observation {
    const { pieces, targets, isTooLarge } = this.#observer.write(screen, put);
    this.#targets = new Map(targets.map((target) => [target.reference, target]));
    if (isTooLarge && this.#ending.kind === 'open') this.#ending = { kind: 'too-large' };
    this.#shown = { pieces: isNew ? pieces : [], targets, stop: this.#stop() };
    return this.#shown;
  }

  #stop(): StopReason | null {
    if (this.#ending.kind === 'open') {
      const seconds = this.#world.elapsedSeconds?.() ?? (performance.now() - this.#startedMs) / 1000;
      if (this.#steps >= this.#manifest.limits.steps) this.#ending = { kind: 'steps' };
      else if (seconds >= this.#manifest.limits.seconds) this.#ending = { kind: 'seconds' };
    }
    return this.#ending.kind === 'open' ? null : this.#ending.kind;
  }

  async #verdict(operation: string, judge: () => Promise<Score>): Promise<Score> {
    let score: Score;
    try {
      score = await judge();
    } catch (cause) {
      throw new VerifierError({ operation, got: String(cause), expected: 'a score', cause });
    }
    const { success, credit, broken } = score;
    const agrees = success === null ? credit === null : credit !== null && credit >= 0 && credit <= 1 && success === (credit === 1);
    if (!agrees || (success === true && broken.length > 0))
      throw new VerifierError({
        operation,
        got: `success ${success}, credit ${credit}, broken ${JSON.stringify(broken)}`,
        expected: 'credit 1 exactly with success, success only with nothing broken, null together with null',
      });
    return score;
  }

  #target(reference: number): Target {
    return this.#targets.get(reference) as Target;
  }

  #key(reference: number): string {
    return this.#observer.keyOf(reference) as string;
  }

  #assertOpen(operation: string): void {
    if (this.#isClosed) throw new SessionError({ operation, got: 'a closed session', expected: 'an open one' });
  }
}

/** What goal parts' keys begin with: a world that uses it for elements would have them taken for the goal's. */
const GOAL = 'goal/';
const goalKey = (key: string): string => GOAL + key;

function goalElement({ text, key, secret = false }: GoalPart): ScreenElement[] {
  if (key === undefined) return [];
  return [{ key: goalKey(key), role: secret ? 'secret' : 'goal', name: text, offers: ['copy'] }];
}

function putBySelect(
  command: Command,
  action: Action,
  targets: ReadonlyMap<number, Target>,
): { readonly key: string; readonly text: string } | undefined {
  if (command.kind !== 'select' || action.kind !== 'select') return undefined;
  return { key: command.key, text: targets.get(action.source)?.name ?? '' };
}

const screenHash = ({ elements }: Screen): string => hashJson(elements as unknown as Json);

/** Inverses are written down; secrets are not. */
function withoutSecrets(undoing: Undoing, secrets: readonly string[]): Undoing {
  if (undoing.kind !== 'inverse') return undoing;
  const written = JSON.stringify(undoing.inverse);
  const holdsOne = secrets.some((secret) => secret !== '' && written.includes(JSON.stringify(secret).slice(1, -1)));
  return holdsOne ? { kind: 'impossible', why: 'what takes it back holds a secret, which is not written down' } : undoing;
}
