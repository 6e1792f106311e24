/** Words that no language has: synthetic tongues, labels, and the fixed lexicon of concepts. */
export { PURPOSE_WORDS, type Purpose } from './actions.ts';
export {
  coinLabel,
  DRESSES,
  type Dress,
  dressed,
  type KindWords,
  noun,
  relatedLabel,
  VALUE_KINDS,
  type ValueKind,
  variantOf,
  withKindWord,
} from './label.ts';
export { CONCEPTS, type Concept, KIND_WORDS, LEXICON_TONGUES } from './lexicon.ts';
export { foldWord } from './taken.ts';
export { abbreviated, capitalised, coinWord, joinWords, relatedWord, TONGUES, type Tongue } from './tongue.ts';
