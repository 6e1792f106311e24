/**
 * Labels: what a field, a column or a printed value is called, in one to three words, and the other ways to call the same.
 *
 * Labels are in lower case but for the nouns of tongues that capitalise them; `dressed` puts them into the letters of a place.
 */
import type { Random } from '../../../src/base/index.ts';
import { isTaken } from './taken.ts';
import { abbreviated, capitalised, coinWord, joinWords, relatedWord, type Tongue } from './tongue.ts';

/** What a value is; a label often says it with a word of its own, as English does with "date" or "no.". */
export const VALUE_KINDS = ['date', 'amount', 'code', 'account', 'integer', 'text'] as const;
export type ValueKind = (typeof VALUE_KINDS)[number];

/** The words of a tongue for each kind of value: fixed for a tongue, so that they can be learned. */
export type KindWords = Readonly<Record<ValueKind, readonly string[]>>;

export const noun = (word: string, tongue: Tongue): string => (tongue.capitalNouns ? capitalised(word) : word);

export function coinKindWords(tongue: Tongue, random: Random): KindWords {
  const words = (): string[] => [coinWord(tongue, random, 1), coinWord(tongue, random, 1)];
  return {
    date: words(),
    amount: words(),
    code: [...words(), ...tongue.marks],
    account: [...words(), ...tongue.marks],
    integer: words(),
    text: words(),
  };
}

/** A label of nothing but its own words. */
export function coinLabel(tongue: Tongue, random: Random): string {
  if (random.below(14) === 0) return coinAcronym(random);
  const first = noun(coinWord(tongue, random), tongue);
  switch (random.below(9)) {
    case 0:
      return `${first} ${random.pick(tongue.links)} ${noun(coinWord(tongue, random, 1), tongue)}`;
    case 1:
      return `${coinWord(tongue, random, 1)} ${first}`;
    case 2:
      return tongue.compounds
        ? noun(joinWords(first.toLowerCase(), coinWord(tongue, random, 1)), tongue)
        : `${first} ${coinWord(tongue, random, 1)}`;
    default:
      return first;
  }
}

/** Three or four capitals. */
function coinAcronym(random: Random): string {
  const letters = Array.from({ length: 3 + random.below(2) }, (_, i) =>
    random.pick([...(i % 2 === 1 ? 'AEIOU' : 'BCDFGKLMNPRSTVWZ')]),
  ).join('');
  return isTaken(letters) ? letters.slice(0, 3) : letters;
}

/** `label` with the word for its kind of value behind, before or grown together. */
export function withKindWord(label: string, kind: ValueKind, { tongue, words, random }: KindOptions): string {
  const word = random.pick(words[kind]);
  if (word.length < 4 || word.includes('.')) return `${label} ${word}`;
  if (tongue.compounds && !label.includes(' ') && random.below(3) > 0) return noun(joinWords(label.toLowerCase(), word), tongue);
  return random.below(3) === 0 ? `${word} ${random.pick(tongue.links)} ${label}` : `${label} ${noun(word, tongue)}`;
}

export interface KindOptions {
  readonly tongue: Tongue;
  readonly words: KindWords;
  readonly random: Random;
}

/** Another way to write the same label, which still shows where it comes from. */
export function variantOf(label: string, kind: ValueKind, options: KindOptions): string {
  const { tongue, random } = options;
  const words = label.split(' ');
  const longest = words.reduce((best, word) => (word.length > best.length ? word : best), '');
  const lower = longest.toLowerCase();
  const inPlace = (word: string): string => words.map((each) => (each === longest ? word : each)).join(' ');
  switch (random.below(8)) {
    case 0:
      return inPlace(abbreviated(longest, random));
    case 1:
      return inPlace(noun(relatedWord(lower, tongue, random), tongue));
    case 2:
      return withKindWord(longest, kind, options);
    case 3:
      return withKindWord(label, kind, options);
    case 4:
      return tongue.compounds && lower.length < 10
        ? noun(joinWords(coinWord(tongue, random, 1), lower), tongue)
        : `${coinWord(tongue, random, 1)} ${longest}`;
    case 5:
      return words.length > 1 ? longest : `${longest} ${random.pick(tongue.links)} ${noun(coinWord(tongue, random, 1), tongue)}`;
    case 6:
      return words.length > 1
        ? words.map((word, i) => (i === 0 ? abbreviated(word, random) : word)).join(' ')
        : `${random.pick(tongue.links)} ${longest}`;
    default:
      return words.length > 1 ? [...words].reverse().join(' ') : noun(relatedWord(lower, tongue, random), tongue);
  }
}

/** Each word as a related language has it. */
export function relatedLabel(label: string, tongue: Tongue, random: Random): string {
  return label
    .split(' ')
    .map((word) => (word.length < 4 || word === word.toUpperCase() ? word : noun(relatedWord(word.toLowerCase(), tongue, random), tongue)))
    .join(' ');
}

export const DRESSES = ['first', 'first', 'first', 'first', 'all', 'upper', 'lower'] as const;
export type Dress = (typeof DRESSES)[number];

export function dressed(label: string, dress: Dress): string {
  switch (dress) {
    case 'first':
      return capitalised(label);
    case 'all':
      return label
        .split(' ')
        .map((word) => (word.length > 3 ? capitalised(word) : word))
        .join(' ');
    case 'upper':
      return label.toUpperCase();
    case 'lower':
      return label;
  }
}
