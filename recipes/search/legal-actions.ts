/**
 * Every action that the grammar allows now, except those with text of the policy's own, of which there is no end. Walks the same automaton that
 * constrains decoding, so that the two can't disagree.
 */
import { ConfigError } from '../../src/base/index.ts';
import { actionGrammar, parseActionTokens, type TextCodec } from '../../src/grammar/index.ts';
import type { Action, GymManifest, Observation } from '../../src/records/index.ts';

export interface LegalActionOptions {
  /** Tokens of an action at most, its end included: 7 is a call with three arguments, or a fill with a normaliser. Default 7. */
  readonly longest?: number;
  /** Leaves out what is legal but never useful. Default: nothing. */
  readonly accept?: (action: Action) => boolean;
  /** More than this, and `ConfigError` is thrown. Default 50,000. */
  readonly limit?: number;
}

export function legalActions(
  verbs: GymManifest['actions'],
  { targets }: Observation,
  { longest = 7, accept = () => true, limit = 50_000 }: LegalActionOptions = {},
): readonly Action[] {
  const { states } = actionGrammar(verbs, targets);
  const actions: Action[] = [];
  let found = 0;
  const walk = (state: number, tokens: readonly number[]): void => {
    const here = states[state];
    if (here?.stop === 'end') {
      if (++found > limit)
        throw new ConfigError({
          operation: 'list legal actions',
          got: `more than ${limit}`,
          expected: 'fewer',
          fix: 'lower `longest`: each argument of a call multiplies them',
        });
      const action = parseActionTokens(tokens, NO_TEXT);
      if (accept(action)) actions.push(action);
      return;
    }
    if (tokens.length >= longest) return;
    for (const edge of here?.edges ?? []) if (edge.tokens !== 'text') for (const token of edge.tokens) walk(edge.to, [...tokens, token]);
  };
  walk(0, []);
  return actions;
}

const NO_TEXT: TextCodec = { encodeText: () => [], decode: () => '' };
