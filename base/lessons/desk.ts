/**
 * The world of a lesson: papers on one side, a form on the other, in memory. It behaves as a small business application in a browser does.
 *
 * Invariant: what is shown is a function of the plan and of what was done; nothing on the screen tells what is right but the text.
 */
import type { Command, Ending, Score, Screen, ScreenElement, World } from '../../src/records/index.ts';
import { drawDesk, type Place } from './desk-view.ts';
import { FormState } from './form-state.ts';
import type { Plan } from './plan.ts';

export class Desk implements World {
  readonly secrets: Readonly<Record<string, string>>;
  readonly #plan: Plan;
  readonly form: FormState;
  #place: Place;
  #page = 0;
  /** Which arrival lies on the desk. */
  #opened: number;
  #pressed: string | null = null;
  #isAsking = false;
  #hasFailed = false;
  #failure: string | null = null;
  /** Turns until the last click is answered, and what it will do then. */
  #waiting: { turns: number; readonly answer: () => void } | null = null;
  #notice: string | null = null;
  /** The log-in leads back to the work. */
  #isBack = false;
  /** Turns until the papers are there. */
  #late: number;
  /** Commands at work until the session ends; null: it doesn't. */
  #untilExpiry: number | null;
  #shown: Screen | null = null;

  constructor(plan: Plan) {
    this.#plan = plan;
    this.secrets = plan.secrets ?? {};
    this.#place = plan.logIn && plan.faults.expiresAfter === null ? 'log-in' : plan.arrivals ? 'arrivals' : 'work';
    this.#opened = plan.arrivals?.right ?? 0;
    this.#late = plan.faults.late;
    this.#untilExpiry = plan.faults.expiresAfter;
    this.form = new FormState(plan.form);
  }

  /** The screen as it was last shown. */
  get screen(): Screen {
    this.#shown ??= { elements: this.#draw(), ...(this.#notice === null ? {} : { notices: [this.#notice] }) };
    return this.#shown;
  }

  get isEnded(): boolean {
    return this.#place === 'ended';
  }

  get isBusy(): boolean {
    return this.#waiting !== null;
  }

  /** The papers have not come yet. */
  get isBlank(): boolean {
    return this.#late > 0;
  }

  get opened(): number {
    return this.#opened;
  }

  get isAtWork(): boolean {
    return this.#place === 'work';
  }

  get page(): number {
    return this.#page;
  }

  async look(): Promise<Screen> {
    return this.screen;
  }

