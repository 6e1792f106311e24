/**
 * The expert of the lessons: works through the form from top to bottom, turns pages for what is missing, mends what is wrong, and stops where the plan stops.
 *
 * It keeps almost nothing in mind: each move follows from what the desk shows.
 */
import { normalise } from '../../src/grammar/index.ts';
import type { Expert, ExpertOptions, Move } from '../../src/gym/index.ts';
import type { Action, Observation } from '../../src/records/index.ts';
import type { Desk } from './desk.ts';
import { runKey } from './desk-view.ts';
import { cellKey } from './form-state.ts';
import type { FieldItem, FormItem, ListItem, Plan, RowsItem, Run, Stop, Wanted } from './plan.ts';

/** What a part of the form asks for next: a move, nothing, or something that this page does not show. */
type Step = Move | 'done' | 'elsewhere';

export class Clerk implements Expert {
  readonly #plan: Plan;
  readonly #desk: Desk;
  readonly #options: ExpertOptions;
  readonly #slipped = new Set<string>();
  #references = new Map<string, number>();
  /** Pages that have been looked at since the papers were opened. */
  readonly #seen = new Set<number>();

  constructor(plan: Plan, desk: Desk, options: ExpertOptions) {
    this.#plan = plan;
    this.#desk = desk;
    this.#options = options;
  }

  next(observation: Observation): Move {
    this.#references = this.#align(observation);
    const desk = this.#desk;
    if (desk.isEnded) return move({ kind: 'done' });
    if (desk.isBusy) return move({ kind: 'wait' });
    return this.#logIn() ?? this.#open() ?? this.#work();
  }

