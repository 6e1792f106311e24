/**
 * The expert of the invoices gym: enters what arrived as a careful person would, reading the screen, with the task's truth beside it.
 *
 * It keeps almost nothing in mind: each move follows from what the screen shows, so that a failed request, an ended session or a value that
 * was put wrong is mended by looking again. Its truth may be another one than the task's: that is how wrong solutions are played.
 */

import type { Expert, ExpertOptions, Move } from '../../src/gym/index.ts';
import type { Action, Observation, Target } from '../../src/records/index.ts';
import { lookOf } from './app/index.ts';
import { plainAmount } from './money.ts';
import { Cells, foldText, type LabelKey, type Source, type ValueKind } from './sources.ts';
import type { Instance } from './types.ts';

/** Looks in vain at a screen that shows nothing to do; then the task is handed over. */
const PATIENCE = 12;

/** A field to be filled from the document. */
interface FieldPlan {
  readonly label: string;
  readonly wanted: string;
  readonly kind: ValueKind;
  readonly find: (cells: Cells) => Source | null;
  /** Whether what the field holds is the wanted value. */
  readonly holds: (value: string) => boolean;
}

interface ListPlan {
  readonly label: string;
  readonly option: string;
}

/** Where the work stops short. `seen`: the app's remark that says so; null where the document itself does. */
interface EndPlan {
  readonly end: 'reject' | 'flag' | 'ask';
  readonly about?: string;
  readonly seen: string | null;
}

type Plan = { readonly fill: FieldPlan } | { readonly select: ListPlan } | EndPlan;

/** As long as the slowest app takes to say what is wrong with a bill, and some more: two waits. */
const QUIET_MS = 4000;

/** Milliseconds of the app's clock that an action takes, and waiting. */
const ACTION_MS = 500;
const WAIT_MS = 2000;

/** The little that the expert keeps in mind from one screen to the next. */
interface Memory {
  /** In a row. */
  readonly waits: number;
  readonly passwordTyped: boolean;
  readonly turnedBack: boolean;
  /** Names of the lists in which something was chosen, if only what they held already. */
  readonly chosen: readonly string[];
  readonly last: Action | null;
  /** The button that was pressed last. */
  readonly pressed: number | null;
  /** Since something was put into the form: whether the app's remarks can have come. */
  readonly sinceFillMs: number;
}

/** What stands on the screen, by role and name. */
class View {
  readonly targets: readonly Target[];

  constructor(observation: Observation) {
    this.targets = observation.targets;
  }

  #find(name: string, offer: Target['offers'][number]): Target | undefined {
    return this.targets.find((target) => target.name === name && target.offers.includes(offer));
  }

  field(label: string): Target | undefined {
    return this.#find(label, 'fill');
  }

  list(label: string): Target | undefined {
    return this.#find(label, 'select');
  }

  nameOf(reference: number): string {
    return this.targets.find((target) => target.reference === reference)?.name ?? '';
  }

  button(label: string): Target | undefined {
    return this.targets.find((target) => target.name === label && target.role === 'button' && !target.states.includes('disabled'));
  }

  link(name: string): Target | undefined {
    return this.targets.find((target) => target.role === 'link' && target.name === name);
  }

  /** An option of a list: options stand right after their list. */
  option(list: Target, text: string): Target | undefined {
    for (let at = this.targets.indexOf(list) + 1; this.targets[at]?.role === 'option'; at++) {
      if (this.targets[at]?.name === text) return this.targets[at];
    }
    return undefined;
  }

  /** The goal's part, or its secret. */
  goal(name: string): Target | undefined {
    return this.targets.find((target) => (target.role === 'goal' || target.role === 'secret') && target.name === name);
  }

  says(text: string): boolean {
    return this.targets.some((target) => target.role !== 'option' && (target.text.includes(text) || target.name.includes(text)));
  }

  /** Plain text between the page's turning buttons and the form. */
  cells(): readonly Target[] {
    const end = this.targets.findIndex((target) => target.offers.includes('fill') || target.offers.includes('select'));
    const isPlain = (target: Target): boolean => (target.role === '' || target.role === 'item') && target.offers.includes('copy');
    return this.targets.slice(0, end < 0 ? 0 : end).filter(isPlain);
  }
}