  async perform(command: Command): Promise<Screen> {
    this.#shown = null;
    this.#notice = null;
    if (this.#waiting !== null) {
      this.#waiting.turns--;
      if (this.#waiting.turns <= 0) {
        const { answer } = this.#waiting;
        this.#waiting = null;
        answer();
        this.#shown = null;
      }
      return this.screen;
    }
    if (this.#place === 'work' && this.#hasExpired()) return this.screen;
    const wasLate = this.#place === 'work' && this.#late > 0;
    if (wasLate) this.#late--;
    switch (command.kind) {
      case 'click':
        this.#click(command.key);
        break;
      case 'clear':
        this.#put(command.key, '');
        break;
      case 'fill':
        this.#put(command.key, command.text);
        break;
      case 'select':
        this.#select(command.key, command.option);
        break;
      case 'wait':
        break;
      default:
        this.#notice = 'nothing happens';
    }
    // It was looked at on the way.
    this.#shown = null;
    return this.screen;
  }

  /** The session ends once: what was asked for is not done. */
  #hasExpired(): boolean {
    if (this.#untilExpiry === null || this.#isAsking) return false;
    if (this.#untilExpiry-- > 0) return false;
    this.#untilExpiry = null;
    this.form.put('user', '');
    this.form.put('secret', '');
    this.#place = 'log-in';
    this.#isBack = true;
    return true;
  }

  async score(ending: Ending): Promise<Score> {
    const reasons = [...this.#wrongEnd(ending), ...(this.#plan.end.kind === 'save' ? this.#wrongValues() : [])];
    const success = reasons.length === 0;
    return { success, credit: success ? 1 : 0, broken: [], reasons };
  }

  async close(): Promise<void> {}

  #wrongEnd(ending: Ending): string[] {
    const { end, save } = this.#plan;
    const expected = end.kind === 'abstain' ? 'abstained' : end.kind === 'ask' ? 'asked' : 'done';
    if (ending.kind !== expected) return [`ended '${ending.kind}', not '${expected}'`];
    if (end.kind === 'ask') {
      const about = ending.kind === 'asked' ? (ending.about?.key ?? '') : '';
      const right = this.#plan.form.find((item) => item.kind === 'field' && (item.isAbsent === true || item.remark?.stop.kind === 'ask'));
      return right?.kind === 'field' && about === right.key ? [] : [`asked about '${about}'`];
    }
    if (end.kind === 'abstain') return this.#pressed === null ? [] : ['something was saved'];
    const button = end.kind === 'save' ? save : end.button;
    return this.#pressed === button ? [] : [`pressed '${this.#pressed}', not '${button}'`];
  }

  #wrongValues(): string[] {
    const { form, arrivals } = this.#plan;
    const wrong = form.filter((item) => !this.form.isRight(item)).map((item) => (item.kind === 'heading' ? item.text : item.key));
    return [...wrong, ...(arrivals && arrivals.right !== this.#opened ? ['another arrival'] : [])];
  }

  #click(key: string): void {
    if (!this.screen.elements.some((element) => element.key === key && !element.states?.includes('disabled'))) return;
    const act = (): void => this.#answer(key);
    const isTurning = key === 'previous' || key === 'next';
    const { waits } = this.#plan.faults;
    if (waits > 0 && !isTurning) this.#waiting = { turns: waits, answer: act };
    else act();
  }

  #answer(key: string): void {
    const { logIn, arrivals, faults, question, save } = this.#plan;
    if (key === 'previous') this.#page--;
    else if (key === 'next') this.#page++;
    else if (key === 'log-in') {
      const isRight = this.form.held('user') === logIn?.user && this.form.held('secret') === logIn.secret;
      if (isRight) this.#place = arrivals && !this.#isBack ? 'arrivals' : 'work';
      this.#failure = isRight ? null : (logIn?.refusal ?? '');
    } else if (key.startsWith('arrival/')) {
      this.#opened = Number(key.slice('arrival/'.length));
      this.#page = 0;
      this.#place = 'work';
    } else if (key === 'yes') this.#finish(save);
    else if (key === 'no') this.#isAsking = false;
    else if (key === 'link/0' && this.#place === 'work' && arrivals) this.#place = 'arrivals';
    else if (key.startsWith('button/')) {
      const pressed = key.slice('button/'.length);
      if (faults.failure !== null && !this.#hasFailed && pressed === save) {
        this.#hasFailed = true;
        this.#failure = faults.failure;
      } else if (question !== null && pressed === save) this.#isAsking = true;
      else this.#finish(pressed);
    }
  }

  #finish(button: string): void {
    this.#isAsking = false;
    this.#failure = null;
    this.#pressed = button;
    this.#place = 'ended';
  }

  #put(key: string, text: string): void {
    if (this.screen.elements.some((element) => element.key === key)) this.form.put(key, text);
    this.#failure = null;
  }

  #select(key: string, option: { readonly key: string } | { readonly text: string }): void {
    const list = this.form.list(key);
    if (list === undefined) return;
    const text = 'text' in option ? option.text : this.screen.elements.find((element) => element.key === option.key)?.name;
    const chosen = this.form.optionsOf(list).find((each) => each === text);
    if (chosen === undefined) this.#notice = 'no such option';
    else this.form.put(key, chosen);
    this.#failure = null;
  }

  #draw(): ScreenElement[] {
    const state = {
      place: this.#place,
      page: this.#page,
      opened: this.#opened,
      pressed: this.#pressed,
      isAsking: this.#isAsking,
      failure: this.#failure,
      isBusy: this.isBusy,
      isBlank: this.isBlank,
    };
    return drawDesk(this.#plan, state, this.form);
  }
}
