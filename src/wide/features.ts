/**
 * What a candidate is seen by. Nothing here is of one gym: names, neighbours, shapes, distances, what was done before, and which words the screen has.
 * Each question has its own key (what is asked about), with which every feature is crossed.
 */
import { cross, hashText } from './hash.ts';
import type { Candidate } from './hashed-linear.ts';
import { type Neighbours, neighboursOf } from './layout.ts';
import { plainName, type ScreenItem, type ScreenState } from './screen.ts';

const EDGE: Neighbours = { left: '', above: '', head: '', column: 0, columns: 0 };
const EMPTY = new Int32Array(0);
/** A text of more letters than this is no label. */
const LONGEST_LABEL = 40;
/** No month has a higher number. */
const MONTHS = 12;
/** Nats; more is as sure as that. */
const SURE = 4;
/** Of what the last observation said. */
const CHANGES = 12;
/** What is filled in, not read. */
const FORM: readonly string[] = ['option', 'list', 'field'];
const NOTHING = hashText('nothing');
/** Distances beyond these are alike. */
const [LEAST, MOST] = [-9, 17];

/** How a text looks: letters and digits by kind and number. */
const shapeOf = (text: string): string =>
  text
    .replace(/\p{L}+/gu, 'a')
    .replace(/\d+/g, (digits) => (digits.length > 4 ? '9' : String(digits.length)))
    .replace(/(a )+/g, 'a ');

const wordsOf = (text: string): readonly string[] =>
  plainName(text)
    .split(/[^\p{L}0]+/u)
    .filter((word) => word.length > 1);

const clamp = (least: number, value: number, most: number): number => Math.max(least, Math.min(most, value));

/** What the text of an item says of it, wherever it is asked for. */
interface Described {
  readonly signature: string;
  readonly features: Int32Array;
}

/** The text elsewhere on the screen that an option is held against. */
interface ReadText {
  readonly whole: ReadonlySet<string>;
  readonly lines: readonly ReadonlySet<string>[];
}

/** What neighbours and words a screen has. */
interface Surroundings {
  readonly near: ReadonlyMap<ScreenItem, Neighbours>;
  readonly bag: Int32Array;
  readonly text: ReadText;
}

/** Remembers descriptions from screen to screen: most items stay as they are. */
export class Describer {
  readonly #words: ReadonlySet<number> | undefined;
  #known = new Map<number, Described>();
  #read: readonly ScreenItem[] = [];
  #placed: readonly ScreenItem[] = [];
  #places: ReadonlyMap<number, number> = new Map();
  #surroundings: Surroundings = { near: new Map(), bag: EMPTY, text: readText([]) };

  /** `words`: those that count; default all. */
  constructor(words?: ReadonlySet<number>) {
    this.#words = words;
  }

  /** By reference. Only those of the last screen that was asked about are kept: an episode has many. */
  places(items: readonly ScreenItem[]): ReadonlyMap<number, number> {
    if (items !== this.#placed) {
      this.#placed = items;
      this.#places = new Map(items.map(({ reference }, place) => [reference, place]));
    }
    return this.#places;
  }

  /** Filling a form leaves the document as it is. */
  around(items: readonly ScreenItem[]): Surroundings {
    const read = items.filter(({ role }) => !FORM.includes(role));
    if (read.length !== this.#read.length || read.some((item, i) => item !== this.#read[i])) {
      this.#read = read;
      const known = (hashes: Int32Array): Int32Array => hashes.filter((hash) => this.#words?.has(hash >>> 0) ?? true);
      this.#surroundings = { near: neighboursOf(items), bag: known(wordsIn(read)), text: readText(read) };
    }
    return this.#surroundings;
  }

  of(item: ScreenItem, near: Neighbours): Described {
    const signature = [item.role, item.name, near.left, near.above, near.head, near.column, near.columns].join('\u0000');
    const known = this.#known.get(item.reference);
    if (known?.signature === signature) return known;
    const described = { signature, ...describe(item, near) };
    this.#known.set(item.reference, described);
    return described;
  }
}

function describe({ role, name }: ScreenItem, near: Neighbours): Omit<Described, 'signature'> {
  const shape = shapeOf(name);
  const [left, above, head] = [near.left, near.above, near.head].map(plainName) as [string, string, string];
  const said = [
    `shape ${shape}`,
    `beginning ${shape.replace(/[^a9\d.,/-]/g, '').slice(0, 6)}`,
    `role ${role}`,
    `left ${left}`,
    `above ${above}`,
    `head ${head}`,
    `left ${left} shape ${shape}`,
    `above ${above} shape ${shape}`,
    `column ${near.column} of ${near.columns}`,
    `last ${near.column === near.columns - 1}`,
    ...wordsOf(near.left).map((word) => `left word ${word}`),
    ...wordsOf(near.above).map((word) => `above word ${word}`),
    ...wordsOf(near.head).map((word) => `head word ${word}`),
    ...wordsOf(name).map((word) => `word ${word}`),
  ];
  return { features: Int32Array.from(said, hashText) };
}

/** One screen, ready for questions. */
export class Scene {
  readonly items: readonly ScreenItem[];
  /** Words that stand on it, and whole texts that are short enough for labels and titles. */
  readonly bag: Int32Array;
  readonly #state: ScreenState;
  readonly #near: ReadonlyMap<ScreenItem, Neighbours>;
  readonly #describer: Describer;
  readonly #source: ScreenItem | undefined;
  readonly #text: ReadText;
  #newsHashes: readonly number[] | undefined;
  #commonHashes: Int32Array | undefined;

