/**
 * The fixed lexicon: concepts with a few names each in three tongues. It is the same in all lessons, so that the meaning of its words can be
 * learned by heart; a concept's kind of value is fixed too.
 */
import { Random } from '../../../src/base/index.ts';
import { coinKindWords, coinLabel, type KindWords, noun, VALUE_KINDS, type ValueKind, variantOf, withKindWord } from './label.ts';
import { relatedWord, TONGUES, type Tongue } from './tongue.ts';

export interface Concept {
  readonly kind: ValueKind;
  /** By tongue, in the order of `TONGUES`; the first three have names. */
  readonly names: readonly (readonly string[])[];
}

const PER_KIND: Readonly<Record<ValueKind, number>> = { date: 70, amount: 80, code: 100, account: 35, integer: 55, text: 60 };
export const LEXICON_TONGUES = 3;

/** Of every tongue, also of those that the lexicon has no names in. */
export const KIND_WORDS: readonly KindWords[] = TONGUES.map((tongue) => coinKindWords(tongue, new Random(`lessons/kinds/${tongue.name}`)));

export const CONCEPTS: Readonly<Record<ValueKind, readonly Concept[]>> = makeLexicon();

function makeLexicon(): Record<ValueKind, Concept[]> {
  const random = new Random('lessons/lexicon');
  const lexicon: Record<ValueKind, Concept[]> = { date: [], amount: [], code: [], account: [], integer: [], text: [] };
  const used = new Set<string>();
  for (const kind of VALUE_KINDS) while (lexicon[kind].length < PER_KIND[kind]) lexicon[kind].push(makeConcept(kind, random, used));
  return lexicon;
}

function makeConcept(kind: ValueKind, random: Random, used: Set<string>): Concept {
  let root = '';
  const names = TONGUES.slice(0, LEXICON_TONGUES).map((tongue, at) => {
    const options = { tongue, words: KIND_WORDS[at] as KindWords, random };
    // Neighbouring languages often share a root.
    const base = root !== '' && random.below(5) < 2 ? noun(relatedWord(root, tongue, random), tongue) : coinLabel(tongue, random);
    root ||= base.toLowerCase().split(' ').at(-1) ?? '';
    const first = random.below(3) === 0 ? withKindWord(base, kind, options) : base;
    const others = Array.from({ length: 1 + random.below(2) }, () =>
      random.below(2) === 0 ? variantOf(base, kind, options) : coinLabel(tongue, random),
    );
    return [first, ...others].filter((name) => fresh(name, used, tongue));
  });
  return names.every((each) => each.length > 0) ? { kind, names } : makeConcept(kind, random, used);
}

/** No two concepts share a name within a tongue. */
function fresh(name: string, used: Set<string>, tongue: Tongue): boolean {
  const key = `${tongue.name}/${name.toLowerCase()}`;
  if (used.has(key)) return false;
  used.add(key);
  return true;
}
