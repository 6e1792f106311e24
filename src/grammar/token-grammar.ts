/**
 * What may be sampled next, as plain data: a deterministic automaton over tokens. Decoding is constrained to it, so that an
 * action that does not parse can't be sampled. It is data and not code, so that it crosses threads and is hashed.
 */
import { GraphError } from '../base/index.ts';

export interface GrammarEdge {
  /** Tokens that lead along this edge; `'text'`: every token that is not special. */
  readonly tokens: readonly number[] | 'text';
  readonly to: number;
}

export interface GrammarState {
  readonly edges: readonly GrammarEdge[];
  /** Whether a reference is expected here, so that the pointer head takes part. */
  readonly pointing?: boolean;
  /** Reached: `'end'` the action is whole; `'pause'` the runtime has something to append before the next token. */
  readonly stop?: 'end' | 'pause';
}

/** States by number; sampling starts at 0 unless the caller resumes elsewhere. */
export interface TokenGrammar {
  readonly states: readonly GrammarState[];
}

/** One state's edges, ready for sampling. */
export interface CompiledState {
  readonly pointing: boolean;
  readonly stop: 'end' | 'pause' | undefined;
  /** [V]: the state that each token leads to, −1 where it is not allowed. */
  readonly next: Int32Array;
}

/** Checks the automaton and spreads its edges over the vocabulary. `firstText`: the first id that is not special. */
export function compileGrammar({ states }: TokenGrammar, vocabularySize: number, firstText: number): readonly CompiledState[] {
  return states.map(({ edges, pointing = false, stop }, number) => {
    const next = new Int32Array(vocabularySize).fill(-1);
    for (const { tokens, to } of edges) {
      if (!states[to]) throw wrong(number, `an edge to state ${to}`, `a state below ${states.length}`);
      for (const token of tokens === 'text' ? range(firstText, vocabularySize) : tokens) {
        if (!(Number.isInteger(token) && token >= 0 && token < vocabularySize))
          throw wrong(number, `token ${token}`, `an id below ${vocabularySize}`);
        if (next[token] !== -1 && next[token] !== to) throw wrong(number, `two edges for token ${token}`, 'one edge a token');
        next[token] = to;
      }
    }
    if (stop !== 'end' && next.every((to) => to === -1)) throw wrong(number, 'no edges', 'edges, or stop: end');
    return { pointing, stop, next };
  });
}

function range(start: number, end: number): readonly number[] {
  return Array.from({ length: Math.max(0, end - start) }, (_, i) => start + i);
}

function wrong(state: number, got: string, expected: string): GraphError {
  return new GraphError({ operation: `grammar state ${state}`, got, expected });
}
