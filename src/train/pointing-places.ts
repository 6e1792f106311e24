/**
 * Where the pointer head takes part in an action's tokens, told from the tokens alone.
 *
 * A reference is always pointed at. But where a reference could have stood and a word, text or the end was chosen instead
 * (`ask` about nothing, a call without further arguments), the mixture decided as well: the token's probability is
 * (1 − gate)·softmax. The engine says so of those tokens, and so must whoever computes ratios with its log-probabilities.
 */
import { boundaryId, CALL_LIMIT, isReferenceId, wordId } from '../grammar/index.ts';

/**
 * own [K]: a policy's own tokens of one action, from its verb to its `end`. Returns a 1 for each that was drawn from the mixture.
 * It follows `actionGrammar` where everything that an action may name is on the screen: `scroll`, `answer`, `note` and `ask` could
 * have named something, and a call with arguments could have had one more, up to `CALL_LIMIT`.
 */
export function pointingPlaces(own: readonly number[]): Uint8Array {
  const places = Uint8Array.from(own, (token) => (isReferenceId(token) ? 1 : 0));
  const verb = own[0] as number;
  if (own.length > 1 && OPTIONAL_REFERENCE.includes(verb)) places[1] = 1;
  if (verb === wordId('call') && own.includes(wordId('with'))) {
    const named = own.filter(isReferenceId).length - 1; // Without the tool itself.
    const last = own.length - 1;
    if (own[last] === boundaryId('end') && named < CALL_LIMIT) places[last] = 1;
  }
  return places;
}

const OPTIONAL_REFERENCE: readonly number[] = [wordId('scroll'), wordId('answer'), wordId('note'), wordId('ask')];
