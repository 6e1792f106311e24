/**
 * How a desk looks: its state as the elements of a screen, as a driver of browsers would report them.
 */
import type { Offer, ScreenElement } from '../../src/records/index.ts';
import { cellKey, type FormState, plainAmount } from './form-state.ts';
import type { FormItem, Page, Plan, RowsItem } from './plan.ts';

export type Place = 'log-in' | 'arrivals' | 'work' | 'ended';

export interface DeskState {
  readonly place: Place;
  readonly page: number;
  /** Which arrival lies on the desk. */
  readonly opened: number;
  readonly pressed: string | null;
  readonly isAsking: boolean;
  readonly failure: string | null;
  readonly isBusy: boolean;
  /** The papers have not come yet. */
  readonly isBlank: boolean;
}

export const runKey = (id: string): string => `run/${id}`;

const COPY: readonly Offer[] = ['copy'];
const CLICK: readonly Offer[] = ['click'];
const FILL: readonly Offer[] = ['fill', 'click', 'copy'];
const FILL_EMPTY: readonly Offer[] = ['fill', 'click'];
const SELECT: readonly Offer[] = ['select', 'copy'];
const OPTION: readonly Offer[] = ['option', 'click', 'copy'];

export function drawDesk(plan: Plan, state: DeskState, form: FormState): ScreenElement[] {
  return new DeskView(plan, state, form).elements();
}

class DeskView {
  readonly #plan: Plan;
  readonly #state: DeskState;
  readonly #form: FormState;

  constructor(plan: Plan, state: DeskState, form: FormState) {
    this.#plan = plan;
    this.#state = state;
    this.#form = form;
  }