/** Goal wording of the log-in's two values; see `gym.ts`. */
export const PASSWORD_WORDING = 'password';

class InvoicesExpert implements Expert {
  readonly #truth: Instance;
  readonly #words: ReturnType<typeof lookOf>['words'];
  readonly #options: ExpertOptions;
  readonly #slipped = new Set<string>();
  readonly #blind: boolean;
  #memory: Memory = { waits: 0, passwordTyped: false, turnedBack: false, chosen: [], last: null, pressed: null, sinceFillMs: 0 };
  /** As it was before the last move, and what that was chosen on. */
  #before: { readonly memory: Memory; readonly view: View } | null = null;

  constructor(truth: Instance, options: ExpertOptions, blind: boolean) {
    this.#truth = truth;
    this.#words = lookOf(truth.interface.drift).words;
    this.#options = options;
    this.#blind = blind;
  }

  next(observation: Observation): Move {
    const view = new View(observation);
    const memory = this.#memory;
    const found = this.#logIn(view) ?? this.#confirm(view) ?? this.#inbox(view) ?? this.#arrival(view);
    const chosen = found === null || this.#isUnderWay(found.action, view) ? this.#wait() : found;
    this.#before = { memory, view };
    this.#remember(chosen.action, view);
    return chosen;
  }

  /** What was done in the place of the last move: that one never was. */
  instead(action: Action): void {
    if (this.#before === null) return;
    this.#memory = this.#before.memory;
    this.#remember(action, this.#before.view);
  }

  #wait(): Move {
    return move({ kind: this.#memory.waits >= PATIENCE ? 'abstain' : 'wait' });
  }

  #remember(action: Action, view: View): void {
    const { waits, passwordTyped, turnedBack, chosen, pressed, sinceFillMs } = this.#memory;
    const password = view.field(this.#words['field.password']);
    const isPut = action.kind === 'fill' || action.kind === 'select';
    const isWait = action.kind === 'wait';
    const turnsBack = action.kind === 'click' && action.target === view.button('Previous page')?.reference;
    this.#memory = {
      waits: isWait ? waits + 1 : 0,
      passwordTyped:
        password !== undefined &&
        ((action.kind === 'fill' && action.target === password.reference) || (passwordTyped && action.kind !== 'click')),
      turnedBack: turnedBack || turnsBack,
      chosen: action.kind === 'select' ? [...chosen, view.nameOf(action.target)] : chosen,
      last: action,
      pressed: action.kind === 'click' ? action.target : isWait ? pressed : null,
      sinceFillMs: isPut ? 0 : sinceFillMs + (isWait ? WAIT_MS : ACTION_MS),
    };
  }

  /** Whether the same button was just pressed and nothing has come of it yet. */
  #isUnderWay(action: Action, view: View): boolean {
    if (action.kind !== 'click' || view.says('try again')) return false;
    const { last, waits, pressed } = this.#memory;
    if (last?.kind === 'click') return last.target === action.target;
    return last?.kind === 'wait' && waits > 0 && waits < 3 && pressed === action.target;
  }

