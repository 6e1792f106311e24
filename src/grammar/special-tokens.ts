/**
 * The special tokens: every token of a transcript that is structure and not somebody's text.
 *
 * Their order is their id (the tokenizer puts them before all bytes and merges), so it is part of the format: append,
 * never reorder. Outside text is encoded without them, so a page that spells one gets plain bytes.
 */

/** Boundaries. `end` closes an action; `echo` and `unecho` enclose what the runtime says was pointed at. */
export const BOUNDARIES = ['pad', 'begin', 'goal', 'observe', 'think', 'act', 'outcome', 'end', 'echo', 'unecho'] as const;

/** The action words of the grammar, its prepositions, normalisers, outcomes, and the runtime's own words in observations. */
export const WORDS = [
  'click',
  'fill',
  'type',
  'clear',
  'select',
  'press',
  'scroll',
  'drag',
  'wait',
  'call',
  'answer',
  'note',
  'ask',
  'abstain',
  'done',
  'from',
  'as',
  'to',
  'with',
  'date',
  'amount',
  'integer',
  'lower',
  'upper',
  'trim',
  'enter',
  'tab',
  'escape',
  'up',
  'down',
  'left',
  'right',
  'home',
  'finish',
  'page-up',
  'page-down',
  'backspace',
  'delete',
  'space',
  'success',
  'failure',
  'broken',
  'us-date',
  'hover',
  // What the runtime says in observations, which no page can spell: what left the screen, what a field holds now, why nothing happened.
  'gone',
  'value',
  'notice',
] as const;

export const REFERENCE_COUNT = 256;

export type Boundary = (typeof BOUNDARIES)[number];
export type Word = (typeof WORDS)[number];

/** The spelling of a special token in `tokenizer.json` and in printed transcripts. */
export const spellBoundary = (boundary: Boundary): string => `<|${boundary}|>`;
export const spellWord = (word: Word): string => `<|${word}|>`;
export const spellReference = (reference: number): string => `⟨${reference}⟩`;

/** All special tokens in id order: boundaries, references, words, then a reserve for later words. */
export const SPECIAL_TOKENS: readonly string[] = [
  ...BOUNDARIES.map(spellBoundary),
  ...Array.from({ length: REFERENCE_COUNT }, (_, r) => spellReference(r)),
  ...WORDS.map(spellWord),
  ...Array.from({ length: 320 - BOUNDARIES.length - REFERENCE_COUNT - WORDS.length }, (_, i) => `<|reserved-${i}|>`),
];

/** Id of reference ⟨0⟩; ⟨r⟩ has the id `FIRST_REFERENCE + r`. */
export const FIRST_REFERENCE: number = BOUNDARIES.length;

const boundaryIds = new Map<string, number>(BOUNDARIES.map((boundary, i) => [boundary, i]));
const wordIds = new Map<string, number>(WORDS.map((word, i) => [word, FIRST_REFERENCE + REFERENCE_COUNT + i]));

export const boundaryId = (boundary: Boundary): number => boundaryIds.get(boundary) as number;
export const wordId = (word: Word): number => wordIds.get(word) as number;
export const isReferenceId = (id: number): boolean => id >= FIRST_REFERENCE && id < FIRST_REFERENCE + REFERENCE_COUNT;
