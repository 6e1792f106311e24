/**
 * The pointing task: a document of labelled lines in random order, a form, and the policy that fills each field of the
 * form from the right line, by reference. Labels are synonyms in several languages, most lines are distractors, the
 * reference numbers are permuted in every episode. It is the smallest form of what every document task asks.
 */
import { Random } from '../../src/base/index.ts';
import { boundaryId, FIRST_REFERENCE, REFERENCE_COUNT, type TokenGrammar, wordId } from '../../src/grammar/index.ts';
import type { Piece, Transcript } from '../../src/records/index.ts';

export interface PointingOptions {
  /** Lines of the document, distractors included. */
  readonly lines: number;
  /** Fields of the form. */
  readonly fields: number;
}

/** 18 lines, 8 fields: about 380 tokens an episode. */
export const POINTING: PointingOptions = { lines: 18, fields: 8 };
/** 120 text runs, 8 fields: about 1,500 tokens an episode. */
export const LONG_POINTING: PointingOptions = { lines: 120, fields: 8 };

export interface PointingEpisode {
  readonly transcript: Transcript;
  /** The text behind each reference: what the runtime echoes. */
  readonly texts: ReadonlyMap<number, string>;
  /** What must be filled from where, in the order of the form. */
  readonly answers: readonly { readonly field: number; readonly source: number }[];
}

/** The episode of this number: always the same one. */
export function pointingEpisode(number: number | string, { lines, fields }: PointingOptions): PointingEpisode {
  const random = new Random(`pointing/${lines}/${fields}/${number}`);
  const references = random.shuffle(Array.from({ length: REFERENCE_COUNT }, (_, r) => r));
  const concepts = random.shuffle(Object.keys(LABELS));
  const asked = concepts.slice(0, fields);

  const document = random
    .shuffle([
      ...asked.map((concept) => ({ concept, text: line(random, random.pick(LABELS[concept] as string[])) })),
      ...Array.from({ length: lines - fields }, (_, i) => ({
        concept: undefined,
        text: line(random, distractor(random, concepts.slice(fields), i)),
      })),
    ])
    .map((entry, i) => ({ ...entry, reference: references[i] as number }));
  const form = asked.map((concept, i) => ({
    concept,
    name: random.pick(LABELS[concept] as string[]),
    reference: references[lines + i] as number,
  }));

  const observe: Piece[] = [
    ...document.map(({ text, reference }) => ({ text, reference })),
    ...form.map(({ name, reference }) => ({ text: `field ${name}`, reference })),
  ].flatMap(({ text, reference }) => [
    { kind: 'text', text: `${text} ` },
    { kind: 'reference', reference },
  ]);
  const answers = form.map(({ concept, reference }) => ({
    field: reference,
    source: (document.find((entry) => entry.concept === concept) as (typeof document)[number]).reference,
  }));
  const texts = new Map([
    ...document.map(({ reference, text }) => [reference, text] as const),
    ...form.map(({ reference, name }) => [reference, name] as const),
  ]);
  const acts = answers.map(({ field, source }) => {
    const pieces: Piece[] = [
      { kind: 'word', word: 'fill' },
      { kind: 'reference', reference: field },
      { kind: 'echo', text: texts.get(field) as string },
      { kind: 'word', word: 'from' },
      { kind: 'reference', reference: source },
      { kind: 'echo', text: texts.get(source) as string },
    ];
    return { kind: 'act', pieces } as const;
  });
  const transcript: Transcript = {
    schemaVersion: 1,
    segments: [{ kind: 'goal', pieces: [{ kind: 'text', text: 'enter it' }] }, { kind: 'observe', pieces: observe }, ...acts],
  };
  return { transcript, texts, answers };
}

/** The ids of ⟨0⟩ … ⟨255⟩. */
export const ALL_REFERENCES: readonly number[] = Array.from({ length: REFERENCE_COUNT }, (_, r) => FIRST_REFERENCE + r);

/** `<|act|> <|fill|> ⟨field⟩ (echo) <|from|> ⟨source⟩ (echo) <|end|>`: it pauses where the runtime echoes. */
export const POINTING_GRAMMAR: TokenGrammar = {
  states: [
    { edges: [{ tokens: [boundaryId('act')], to: 1 }] },
    { edges: [{ tokens: [wordId('fill')], to: 2 }] },
    { edges: [{ tokens: ALL_REFERENCES, to: 3 }], pointing: true },
    { edges: [{ tokens: [wordId('from')], to: 4 }], stop: 'pause' },
    { edges: [{ tokens: ALL_REFERENCES, to: 5 }], pointing: true },
    { edges: [{ tokens: [boundaryId('end')], to: 6 }], stop: 'pause' },
    { edges: [], stop: 'end' },
  ],
};

const line = (random: Random, label: string): string => `${label} ${value(random)}`;

/** A label of a concept that is not asked for (each at most once), else a made-up word. */
function distractor(random: Random, others: readonly string[], i: number): string {
  const concept = others[i];
  if (concept) return random.pick(LABELS[concept] as string[]);
  return `${random.pick(ONSETS)}${random.pick(RHYMES)}${random.pick(ONSETS)}${random.pick(RHYMES)}`;
}

function value(random: Random): string {
  const digits = (n: number): string => Array.from({ length: n }, () => random.below(10)).join('');
  return random.pick([
    () => `${digits(2)}.${digits(2)}.${digits(2)}`,
    () => `${digits(3)}.${digits(1)}`,
    () => `${random.pick(ONSETS).toUpperCase()}${digits(4)}`,
  ])();
}

const ONSETS = ['b', 'd', 'f', 'g', 'k', 'l', 'm', 'n', 'p', 'r', 's', 't', 'v', 'z'];
const RHYMES = ['an', 'el', 'ir', 'om', 'us', 'at', 'en', 'il', 'or', 'un'];

/** Concepts and what they are called. */
const LABELS: Readonly<Record<string, string[]>> = {
  number: ['invoice no', 'document number', 'Rechnungsnummer', 'numéro', 'our ref'],
  issued: ['invoice date', 'issued on', 'Rechnungsdatum', 'date de facture', 'dated'],
  due: ['due date', 'payable by', 'Fälligkeit', 'échéance', 'pay before'],
  total: ['total', 'amount due', 'Gesamtbetrag', 'montant total', 'to pay'],
  tax: ['VAT', 'sales tax', 'Umsatzsteuer', 'TVA', 'tax amount'],
  net: ['subtotal', 'net amount', 'Nettobetrag', 'montant net', 'before tax'],
  order: ['purchase order', 'your order', 'Bestellnummer', 'commande', 'PO'],
  vendor: ['vendor', 'supplier', 'Lieferant', 'fournisseur', 'sold by'],
  customer: ['customer', 'bill to', 'Kunde', 'client', 'account of'],
  bank: ['IBAN', 'bank account', 'Kontonummer', 'compte', 'remit to'],
  currency: ['currency', 'Währung', 'devise', 'prices in', 'valuta'],
  delivery: ['delivered on', 'ship date', 'Lieferdatum', 'livraison', 'sent'],
};
