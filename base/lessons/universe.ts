/**
 * The universe of one lesson: which tongue the desk speaks and which one the papers, how they write dates and amounts, and what things are called.
 *
 * In some universes things are called as the fixed lexicon says, in the others every word is fresh and what a paper calls a thing resembles what the form calls it.
 * Invariant: no two things of a universe are called the same.
 */
import type { Random } from '../../src/base/index.ts';
import { coinMark, makeStyle, makeValue, type Value, type ValueStyle } from './values.ts';
import {
  CONCEPTS,
  capitalised,
  coinLabel,
  coinWord,
  DRESSES,
  type Dress,
  dressed,
  KIND_WORDS,
  type KindWords,
  LEXICON_TONGUES,
  noun,
  PURPOSE_WORDS,
  type Purpose,
  relatedLabel,
  TONGUES,
  type Tongue,
  type ValueKind,
  variantOf,
  withKindWord,
} from './words/index.ts';

/** A thing, as the form calls it and as the papers do. */
export interface Named {
  readonly kind: ValueKind;
  readonly form: string;
  readonly printed: string;
}

export interface UniverseOptions {
  readonly random: Random;
  /** 0: as easy as it gets; 1: full size. */
  readonly level: number;
}

export class Universe {
  readonly random: Random;
  readonly level: number;
  readonly formTongue: Tongue;
  readonly paperTongue: Tongue;
  readonly mark: string;
  readonly style: ValueStyle;
  readonly #formAt: number;
  readonly #paperAt: number;
  /** Things are called as the fixed lexicon says. */
  readonly isLexical: boolean;
  readonly #formDress: Dress;
  readonly #paperDress: Dress;
  /** Behind a label on paper. */
  readonly #tail: string;
  readonly #sameShare: number;
  readonly #used = new Set<string>();

  constructor({ random, level }: UniverseOptions) {
    this.random = random;
    this.level = level;
    this.isLexical = random.below(100) < 45;
    const tongues = this.isLexical ? LEXICON_TONGUES : TONGUES.length;
    this.#formAt = random.below(tongues);
    this.#paperAt = random.uniform() < 0.6 - 0.3 * level ? this.#formAt : random.below(tongues);
    this.formTongue = TONGUES[this.#formAt] as Tongue;
    this.paperTongue = TONGUES[this.#paperAt] as Tongue;
    this.#formDress = random.pick(DRESSES.filter((dress) => dress !== 'upper'));
    this.#paperDress = random.pick(DRESSES);
    this.#tail = random.pick(['', '', '', ':', ' :']);
    this.#sameShare = 0.75 - 0.4 * level;
    this.mark = coinMark(random);
    this.style = makeStyle(random, this.mark);
  }

  /** A thing of its own that has values of this kind. */
  name(kind: ValueKind): Named {
    for (;;) {
      const { form, printed } = this.isLexical ? this.#lexical(kind) : this.#fresh(kind);
      const keys = [...new Set([form.toLowerCase(), printed.toLowerCase()])];
      if (keys.some((key) => this.#used.has(key))) continue;
      for (const key of keys) this.#used.add(key);
      return { kind, form: dressed(form, this.#formDress), printed: dressed(printed, this.#paperDress) + this.#tail };
    }
  }

  #lexical(kind: ValueKind): { readonly form: string; readonly printed: string } {
    const { random } = this;
    const concepts = CONCEPTS[kind];
    const { names } = concepts[random.below(Math.ceil(concepts.length * (0.15 + 0.85 * this.level)))] as (typeof concepts)[number];
    const formNames = names[this.#formAt] as readonly string[];
    const paperNames = names[this.#paperAt] as readonly string[];
    // Half of the forms use the plain name.
    return { form: random.below(2) === 0 ? (formNames[0] as string) : random.pick(formNames), printed: random.pick(paperNames) };
  }

  #fresh(kind: ValueKind): { readonly form: string; readonly printed: string } {
    const { random, formTongue, paperTongue } = this;
    const label = coinLabel(formTongue, random);
    const form =
      random.below(3) === 0 ? withKindWord(label, kind, { tongue: formTongue, words: this.#kindWords(this.#formAt), random }) : label;
    const base = formTongue === paperTongue ? form : relatedLabel(label, paperTongue, random);
    const isSame = random.uniform() < this.#sameShare;
    return { form, printed: isSame ? base : variantOf(base, kind, { tongue: paperTongue, words: this.#kindWords(this.#paperAt), random }) };
  }

  #kindWords(at: number): KindWords {
    return KIND_WORDS[at] as KindWords;
  }

  value(kind: ValueKind): Value {
    return makeValue(kind, this.style, { random: this.random, tongue: this.paperTongue });
  }

  /** A word of the desk's for this purpose; where `mayBeFresh`, sometimes one that nobody has seen before. */
  word(purpose: Purpose, mayBeFresh = true): string {
    const { random } = this;
    if (mayBeFresh && !this.isLexical && random.below(3) === 0) return this.phrase(1 + random.below(2));
    return random.pick((PURPOSE_WORDS[this.#formAt] as (typeof PURPOSE_WORDS)[number])[purpose]);
  }

  /** Fresh words of the desk's tongue. */
  phrase(words: number): string {
    return this.#phrase(this.formTongue, words);
  }

  /** Fresh words of the papers' tongue. */
  prose(words: number): string {
    return this.#phrase(this.paperTongue, words);
  }

  #phrase(tongue: Tongue, words: number): string {
    const { random } = this;
    const all = Array.from({ length: words }, (_, i) =>
      i > 0 && i < words - 1 && random.below(4) === 0 ? random.pick(tongue.links) : coinWord(tongue, random, random.below(3) > 0 ? 1 : 2),
    );
    return capitalised(all.map((word) => (random.below(3) === 0 ? noun(word, tongue) : word)).join(' '));
  }

  /** A firm or a person. */
  party(): string {
    const { random } = this;
    const word = (): string => capitalised(coinWord(random.below(3) > 0 ? this.paperTongue : random.pick(TONGUES), random, 1));
    switch (random.below(6)) {
      case 0:
        return `${word()} & ${word()}`;
      case 1:
        return word();
      case 2:
        return `${random.pick([...'ABDEFGHKLMNPRST'])}. ${word()}`;
      default:
        return `${word()} ${word()}`;
    }
  }

  street(): string {
    const { random } = this;
    const number = 1 + random.below(140);
    return random.below(2) === 0 ? `${number} ${this.prose(2)}` : `${this.prose(1 + random.below(2))} ${number}`;
  }

  place(): string {
    const { random } = this;
    return random.below(2) === 0
      ? `${10000 + random.below(89999)} ${this.prose(1)}`
      : `${this.prose(1)} ${random.pick(['KV', 'BR', 'TL', 'ZO'])}${random.below(10)} ${random.below(10)}XQ`;
  }
}
