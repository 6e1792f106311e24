/**
 * What things are called on documents, by language: every label with the synonyms that training documents use and those that only
 * the exam prints. No exam synonym is part of a training synonym of its language (a test says so).
 *
 * `{p}`, `{n}` and `{d}` stand for page, pages and days.
 */
import type { Language } from '../types.ts';
import { LABEL_KEYS, type LabelKey, type LabelTable } from './label-keys.ts';
import { GERMAN } from './lexicon-de.ts';
import { ENGLISH } from './lexicon-en.ts';
import { SPANISH } from './lexicon-es.ts';
import { FRENCH } from './lexicon-fr.ts';
import { ITALIAN } from './lexicon-it.ts';
import { DUTCH } from './lexicon-nl.ts';
import type { WordSplit } from './word-lists.ts';

export { LABEL_KEYS, type LabelKey, type LabelTable } from './label-keys.ts';

const TABLES: Readonly<Record<Language, LabelTable>> = { en: ENGLISH, de: GERMAN, fr: FRENCH, es: SPANISH, nl: DUTCH, it: ITALIAN };

export type Synonyms = Readonly<Record<LabelKey, readonly string[]>>;

const half = (table: LabelTable, index: 0 | 1): Synonyms =>
  Object.fromEntries(LABEL_KEYS.map((key) => [key, table[key][index].split('|')])) as unknown as Synonyms;

export const LEXICON: Readonly<Record<Language, Readonly<Record<WordSplit, Synonyms>>>> = Object.fromEntries(
  Object.entries(TABLES).map(([language, table]) => [language, { train: half(table, 0), exam: half(table, 1) }]),
) as unknown as Readonly<Record<Language, Readonly<Record<WordSplit, Synonyms>>>>;

/** The synonyms of one language that documents of this split may print and the other's don't. */
export const labels = (language: Language, split: WordSplit): Synonyms => LEXICON[language][split];