  /** References by the keys of the desk: targets stand in the order of the screen, behind the goal's. */
  #align({ targets }: Observation): Map<string, number> {
    const references = new Map<string, number>();
    const named = this.#plan.goal.filter(({ key }) => key !== undefined);
    named.forEach(({ key }, i) => {
      references.set(`goal/${key}`, targets[i]?.reference ?? -1);
    });
    const offering = this.#desk.screen.elements.filter(({ offers }) => offers.length > 0);
    offering.forEach(({ key }, i) => {
      references.set(key, targets[named.length + i]?.reference ?? -1);
    });
    return references;
  }

  #at(key: string): number {
    const reference = this.#references.get(key);
    if (reference === undefined || reference < 0)
      throw new Error(`The clerk looks for '${key}' in ${this.#plan.family}, which is not on the desk.`);
    return reference;
  }

  #click(key: string): Move {
    return move({ kind: 'click', target: this.#at(key) });
  }

  #logIn(): Move | null {
    const { logIn } = this.#plan;
    if (logIn === null || !this.#references.has('log-in')) return null;
    if (this.#desk.form.held('user') !== logIn.user) return move({ kind: 'fill', target: this.#at('user'), source: this.#at('goal/user') });
    if (this.#desk.form.held('secret') !== logIn.secret)
      return move({ kind: 'fill', target: this.#at('secret'), source: this.#at('goal/secret') });
    return this.#click('log-in');
  }

  #open(): Move | null {
    const { arrivals } = this.#plan;
    if (arrivals === null) return null;
    if (!this.#desk.isAtWork) {
      this.#seen.clear();
      const others = arrivals.rows.map((_, i) => i).filter((i) => i !== arrivals.right);
      if (others.length > 0 && this.#plan.links.length > 0 && this.#slips('arrival'))
        return { ...this.#click(`arrival/${this.#options.random.pick(others)}`), mistake: true };
      return this.#click(`arrival/${arrivals.right}`);
    }
    return this.#desk.opened === arrivals.right ? null : this.#click('link/0');
  }

  #work(): Move {
    const { form, pages, end, question } = this.#plan;
    this.#seen.add(this.#desk.page);
    if (this.#desk.isBlank) return move({ kind: 'wait' });
    if (end.kind === 'abstain') return move({ kind: 'abstain' });
    if (question !== null && this.#references.has('yes')) {
      if (this.#slips('question')) return { ...this.#click('no'), mistake: true };
      return this.#click('yes');
    }
    let isMissing = false;
    for (const item of form) {
      const step = this.#item(item);
      if (step === 'elsewhere') isMissing = true;
      else if (step !== 'done') return step;
    }
    if (isMissing) {
      const turned = this.#desk.page < pages.length - 1 && !this.#seen.has(this.#desk.page + 1) ? 'next' : this.#turnToMissing();
      if (turned !== null) return this.#click(turned);
      return this.#ask();
    }
    // Nothing is saved before every page has been seen: a table may go on.
    if (this.#desk.page < pages.length - 1 && !this.#seen.has(this.#desk.page + 1)) return this.#click('next');
    return this.#click(`button/${this.#plan.save}`);
  }

  /** All pages have been seen: towards the one that has what is missing, or null where none has it. */
  #turnToMissing(): 'next' | 'previous' | null {
    const { pages } = this.#plan;
    const ahead = pages.length - 1 - this.#desk.page;
    for (let step = 1; step < pages.length; step++) {
      if (step <= this.#desk.page && this.#isNeededOn(this.#desk.page - step)) return 'previous';
      if (step <= ahead && this.#isNeededOn(this.#desk.page + step)) return 'next';
    }
    return null;
  }

  #isNeededOn(page: number): boolean {
    const ids = new Set((this.#plan.pages[page] ?? []).flatMap((line) => line.flatMap(({ id }) => (id === undefined ? [] : [id]))));
    return [...this.#openWants()].some(({ source }) => ids.has(source));
  }

  *#openWants(): Generator<Wanted> {
    for (const item of this.#plan.form) {
      if (item.kind === 'field' && item.wanted !== null && this.#desk.form.held(item.key) !== item.wanted.held) yield item.wanted;
      if (item.kind !== 'rows') continue;
      for (const [row, wants] of item.wanted.entries())
        for (const [at, wanted] of wants.entries())
          if (this.#desk.form.held(cellKey(item.key, row, item.columns[at]?.key ?? '')) !== wanted.held) yield wanted;
    }
  }

  #ask(): Move {
    const absent = this.#plan.form.find((item): item is FieldItem => item.kind === 'field' && item.isAbsent === true);
    return move({ kind: 'ask', about: this.#at(absent?.key ?? '') });
  }

  #item(item: FormItem): Step {
    switch (item.kind) {
      case 'heading':
        return 'done';
      case 'field':
        return this.#field(item);
      case 'list':
        return this.#list(item);
      case 'rows':
        return this.#rows(item);
    }
  }

  #field({ key, wanted, remark, isAbsent = false, initial = '' }: FieldItem): Step {
    if (isAbsent) return this.#plan.pages.length > 1 && this.#seen.size < this.#plan.pages.length ? 'elsewhere' : this.#ask();
    const held = this.#desk.form.held(key);
    // What should be empty and is not.
    if (wanted === null) return held === initial ? 'done' : move({ kind: 'clear', target: this.#at(key) });
    if (held !== wanted.held) return this.#fill(key, wanted);
    return remark === undefined ? 'done' : this.#stop(remark.stop, key);
  }

  #stop(stop: Stop, key: string): Move {
    return stop.kind === 'ask' ? move({ kind: 'ask', about: this.#at(key) }) : this.#click(`button/${stop.button}`);
  }

  #list({ key, wanted, options }: ListItem): Step {
    if (this.#desk.form.held(key) === wanted) return 'done';
    const at = (option: string): string => `option/${key}/${options.indexOf(option)}`;
    const others = options.filter(
      (option) => option !== wanted && option !== this.#desk.form.held(key) && this.#references.has(at(option)),
    );
    if (others.length > 0 && this.#slips(key))
      return { ...move({ kind: 'select', target: this.#at(key), source: this.#at(at(this.#options.random.pick(others))) }), mistake: true };
    return move({ kind: 'select', target: this.#at(key), source: this.#at(at(wanted)) });
  }

  #rows(item: RowsItem): Step {
    for (const [row, wants] of item.wanted.entries()) {
      for (const [at, wanted] of wants.entries()) {
        const key = cellKey(item.key, row, item.columns[at]?.key ?? '');
        if (this.#desk.form.held(key) === wanted.held) continue;
        // The row comes once the one before is complete.
        return this.#references.has(key) ? this.#fill(key, wanted) : 'elsewhere';
      }
    }
    // All rows are entered; a remark that still stands is meant.
    if (item.expected === undefined || this.#desk.form.sumRemark(item) === null) return 'done';
    return this.#stop(item.expected.stop, '');
  }

  #fill(key: string, wanted: Wanted): Step {
    const source = wanted.source.startsWith('goal/') ? wanted.source : runKey(wanted.source);
    if (!this.#references.has(source)) return 'elsewhere';
    const right: Action = {
      kind: 'fill',
      target: this.#at(key),
      source: this.#at(source),
      ...(wanted.as === undefined ? {} : { as: wanted.as }),
    };
    if (!this.#slips(key)) return move(right);
    const isUnreadable = wanted.as !== undefined && this.#options.random.below(6) === 0;
    const wrong = isUnreadable ? this.#unreadableSource(wanted) : this.#wrongSource(wanted);
    return wrong === null ? move(right) : { action: { ...right, source: wrong }, mistake: true };
  }

  /** A text that can't become what is wanted: the desk's runtime refuses it, and says so. */
  #unreadableSource({ as }: Wanted): number | null {
    const runs = (this.#plan.pages[this.#desk.page] ?? []).flatMap((line) =>
      line.filter(({ id, text }) => id !== undefined && as !== undefined && !normalise(text, as).ok),
    );
    return runs.length === 0 ? null : this.#at(runKey(this.#options.random.pick(runs).id ?? ''));
  }

  /** A value of the same kind beside the right one. */
  #wrongSource({ as, held, kind, source }: Wanted): number | null {
    const fits = ({ text, id, kind: other }: Run): boolean => {
      if (id === undefined || id === source || other !== kind) return false;
      if (as === undefined) return text !== held;
      const read = normalise(text, as);
      return read.ok && read.text !== held;
    };
    const runs = (this.#plan.pages[this.#desk.page] ?? []).flatMap((line) => line.filter(fits));
    return runs.length === 0 ? null : this.#at(runKey(this.#options.random.pick(runs).id ?? ''));
  }

  /** Whether the hand slips here; at most once at each place. */
  #slips(place: string): boolean {
    const { random, mistakes = 0 } = this.#options;
    if (mistakes === 0 || this.#slipped.has(place)) return false;
    this.#slipped.add(place);
    return random.uniform() < mistakes;
  }
}

const move = (action: Action): Move => ({ action });
