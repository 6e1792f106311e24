/**
 * The screen as a transcript tells it: read segment by segment, it knows what stands where, what was done last and what came of it. Training and
 * playing read the same text, so they see the same.
 *
 * What left the screen in numbers only is guessed: plain text goes, and everything else where another page has come.
 */
import type { Piece, Segment } from '../records/index.ts';

export interface ScreenItem {
  readonly reference: number;
  /** '' for plain text. */
  readonly role: string;
  readonly name: string;
  readonly value: string | undefined;
  readonly states: string;
  /** Lines are counted over the episode. */
  readonly line: number;
  /** Whether the policy has put something into it. */
  readonly isFilled: boolean;
}

/** What was done. */
export interface PastAction {
  readonly verb: string;
  readonly target: number | undefined;
  readonly targetName: string;
  readonly source: number | undefined;
}

export interface ScreenState {
  /** In the order of the screen, as far as that was told. */
  readonly items: readonly ScreenItem[];
  /** The last three, oldest first. */
  readonly past: readonly PastAction[];
  /** The last one that copied something. */
  readonly lastCopy: PastAction | undefined;
  /** What the last observation said. */
  readonly changes: readonly string[];
}

/** An act segment, by what it names. */
export interface SpelledAction {
  readonly verb: string;
  readonly target: number | undefined;
  readonly source: number | undefined;
  readonly as: string | undefined;
}

const ROLES: ReadonlySet<string> = new Set(
  'alert button cell check combobox dialog field file goal heading image item link list option radio row secret slider switch tab text tool'.split(
    ' ',
  ),
);
/** What is not plain text stays when a document's page is turned. */
const isPlain = ({ role }: ScreenItem): boolean => role === '' || role === 'item' || role === 'text';
const PAST = 3;

/** Throws nothing: a segment that says less is read as saying less. */
export function spelledAction({ pieces }: Segment): SpelledAction {
  const words = pieces.flatMap((piece) => (piece.kind === 'word' ? [piece.word] : []));
  const [target, source] = pieces.flatMap((piece) => (piece.kind === 'reference' ? [piece.reference] : []));
  const [verb = ''] = words;
  const as = words[words.indexOf('as') + 1];
  const isSource = verb === 'answer' || verb === 'note';
  return {
    verb,
    target: isSource ? undefined : target,
    source: isSource ? target : source,
    as: words.includes('as') ? as : undefined,
  };
}

export class ScreenReader {
  #items: readonly ScreenItem[] = [];
  #line = 0;
  #past: readonly PastAction[] = [];
  #lastCopy: PastAction | undefined;
  #changes: string[] = [];

  get state(): ScreenState {
    return { items: this.#items, past: this.#past, lastCopy: this.#lastCopy, changes: this.#changes };
  }

  read(segment: Segment): void {
    if (segment.kind === 'act') this.#acted(spelledAction(segment));
    else if (segment.kind === 'goal' || segment.kind === 'observe') this.#seen(segment);
  }

  #acted({ verb, target, source }: SpelledAction): void {
    const named = this.#items.find(({ reference }) => reference === target);
    const action = { verb, target, targetName: plainName(named?.name ?? ''), source };
    this.#past = [...this.#past, action].slice(-PAST);
    if (source !== undefined) this.#lastCopy = action;
    if (named && verb === 'fill') this.#replace({ ...named, isFilled: true });
    this.#changes = [];
  }

  #seen({ kind, pieces }: Segment): void {
    const isGoal = kind === 'goal';
    this.#changes = [];
    this.#line++;
    // What a reference ends: the text so far, the value behind it, or departures.
    let [text, value] = ['', undefined as string | undefined];
    let isGone = false;
    for (const piece of pieces) {
      if (piece.kind === 'word') {
        isGone = piece.word === 'gone';
        if (piece.word === 'value') value = '';
        if (piece.word === 'notice') this.#changes.push('notice');
      } else if (piece.kind === 'text' && isGone) {
        isGone = false;
        this.#thinOut(pieces);
        if (piece.text.includes('\n')) this.#line++;
      } else if (piece.kind === 'text') {
        if (piece.text.includes('\n')) this.#line++;
        if (value === undefined) text = (text + piece.text).split('\n').at(-1) as string;
        else value += piece.text;
      } else if (piece.kind === 'reference' && isGone) this.#remove(piece.reference);
      else if (piece.kind === 'reference') {
        if (value !== undefined && text.trim() === '') this.#holds(piece.reference, value.trim());
        else this.#add(isGoal ? `goal ${text.replace(/^[,\s]+/, '')}` : text, value, piece.reference);
        [text, value] = ['', undefined];
      }
    }
  }

  #add(text: string, value: string | undefined, reference: number): void {
    const [, first = '', rest = ''] = /^(\S+)\s*([\s\S]*)$/.exec(text.trim()) ?? [];
    const hasRole = ROLES.has(first);
    const [, name = '', states = ''] = /^([\s\S]*?)(?:\s*\(([^()]*)\))?$/.exec(hasRole ? rest : '') ?? [];
    const item: ScreenItem = {
      reference,
      role: hasRole ? first : '',
      name: hasRole ? name : text.trim(),
      value: value?.trim(),
      states,
      line: this.#line,
      isFilled: false,
    };
    this.#changes.push([item.role, item.name, item.value ?? ''].join(' '));
    if (this.#items.some((other) => other.reference === reference)) this.#replace(item);
    else this.#items = [...this.#items, item];
  }

  /** A value without text is what was just put there. */
  #holds(reference: number, value: string): void {
    const item = this.#items.find((other) => other.reference === reference);
    if (item === undefined) return;
    this.#replace({ ...item, isFilled: true, value: value === '' ? item.value : value });
    if (value !== '') this.#changes.push(`value ${item.name} ${value}`);
  }

  #remove(reference: number): void {
    const item = this.#items.find((other) => other.reference === reference);
    if (item === undefined) return;
    this.#items = this.#items.filter((other) => other !== item);
    this.#changes.push(`gone ${item.name}`);
  }

  /** More left than are named. */
  #thinOut(pieces: readonly Piece[]): void {
    const isOtherPage = pieces.some((piece) => piece.kind === 'text' && /(^|\n)heading /.test(piece.text));
    const stays = (item: ScreenItem): boolean =>
      ['link', 'button', 'goal', 'secret'].includes(item.role) || !(isOtherPage || isPlain(item));
    this.#items = this.#items.filter(stays);
  }

  #replace(item: ScreenItem): void {
    this.#items = this.#items.map((other) => (other.reference === item.reference ? item : other));
  }
}

/** In lower case; numbers are all alike. */
export const plainName = (text: string): string => text.toLowerCase().replace(/\d+/g, '0').trim();