  constructor(state: ScreenState, describer: Describer) {
    this.items = state.items;
    this.#state = state;
    this.#describer = describer;
    const { near, bag, text } = describer.around(state.items);
    this.#near = near;
    this.#text = text;
    this.#source = this.item(state.lastCopy?.source);
    this.bag = bag;
  }

  get #places(): ReadonlyMap<number, number> {
    return this.#describer.places(this.items);
  }

  item(reference: number | undefined): ScreenItem | undefined {
    const place = reference === undefined ? undefined : this.#places.get(reference);
    return place === undefined ? undefined : this.items[place];
  }

  /** Is `source` what `verb` takes for `target`? */
  source(verb: string, target: ScreenItem | undefined, source: ScreenItem): Candidate {
    const key = keyOf(verb, target);
    if (source.role === 'option') return this.#option(key, target, source);
    const { features } = this.#describer.of(source, this.#near.get(source) ?? EDGE);
    return { features: this.#trail(source).map((text) => cross(key, hashText(text))), key, shared: features, bag: EMPTY };
  }

  /** Is there nothing that `verb` could take for `target`? */
  nothing(verb: string, target: ScreenItem): Candidate {
    const key = cross(keyOf(verb, target), NOTHING);
    const after = hashText(`after ${this.#state.lastCopy?.targetName ?? ''}`);
    return { features: [key, cross(hashText(verb), NOTHING), cross(key, after)], key, shared: EMPTY, bag: this.bag };
  }

  /** Is this what is done next? `certainty`: how much better the best source is than none; NaN where that says nothing. */
  action(verb: string, target: ScreenItem | undefined, certainty: number): Candidate {
    const key = keyOf(verb, target);
    const kind = hashText(`${verb} ${target?.role ?? ''}`);
    const features = this.#news().map((text) => cross(kind, text));
    const say = (text: string): void => void features.push(cross(key, hashText(text)));
    const sayKind = (text: string): void => void features.push(cross(kind, hashText(text)));
    if (target) this.#sayTarget(target, say, sayKind);
    if (target && !Number.isNaN(certainty)) {
      const sure = clamp(-SURE, Math.round(certainty), SURE);
      say(`sure ${sure}`);
      sayKind(`sure ${sure}`);
      say(`sure ${sure} ${this.#then()}`);
      say(`sure ${sure} filled ${target.isFilled} value ${target.value !== undefined}`);
    }
    return { features, key, shared: this.#common(), bag: this.bag };
  }

  /** Is `source` turned into this on its way into `target`? '' for left as it is. */
  normaliser(as: string, target: ScreenItem, source: ScreenItem): Candidate {
    const key = hashText(`as ${as} ${plainName(target.name)}`);
    const kind = hashText(`as ${as}`);
    const shape = shapeOf(source.name);
    const said = [shape, ...this.#sizesOfAlike(shape)].map(hashText);
    return { features: [key, ...said.map((text) => cross(kind, text))], key, shared: Int32Array.from(said), bag: this.bag };
  }

  /** Numbers in texts of this shape: which of them can't be months, whichever text they stand in. */
  #sizesOfAlike(shape: string): readonly string[] {
    const largest: number[] = [];
    for (const { role, name } of this.items) {
      if (role !== '' || shapeOf(name) !== shape) continue;
      for (const [place, digits] of (name.match(/\d+/g) ?? []).entries()) largest[place] = Math.max(largest[place] ?? 0, Number(digits));
    }
    return largest.slice(0, 3).map((number, place) => `number ${place} above twelve ${number > MONTHS}`);
  }

  /** Where a text stands from the one that was copied last. */
  #trail(source: ScreenItem): readonly string[] {
    const { lastCopy } = this.#state;
    const from = this.#source;
    if (!lastCopy || !from) return [];
    const [near, beside] = [this.#near.get(source) ?? EDGE, this.#near.get(from) ?? EDGE];
    const distance = this.#distance(source, from);
    const lines = clamp(-2, source.line - from.line, 3);
    return [
      `trail ${lastCopy.targetName} ${distance}`,
      `trail ${lastCopy.targetName} ${distance} of ${near.columns}`,
      `trail ${lastCopy.targetName} lines ${lines} columns ${near.column} ${beside.column} ${near.columns === beside.columns}`,
      `trail same head ${near.head === beside.head}`,
    ];
  }

  #option(key: number, target: ScreenItem | undefined, option: ScreenItem): Candidate {
    const name = plainName(option.name);
    const { whole, lines } = this.#text;
    const words = wordsOf(option.name);
    const share =
      words.length === 0 ? 0 : Math.max(0, ...lines.map((line) => words.filter((word) => line.has(word)).length / words.length));
    const isThere = whole.has(option.name.toLowerCase());
    const quarters = Math.round(4 * share);
    const features = [
      `option ${name}`,
      `stands there ${quarters}`,
      `stands there whole ${isThere}`,
      `stands there ${quarters} whole ${isThere}`,
      `distance ${target ? this.#distance(option, target) : ''}`,
    ].map((text) => cross(key, hashText(text)));
    return { features, key: cross(key, hashText(name)), shared: EMPTY, bag: this.bag, isSparse: true };
  }

  #sayTarget(target: ScreenItem, say: (text: string) => void, sayKind: (text: string) => void): void {
    const state = `filled ${target.isFilled} value ${target.value !== undefined} ${target.states}`;
    const before = this.item(this.#state.past.at(-1)?.target);
    const distance = before ? this.#distance(target, before) : '';
    say(state);
    sayKind(state);
    say(`distance ${distance}`);
    sayKind(`distance ${distance}`);
    sayKind(`distance ${distance} ${state}`);
    say(`distance ${distance} ${this.#then()}`);
  }

  #then(): string {
    const last = this.#state.past.at(-1);
    return `after ${last ? `${last.verb} ${last.targetName}` : ''}`;
  }

