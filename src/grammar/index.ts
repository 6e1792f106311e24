/** The transcript's tokens and the action language. */

export {
  DEFAULT_WEIGHTS,
  ECHO_LIMIT,
  type EncodeOptions,
  encodeEcho,
  encodeTranscript,
  permuteReferences,
  type SegmentWeights,
  type TextCodec,
} from './codec.ts';
export {
  BOUNDARIES,
  type Boundary,
  boundaryId,
  FIRST_REFERENCE,
  isReferenceId,
  REFERENCE_COUNT,
  SPECIAL_TOKENS,
  spellBoundary,
  spellReference,
  spellWord,
  WORDS,
  type Word,
  wordId,
} from './special-tokens.ts';
export { type CompiledState, compileGrammar, type GrammarEdge, type GrammarState, type TokenGrammar } from './token-grammar.ts';
