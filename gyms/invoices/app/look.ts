/**
 * How one interface looks: its words, the order and grouping of its fields, its ids, names and classes. Fixed by the drift seed alone;
 * '' is the plain interface. What the page's programs hold on to are `data-` attributes, which never change.
 */
import { Random } from '../../../src/base/index.ts';
import { LABEL_KINDS, type LabelKind, labelsOf } from './labels.ts';

export const HEAD_FIELDS = ['type', 'vendor', 'number', 'date', 'due', 'currency', 'order'] as const;
export const SUM_FIELDS = ['net', 'tax', 'total', 'iban'] as const;
export const LINE_FIELDS = ['description', 'quantity', 'price'] as const;
export type FieldName = (typeof HEAD_FIELDS)[number] | (typeof SUM_FIELDS)[number];
export type LineFieldName = (typeof LINE_FIELDS)[number];

/** A group of fields, or the table of lines. */
export interface Block {
  readonly legend: string | null;
  /** null: here stand the lines. */
  readonly fields: readonly FieldName[] | null;
}

export interface Look {
  /** What things are called, by kind. */
  readonly words: Readonly<Record<LabelKind, string>>;
  readonly blocks: readonly Block[];
  /** Lines as a table, or each in its own box. */
  readonly lines: 'table' | 'stacked';
  /** Label above its field or beside it. */
  readonly labels: 'above' | 'beside';
  readonly buttons: readonly ('save' | 'reject' | 'flag')[];
  /** Form name of a field. */
  readonly names: Readonly<Record<FieldName | LineFieldName, string>>;
  /** Begins every id and class. */
  readonly prefix: string;
}

const NAMES = [...HEAD_FIELDS, ...SUM_FIELDS, ...LINE_FIELDS] as const;

function plainLook(): Look {
  return {
    words: Object.fromEntries(LABEL_KINDS.map((kind) => [kind, labelsOf(kind).plain])) as Record<LabelKind, string>,
    blocks: [
      { legend: null, fields: HEAD_FIELDS },
      { legend: null, fields: null },
      { legend: null, fields: SUM_FIELDS },
    ],
    lines: 'table',
    labels: 'above',
    buttons: ['save', 'reject', 'flag'],
    names: Object.fromEntries(NAMES.map((name) => [name, name])) as Record<FieldName | LineFieldName, string>,
    prefix: 'bill',
  };
}

const LETTERS = [...'abcdefghijklmnopqrstuvwxyz'];

function letters(random: Random, count: number): string {
  return Array.from({ length: count }, () => random.pick(LETTERS)).join('');
}

function driftedLook(drift: string): Look {
  const random = new Random(`interface/${drift}`);
  const list = drift.startsWith('exam/') ? 'exam' : 'train';
  const wording = random.fork('words');
  const words = Object.fromEntries(LABEL_KINDS.map((kind) => [kind, wording.pick(labelsOf(kind)[list])])) as Record<LabelKind, string>;

  const order = random.fork('order');
  const head = order.shuffle(HEAD_FIELDS);
  const sums = order.shuffle(SUM_FIELDS);
  const cut = 2 + order.below(4);
  const blocks = order.shuffle<Block>([
    { legend: words['group.document'], fields: head.slice(0, cut) },
    { legend: words['group.terms'], fields: head.slice(cut) },
    { legend: words['group.lines'], fields: null },
    { legend: words['group.sums'], fields: sums },
  ]);

  const spelling = random.fork('names');
  // The place in the list keeps two names from being equal.
  const names = Object.fromEntries(NAMES.map((name, i) => [name, `${letters(spelling, 4)}${i}`])) as Record<
    FieldName | LineFieldName,
    string
  >;
  return {
    words,
    blocks,
    lines: order.pick(['table', 'stacked']),
    labels: order.pick(['above', 'beside']),
    // Saving stays the form's default button.
    buttons: ['save', ...order.shuffle(['reject', 'flag'] as const)],
    names,
    prefix: letters(spelling, 5),
  };
}

/** The look of a drift seed. Seeds that begin with `exam/` draw their words from those kept for the exam. */
export function lookOf(drift: string): Look {
  return drift === '' ? plainLook() : driftedLook(drift);
}
