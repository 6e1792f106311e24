/** The segments that the runtime writes about an episode: what was done, and what the verifier said. */
import type { Action, Echo, Observation, Piece, Score, Segment } from '../records/index.ts';
import { actionPieces } from './action-codec.ts';

/** How many texts are seen beyond one that is pointed at: the rest of a table's row and the beginning of the next. */
const LOOK_AHEAD = 4;

/**
 * What stands behind each reference. Of plain text also what comes after it: who copies a cell has the next one before their eyes, or sees that the table
 * is at its end (docs/decisions/echo-looks-ahead.md).
 */
export function echoesOf({ targets }: Observation): ReadonlyMap<number, Echo> {
  const shown = targets.map(({ name, text }) => (name === '' ? text : name));
  return new Map(
    targets.map(({ reference, role }, i) => {
      const next = role === '' ? shown.slice(i + 1, i + 1 + LOOK_AHEAD) : [];
      return [reference, { text: shown[i] as string, ...(next.length > 0 ? { next } : {}) }];
    }),
  );
}

/** A reference that nobody knows echoes nothing. */
export const NO_ECHO: Echo = { text: '' };

/** The act segment of an action chosen at `observation`, with its echoes. */
export function actSegment(action: Action, observation: Observation, mistake = false): Segment {
  const echoes = echoesOf(observation);
  const pieces = actionPieces(action, (reference) => echoes.get(reference) ?? NO_ECHO);
  return { kind: 'act', pieces, ...(mistake ? { imitate: false } : {}) };
}

/** Success, failure, or failure with the invariants that broke; nothing for no score. */
export function outcomeSegment({ success, broken }: Score): Segment {
  const word = (name: string): Piece => ({ kind: 'word', word: name });
  if (success === null) return { kind: 'outcome', pieces: [] };
  const names = broken.flatMap((name): Piece[] => [word('broken'), { kind: 'text', text: name }]);
  return { kind: 'outcome', pieces: [word(success ? 'success' : 'failure'), ...names] };
}