  #news(): readonly number[] {
    this.#newsHashes ??= this.#state.changes.slice(0, CHANGES).map((change) => hashText(`news ${plainName(change)}`));
    return this.#newsHashes;
  }

  /** What every action is asked with: what was done, what came of it, and what follows the text that was copied last. */
  #common(): Int32Array {
    if (this.#commonHashes) return this.#commonHashes;
    const { past, changes } = this.#state;
    const [, before, first] = past.toReversed();
    const then = this.#then();
    const earlier = `${then} after ${before ? `${before.verb} ${before.targetName}` : ''}`;
    const said = ['always', then, earlier, `${earlier} after ${first?.verb ?? ''}`, `news ${Math.min(CHANGES, changes.length)}`];
    const follows = this.#whatFollows().map((text) => `${text} ${then}`);
    this.#commonHashes = Int32Array.from([...[...said, ...follows].map(hashText), ...this.#news()]);
    return this.#commonHashes;
  }

  /** The texts after what was copied last: another row, or the end of the table. */
  #whatFollows(): readonly string[] {
    const from = this.#source;
    if (from === undefined) return [];
    const at = this.#places.get(from.reference) as number;
    const next = this.items.slice(at + 1, at + 5).map((item) => (item.role === '' ? item : undefined));
    const shapes = next.map((item) => (item ? shapeOf(item.name) : '-'));
    const nearOf = (item: ScreenItem): Neighbours => this.#near.get(item) ?? EDGE;
    const beside = nearOf(from);
    const [first] = next;
    const below = next.find((item) => item !== undefined && item.line > from.line);
    return [
      `next ${shapes[0]}`,
      `next ${shapes.slice(0, 2).join(' ')}`,
      `next ${shapes.join(' ')}`,
      ...next.flatMap((item) => (item ? wordsOf(item.name).map((word) => `next word ${word}`) : [])),
      ...(first ? [`next line ${first.line - from.line} columns ${nearOf(first).columns} ${beside.columns}`] : []),
      ...(below
        ? [`below columns ${nearOf(below).columns === beside.columns} head ${nearOf(below).head === beside.head} ${shapeOf(below.name)}`]
        : []),
    ];
  }

  #distance(of: ScreenItem, from: ScreenItem): number {
    return clamp(LEAST, (this.#places.get(of.reference) ?? 0) - (this.#places.get(from.reference) ?? 0), MOST);
  }
}

const keyOf = (verb: string, target: ScreenItem | undefined): number =>
  hashText(target ? `${verb} ${target.role} ${plainName(target.name)}` : verb);

const wordsIn = (items: readonly ScreenItem[]): Int32Array =>
  Int32Array.from(new Set([...items.flatMap(({ name }) => wordsOf(name)), ...items.map(labelOf)].filter((text) => text !== '')), hashText);

function readText(items: readonly ScreenItem[]): ReadText {
  const texts = items.filter(({ role, name }) => role === '' && name !== '').map(({ name }) => name);
  return { whole: new Set(texts.map((text) => text.toLowerCase())), lines: texts.map((text) => new Set(wordsOf(text))) };
}

/** '' for what is none. */
function labelOf({ name }: ScreenItem): string {
  const label = plainName(name);
  return label.length < LONGEST_LABEL && /\p{L}/u.test(label) ? `= ${label}` : '';
}