  elements(): ScreenElement[] {
    const { title, links, leave } = this.#plan;
    const isInside = this.#state.place !== 'log-in';
    return [
      ...(title === '' ? [] : [plainText('title', title)]),
      ...(isInside ? links.map((name, i) => linkElement(`link/${i}`, name, i === 0 && this.#state.place !== 'work')) : []),
      ...(isInside && leave !== null ? [buttonElement('leave', leave)] : []),
      ...this.#body(),
    ];
  }

  #body(): ScreenElement[] {
    switch (this.#state.place) {
      case 'log-in':
        return this.#logIn();
      case 'arrivals':
        return this.#arrivals(null);
      case 'work':
        return this.#work();
      case 'ended': {
        const status = this.#plan.buttons.find(({ key }) => key === this.#state.pressed)?.status ?? '';
        return [plainText('status', status), ...this.#arrivals(this.#state.opened)];
      }
    }
  }

  #busy(): ScreenElement[] {
    if (this.#state.isBusy) return [plainText('busy', this.#plan.faults.busy)];
    return this.#state.failure === null ? [] : [plainText('failure', this.#state.failure)];
  }

  #logIn(): ScreenElement[] {
    const { logIn } = this.#plan;
    if (logIn === null) return [];
    return [
      heading('heading/log-in', logIn.heading),
      ...this.#busy(),
      fieldElement('user', logIn.userLabel, this.#form.held('user')),
      { key: 'secret', role: 'field', name: logIn.secretLabel, value: this.#form.held('secret'), offers: FILL_EMPTY },
      buttonElement('log-in', logIn.button),
    ];
  }

  #arrivals(done: number | null): ScreenElement[] {
    const { arrivals } = this.#plan;
    if (arrivals === null) return [];
    // After the work the list is drawn anew.
    const at = done === null ? 'before' : 'after';
    return [
      heading(`heading/arrivals/${at}`, arrivals.heading),
      ...(done === null ? this.#busy() : []),
      ...arrivals.columns.map((name, i) => ({ ...plainText(`head/${at}/${i}`, name), row: i === 0 })),
      ...arrivals.rows.flatMap(({ name, cells }, i) => [
        { ...linkElement(done === null ? `arrival/${i}` : `arrived/${i}`, name, false), row: true },
        ...cells.map((cell, j) => plainText(`status/${at}/${i}/${j}`, i === done && j === cells.length - 1 ? arrivals.doneText : cell)),
      ]),
    ];
  }

  #work(): ScreenElement[] {
    const { heading: text, arrivals, turning, asides, form, remarksAt, buttons, question } = this.#plan;
    const pages = this.#pages();
    const isLast = this.#state.page >= pages.length - 1;
    return [
      heading(`heading/work/${this.#state.opened}`, arrivals?.rows[this.#state.opened]?.name ?? text),
      ...(turning === null
        ? []
        : [
            buttonElement('previous', turning.previous, this.#state.page === 0),
            ...(this.#state.isBlank
              ? []
              : [
                  plainText(
                    'counter',
                    turning.counter.replace('{at}', String(this.#state.page + 1)).replace('{of}', String(Math.max(1, pages.length))),
                  ),
                ]),
            buttonElement('next', turning.next, isLast || this.#state.isBlank),
          ]),
      ...this.#paper(),
      ...asides.map((aside, i) => plainText(`aside/${i}`, aside)),
      ...this.#busy(),
      ...(remarksAt === 'top' ? form.flatMap((item) => this.#remark(item)) : []),
      ...form.flatMap((item) => [...this.#item(item), ...(remarksAt === 'beside' ? this.#remark(item) : [])]),
      ...(remarksAt === 'end' ? form.flatMap((item) => this.#remark(item)) : []),
      ...(this.#state.isAsking && question !== null
        ? [
            plainText('question', question.text),
            ...(question.isNoFirst
              ? [buttonElement('no', question.no), buttonElement('yes', question.yes)]
              : [buttonElement('yes', question.yes), buttonElement('no', question.no)]),
          ]
        : buttons.map(({ key, label }) => buttonElement(`button/${key}`, label, this.#state.isBusy))),
    ];
  }

  #paper(): ScreenElement[] {
    if (this.#state.isBlank) return [];
    const lines = this.#pages()[this.#state.page] ?? [];
    return lines.flatMap((line, y) =>
      line.map(({ text, id }, x) => ({
        ...plainText(id === undefined ? `text/${this.#state.opened}/${this.#state.page}/${y}/${x}` : runKey(id), text),
        row: x === 0,
      })),
    );
  }

  #pages(): readonly Page[] {
    const { arrivals, pages } = this.#plan;
    if (arrivals === null || arrivals.right === this.#state.opened) return pages;
    return [(arrivals.rows[this.#state.opened]?.excerpt ?? []).map((text) => [{ text }])];
  }

  #item(item: FormItem): ScreenElement[] {
    switch (item.kind) {
      case 'heading':
        return [heading(`form/${item.text}`, item.text)];
      case 'field':
        return [fieldElement(item.key, item.label, this.#form.held(item.key))];
      case 'list':
        return [
          { key: item.key, role: 'list', name: item.label, value: this.#form.held(item.key), offers: SELECT },
          ...this.#form.optionsOf(item).map((option) => ({
            key: `option/${item.key}/${item.options.indexOf(option)}`,
            role: 'option',
            name: option,
            offers: OPTION,
          })),
        ];
      case 'rows':
        return this.#rows(item);
    }
  }

  #remark(item: FormItem): ScreenElement[] {
    if (item.kind === 'rows') {
      const remark = this.#form.sumRemark(item);
      return remark === null ? [] : [plainText(`remark/${item.key}`, remark)];
    }
    if (item.kind !== 'field' || item.remark === undefined || this.#form.held(item.key) === '') return [];
    return [plainText(`remark/${item.key}`, item.remark.text)];
  }

  #rows(item: RowsItem): ScreenElement[] {
    const elements: ScreenElement[] = [];
    [...item.columns.map(({ label }) => label), ...item.computed].forEach((label, i) => {
      elements.push({ ...plainText(`column/${item.key}/${i}`, label), row: i === 0 });
    });
    for (let row = 0; row < this.#form.rowCount(item); row++) {
      item.columns.forEach(({ key, label }, i) => {
        const cell = cellKey(item.key, row, key);
        elements.push({ ...fieldElement(cell, `${label} ${row + 1}`, this.#form.held(cell)), row: i === 0 });
      });
      const minor = this.#form.rowMinor(item, row);
      if (minor !== null) elements.push(plainText(`product/${item.key}/${row}`, plainAmount(minor)));
    }
    const { filled, minor } = this.#form.sum(item);
    if (item.showsSum && filled > 0) elements.push(plainText(`sum/${item.key}`, plainAmount(minor)));
    return elements;
  }
}

const plainText = (key: string, name: string): ScreenElement => ({ key, role: '', name, offers: COPY });
const fieldElement = (key: string, name: string, value: string): ScreenElement => ({
  key,
  role: 'field',
  name,
  value,
  offers: value === '' ? FILL_EMPTY : FILL,
});
const heading = (key: string, name: string): ScreenElement => ({ key, role: 'heading', name, offers: COPY });
const linkElement = (key: string, name: string, isSelected: boolean): ScreenElement => ({
  key,
  role: 'link',
  name,
  offers: CLICK,
  ...(isSelected ? { states: ['selected'] } : {}),
});
const buttonElement = (key: string, name: string, isDisabled = false): ScreenElement => ({
  key,
  role: 'button',
  name,
  offers: CLICK,
  ...(isDisabled ? { states: ['disabled'] } : {}),
});
