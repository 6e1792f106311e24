/**
 * A person at work in a gym's world: follows what they do, one event after another, and keeps it as steps.
 *
 * Nothing is done here that the person has not done: after each event the world settles and is looked at, no more. Steps name what the person saw.
 */
import type { Command, GymManifest, Screen, Task, World } from '../../records/index.ts';
import { cleanText } from '../outside-text.ts';
import { describeElement } from './description.ts';
import type { PersonEnding } from './ending.ts';
import { interpretEvent, type LiveElement, type PersonEvent } from './interpret.ts';
import type { Step } from './step.ts';
import type { Told } from './watch-person.ts';

/** Does nothing, since there is no such element, but time passes and the page settles as after any action. */
const SETTLE: Command = { kind: 'clear', key: 'nothing' };
/** Real milliseconds after which an idle page is looked at again: what appears by itself must be known before a person can use it. */
const IDLE_MS = 150;
const REMEMBERED_SCREENS = 16;

export interface LiveOptions {
  readonly world: World;
  readonly task: Task;
  readonly verbs: GymManifest['actions'];
  /** Told the keys of each screen; resolves when the page knows them. */
  readonly onScreen: (keys: readonly string[]) => Promise<void>;
  /** Until the page can be looked at. */
  readonly unblocked: () => Promise<void>;
  /** Told what was understood of each event. */
  readonly onStep?: (step: Step) => void;
  readonly onProblem?: (problem: string) => void;
}

export class LiveSession {
  readonly steps: Step[] = [];
  readonly #options: LiveOptions;
  readonly #problems: { readonly text: string; readonly field: string | undefined }[] = [];
  #screen: readonly LiveElement[] = [];
  /** The last screens, the newest last: when an event is understood, what it names may have gone already. */
  readonly #recent: (readonly LiveElement[])[] = [];
  #attention: string | null = null;
  #work: Promise<void> = Promise.resolve();
  #waiting = 0;
  #idle: NodeJS.Timeout | undefined;
  #failure: unknown;

  constructor(options: LiveOptions) {
    this.#options = options;
  }

  /** What keeps this from being a demonstration, so far. */
  get problems(): readonly string[] {
    return this.#problems.map(({ text }) => text);
  }

