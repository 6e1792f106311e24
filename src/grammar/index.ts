/** The transcript's tokens and the action language. */

export { actionPieces, CALL_LIMIT, formatAction, parseAction, parseActionLine, parseActionTokens } from './action-codec.ts';
export { actionGrammar, referencesOf, refusal } from './action-grammar.ts';
export {
  DEFAULT_WEIGHTS,
  ECHO_LIMIT,
  type EncodeOptions,
  encodeEcho,
  encodeTranscript,
  NEXT_LIMIT,
  permuteReferences,
  type SegmentWeights,
  type TextCodec,
} from './codec.ts';
export { type Normalised, normalise } from './normalise.ts';
export { actSegment, echoesOf, NO_ECHO, outcomeSegment } from './segments.ts';
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
export { segmentSchema, transcriptSchema } from './transcript-schema.ts';