  #logIn(view: View): Move | null {
    const words = this.#words;
    const [user, password] = [view.field(words['field.user']), view.field(words['field.password'])];
    if (user === undefined || password === undefined) return null;
    const [name, secret] = [view.goal(this.#truth.user), view.goal(PASSWORD_WORDING)];
    if (name === undefined || secret === undefined) return null;
    if (user.value !== this.#truth.user) return move({ kind: 'fill', target: user.reference, source: name.reference });
    if (!this.#memory.passwordTyped) return move({ kind: 'fill', target: password.reference, source: secret.reference });
    return click(view.button(words['button.log-in']));
  }

  #confirm(view: View): Move | null {
    return this.#truth.interface.confirm ? click(view.button(this.#words['button.yes'])) : null;
  }

  #inbox(view: View): Move | null {
    const link = view.link(this.#truth.fileName);
    if (link === undefined) return null;
    const row = view.targets.slice(view.targets.indexOf(link) + 1, view.targets.indexOf(link) + 6);
    const isClosed = row.some((target) => /\b(entered|rejected|flagged)\b/.test(target.text));
    return isClosed ? move({ kind: 'done' }) : click(link);
  }

  /** The page of the arrival: document and form. */
  #arrival(view: View): Move | null {
    if (['entered', 'rejected', 'flagged'].some((status) => view.says(`This arrival is ${status}`))) return move({ kind: 'done' });
    const words = this.#words;
    const type = view.list(words['field.type']);
    if (type === undefined) return null;
    const { content, case: which } = this.#truth;
    const cells = new Cells(view.cells(), content.language, content.language === 'en' && content.currency === 'USD');
    if (which === 'scan') return view.says('without text') ? move({ kind: 'abstain' }) : null;

    let isAbsent = false;
    let isRemarkDue = false;
    for (const plan of this.#plans()) {
      if ('end' in plan) {
        // What comes before on another page comes first.
        if (isAbsent) break;
        // The remark may be on its way.
        if (plan.seen === null || this.#blind || view.says(plan.seen)) return this.#end(view, plan);
        isRemarkDue = true;
        continue;
      }
      const next = 'fill' in plan ? this.#fill(view, cells, plan.fill) : this.#select(view, cells, plan.select);
      if (next === 'absent') isAbsent = true;
      else if (next !== 'held') return next;
    }
    if (!isAbsent) {
      // Nothing is saved before the app has had its say. How slow it is nobody can see, so it always gets the same time.
      const isQuiet = this.#memory.sinceFillMs >= QUIET_MS || view.says('try again');
      return isRemarkDue || !isQuiet ? null : click(view.button(words['button.save']));
    }
    const forward = view.button('Next page');
    if (forward !== undefined) return click(forward);
    const back = view.button('Previous page');
    return back === undefined || this.#memory.turnedBack ? null : click(back);
  }

  /** What has to be on the form, in the order of work; ends where the case ends. */
  *#plans(): Generator<Plan> {
    const { content, books, case: which, vendorId } = this.#truth;
    const words = this.#words;
    const isCredit = content.kind === 'credit-note';
    yield { select: { label: words['field.type'], option: words[`option.${content.kind}`] } };
    yield { select: { label: words['field.vendor'], option: books.vendors.find((vendor) => vendor.id === vendorId)?.name ?? '' } };
    if (content.number === null) yield { end: 'ask', about: words['field.number'], seen: null };
    else
      yield { fill: textPlan(words['field.number'], content.number, isCredit ? ['creditNumber', 'number'] : ['number', 'creditNumber']) };
    if (which === 'duplicate') yield { end: 'reject', seen: words['check.number'] };
    yield { fill: textPlan(words['field.iban'], content.vendor.iban, ['iban'], compact) };
    if (which === 'changed-bank') yield { end: 'ask', about: words['field.iban'], seen: words['check.iban'] };
    if (content.date === null) yield { end: 'ask', about: words['field.date'], seen: null };
    else yield { fill: valuePlan(words['field.date'], content.date, 'date', isCredit ? ['creditDate', 'date'] : ['date', 'creditDate']) };
    if (content.due !== null) yield { fill: valuePlan(words['field.due'], content.due, 'date', ['due']) };
    yield { select: { label: words['field.currency'], option: content.currency } };
    yield { select: { label: words['field.order'], option: content.order ?? words['option.none'] } };
    for (const [at, line] of content.lines.entries()) {
      const label = (name: 'description' | 'quantity' | 'price'): string => `${words[`line.${name}`]} ${at + 1}`;
      const { description, quantity, unitPriceMinor } = line;
      yield { fill: textPlan(label('description'), description, []) };
      yield { fill: rowPlan(label('quantity'), description, String(quantity), 'integer', 'quantity') };
      yield { fill: rowPlan(label('price'), description, plainAmount(unitPriceMinor), 'amount', 'unitPrice') };
    }
    yield { fill: valuePlan(words['field.tax'], plainAmount(content.taxMinor), 'amount', ['tax']) };
    yield {
      fill: valuePlan(words['field.total'], plainAmount(content.totalMinor), 'amount', isCredit ? ['creditTotal', 'total'] : ['total']),
    };
    // While lines are missing every sum differs: whether it is meant shows at the end.
    if (which === 'mismatch') yield { end: 'flag', seen: words['check.order'].split('{amount}')[0]?.trim() ?? '' };
  }

  #end(view: View, plan: EndPlan): Move | null {
    if (plan.end !== 'ask') return click(view.button(this.#words[plan.end === 'reject' ? 'button.reject' : 'button.flag']));
    const about = view.field(plan.about ?? '');
    return about === undefined ? null : move({ kind: 'ask', about: about.reference });
  }

  #fill(view: View, cells: Cells, plan: FieldPlan): Move | null | 'held' | 'absent' {
    const field = view.field(plan.label);
    if (field === undefined) return 'absent';
    if (plan.holds(field.value ?? '')) return 'held';
    const source = plan.find(cells);
    if (source === null) return 'absent';
    if (this.#slips(plan.label)) {
      const wrong = cells.findOther(plan.wanted, plan.kind, (items) => this.#options.random.pick(items));
      if (wrong !== null) return { action: { kind: 'fill', target: field.reference, ...sourceOf(wrong) }, mistake: true };
    }
    return move({ kind: 'fill', target: field.reference, ...sourceOf(source) });
  }

  #select(view: View, cells: Cells, plan: ListPlan): Move | null | 'held' | 'absent' {
    const list = view.list(plan.label);
    if (list === undefined || cells.count === 0) return null;
    // What a list held from the beginning nobody has decided yet.
    if (list.value === plan.option && this.#memory.chosen.includes(plan.label)) return 'held';
    const option = view.option(list, plan.option);
    if (option === undefined) return null;
    if (this.#slips(plan.label)) {
      const others = view.targets.filter(
        (target) => target.role === 'option' && target.name !== plan.option && view.option(list, target.name) === target,
      );
      const chosen = others.filter((target) => target.name !== list.value && target.name !== '');
      if (chosen.length > 0) {
        const wrong = this.#options.random.pick(chosen);
        return { action: { kind: 'select', target: list.reference, source: wrong.reference }, mistake: true };
      }
    }
    return move({ kind: 'select', target: list.reference, source: option.reference });
  }

  /** Whether the hand slips at this field; at most once at each. */
  #slips(label: string): boolean {
    const { random, mistakes = 0 } = this.#options;
    if (mistakes === 0 || this.#slipped.has(label)) return false;
    this.#slipped.add(label);
    return random.uniform() < mistakes;
  }
}

const move = (action: Action): Move => ({ action });
const click = (target: Target | undefined): Move | null =>
  target === undefined ? null : move({ kind: 'click', target: target.reference });
const compact = (text: string): string => text.replace(/\s+/gu, '').toUpperCase();
const sourceOf = ({ reference, as }: Source): { source: number; as?: NonNullable<Source['as']> } =>
  as === undefined ? { source: reference } : { source: reference, as };

function textPlan(label: string, wanted: string, keys: readonly LabelKey[], fold: (text: string) => string = foldText): FieldPlan {
  return {
    label,
    wanted,
    kind: 'text',
    find: (cells) => cells.findText((text) => fold(text) === fold(wanted), keys),
    holds: (value) => fold(value) === fold(wanted),
  };
}

function valuePlan(label: string, wanted: string, kind: 'date' | 'amount', keys: readonly LabelKey[]): FieldPlan {
  return { label, wanted, kind, find: (cells) => cells.find(wanted, kind, keys), holds: (value) => value === wanted };
}

function rowPlan(
  label: string,
  description: string,
  wanted: string,
  kind: 'amount' | 'integer',
  column: 'quantity' | 'unitPrice',
): FieldPlan {
  const find = (cells: Cells): Source | null => cells.findInRow(description, wanted, kind, column) ?? cells.find(wanted, kind, [column]);
  return { label, wanted, kind, find, holds: (value) => value === wanted };
}

/** Plays `truth`, which is the task's own unless a wrong solution is wanted; a `blind` one doesn't wait for the app's remarks. */
export function makeExpert(truth: Instance, options: ExpertOptions, { blind = false }: { readonly blind?: boolean } = {}): Expert {
  return new InvoicesExpert(truth, options, blind);
}
