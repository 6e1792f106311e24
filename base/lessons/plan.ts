/**
 * The plan of one lesson, as data: what stands on the desk (papers, form, buttons, a list of arrivals, a log-in), how the desk answers, and what is right.
 * `Desk` plays it, `Clerk` knows it. Whatever is right can be told from what the desk shows.
 */
import type { GoalPart, Normaliser } from '../../src/records/index.ts';
import type { ValueKind } from './words/index.ts';

/** One run of text on a page; `id`: a value that is wanted somewhere. */
export interface Run {
  readonly text: string;
  readonly id?: string;
  /** What the text is a value of, where it is one. */
  readonly kind?: ValueKind;
}
export type Line = readonly Run[];
export type Page = readonly Line[];

/** What a field shall hold and the run it comes from. */
export interface Wanted {
  /** A run's id; or `goal/KEY`, a part of the goal. */
  readonly source: string;
  readonly as?: Normaliser;
  readonly held: string;
  readonly kind: ValueKind;
}

/** How the work stops short: a question about a field, or another button. */
export type Stop = { readonly kind: 'ask' } | { readonly kind: 'press'; readonly button: string };

export interface FieldItem {
  readonly kind: 'field';
  readonly key: string;
  readonly label: string;
  /** null: stays empty. */
  readonly wanted: Wanted | null;
  /** Held from the start. */
  readonly initial?: string;
  /** The desk's remark on what the field holds, once it holds something; the work then stops. */
  readonly remark?: { readonly text: string; readonly stop: Stop };
  /** Wanted, and nowhere on the papers: the work stops with a question about the field. */
  readonly isAbsent?: boolean;
}

export interface ListItem {
  readonly kind: 'list';
  readonly key: string;
  readonly label: string;
  readonly options: readonly string[];
  readonly initial: string;
  /** One of `options`, or of those that `after` brings; what is held already where nothing is to be done. */
  readonly wanted: string;
  /** `options` come once that list holds its wanted option; until then there is `initial` only. */
  readonly after?: string;
}

export interface Column {
  readonly key: string;
  readonly label: string;
}

/** A table that grows by a row of empty fields as soon as its last row is complete. */
export interface RowsItem {
  readonly kind: 'rows';
  readonly key: string;
  readonly columns: readonly Column[];
  /** Labels of columns that the desk computes itself. */
  readonly computed: readonly string[];
  /** By row, then by column. */
  readonly wanted: readonly (readonly Wanted[])[];
  /** The columns whose product is a row's amount, shown once it can be computed, with the sum below; null for none. */
  readonly product: readonly [number, number] | null;
  readonly showsSum: boolean;
  /** Most rows that it grows to. */
  readonly limit: number;
  /** What the rows' sum has to be, in hundredths; while it is not, the remark stands. `stop`: what is right if it still stands at the end. */
  readonly expected?: { readonly minor: number; readonly remark: string; readonly stop: Stop };
}

export type FormItem = { readonly kind: 'heading'; readonly text: string } | FieldItem | ListItem | RowsItem;

export interface ButtonItem {
  readonly key: string;
  readonly label: string;
  /** What the page says once it has been pressed. */
  readonly status: string;
}

export interface LogIn {
  readonly heading: string;
  readonly userLabel: string;
  readonly secretLabel: string;
  readonly button: string;
  readonly user: string;
  readonly secret: string;
  readonly refusal: string;
}

export interface Arrivals {
  readonly heading: string;
  readonly columns: readonly string[];
  /** The name is a link, and the heading of what is opened; the other cells are text. */
  readonly rows: readonly ArrivalRow[];
  /** The row to be opened. */
  readonly right: number;
  /** The last cell of a row that is done. */
  readonly doneText: string;
}

export interface ArrivalRow {
  readonly name: string;
  readonly cells: readonly string[];
  /** What its papers begin with, for who opens the wrong one. */
  readonly excerpt: readonly string[];
}

export interface Turning {
  readonly previous: string;
  readonly next: string;
  /** `{at}` and `{of}` stand for numbers. */
  readonly counter: string;
}

export interface Plan {
  readonly family: string;
  readonly goal: readonly GoalPart[];
  readonly title: string;
  /** In the head of each screen; the first is where the work begins. */
  readonly links: readonly string[];
  readonly leave: string | null;
  readonly logIn: LogIn | null;
  /** Values of the goal's secrets, by key. */
  readonly secrets?: Readonly<Record<string, string>>;
  readonly arrivals: Arrivals | null;
  readonly heading: string;
  readonly turning: Turning | null;
  readonly pages: readonly Page[];
  /** Text beside the papers that nobody has to obey. */
  readonly asides: readonly string[];
  readonly form: readonly FormItem[];
  /** The first to be pressed when all is well is `save`. */
  /** Where remarks stand: at what they are about, above the form, or below it. */
  readonly remarksAt: 'beside' | 'top' | 'end';
  readonly buttons: readonly ButtonItem[];
  readonly save: string;
  /** Asked after `save`. */
  readonly question: { readonly text: string; readonly yes: string; readonly no: string; readonly isNoFirst: boolean } | null;
  readonly faults: Faults;
  /** How the episode has to end, apart from what the form holds. */
  readonly end: Stop | { readonly kind: 'save' } | { readonly kind: 'abstain' };
}

export interface Faults {
  /** Turns that the desk takes to answer a click: it shows `busy` until then. */
  readonly waits: number;
  readonly busy: string;
  /** Turns after which the papers are there. */
  readonly late: number;
  /** Commands at work after which the session ends, once; needs a log-in, which then stands only there. */
  readonly expiresAfter: number | null;
  /** The first save fails and says this. */
  readonly failure: string | null;
}
