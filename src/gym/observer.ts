/**
 * Writes what a session shows: first the whole screen, afterwards only what changed, one line an element.
 *
 *   role name <|value|>value (states)⟨7⟩        a text⟨8⟩        <|value|>⟨7⟩ it holds what was just put in        <|gone|>⟨9⟩
 *
 * An element that offers nothing has no reference. Invariant: pieces and targets are of one screen, and every live reference has been written.
 */
import type { Piece, Screen, ScreenElement, Target } from '../records/index.ts';
import { cleanText } from './outside-text.ts';
import { type ReferenceState, References } from './references.ts';

/** More than these that leave at once are only counted. */
const NAMED_DEPARTURES = 4;

/** Characters of one observation. More than this is no screen that anybody reads; the task is handed over. */
const LONGEST_OBSERVATION = 20_000;

export interface Written {
  readonly pieces: readonly Piece[];
  readonly targets: readonly Target[];
  /** More than there are references, or than can be read: what is missing is missing from pieces and targets alike. */
  readonly isTooLarge: boolean;
}

export interface ObserverState {
  readonly references: ReferenceState;
  readonly elements: readonly ScreenElement[];
}

export class Observer {
  readonly #references: References;
  readonly #secrets: readonly string[];
  /** Goal parts that can be named; they are always live. */
  readonly #pinned: readonly ScreenElement[];
  #elements = new Map<string, ScreenElement>();

  constructor(seed: string, pinned: readonly ScreenElement[], secrets: readonly string[]) {
    this.#references = new References(seed);
    // Short ones would turn half of the screen into bullets.
    this.#secrets = secrets.filter((secret) => secret.length >= 4);
    this.#pinned = pinned;
    for (const { key } of pinned) this.#references.assign(key);
  }

  /** `put`: what the last command put where; it need not be said again. */
  write(screen: Screen, put?: { readonly key: string; readonly text: string }): Written {
    const elements = screen.elements.map((element) => cleanElement(element, this.#secrets));
    const pieces: Piece[] = (screen.notices ?? []).flatMap((notice) => [word('notice'), text(`${cleanText(notice, this.#secrets)}\n`)]);
    const now = new Map(elements.map((element) => [element.key, element]));
    pieces.push(...this.#departures(now));
    let isTooLarge = (screen.notices ?? []).some((notice) => notice.startsWith('too large'));
    let characters = 0;
    const shown = new Map<string, ScreenElement>();
    for (const element of now.values()) {
      const before = this.#elements.get(element.key);
      const reference = element.offers.length > 0 ? this.#references.assign(element.key) : undefined;
      if ((element.offers.length > 0 && reference === undefined) || characters > LONGEST_OBSERVATION) {
        isTooLarge = true;
        continue;
      }
      shown.set(element.key, element);
      const line = describeChange(before, element, endsLine(pieces), put);
      if (line.length === 0) continue;
      for (const piece of line) characters += piece.kind === 'text' ? piece.text.length : 0;
      pieces.push(...line);
      // Its reference ends an element, or else a new line does.
      pieces.push(reference === undefined ? text('\n') : { kind: 'reference', reference });
    }
    this.#elements = shown;
    return { pieces, targets: [...this.#pinned, ...shown.values()].flatMap((element) => this.#target(element)), isTooLarge };
  }

  keyOf(reference: number): string | undefined {
    for (const key of [...this.#pinned.map((element) => element.key), ...this.#elements.keys()])
      if (this.#references.get(key) === reference) return key;
    return undefined;
  }

  save(): ObserverState {
    return { references: this.#references.save(), elements: [...this.#elements.values()] };
  }

  /** From now on everything is as it was when `state` was saved; nothing counts as changed. */
  load({ references, elements }: ObserverState): void {
    this.#references.load(references);
    this.#elements = new Map(elements.map((element) => [element.key, element]));
  }

  #departures(now: ReadonlyMap<string, ScreenElement>): Piece[] {
    const gone: number[] = [];
    for (const [key, element] of this.#elements) {
      const after = now.get(key);
      if (after && (after.offers.length > 0 || element.offers.length === 0)) continue;
      const reference = this.#references.get(key);
      if (reference !== undefined) gone.push(reference);
      this.#references.release(key);
    }
    if (gone.length === 0) return [];
    if (gone.length > NAMED_DEPARTURES) return [word('gone'), text(`${gone.length}\n`)];
    return [word('gone'), ...gone.map((reference) => ({ kind: 'reference', reference }) as const)];
  }

  #target(element: ScreenElement): Target[] {
    const reference = this.#references.get(element.key);
    if (reference === undefined || element.offers.length === 0) return [];
    const { role, name, value, states = [], offers, text = value ?? name, risk } = element;
    return [
      {
        reference,
        role,
        name,
        states,
        offers,
        text: offers.includes('copy') ? text : '',
        ...(value === undefined ? {} : { value }),
        ...(risk === undefined ? {} : { risk }),
      },
    ];
  }
}

function cleanElement(element: ScreenElement, secrets: readonly string[]): ScreenElement {
  return {
    ...element,
    name: cleanText(element.name, secrets),
    ...(element.value === undefined ? {} : { value: cleanText(element.value, secrets) }),
    ...(element.text === undefined ? {} : { text: cleanText(element.text, secrets) }),
  };
}

function describeChange(
  before: ScreenElement | undefined,
  element: ScreenElement,
  isNewLine: boolean,
  put: { readonly key: string; readonly text: string } | undefined,
): Piece[] {
  const row = element.row && before === undefined && !isNewLine ? '\n' : '';
  const states = (element.states ?? []).join(', ');
  const sameName = before?.name === element.name && before.role === element.role && (before.states ?? []).join(', ') === states;
  if (sameName && before.value === element.value && (before.offers.length > 0 || element.offers.length === 0)) return [];
  const value = element.value ?? '';
  if (sameName && before.value !== undefined)
    return put?.key === element.key && put.text === value ? [word('value')] : [word('value'), ...(value === '' ? [] : [text(value)])];
  const name = [element.role, element.name].filter((part) => part !== '').join(' ');
  const tail = states === '' ? '' : ` (${states})`;
  if (value === '') return row + name + tail === '' ? [text(' ')] : [text(row + name + tail)];
  return [...(row + name === '' ? [] : [text(row + name)]), word('value'), text(value + tail)];
}

function endsLine(pieces: readonly Piece[]): boolean {
  const last = pieces.at(-1);
  return last === undefined || (last.kind === 'text' && last.text.endsWith('\n'));
}

const word = (name: string): Piece => ({ kind: 'word', word: name });
const text = (value: string): Piece => ({ kind: 'text', text: value });