  async begin(): Promise<void> {
    await this.#look();
    this.#idle = setInterval(() => {
      if (this.#waiting === 0) this.#queue(() => this.#look());
    }, IDLE_MS);
  }

  end(): void {
    clearInterval(this.#idle);
  }

  /** Events may come faster than they are understood; they wait in line. */
  push(told: Told): void {
    if (told.kind === 'writing' && this.#waiting > 1) return;
    this.#queue(() => this.#follow(told));
  }

  /** Until every event so far is understood. Throws what the world threw. */
  async drain(): Promise<void> {
    await this.#work;
    if (this.#failure !== undefined) throw this.#failure;
  }

  /** The last step; null where it says nothing, and that is a problem. */
  conclude(ending: Exclude<PersonEnding, { readonly kind: 'quit' }>): Step | null {
    const about = this.#screen.find(({ key }) => key === this.#attention);
    const step = ((): Step | string => {
      switch (ending.kind) {
        case 'done':
          return { kind: 'done' };
        case 'abstained':
          return { kind: 'abstain' };
        case 'asked':
          return about ? { kind: 'ask', about: describeElement(about, this.#screen, false) } : { kind: 'ask' };
        case 'answered': {
          if (ending.text !== undefined) return { kind: 'answer', text: ending.text };
          if (about?.offers.includes('copy')) return { kind: 'answer', source: describeElement(about, this.#screen, true) };
          return 'an answer without text, and nothing was clicked or selected that has one';
        }
      }
    })();
    if (typeof step !== 'string' && this.#options.verbs[step.kind] !== undefined) {
      this.#keep(step);
      return step;
    }
    this.#report(typeof step === 'string' ? step : `this gym takes no '${step.kind}'`, undefined);
    return null;
  }

  #queue(work: () => Promise<void>): void {
    this.#waiting++;
    this.#work = this.#work.then(async () => {
      try {
        if (this.#failure === undefined) await work();
      } catch (failure) {
        this.#failure = failure;
      }
      this.#waiting--;
    });
  }

  async #follow(told: Told): Promise<void> {
    if (told.kind === 'dialog') return this.#answerDialog(told);
    if (told.kind === 'writing') return this.#settle();
    const { verbs } = this.#options;
    const screen = this.#screenOf(told);
    const { step, attention, problem, field, onlyIfShown } = interpretEvent(told, {
      screen,
      attention: this.#attention,
      verbs,
    });
    // What was put right is no problem any more.
    if (field !== undefined) this.#forget(field);
    if (attention !== undefined) this.#attention = attention;
    if (problem !== undefined) this.#report(problem, field);
    if (step && !onlyIfShown) this.#keep(step);
    if (told.kind === 'attend') return;
    const before = keysOf(this.#screen);
    await this.#settle();
    if (step && onlyIfShown && keysOf(this.#screen) !== before) this.#keep(step);
  }

  /** The newest on which everything stands that the event names. */
  #screenOf(event: PersonEvent): readonly LiveElement[] {
    const paths = 'path' in event ? [event.path, ...('to' in event ? [event.to] : [])] : [];
    const holds = (screen: readonly LiveElement[], path: readonly string[]): boolean =>
      path.length === 0 || screen.some(({ key }) => path.includes(key));
    return this.#recent.findLast((screen) => paths.every((path) => holds(screen, path))) ?? this.#screen;
  }

  /** In another run the dialog is a screen with these buttons. */
  async #answerDialog({ isAccepted, text }: Extract<Told, { readonly kind: 'dialog' }>): Promise<void> {
    if (text !== '') this.#report('a text was written into a dialog of the browser, which is not followed', undefined);
    this.#keep({ kind: 'click', target: { role: 'button', name: isAccepted ? 'OK' : 'Cancel', ordinal: 0 } });
    await this.#look();
    // A dialog that opened during a look is still waited for by the driver.
    const open = this.#screen.find(({ key }) => /^dialog\d+:ok$/.test(key));
    if (open) await this.#options.world.perform({ kind: 'click', key: open.key });
    await this.#settle();
  }

  async #look(): Promise<void> {
    await this.#options.unblocked();
    await this.#see(await this.#options.world.look());
  }

  async #settle(): Promise<void> {
    await this.#options.unblocked();
    await this.#see(await this.#options.world.perform(SETTLE));
  }

  #keep(step: Step): void {
    this.steps.push(step);
    this.#options.onStep?.(step);
  }

  #report(text: string, field: string | undefined): void {
    this.#problems.push({ text, field });
    this.#options.onProblem?.(text);
  }

  #forget(field: string): void {
    const kept = this.#problems.filter((problem) => problem.field !== field);
    this.#problems.splice(0, this.#problems.length, ...kept);
  }

  async #see({ elements }: Screen): Promise<void> {
    const { task, world } = this.#options;
    const secrets = Object.values(world.secrets ?? {}).filter((secret) => secret.length >= 4);
    const clean = (text: string): string => cleanText(text, secrets);
    const goal = task.goal.flatMap(({ text, key, secret = false }): LiveElement[] => {
      if (key === undefined) return [];
      const value = secret ? world.secrets?.[key] : undefined;
      const element = { key: `goal/${key}`, role: secret ? 'secret' : 'goal', name: text, text, offers: ['copy'] as const };
      return [value === undefined ? element : { ...element, secret: value }];
    });
    const shown = elements.map(({ key, role, name, value, text = value ?? name, offers }): LiveElement => {
      return { key, role, name: clean(name), text: offers.includes('copy') ? clean(text) : '', offers };
    });
    this.#screen = [...goal, ...shown];
    this.#recent.push(this.#screen);
    if (this.#recent.length > REMEMBERED_SCREENS) this.#recent.shift();
    await this.#options.onScreen(elements.map(({ key }) => key));
  }
}

const keysOf = (screen: readonly LiveElement[]): string => JSON.stringify(screen.map(({ key }) => key));
